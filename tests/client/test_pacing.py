"""Calls go out as fast as the account's pace allows, and teach it."""

import time

import pytest

from crm_google_calendar.gcal.client import Google
from crm_google_calendar.gcal.errors import Cause, Throttled
from crm_google_calendar.gcal.pace import LEAST, PROBE, USUAL

from .values import insert


@pytest.fixture
def paced(google):
    """A client with small batches."""
    return Google(google.credentials, batch_size=20)


def send(google, events, count, first=0):
    return google.send(events, [insert(number) for number in range(first, first + count)])


def errors(answers):
    return [answer.error for answer in answers.values() if answer.error]


def test_without_a_quota_everything_goes_out(google, events, emulator):
    answers = send(google, events, USUAL + 100)
    assert not errors(answers)
    assert emulator.count("events.insert") == USUAL + 100


def test_under_a_quota_only_a_probe_is_refused(google, events, emulator):
    emulator.configure(quota_per_minute=USUAL)
    answers = send(google, events, USUAL + 100)
    refused = [call for call in emulator.requests if call.status == 403]
    assert 0 < len(refused) <= PROBE
    assert len(errors(answers)) == 100
    assert USUAL <= google.pace.limit < USUAL + PROBE


def test_what_does_not_fit_is_not_sent(paced, events, emulator):
    paced.pace.limit = LEAST
    paced.pace.learnt = float("inf")
    room = paced.pace.room(time.time())
    answers = send(paced, events, room + 30)
    assert emulator.count("events.insert") == room
    held = errors(answers)
    assert len(held) == 30
    assert all(isinstance(error, Throttled) for error in held)
    assert {(error.cause, error.uncertain) for error in held} == {(Cause.RATE_LIMITED, False)}


def test_single_calls_count_too(google, events):
    before = len(google.pace.calls)
    google.calendar(events)
    assert len(google.pace.calls) == before + 1
