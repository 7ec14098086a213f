"""Who is asked how often: never later than the bound, and never less often without cause."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm_google_calendar.engine.polling import SHARE, is_due, patience

HOUR = timedelta(hours=1)
minutes = st.integers(5, 1440).map(lambda number: timedelta(minutes=number))
quiets = st.integers(0, 60 * 24 * 90).map(lambda number: timedelta(minutes=number))


def test_a_lively_account_waits_an_interval():
    assert patience(timedelta(), False, HOUR, 8 * HOUR) == HOUR
    assert patience(timedelta(), True, HOUR, 8 * HOUR) == HOUR


def test_the_longer_nothing_happens_the_longer_it_waits():
    waits = [patience(days * 24 * HOUR, False, HOUR, 8 * HOUR) for days in (0.5, 1, 2, 3, 4, 9)]
    assert waits == [HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR, 8 * HOUR]


def test_one_that_google_tells_waits_as_long_as_it_was_quiet():
    assert patience(3 * HOUR, True, HOUR, 8 * HOUR) == 3 * HOUR
    assert patience(30 * HOUR, True, HOUR, 8 * HOUR) == 8 * HOUR


@given(quiets, st.booleans(), minutes, minutes)
def test_it_keeps_between_the_interval_and_the_bound(quiet, told, interval, longest):
    wait = patience(quiet, told, interval, longest)
    assert interval <= wait <= max(interval, longest)


@given(quiets, quiets, minutes, minutes)
def test_more_quiet_is_never_less_patience(one, other, interval, longest):
    less, more = sorted((one, other))
    waits = [patience(quiet, False, interval, longest) for quiet in (less, more)]
    assert waits == sorted(waits)
    assert waits[1] <= patience(more, True, interval, longest)


@given(minutes, minutes, st.booleans(), st.integers(0, 30))
def test_nobody_is_asked_later_than_the_bound(interval, longest, told, days):
    """Chances come once an interval; the account was last lively so many days ago."""
    quiet, since = timedelta(days=days), timedelta()
    for _chance in range(100):
        quiet, since = quiet + interval, since + interval
        assert since <= max(interval, longest)
        if is_due(since, patience(quiet, told, interval, longest), interval):
            since = timedelta()


@given(minutes, minutes)
def test_at_the_set_interval_every_chance_is_taken(interval, longest):
    assert is_due(interval, patience(interval * SHARE, False, interval, longest), interval)
