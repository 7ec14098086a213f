"""Batches: many calls in one request."""

from http.client import HTTPException

import pytest
import requests
from googleapiclient.errors import HttpError

from google_emulator import OK, Fault

from .calls import refusal, timed, weekly


def run(service, *calls):
    """Statuses (or answers) of the calls by their position; raises what execute raises."""
    results = {}

    def note(request_id, answer, error):
        results[int(request_id)] = error.status_code if error else answer

    batch = service.new_batch_http_request(callback=note)
    for n, call in enumerate(calls):
        batch.add(call, request_id=str(n))
    batch.execute()
    return results


def inserts(events, count):
    return [events.insert(body=timed(id=f"event{n}")) for n in range(count)]


def post(emulator, body, content_type="multipart/mixed; boundary=b"):
    token = emulator.grant("sam@example.com")["access_token"]
    headers = {"Content-Type": content_type, "Authorization": "Bearer " + token}
    url = emulator.url + "/batch/calendar/v3"
    return requests.post(url, data=body, headers=headers, timeout=5)


def part(line, headers=""):
    return (
        f"--b\r\nContent-Type: application/http\r\nContent-ID: <x>\r\n\r\n{line}\r\n{headers}\r\n"
    )


def test_all_parts_are_answered(service, events, emulator):
    found = run(service, *inserts(events, 5))
    assert [found[n]["id"] for n in range(5)] == [f"event{n}" for n in range(5)]
    assert emulator.methods().count("events.insert") == 5
    assert emulator.count("batch") == 1
    assert emulator.log.of("batch")[0].batch_size == 5


def test_parts_are_not_done_in_their_order(service, events):
    run(service, *inserts(events, 3))
    assert events.ids() == ["event2", "event1", "event0"]


def test_parts_fail_alone(service, events):
    found = run(service, *(events.insert(body=timed(id=name)) for name in ("UPPER", "abcde")))
    assert found[0] == 400
    assert found[1]["id"] == "abcde"


def test_each_part_has_its_own_headers(service, events):
    etag = events.add(**timed(id="event0"))["etag"]
    events.add(**timed(id="event1"))
    calls = [events.patch(eventId=f"event{n}", body={"summary": "x"}) for n in (0, 1)]
    for call in calls:
        call.headers["If-Match"] = etag
    found = run(service, *calls)
    assert found[0]["summary"] == "x"
    assert found[1] == 412


def test_a_batch_deletes(service, events):
    events.add(**timed(id="event0"))
    assert run(service, events.delete(eventId="event0")) == {0: ""}


@pytest.mark.parametrize(("limit", "count"), [(50, 51), (1000, 1000)])
def test_a_batch_has_a_limit(service, events, emulator, limit, count):
    emulator.configure(batch_limit=limit)
    calls = [events.get(eventId="nothing")] * count
    if count <= limit:
        assert set(run(service, *calls).values()) == {404}
    else:
        with pytest.raises(HttpError) as caught:
            run(service, *calls)
        assert caught.value.status_code == 400


def test_two_writes_of_one_event_collide(service, events):
    events.add(**timed(id="event0"))
    calls = [events.patch(eventId="event0", body={"summary": text}) for text in "ab"]
    found = run(service, *calls)
    assert found[0] == 409
    assert found[1]["summary"] == "b"


def test_a_series_collides_with_its_occurrence(service, events):
    events.add(**weekly(id="serie1"))
    ids = ("serie1", "serie1_20260113T090000Z")
    found = run(service, *(events.patch(eventId=i, body={"summary": "x"}) for i in ids))
    assert [type(found[n]) for n in (0, 1)] == [int, dict]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("", "multipart/mixed; boundary=b"),
        (part("GET /calendar/v3/colors") + "--b--", "application/json"),
        (part("GET /calendar/v3/colors"), "multipart/mixed; boundary=b"),
        (
            part("GET https://www.googleapis.com/calendar/v3/colors") + "--b--",
            "multipart/mixed; boundary=b",
        ),
        (part("POST /batch/calendar/v3") + "--b--", "multipart/mixed; boundary=b"),
        (part("nonsense") + "--b--", "multipart/mixed; boundary=b"),
    ],
)
def test_what_is_no_batch_is_refused(emulator, body, content_type):
    assert post(emulator, body, content_type).status_code == 400


def test_parts_take_over_the_outer_token(emulator):
    answer = post(emulator, part("GET /calendar/v3/colors") + "--b--")
    assert "HTTP/1.1 200" in answer.text
    assert "Content-ID: <response-x>" in answer.text
    answer = post(
        emulator, part("GET /calendar/v3/colors", "Authorization: Bearer x\r\n") + "--b--"
    )
    assert "HTTP/1.1 401" in answer.text


def test_parts_count_for_the_quota(service, events, emulator):
    emulator.configure(quota_per_minute=4)
    found = run(service, *(events.get(eventId="nothing") for _ in range(5)))
    assert sorted(found.values()) == [403, 404, 404, 404, 404]


def test_faults_hit_parts(service, events, emulator):
    emulator.faults.script("events.insert", [OK, Fault(503)])
    found = run(service, *inserts(events, 3))
    assert sorted(type(answer).__name__ for answer in found.values()) == ["dict", "dict", "int"]


def test_a_missing_part_was_done_all_the_same(service, events, emulator):
    emulator.faults.script("events.insert", Fault.missing_part(), lambda r: r.event_id == "event1")
    with pytest.raises(KeyError):  # this is what the library makes of it
        run(service, *inserts(events, 3))
    assert len(events.ids()) == 3


def test_half_an_answer_arrives_as_text(service, events, emulator):
    emulator.faults.script("events.insert", Fault.half_answer())
    assert isinstance(run(service, *inserts(events, 1))[0], str)  # the library's way


def test_a_batch_fails_as_a_whole(service, events, emulator):
    emulator.faults.script("batch", Fault(503, "backendError"))
    with pytest.raises(HttpError):
        run(service, *inserts(events, 3))
    assert events.ids() == []


def test_a_lost_batch_was_done(service, events, emulator):
    emulator.faults.script("batch", [Fault.lost_answer()] * 2)  # httplib2 tries twice by itself
    with pytest.raises((OSError, HTTPException)):
        run(service, *inserts(events, 3))
    assert len(events.ids()) == 3
    assert refusal(inserts(events, 1)[0]) == (409, "duplicate")
