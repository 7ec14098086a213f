"""Entries: two that mean the same are equal."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given

from crm_google_calendar.engine import details as block
from crm_google_calendar.engine.entry import (
    DETAILS_LENGTH,
    TEXT_LENGTH,
    AllDay,
    Entry,
    Kind,
    Timed,
    canonical,
    from_json,
    to_json,
)

from . import strategies as our

DAY = AllDay(date(2026, 3, 1), date(2026, 3, 1))
NINE = datetime(2026, 3, 1, 9, tzinfo=timezone.utc)


def event(**fields):
    return Entry.make(Kind.EVENT, **{"title": "Visit", "when": DAY, **fields})


def task(**fields):
    return Entry.make(Kind.TASK, **{"title": "Call", "when": DAY, **fields})


@given(our.loose_entries)
def test_canonical_form_is_idempotent(entry):
    assert canonical(canonical(entry)) == canonical(entry)


@given(our.entries)
def test_an_entry_is_stored_whole(entry):
    assert from_json(to_json(entry)) == entry


@given(our.entries)
def test_an_entry_ends_after_it_starts(entry):
    assert entry.starts <= entry.ends


def test_no_entry_is_stored_as_nothing():
    assert to_json(None) is None
    assert from_json(None) is None


def test_keys_of_a_later_version_are_passed_over():
    assert from_json(to_json(event()).replace("{", '{"colour": "red", ', 1)) == event()


def test_white_space_makes_no_difference():
    assert event(title=" Visit \n Ada\u200b ", place="a\tb") == event(
        title="Visit Ada", place="a b"
    )


def test_one_instant_is_one_instant_in_every_zone():
    summer = timezone(timedelta(hours=2))
    there = Timed(NINE.astimezone(summer), NINE.astimezone(summer) + timedelta(hours=1))
    assert event(when=there) == event(when=Timed(NINE, NINE + timedelta(hours=1)))


def test_an_end_before_the_start_becomes_the_start():
    assert event(when=Timed(NINE, NINE - timedelta(hours=1))).ends == NINE
    assert event(when=AllDay(date(2026, 3, 2), date(2026, 3, 1))).when.last == date(2026, 3, 2)


def test_the_last_day_of_all_days_has_a_day_after_it():
    assert event(when=AllDay(date.max, date.max)).ends


def test_five_reminders_are_kept_nearest_first_and_popups_before_mails():
    entry = event(reminders=frozenset((60, 5, 10, -1)), mails=frozenset((1440, 30, 0, 99999)))
    assert entry.reminders == {5, 10, 60}
    assert entry.mails == {0, 30}


@pytest.mark.parametrize(
    ("given_privacy", "kept"),
    [("public", "public"), ("confidential", "private"), ("odd", "default")],
)
def test_privacy_is_one_of_three(given_privacy, kept):
    assert event(privacy=given_privacy).privacy == kept


def test_a_task_has_no_check_mark_in_its_title():
    assert task(title="✓ ✔️Call") == task(title="Call")
    assert event(title="✓ Visit").title == "✓ Visit"


def test_an_event_is_never_done_and_has_no_label():
    assert event(done=True, label="To-Do") == event()


def test_long_texts_are_cut_with_a_mark():
    assert len(event(text="x" * 40000).text) == TEXT_LENGTH
    assert event(details="<" * 9000).details.endswith("…")
    assert len(event(details="<" * 9000).details) < DETAILS_LENGTH / 3


def test_a_pasted_details_block_is_not_text():
    whole = block.compose("Hello", "Phone: 1")
    assert event(text=whole) == event(text="Hello")
