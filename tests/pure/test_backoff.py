"""How long a run waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_google_calendar.gcal.backoff import DAY, HOUR, pause
from crm_google_calendar.gcal.errors import Cause

attempts = st.integers(0, 10**6)
jitters = st.floats(0, 1)


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 64), (99, 64)]
)
def test_the_pause_doubles_up_to_a_minute(attempt, seconds):
    assert pause(attempt, None, 0) == seconds


@given(attempts, jitters)
def test_no_pause_is_longer_than_google_advises(attempt, jitter):
    assert 1 <= pause(attempt, None, jitter) <= 64


@given(attempts, jitters, st.floats(0, DAY), st.sampled_from(Cause))
def test_what_google_says_wins(attempt, jitter, retry_after, cause):
    assert pause(attempt, retry_after, jitter, cause) == retry_after + jitter


@given(attempts, jitters)
def test_a_used_up_quota_takes_hours(attempt, jitter):
    assert HOUR <= pause(attempt, None, jitter, Cause.QUOTA_USED_UP) <= 7 * HOUR


def test_nobody_waits_for_ever():
    assert pause(0, 1e9, 0) == DAY
