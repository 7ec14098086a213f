"""Google's JSON and entries: there and back is the identity on what we carry."""

import re
from copy import deepcopy
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_google_calendar.engine.entry import AllDay, Entry, Kind, Timed
from crm_google_calendar.gcal.translate import (
    Mark,
    event_id,
    is_gone,
    is_series,
    mark_of,
    moment_of,
    series_of,
    to_body,
    to_entry,
    to_patch,
)

from . import strategies as our
from .test_richtext import saved_on_googles_page

MARK = Mark("5f0c", "calendar.event", 7)
DAY = AllDay(date(2026, 3, 28), date(2026, 3, 29))
NINE = datetime(2026, 3, 1, 9, tzinfo=timezone.utc)
HOUR = Timed(NINE, NINE + timedelta(hours=1))


def read(event, kind=Kind.EVENT, *likes):
    return to_entry(event, kind, "Europe/Berlin", *likes)


def task(**fields):
    return Entry.make(Kind.TASK, **{"title": "Ada", "when": DAY, "label": "Call", **fields})


def body(entry):
    return to_body(entry, MARK)


def patched(event, patch):
    """What Google's PATCH makes of an event: objects merge, lists are replaced, null deletes."""
    result = dict(event)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            result[key] = patched(result.get(key) or {}, value)
        else:
            result[key] = value
    return result


@given(our.entries)
def test_google_gives_back_what_was_inserted(entry):
    assert read(body(entry), entry.kind, entry) == entry


@given(our.pairs())
def test_google_gives_back_what_was_patched(pair):
    old, new = pair
    event = patched(body(old), to_patch(new, old, MARK))
    assert read(event, new.kind, new) == new


@given(our.versions())
def test_a_patch_on_a_foreign_edit_keeps_what_it_does_not_name(versions):
    _base, here, there = versions
    event = {**body(there), "colorId": "3"}
    assert patched(event, to_patch(here, there, MARK))["colorId"] == "3"


@given(our.entries)
def test_a_save_on_googles_page_changes_nothing(entry):
    event = body(entry)
    event["description"] = saved_on_googles_page(event["description"])
    assert read(event, entry.kind, entry) == entry


@given(our.entries, st.sampled_from(("new words", "two<br>lines")))
def test_what_is_written_below_the_block_is_text(entry, words):
    assume(len(entry.text) < 6000)
    event = body(entry)
    event["description"] += f"<br><br>{words}"
    found = read(event, entry.kind, entry)
    assert found.details == entry.details
    assert found.text.endswith(words)


@given(our.entries)
def test_an_all_day_event_has_dates_and_a_timed_one_times(entry):
    event = body(entry)
    keys = {"date"} if isinstance(entry.when, AllDay) else {"dateTime", "timeZone"}
    assert set(event["start"]) == set(event["end"]) == keys


@given(our.pairs())
def test_a_patch_never_leaves_date_and_time_together(pair):
    old, new = pair
    event = patched(body(old), to_patch(new, old, MARK))
    assert len({"date", "dateTime"} & set(event["start"])) == 1


@given(our.entries)
def test_an_equal_entry_needs_nothing_but_its_mark(entry):
    assert set(to_patch(entry, entry, MARK)) == {"extendedProperties"}


@given(our.entries)
def test_every_write_carries_the_mark(entry):
    assert mark_of(body(entry)) == mark_of(to_patch(entry, entry, MARK)) == MARK


@given(our.entries)
def test_nobody_is_ever_invited(entry):
    assert not {"attendees", "conferenceData", "colorId", "recurrence", "id"} & set(body(entry))


@given(our.entries)
def test_at_most_five_reminders_are_sent(entry):
    assert len(body(entry).get("reminders", {}).get("overrides", ())) <= 5


def test_the_last_day_is_sent_as_the_day_after():
    assert body(task())["end"] == {"date": "2026-03-30"}
    assert read({"start": {"date": "2026-03-28"}, "end": {"date": "2026-03-30"}}).when == DAY


def test_a_time_is_sent_as_an_instant_with_its_zone():
    entry = Entry.make(Kind.EVENT, "Visit", HOUR, zone="America/New_York")
    assert body(entry)["start"] == {
        "dateTime": "2026-03-01T09:00:00Z",
        "timeZone": "America/New_York",
    }


@pytest.mark.parametrize(
    "start",
    [
        {"dateTime": "2026-03-01T10:00:00+01:00", "timeZone": "Europe/Berlin"},
        {"dateTime": "2026-03-01T09:00:00Z"},
        {"dateTime": "2026-03-01T09:00:00.000Z"},
        {"dateTime": "2026-03-01T04:00:00-05:00"},
        {"dateTime": "2026-03-01T10:00:00"},
    ],
)
def test_a_time_is_read_however_it_is_written(start):
    entry = read({"start": start, "end": {"dateTime": "2026-03-01T10:00:00Z"}})
    assert (entry.when, entry.zone) == (HOUR, "Europe/Berlin")


def test_an_all_day_event_takes_the_zone_that_is_known():
    event = {"start": {"date": "2026-03-28"}, "end": {"date": "2026-03-29"}}
    assert read(event).zone == "Europe/Berlin"
    assert read(event, Kind.EVENT, task(zone="UTC")).zone == "UTC"


def test_missing_fields_are_empty():
    entry = read({"start": {"date": "2026-03-28"}})
    assert (entry.title, entry.text, entry.place, entry.privacy) == ("", "", "", "default")
    assert entry.when.last == date(2026, 3, 28)
    assert entry.busy


def test_a_deleted_event_without_start_is_no_entry():
    with pytest.raises(ValueError, match="without a start"):
        read({"id": "x", "status": "cancelled"})


@pytest.mark.parametrize(
    "start",
    [
        {"dateTime": "0001-01-01T00:00:00+14:00"},
        {"dateTime": "2026-01-06T09:00:00", "timeZone": "Moon/Crater"},
        {"dateTime": "soon"},
        {"date": "2026-02-30"},
    ],
)
def test_a_start_that_cannot_be_read_is_no_entry(start):
    with pytest.raises(ValueError, match=r"."):
        read({"start": start, "end": start})


def test_the_titles_of_tasks_show_label_and_check_mark():
    assert body(task())["summary"] == "Call: Ada"
    assert body(task(done=True))["summary"] == "✓ Call: Ada"
    assert body(task(title="", done=True))["summary"] == "✓ Call:"
    assert body(task(label="", title="", done=True))["summary"] == "✓"


@pytest.mark.parametrize("summary", ["✓ Call: Ada", "✔️Call: Ada", "✅ Call:Ada", "✓ Ada"])
def test_a_check_mark_set_in_google_means_done(summary):
    event = {**body(task()), "summary": summary}
    assert read(event, Kind.TASK, task()) == task(done=True)


def test_a_check_mark_on_a_meeting_is_its_title():
    event = {**body(task()), "summary": "✓ Visit"}
    assert (read(event).title, read(event).done) == ("✓ Visit", False)


def test_default_reminders_are_none_of_ours():
    event = {**body(task()), "reminders": {"useDefault": True}}
    assert read(event, Kind.TASK, task()) == task()
    assert "reminders" not in body(task())


def test_taking_the_last_reminder_away_returns_to_the_calendars_own():
    patch = to_patch(task(), task(reminders=frozenset((5,))), MARK)
    assert patch["reminders"] == {"useDefault": True, "overrides": None}


def test_popups_go_before_mails():
    entry = task(reminders=frozenset((60, 5)), mails=frozenset((10,)))
    assert body(entry)["reminders"]["overrides"] == [
        {"method": "popup", "minutes": 5},
        {"method": "popup", "minutes": 60},
        {"method": "email", "minutes": 10},
    ]


def test_a_series_and_its_occurrences_are_told_apart():
    assert is_series({"recurrence": ["RRULE:FREQ=DAILY"]})
    assert not is_series({"recurringEventId": "x"})
    assert series_of({"id": "y_20260101", "recurringEventId": "x"}) == "x"
    assert series_of({"id": "y_20260101"}) is None


def test_only_cancelled_means_gone():
    assert is_gone({"status": "cancelled"})
    assert not is_gone({"status": "tentative"})
    assert not is_gone({})


@pytest.mark.parametrize(
    "record", ["", "calendar.event", ",7", "calendar.event,x", "calendar.event,²"]
)
def test_a_broken_mark_is_none(record):
    assert (
        mark_of({"extendedProperties": {"private": {"crm_db": "d", "crm_record": record}}}) is None
    )


def test_a_foreign_event_has_no_mark():
    assert mark_of({}) is None
    assert mark_of({"extendedProperties": {"shared": {"crm_db": "d"}}}) is None


def test_a_mark_names_one_record_even_where_an_id_is_used_again():
    old, new = Mark("d", "calendar.event", 7, "a1"), Mark("d", "calendar.event", 7, "b2")
    entry = Entry.make(Kind.TASK, "Call", AllDay(date(2026, 3, 1), date(2026, 3, 1)))
    assert mark_of(to_body(entry, old)) == mark_of(to_patch(entry, entry, old)) == old
    assert not old.is_same(new)
    assert old.is_same(Mark("d", "calendar.event", 8, "a1"))
    assert not old.is_same(Mark("e", "calendar.event", 7, "a1"))
    assert not old.is_same(Mark("d", "calendar.event", 7))
    assert Mark("d", "calendar.event", 7).is_same(Mark("d", "calendar.event", 7))
    assert not old.is_same(None)


def test_records_that_follow_each_other_under_one_id_have_events_of_their_own():
    words = ("db", 1, "calendar.event", 7, 0)
    assert len({event_id(*words), event_id(*words, "a1"), event_id(*words, "b2")}) == 3


def test_when_an_event_was_made_is_read_or_unknown():
    assert moment_of({"created": "2026-03-01T10:00:00.000Z"}, "created").hour == 10
    odd = ({}, {"created": None}, {"created": "x"})
    assert [moment_of(event, "created") for event in odd] == [None] * 3


def test_an_event_id_is_always_the_same_and_made_of_googles_letters():
    first = event_id("db", 1, "calendar.event", 7)
    assert first == event_id("db", 1, "calendar.event", 7, 0)
    assert re.fullmatch(r"[a-v0-9]{32,1024}", first)


def test_every_part_of_an_event_id_counts():
    ids = {
        event_id(*parts)
        for parts in (
            ("db", 1, "calendar.event", 7, 0),
            ("db", 1, "calendar.event", 7, 1),
            ("db", 1, "calendar.event", 71, 0),
            ("db", 1, "mail.activity", 7, 0),
            ("db", 11, "calendar.event", 7, 0),
            ("db2", 1, "calendar.event", 7, 0),
        )
    }
    assert len(ids) == 6


@given(our.entries)
def test_a_description_fits_into_google(entry):
    assert len(body(entry)["description"]) <= 8000


def test_a_text_too_long_for_google_is_whole_again_when_read():
    base, pending = task(text="x" * 9000), task(text="y" * 9000, details="Phone: 1")
    assert read(body(base), Kind.TASK, pending, base).text == base.text
    assert read(body(pending), Kind.TASK, pending, base) == pending
    assert len(read(body(base), Kind.TASK).text) < 9000


@given(our.entries)
def test_reading_leaves_the_event_as_it_is(entry):
    event = body(entry)
    before = deepcopy(event)
    read(event, entry.kind, entry)
    assert event == before
