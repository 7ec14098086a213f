"""Scripted faults, quota, the log, and the wire."""

import gzip
import http.client
import socket
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import requests

from google_emulator import OK, Emulator, Fault

from .calls import SAM, refusal, timed

ID = "abcde01"


def get(emulator, path="/calendar/v3/colors", **headers):
    headers = {"Authorization": "Bearer " + emulator.grant(SAM)["access_token"]} | headers
    return requests.get(emulator.url + path, headers=headers, timeout=5)


def insert(emulator, calendar, **args):
    """A bare insert that nobody repeats."""
    headers = {"Authorization": "Bearer " + emulator.grant(SAM)["access_token"]}
    url = f"{emulator.url}/calendar/v3/calendars/{calendar}/events"
    return requests.post(url, json=timed(id=ID), headers=headers, timeout=args.get("timeout", 5))


def test_faults_come_in_their_order_and_once(emulator, service):
    emulator.faults.script("colors.get", [Fault(503), OK, Fault(403, "rateLimitExceeded")])
    call = service.colors().get
    assert refusal(call()) == (503, "backendError")
    assert call().execute()
    assert refusal(call()) == (403, "rateLimitExceeded")
    assert call().execute()


def test_a_fault_waits_for_its_event(emulator, events):
    emulator.faults.script("events.insert", Fault(500), when=lambda r: r.event_id == ID)
    events.add(**timed(id="other"))
    assert refusal(events.insert(body=timed(id=ID)))[0] == 500


def test_unused_faults_are_told(emulator):
    emulator.faults.script("calendar.events.get", Fault(503))
    assert emulator.faults.left()[0]["method"] == "calendar.events.get"
    emulator.faults.clear()
    assert emulator.faults.left() == []


def test_a_fault_for_no_method_is_an_error(emulator):
    with pytest.raises(ValueError, match=r"events\.nothing"):
        emulator.faults.script("events.nothing", Fault(503))


def test_a_refused_call_does_nothing(emulator, events):
    emulator.faults.script("events.insert", Fault(503))
    assert refusal(events.insert(body=timed()))[0] == 503
    assert events.ids() == []


def test_retry_after_is_a_header(emulator):
    emulator.faults.script("colors.get", Fault(429, retry_after=7))
    answer = get(emulator)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["error"]["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"


def test_a_lost_answer_leaves_the_work_done(emulator, events):
    emulator.faults.script("events.insert", Fault.lost_answer())
    with pytest.raises(requests.ConnectionError):
        insert(emulator, events.calendar)
    assert events.ids() == [ID]


def test_a_reset_leaves_nothing_done(emulator, events):
    emulator.faults.script("events.insert", Fault.reset())
    with pytest.raises(requests.ConnectionError):
        insert(emulator, events.calendar)
    assert events.ids() == []


def test_a_half_answer_breaks_off(emulator, events):
    emulator.faults.script("events.insert", Fault.half_answer())
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        insert(emulator, events.calendar)
    assert events.ids() == [ID]


@pytest.fixture
def waits(emulator):
    """The seconds that the emulator would have waited."""
    noted = []
    emulator.api.pause = noted.append
    return noted


def test_a_slow_answer_comes_after_its_time(emulator, waits):
    emulator.faults.script("colors.get", Fault.slow(2.5))
    assert get(emulator).status_code == 200
    assert waits == [2.5]


def test_stopping_ends_a_slow_answer(clock):
    with Emulator(clock) as emulator:
        emulator.add_user(SAM)
        emulator.faults.script("colors.get", Fault.slow(60))
        headers = {"Authorization": "Bearer " + emulator.grant(SAM)["access_token"]}
        connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=5)
        connection.request("GET", "/calendar/v3/colors", headers=headers)
    with suppress(ConnectionError, http.client.HTTPException):  # but no timeout
        connection.getresponse()
    connection.close()


@pytest.mark.parametrize("name", ["token", "refresh", "revoke", "userinfo"])
def test_oauth_endpoints_fail_too(emulator, name):
    emulator.faults.script(name, Fault(503, "temporarily_unavailable"))
    url = emulator.url + {"refresh": "/token", "userinfo": "/v1/userinfo"}.get(name, "/" + name)
    form = {"grant_type": "refresh_token"} if name == "refresh" else {"token": "x"}
    answer = (
        requests.get(url, timeout=5) if name == "userinfo" else requests.post(url, form, timeout=5)
    )
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")


@pytest.mark.parametrize("status", [403, 429])
def test_the_quota_slides(emulator, service, clock, status):
    emulator.configure(quota_per_minute=2, quota_status=status)
    call = service.colors().get
    call().execute()
    clock.advance(seconds=50)
    call().execute()
    assert refusal(call()) == (status, "rateLimitExceeded")
    clock.advance(seconds=11)
    assert refusal(call()) == (status, "rateLimitExceeded")  # the refused one counts too
    clock.advance(seconds=50)
    assert call().execute()


def test_latency_is_waited_once_for_each_request(emulator, waits):
    emulator.configure(latency_ms=60_000)
    get(emulator)
    get(emulator, "/v1/userinfo")
    assert len(waits) == 2


def test_the_work_on_an_answer_is_part_of_its_latency(emulator, waits):
    emulator.configure(latency_ms=60_000)
    get(emulator)
    assert 0 < waits[0] < 60


def test_every_call_is_in_the_log(emulator, events):
    events.add(**timed(id=ID))
    request = events.get(eventId=ID, timeZone="UTC")
    request.headers["If-None-Match"] = '"x"'
    request.execute()
    last = emulator.requests[-1]
    assert (last.method, last.status, last.user) == ("calendar.events.get", 200, SAM)
    assert (last.event_id, last.calendar_id) == (ID, events.calendar)
    assert last.args["timeZone"] == "UTC"
    assert last.headers["if-none-match"] == '"x"'
    assert emulator.count("events.get") == emulator.count("calendar.events.get") == 1
    assert emulator.count() == 3


def test_gzip_is_used_when_asked_for_in_both_headers(emulator):
    asked = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in get(emulator, **asked, **{"User-Agent": "x"}).headers
    token = emulator.grant(SAM)["access_token"]
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc)
    headers = asked | {"User-Agent": "x (gzip)", "Authorization": f"Bearer {token}"}
    connection.request("GET", "/calendar/v3/colors", headers=headers)
    assert b"calendar#colors" in gzip.decompress(connection.getresponse().read())
    connection.close()


def test_a_connection_is_kept_alive(emulator):
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc)
    for _ in range(2):
        connection.request("GET", "/emulator/users")
        connection.getresponse().read()
        assert connection.sock is not None
    connection.close()


def test_unknown_paths_and_bodies(emulator, calendar):
    assert get(emulator, "/calendar/v3/nothing").status_code == 404
    headers = {"Authorization": "Bearer " + emulator.grant(SAM)["access_token"]}
    url = f"{emulator.url}/calendar/v3/calendars/{calendar}/events"
    for body in ("{", "[]", '"x"'):
        answer = requests.post(url, data=body, headers=headers, timeout=5)
        assert answer.json()["error"]["errors"][0]["reason"] == "parseError"


def test_two_emulators_do_not_know_each_other(emulator):
    with Emulator() as other:
        other.add_user(SAM)
        assert get(other).status_code == 200
        token = other.grant(SAM)["access_token"]
        headers = {"Authorization": "Bearer " + token}
        answer = requests.get(emulator.url + "/calendar/v3/colors", headers=headers, timeout=5)
        assert answer.status_code == 401


def test_a_stopped_emulator_listens_no_more():
    with Emulator() as emulator:
        address = urlsplit(emulator.url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port), timeout=1)


def test_an_emulator_starts_again_where_it_was(emulator):
    url = emulator.url
    emulator.stop()
    emulator.start()
    assert emulator.url == url
    assert get(emulator).status_code == 200
