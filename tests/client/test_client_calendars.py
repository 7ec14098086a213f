"""Calendars: made once, shown, renamed, deleted."""

import pytest

from crm_google_calendar.gcal.errors import Cause, GoogleError
from google_emulator import Fault
from google_emulator.fixtures import SAM


def test_a_calendar_is_made_with_name_and_zone(google, events, emulator):
    made = google.calendar(events)
    assert made["summary"] == "Company Events"
    assert made["description"] == "made here"
    assert made["timeZone"] == "Europe/Berlin"


def test_a_calendar_is_ticked_in_the_users_list(google, events, emulator):
    google.show_calendar(events)
    shown = emulator.user(SAM).person.shown[events]
    assert shown["selected"]
    assert not shown.get("hidden")


def test_a_calendar_gets_another_name(google, events):
    google.rename_calendar(events, "Other Company Events")
    assert google.calendar(events)["summary"] == "Other Company Events"
    assert google.calendar(events)["timeZone"] == "Europe/Berlin"


def test_a_deleted_calendar_is_gone_and_deleting_it_again_is_fine(google, events):
    google.delete_calendar(events)
    google.delete_calendar(events)
    with pytest.raises(GoogleError) as failed:
        google.calendar(events)
    assert failed.value.cause is Cause.CALENDAR_GONE


def test_a_lost_answer_leaves_one_calendar_and_a_doubt(google, emulator):
    emulator.faults.script("calendars.insert", Fault.lost_answer())
    with pytest.raises(GoogleError) as failed:
        google.create_calendar("Company Events", "", "UTC")
    assert failed.value.uncertain
    named = [each for each in emulator.user(SAM).calendars() if each.summary == "Company Events"]
    assert len(named) == 1


def test_a_refused_calendar_leaves_no_doubt(google, emulator):
    emulator.faults.script("calendars.insert", Fault(status=403, reason="quotaExceeded"))
    with pytest.raises(GoogleError) as failed:
        google.create_calendar("Company Events", "", "UTC")
    assert (failed.value.cause, failed.value.uncertain) == (Cause.QUOTA_USED_UP, False)


def test_too_many_calendars_stop_for_hours(google, emulator):
    emulator.configure(calendar_limit=0)
    with pytest.raises(GoogleError) as failed:
        google.create_calendar("Company Events", "", "UTC")
    assert failed.value.cause is Cause.QUOTA_USED_UP


def test_a_calendar_of_another_program_cannot_be_touched(google, emulator):
    other = emulator.user(SAM).create_calendar("Private")
    with pytest.raises(GoogleError) as failed:
        google.calendar(other.id)
    assert failed.value.cause in (Cause.NO_ACCESS, Cause.SCOPE_MISSING, Cause.CALENDAR_GONE)
