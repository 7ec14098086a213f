"""Answers that are not Google's, or not as Google documents them."""

import base64
import contextlib
import json
import time

import httplib2
import pytest

from crm_google_calendar.gcal import endpoints, oauth
from crm_google_calendar.gcal.client import Call
from crm_google_calendar.gcal.errors import Cause, GoogleError
from google_emulator import Fault

from .values import causes, get, insert, name

CLIENT = oauth.Client("our-client", "our-secret")
PAGE = "<!DOCTYPE html><title>Sign in to the hotel</title>"
NO_JSON = (PAGE, "", "[]", "5", '"x"', '{"items": [', "[" * 100_000, "\ufffd", '{"status": "ok"}')
EVENT = {
    "id": name(1),
    "status": "confirmed",
    "etag": '"1"',
    "summary": "Visit",
    "start": {"dateTime": "2026-01-06T10:00:00+01:00"},
    "end": {"dateTime": "2026-01-06T11:00:00+01:00"},
}


@pytest.fixture
def answering(monkeypatch):
    """Lets every request be answered with a text, and counts them."""

    def answer(*texts, status=200, content_type="application/json"):
        asked, left = [], list(texts)

        def request(self, uri, *_args, **_kwargs):
            asked.append(uri)
            text = left.pop(0) if len(left) > 1 else left[0]
            head = {"status": str(status), "content-type": content_type}
            return httplib2.Response(head), text.encode()

        monkeypatch.setattr(endpoints.Http, "request", request)
        return asked

    return answer


def transient(call):
    with pytest.raises(GoogleError) as failed:
        call()
    assert failed.value.cause is Cause.TRANSIENT
    return failed.value


@pytest.mark.parametrize("text", NO_JSON)
def test_a_page_in_place_of_a_list_is_asked_for_again(google, answering, text):
    answering(text)
    transient(lambda: google.changes("calendar"))


@pytest.mark.parametrize("text", NO_JSON[:-1])
def test_a_page_in_place_of_a_calendar_says_nothing_of_it(google, answering, text):
    answering(text)
    transient(lambda: google.calendar("calendar"))
    assert transient(lambda: google.create_calendar("Events", "", "UTC")).uncertain
    transient(lambda: google.event("calendar", name(1)))


@pytest.mark.parametrize("status", [302, 401, 403, 404, 410])
def test_a_page_with_a_status_neither(google, answering, status):
    answering(PAGE, status=status)
    transient(lambda: google.changes("calendar", "cursor"))
    answers = google.send("calendar", [insert(1), get(2)])
    assert set(causes(answers).values()) == {Cause.TRANSIENT}


def test_pages_without_an_end_are_given_up(google, answering):
    answering('{"items": [], "nextPageToken": "next"}')
    transient(lambda: google.changes("calendar"))


def test_other_pages_each_time_neither_go_on_for_ever(google, answering, monkeypatch):
    monkeypatch.setattr("crm_google_calendar.gcal.client.MOST_PAGES", 20)
    asked = answering(*(f'{{"items": [], "nextPageToken": "{n}"}}' for n in range(50)))
    transient(lambda: google.changes("calendar"))
    assert len(asked) < 30


@pytest.mark.parametrize("junk", [5, "x", {}, {"a": 1}, True])
def test_items_that_are_no_list_are_no_answer(google, answering, junk):
    answering(json.dumps({"items": junk or 0, "nextSyncToken": "next"}))
    if junk:
        transient(lambda: google.changes("calendar"))


@pytest.mark.parametrize("key", ["nextPageToken", "nextSyncToken"])
@pytest.mark.parametrize("junk", [5, [], {"a": 1}, True, "two\nlines", "\0"])
def test_tokens_of_another_kind_are_no_answer(google, answering, key, junk):
    answering(json.dumps({"items": [], "nextSyncToken": "next", key: junk}))
    transient(lambda: google.changes("calendar"))


@pytest.mark.parametrize("junk", [None, 5, [], {}, "a\nb", "\0", "x" * 5000])
def test_a_zone_of_another_kind_is_none(google, answering, junk):
    answering(json.dumps({"items": [], "nextSyncToken": "next", "timeZone": junk}))
    assert google.changes("calendar").zone == "UTC"


@pytest.mark.parametrize("junk", [None, 5, "x", [], {}, {"id": None}, {"id": ""}, {"id": "a\nb"}])
def test_an_event_that_cannot_be_named_is_passed_over(google, answering, junk):
    answering(json.dumps({"items": [EVENT, junk, {**EVENT, "id": "b"}], "nextSyncToken": "next"}))
    assert [event["id"] for event in google.changes("calendar").events] == [name(1), "b"]


# --- batches --------------------------------------------------------------------------------


def parts(*texts, boundary="b"):
    lines = [
        f"--{boundary}\r\nContent-Type: application/http\r\nContent-ID: <response-x + {number}>"
        f"\r\n\r\n{text}\r\n"
        for number, text in enumerate(texts)
    ]
    return "".join([*lines, f"--{boundary}--"])


def part(body, status=200):
    text = json.dumps(body) if not isinstance(body, str) else body
    return f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n\r\n{text}"


MULTIPART = "multipart/mixed; boundary=b"
GOOD = part({**EVENT, "id": name(2)})


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        (PAGE, "text/html"),
        (PAGE, MULTIPART),
        ("", MULTIPART),
        (parts(GOOD, GOOD, boundary="other"), MULTIPART),
        (parts(GOOD, GOOD), "multipart/mixed"),
        (parts(GOOD, GOOD), "text/plain"),
        ("--b--", MULTIPART),
    ],
)
def test_a_batch_whose_answer_is_none_is_sent_again(google, answering, text, content_type):
    answering(text, content_type=content_type)
    answers = google.send("calendar", [insert(1), insert(2)])
    assert [(each.error.cause, each.error.uncertain) for each in answers.values()] == [
        (Cause.TRANSIENT, True)
    ] * 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        PAGE,
        "HTTP/1.1",
        "HTTP/1.1 000 OK\r\n\r\n{}",
        "HTTP/1.1 999 OK\r\n\r\n{}",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK",
        part(PAGE),
        part(""),
        part("[]"),
        part("[" * 100_000),
        part({}),
        part('{"id": "'),
        part(PAGE, 302),
        part(PAGE, 403),
    ],
)
def test_a_part_that_is_no_answer_concerns_its_call_alone(google, answering, text):
    answering(parts(text, GOOD), content_type=MULTIPART)
    answers = google.send("calendar", [insert(1), insert(2)])
    assert causes(answers) == {"1": Cause.TRANSIENT}
    assert answers["2"].event["id"] == name(2)


def test_the_answer_to_another_call_is_not_taken_for_this_ones(google, answering):
    answering(parts(part({**EVENT, "id": name(7)}), GOOD), content_type=MULTIPART)
    answers = google.send("calendar", [insert(1), insert(2)])
    assert answers["1"].event == {"id": name(1)}  # of which nothing is known


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "x", ""])
def test_a_part_of_no_number_goes_by_its_place(google, answering, number):
    text = parts(part(EVENT), GOOD).replace("+ 0>", f"+ {number}>")
    answering(text, content_type=MULTIPART)
    answers = google.send("calendar", [insert(1), insert(2)])
    assert answers["2"].event["id"] == name(2)
    assert set(causes(answers)) <= {"1"}


@pytest.mark.parametrize(
    "fault", [{"message": 5}, {"errors": [5]}, {"errors": [{"reason": ["x"]}]}, 5, [5], "x" * 9000]
)
def test_an_error_of_any_form_goes_by_its_status(google, answering, fault):
    answering(parts(part({"error": fault}, 503), GOOD), content_type=MULTIPART)
    assert causes(google.send("calendar", [insert(1), insert(2)])) == {"1": Cause.TRANSIENT}
    answering(json.dumps({"error": fault}), status=503)
    transient(lambda: google.changes("calendar"))


def test_one_call_that_is_told_twice_to_renew_its_token_ends_no_connection(
    google, events, emulator
):
    refused = [Fault(status=401, reason="authError")] * 2
    emulator.faults.script("events.insert", refused, lambda call: call.body["id"] == name(1))
    answers = google.send(events, [insert(1), insert(2)])
    assert causes(answers) == {"1": Cause.UNAUTHORIZED}
    assert not answers["1"].error.cause.general


# --- tokens ---------------------------------------------------------------------------------

TOKENS = {
    "access_token": "access",
    "refresh_token": "refresh",
    "expires_in": 3600,
    "scope": " ".join(oauth.SCOPES),
    "token_type": "Bearer",
}


def id_token(**other):
    claims = {"iss": "https://accounts.google.com", "aud": CLIENT.id, "sub": "1", "email": "a@b.de"}
    claims |= {"exp": int(time.time()) + 3600, **other}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


def exchanged(http):
    return oauth.exchange(CLIENT, "code", "https://crm.example.com/back", "v" * 50, http)


def test_an_id_token_for_us_is_believed(answering, http):
    answering(json.dumps({**TOKENS, "id_token": id_token()}))
    assert (exchanged(http).sub, exchanged(http).email) == ("1", "a@b.de")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody-elses-client"},
        {"aud": [CLIENT.id, "somebody-elses-client"]},
        {"aud": 5},
        {"iss": "https://accounts.google.com.evil.example"},
        {"iss": "https://evil.example"},
    ],
)
def test_an_id_token_for_or_by_somebody_else_is_refused(answering, http, claims):
    answering(json.dumps({**TOKENS, "id_token": id_token(**claims)}))
    with pytest.raises(GoogleError) as failed:
        exchanged(http)
    assert (failed.value.cause, failed.value.reason) == (Cause.CODE_REFUSED, "id_token")


@pytest.mark.parametrize("ends", [int(time.time()) - 3600, "never", float("nan"), None])
def test_an_old_id_token_is_not_believed(answering, http, ends):
    who = json.dumps({"sub": "2", "email": "c@d.de"})
    answering(json.dumps({**TOKENS, "id_token": id_token(exp=ends)}), who)
    assert exchanged(http).sub == "2"


JUNK = (
    *(None, True, 5, -1, 10**30, 1e400, [], ["x"], {}, {"a": 1}),
    *("", " ", "a\nb", "\0", "x" * 10**6),
)


@pytest.mark.parametrize("key", [*TOKENS, "id_token"])
def test_no_key_of_a_token_answer_leads_to_anything_unforeseen(answering, http, key):
    who = json.dumps({"sub": "2", "email": "c@d.de"})
    for junk in JUNK:
        answering(json.dumps({**TOKENS, "id_token": id_token(), key: junk}), who)
        try:
            grant = exchanged(http)
        except GoogleError:
            continue
        assert grant.access_token == "access" or len(grant.access_token) > 100
        assert {grant.sub, grant.email} in ({"1", "a@b.de"}, {"2", "c@d.de"})
        assert "\n" not in repr(grant.refresh_token)


@pytest.mark.parametrize("key", TOKENS)
def test_no_key_of_a_refresh_either(answering, http, key):
    for junk in JUNK:
        answering(json.dumps({**TOKENS, key: junk}))
        credentials = oauth.credentials(CLIENT, "refresh")
        with contextlib.suppress(GoogleError):
            credentials.refresh(type("Request", (), {"http": http}))
            assert credentials.expiry


@pytest.mark.parametrize("key", ["sub", "email"])
@pytest.mark.parametrize("junk", JUNK)
def test_no_claim_either(answering, http, key, junk):
    answering(json.dumps({**TOKENS, "id_token": id_token(**{key: junk})}), PAGE)
    with contextlib.suppress(GoogleError):
        grant = exchanged(http)
        assert isinstance(grant.sub, str)
        assert isinstance(grant.email, str)


@pytest.mark.parametrize("text", NO_JSON[:-1])
def test_a_page_in_place_of_tokens_is_no_refusal(answering, http, text):
    answering(text)
    transient(lambda: exchanged(http))
    transient(lambda: oauth.test_client(CLIENT, "https://crm.example.com/back", http))


# --- channels -------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["resourceId", "expiration", "id", "kind"])
@pytest.mark.parametrize("junk", [*JUNK, "1" * 4000, "١٢"])
def test_no_key_of_a_channels_answer_leads_to_anything_unforeseen(google, answering, key, junk):
    answering(json.dumps({"resourceId": "r", "expiration": "1770000000000", key: junk}))
    resource, ends = google.watch("calendar", "channel", "secret", "https://crm.example.com")
    assert isinstance(resource, str)
    assert ends is None or ends.tzinfo


@pytest.mark.parametrize("key", ["id", "timeZone", "description", "summary"])
@pytest.mark.parametrize("junk", JUNK)
def test_no_key_of_a_calendar_either(google, answering, key, junk):
    made = {"id": "c@group.calendar.google.com", "timeZone": "UTC", "description": "", key: junk}
    answering(json.dumps(made))
    with contextlib.suppress(GoogleError):
        calendar = google.create_calendar("Events", "", "UTC")
        assert calendar["id"]
        assert isinstance(calendar["description"], str)


def test_an_etag_writes_no_header_of_its_own(google, events, emulator):
    google.send(events, [insert(1)])
    call = Call("x", "patch", name(1), {"summary": "b"}, '"1"\r\nX-Evil: 1')
    assert causes(google.send(events, [call])) == {"x": Cause.CHANGED}
