"""What changed in a calendar: pages, cursors, and calendars that went away."""

import threading
from datetime import datetime, timezone

import pytest

from crm_google_calendar.gcal.errors import Cause, CursorExpired, GoogleError, Throttled
from crm_google_calendar.gcal.translate import is_gone
from google_emulator import Fault
from google_emulator.fixtures import SAM

from .values import delete, insert, name, patch


@pytest.fixture
def sam(emulator):
    return emulator.user(SAM)


def filled(google, events, count):
    google.send(events, [insert(number) for number in range(count)])
    return google.changes(events)


def ids(changes):
    return {event["id"] for event in changes.events}


def test_a_first_list_is_full_and_tells_about_the_calendar(google, events):
    changes = filled(google, events, 3)
    assert ids(changes) == {name(0), name(1), name(2)}
    assert changes.full
    assert (changes.zone, changes.access_role) == ("Europe/Berlin", "owner")


def test_nothing_changed_is_one_call_and_no_events(google, events, emulator):
    cursor = filled(google, events, 3).cursor
    emulator.log.clear()
    changes = google.changes(events, cursor)
    assert (changes.events, changes.full) == ([], False)
    assert emulator.methods() == ["events.list"]


def test_only_what_changed_since_the_cursor_comes(google, events, sam):
    cursor = filled(google, events, 3).cursor
    sam.edit(events, name(1), summary="Moved")
    sam.delete(events, name(2))
    changes = google.changes(events, cursor)
    assert {event["id"]: is_gone(event) for event in changes.events} == {
        name(1): False,
        name(2): True,
    }


def test_the_next_cursor_goes_on_from_there(google, events, sam):
    cursor = filled(google, events, 1).cursor
    sam.edit(events, name(0), summary="Moved")
    cursor = google.changes(events, cursor).cursor
    assert google.changes(events, cursor).events == []


@pytest.mark.parametrize("empty_pages", [False, True])
def test_every_page_is_read(google, events, emulator, sam, empty_pages):
    emulator.configure(page_size=2, empty_pages=empty_pages)
    first = filled(google, events, 5)
    assert len(ids(first)) == 5
    for number in range(5):
        sam.edit(events, name(number), summary="Moved")
    assert len(ids(google.changes(events, first.cursor))) == 5


def test_every_page_is_asked_for_alike(google, events, emulator):
    emulator.configure(page_size=2)
    cursor = filled(google, events, 5).cursor
    google.changes(events, cursor)
    lists = [request for request in emulator.requests if request.method.endswith("events.list")]
    queries = [dict(request.query) for request in lists]
    kept = ("maxResults", "singleEvents", "eventTypes")
    assert {tuple(query.get(key) for key in kept) for query in queries} == {
        ("2500", "false", "default")
    }
    assert queries[-1]["syncToken"] == cursor
    assert not any({"timeMin", "timeMax", "showDeleted", "orderBy"} & set(each) for each in queries)


def test_a_line_that_comes_twice_counts_once_and_the_last_one_holds(google, monkeypatch):
    pages = iter(
        (
            {"items": [{"id": "a", "summary": "old"}, {"id": "b"}], "nextPageToken": "2"},
            {"items": [{"id": "a", "summary": "new"}], "nextSyncToken": "next"},
        )
    )
    monkeypatch.setattr(google, "_do", lambda *_args: next(pages))
    changes = google.changes("calendar")
    assert sorted(changes.events, key=lambda event: event["id"]) == [
        {"id": "a", "summary": "new"},
        {"id": "b"},
    ]
    assert changes.cursor == "next"


def test_an_answer_without_a_cursor_leaves_the_old_one(google, monkeypatch):
    monkeypatch.setattr(google, "_do", lambda *_args: {"items": []})
    assert google.changes("calendar", "old").cursor == "old"


def test_an_expired_cursor_asks_for_a_full_list(google, events, emulator):
    cursor = filled(google, events, 1).cursor
    emulator.expire_sync_tokens(events)
    with pytest.raises(CursorExpired):
        google.changes(events, cursor)
    assert google.changes(events).full


def test_a_cursor_that_is_none_asks_for_a_full_list(google, events):
    with pytest.raises(CursorExpired):
        google.changes(events, "no-such-cursor")


def test_a_deleted_calendar_is_no_full_list(google, events, sam):
    cursor = filled(google, events, 1).cursor
    sam.delete_calendar(events)
    for since in (None, cursor):
        with pytest.raises(GoogleError) as failed:
            google.changes(events, since)
        assert failed.value.cause is Cause.CALENDAR_GONE


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (Fault(status=503, reason="backendError"), Cause.TRANSIENT),
        (Fault(status=403, reason="rateLimitExceeded"), Cause.RATE_LIMITED),
        (Fault(status=403, reason="quotaExceeded"), Cause.QUOTA_USED_UP),
        (Fault(status=403, reason="insufficientPermissions"), Cause.SCOPE_MISSING),
        (Fault(status=403, reason="forbidden"), Cause.NO_ACCESS),
        (Fault(status=403, reason="accessNotConfigured"), Cause.API_DISABLED),
        (Fault.half_answer(), Cause.TRANSIENT),
        (Fault.reset(), Cause.TRANSIENT),
    ],
)
def test_a_list_that_fails_says_why_and_nothing_is_uncertain(
    google, events, emulator, fault, cause
):
    emulator.faults.script("events.list", fault)
    with pytest.raises(GoogleError) as failed:
        google.changes(events)
    assert (failed.value.cause, failed.value.uncertain) == (cause, False)
    assert emulator.count("events.list") == 1


def test_a_throttled_list_says_how_long_to_wait(google, events, emulator):
    emulator.faults.script("events.list", Fault(status=429, retry_after=7))
    with pytest.raises(Throttled) as failed:
        google.changes(events)
    assert failed.value.retry_after == 7


def test_an_account_without_google_calendar_is_told_apart(google, events, emulator):
    emulator.store.people[SAM].has_calendar = False
    with pytest.raises(GoogleError) as failed:
        google.changes(events)
    assert failed.value.cause is Cause.NO_CALENDAR_SERVICE


def test_a_deleted_event_can_be_read_and_a_forgotten_one_is_gone(google, events):
    google.send(events, [insert(1)])
    google.send(events, [delete(1)])
    assert is_gone(google.event(events, name(1)))
    with pytest.raises(GoogleError) as failed:
        google.event(events, name(99))
    assert failed.value.cause is Cause.GONE


def test_the_occurrences_of_a_series_come_one_by_one(google, events, emulator):
    emulator.configure(page_size=2)
    google.send(events, [insert(1, recurrence=["RRULE:FREQ=DAILY;COUNT=9"])])
    first, last = (
        datetime(2026, 1, 5, tzinfo=timezone.utc),
        datetime(2026, 1, 10, 12, tzinfo=timezone.utc),
    )
    found = google.instances(events, name(1), first, last)
    assert len(found) == 5
    assert {event["recurringEventId"] for event in found} == {name(1)}


def test_what_we_wrote_comes_back_as_an_echo_with_its_etag(google, events):
    cursor = google.changes(events).cursor
    written = google.send(events, [insert(1)])["1"].event
    written = google.send(events, [patch(1, summary="Moved")])["patch 1"].event
    (echo,) = google.changes(events, cursor).events
    assert echo["etag"] == written["etag"]


@pytest.fixture
def tasks(google, emulator):
    """The id of a second calendar, with an empty log of calls."""
    made = google.create_calendar("Company Tasks", "made here", "Europe/Berlin")
    emulator.log.clear()
    return made["id"]


def test_a_calendar_asked_aside_is_listed_once_and_while_others_are(
    google, events, tasks, emulator
):
    google.send(tasks, [insert(0)])
    emulator.log.clear()
    both = threading.Barrier(2)
    emulator.api.pause = lambda _seconds: both.wait(10)  # each answer waits for the other's call
    emulator.faults.script("events.list", [Fault.slow(1)] * 2)
    google.ask_aside(tasks)
    google.ask_aside(tasks)
    assert ids(google.changes(events)) == set()
    assert ids(google.changes(tasks)) == {name(0)}
    assert emulator.methods() == ["events.list"] * 2


def test_a_refusal_aside_is_raised_where_its_answer_is_taken_and_counts(google, events, emulator):
    emulator.faults.script("events.list", Fault(status=403, reason="rateLimitExceeded"))
    google.ask_aside(events)
    with pytest.raises(Throttled):
        google.changes(events)
    assert google.pace.limit is not None
    assert google.changes(events).events == []  # what was taken is asked for anew


def test_nothing_is_asked_aside_with_an_access_token_that_is_about_to_end(google, events, emulator):
    google.credentials.expiry = datetime.now(timezone.utc).replace(tzinfo=None)
    google.ask_aside(events)
    assert emulator.methods() == []
    google.changes(events)
    assert emulator.methods() == ["refresh", "events.list"]


def test_closing_waits_for_what_was_asked_aside(google, events, emulator):
    emulator.faults.script("events.list", Fault.slow(0.1))
    google.ask_aside(events)
    google.close()
    assert emulator.requests[-1].status == 200
