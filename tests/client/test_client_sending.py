"""Writes in batches: every call has an answer, nothing is lost, nothing mailed."""

import pytest

from crm_google_calendar.gcal.client import Call, Google
from crm_google_calendar.gcal.errors import Cause, Throttled
from google_emulator import Fault
from google_emulator.fixtures import SAM

from .values import body, causes, delete, get, insert, name, patch

FIVE = [insert(number) for number in range(5)]


def is_event(number):
    return lambda request: request.event_id == name(number)


def stored(emulator, events):
    return {event["id"]: event for event in emulator.user(SAM).events(events)}


@pytest.fixture
def by_two(google):
    """The same client, with batches of two."""
    small = Google(google.credentials, batch_size=2)
    yield small
    small.close()


def test_every_verb_has_its_answer(google, events):
    made = google.send(events, [insert(1), insert(2)])
    assert made["1"].event["id"] == name(1)
    answers = google.send(
        events, [patch(1, made["1"].event["etag"], summary="Moved"), delete(2), insert(3)]
    )
    assert causes(answers) == {}
    assert answers["patch 1"].event["summary"] == "Moved"
    assert answers["delete 2"].event is None
    assert google.send(events, [get(3)])["get 3"].event["summary"] == "Visit 3"


def test_nothing_to_send_is_no_call(google, events, emulator):
    assert google.send(events, []) == {}
    assert emulator.count() == 0


def test_five_calls_in_batches_of_two_are_three_requests(by_two, events, emulator):
    assert causes(by_two.send(events, FIVE)) == {}
    assert emulator.count() == 3
    assert [each.batch_size for each in emulator.requests if each.method == "batch"] == [2, 2, 1]


def test_a_hundred_and_one_calls_are_three_requests(google, events, emulator):
    answers = google.send(events, [insert(number) for number in range(101)])
    assert causes(answers) == {}
    assert len(answers) == len(stored(emulator, events)) == 101
    assert emulator.count() == 3


def test_two_calls_for_one_event_or_series_never_share_a_batch(google, events, emulator):
    occurrence = Call("one", "delete", f"{name(1)}_20260107")
    google.send(events, [insert(1, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])])
    emulator.log.clear()
    answers = google.send(events, [patch(1, summary="Moved"), occurrence, insert(2)])
    assert causes(answers) == {}
    assert [each.batch_size for each in emulator.requests if each.method == "batch"] == [1, 2]


def test_every_write_says_that_nobody_is_to_be_mailed(google, events, emulator):
    google.send(events, [insert(1), insert(2)])
    google.send(events, [patch(1, summary="Moved"), delete(2)])
    writes = [each for each in emulator.requests if each.event_id and each.verb != "GET"]
    assert {dict(each.query)["sendUpdates"] for each in writes} == {"none"}


def test_words_of_all_languages_arrive(google, events, emulator):
    google.send(events, [insert(1, description="Zoë 东京 🎉 \r\n--batch", location="'\"<&>")])
    event = stored(emulator, events)[name(1)]
    assert event["description"] == "Zoë 东京 🎉 \r\n--batch"
    assert event["location"] == "'\"<&>"


def test_a_change_since_the_etag_is_not_overwritten(google, events, emulator):
    etag = google.send(events, [insert(1)])["1"].event["etag"]
    emulator.user(SAM).edit(events, name(1), summary="Edited")
    answers = google.send(events, [patch(1, etag, summary="Ours")])
    answers |= google.send(events, [delete(1, etag)])
    assert causes(answers) == {"patch 1": Cause.CHANGED, "delete 1": Cause.CHANGED}
    assert stored(emulator, events)[name(1)]["summary"] == "Edited"


def test_a_deleted_id_stays_taken(google, events):
    google.send(events, [insert(1)])
    google.send(events, [delete(1)])
    assert causes(google.send(events, [insert(1)])) == {"1": Cause.DUPLICATE}


def test_deleting_what_is_gone_is_done(google, events):
    google.send(events, [insert(1)])
    google.send(events, [delete(1)])
    assert causes(google.send(events, [delete(1), delete(99)])) == {}


def test_patching_what_never_was_says_gone(google, events):
    assert causes(google.send(events, [patch(99, summary="x")])) == {"patch 99": Cause.GONE}


def test_one_refused_call_stops_no_other(google, events):
    calls = [insert(1), Call("bad", "insert", name(2), {"summary": "no start"}), insert(3)]
    assert causes(google.send(events, calls)) == {"bad": Cause.REFUSED}


@pytest.mark.parametrize(
    ("fault", "cause", "uncertain"),
    [
        (Fault(status=503, reason="backendError"), Cause.TRANSIENT, True),
        (Fault(status=409, reason="conflict"), Cause.COLLIDED, False),
        (Fault(status=403, reason="forbidden"), Cause.NO_ACCESS, False),
        (Fault.missing_part(), Cause.TRANSIENT, True),
        (Fault.half_answer(), Cause.TRANSIENT, True),
        (Fault.lost_answer(), Cause.TRANSIENT, True),
    ],
)
def test_what_fails_for_one_call_leaves_the_others_their_answers(
    google, events, emulator, fault, cause, uncertain
):
    emulator.faults.script("events.insert", fault, is_event(2))
    answers = google.send(events, FIVE)
    assert causes(answers) == {"2": cause}
    assert answers["2"].error.uncertain is uncertain
    assert len(answers) == 5


@pytest.mark.parametrize(
    "fault",
    [
        Fault.lost_answer(),
        Fault.reset(),
        Fault.half_answer(),
        Fault(status=503, reason="backendError"),
        Fault(status=500, reason="backendError"),
    ],
)
def test_a_batch_without_an_answer_is_uncertain_and_the_rest_is_not_sent(
    by_two, events, emulator, fault
):
    emulator.faults.script("batch", fault)
    answers = by_two.send(events, FIVE)
    assert set(causes(answers).values()) == {Cause.TRANSIENT}
    assert [answers[str(number)].error.uncertain for number in range(5)] == [
        True,
        True,
        *[False] * 3,
    ]
    assert emulator.count("batch") == 1


def test_a_batch_whose_answer_was_lost_can_simply_be_sent_again(google, events, emulator):
    emulator.faults.script("batch", Fault.lost_answer())
    google.send(events, FIVE)
    answers = google.send(events, FIVE)
    assert set(causes(answers).values()) == {Cause.DUPLICATE}
    assert len(stored(emulator, events)) == 5


@pytest.mark.parametrize("reason", ["rateLimitExceeded", "quotaExceeded"])
def test_after_a_throttled_call_the_rest_is_not_sent(by_two, events, emulator, reason):
    fault = Fault(status=403, reason=reason, retry_after=9)
    emulator.faults.script("events.insert", fault, is_event(2))
    answers = by_two.send(events, FIVE)
    assert set(causes(answers)) == {"2", "4"}
    for key in ("2", "4"):
        assert isinstance(answers[key].error, Throttled)
        assert (answers[key].error.retry_after, answers[key].error.uncertain) == (9, False)
    assert emulator.count("batch") == 2


def test_a_throttled_batch_was_not_carried_out(by_two, events, emulator):
    emulator.faults.script("batch", Fault(status=429, retry_after=5))
    answers = by_two.send(events, FIVE)
    assert set(causes(answers).values()) == {Cause.RATE_LIMITED}
    assert not any(answer.error.uncertain for answer in answers.values())
    assert stored(emulator, events) == {}


def test_a_refused_batch_is_halved_until_its_bad_call_stands_alone(google, events, emulator):
    faults = [Fault(status=400), Fault(), Fault(status=400), Fault(status=400), Fault()]
    emulator.faults.script("batch", faults)
    answers = google.send(events, FIVE)
    assert list(causes(answers).values()) == [Cause.REFUSED]
    assert len(stored(emulator, events)) == 4


def test_a_call_refused_alone_stops_no_other(google, events, emulator):
    single = Google(google.credentials, batch_size=1)
    emulator.faults.script("batch", [Fault(), Fault(status=400)])
    assert causes(single.send(events, FIVE)) == {"1": Cause.REFUSED}
    single.close()


def test_what_fails_between_two_halves_stops_the_second(google, events, emulator):
    emulator.faults.script("batch", [Fault(status=400), Fault.reset()])
    answers = google.send(events, FIVE)
    assert set(causes(answers).values()) == {Cause.TRANSIENT}
    assert emulator.count("batch") == 2


def test_a_batch_larger_than_google_allows_is_halved(google, events, emulator):
    emulator.configure(batch_limit=3)
    assert causes(google.send(events, FIVE)) == {}


def test_a_missing_calendar_is_told_apart_from_a_missing_event(by_two, events, emulator):
    emulator.user(SAM).delete_calendar(events)
    answers = by_two.send(events, FIVE)
    assert set(causes(answers).values()) == {Cause.CALENDAR_GONE}
    assert emulator.count("batch") == 1


def test_a_token_that_expires_within_a_batch_is_refreshed(google, events, emulator):
    fault = Fault(status=401, reason="authError")
    emulator.faults.script("events.insert", fault, is_event(2))
    assert causes(google.send(events, FIVE)) == {}
    assert emulator.count("refresh") == 1
    assert [each.batch_size for each in emulator.requests if each.method == "batch"] == [5, 1]


def test_an_expired_token_is_refreshed_before_the_batch(google, events, emulator):
    emulator.expire_access_tokens()
    assert causes(google.send(events, FIVE)) == {}
    assert emulator.count("refresh") == 1


def test_a_refresh_that_fails_within_a_batch_leaves_the_other_answers(google, events, emulator):
    fault = Fault(status=401, reason="authError")
    emulator.faults.script("events.insert", fault, is_event(2))
    emulator.faults.script("refresh", Fault(status=503, reason="backendError"))
    answers = google.send(events, FIVE)
    assert causes(answers) == {"2": Cause.TRANSIENT}


def test_a_dead_grant_has_lapsed(google, events, emulator):
    emulator.kill_grants(SAM)
    answers = google.send(events, FIVE)
    assert set(causes(answers).values()) == {Cause.LAPSED}
    assert not any(answer.error.uncertain for answer in answers.values())


def test_a_grant_that_dies_within_a_batch_leaves_the_other_answers(google, events, emulator):
    fault = Fault(status=401, reason="authError")
    emulator.faults.script("events.insert", fault, is_event(2))
    emulator.faults.script("refresh", Fault(status=400, reason="invalid_grant"))
    answers = google.send(events, FIVE)
    assert causes(answers) == {"2": Cause.LAPSED}


@pytest.mark.parametrize("method", ["batch", "events.insert"])
def test_a_disabled_api_stops_everything(by_two, events, emulator, method):
    emulator.faults.script(method, Fault(status=403, reason="accessNotConfigured"))
    answers = by_two.send(events, FIVE)
    assert causes(answers)["4"] is Cause.API_DISABLED
    assert emulator.count("batch") == 1


def test_reading_is_never_uncertain(google, events, emulator):
    emulator.faults.script("batch", Fault.reset())
    answers = google.send(events, [get(2), insert(1)])
    assert [answers[key].error.uncertain for key in ("get 2", "1")] == [False, True]


def test_a_server_that_is_not_there_did_nothing(google, events, monkeypatch):
    monkeypatch.setenv("CRM_GOOGLE_BASE_URL", "http://127.0.0.1:9")
    answers = google.send(events, FIVE)
    assert set(causes(answers).values()) == {Cause.TRANSIENT}
    assert not any(answer.error.uncertain for answer in answers.values())


def test_a_verb_that_does_not_exist_is_a_fault_of_ours(google, events):
    with pytest.raises(TypeError):
        google.send(events, [Call("x", "update", name(1), body())])
