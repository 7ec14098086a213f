"""When a slice naps, and when its run goes to sleep, while Google takes no more calls."""

from types import SimpleNamespace

import pytest

from crm_google_calendar.bridge import tempo
from crm_google_calendar.gcal.pace import WINDOW, Pace

LIMIT = 600


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by sleeping only; `naps` tells how long each time."""
    result = SimpleNamespace(now=1_000_000.0, naps=[])

    def sleep(seconds):
        result.now += seconds
        result.naps.append(seconds)

    def read():
        return result.now

    monkeypatch.setattr(tempo, "time", SimpleNamespace(time=read, monotonic=read, sleep=sleep))
    return result


def full(clock, seconds):
    """An account's pace that has used up all so many seconds before the window ends."""
    return tempo.Tempo(Pace([(clock.now - WINDOW + seconds, LIMIT)], LIMIT, clock.now))


def test_a_slice_that_comes_a_moment_early_reads_once_google_takes_it(clock):
    full(clock, 1.5).nap_to_read()
    assert clock.naps == [1.5]


@pytest.mark.parametrize("seconds", [0, tempo.NAP + 1])
def test_no_slice_naps_for_nothing_or_for_long(clock, seconds):
    full(clock, seconds).nap_to_read()
    assert clock.naps == []


def test_a_run_comes_back_a_moment_before_google_takes_more(clock):
    assert full(clock, 40).pause() == 40 - tempo.EARLY
    assert full(clock, tempo.EARLY / 2).pause() == 0


def test_a_nap_before_reading_is_no_time_of_preparing(clock):
    slice_ = full(clock, 2)
    slice_.nap_to_read()
    clock.now += 1  # reading and comparing
    slice_.room(1)
    slice_.pace.count(clock.now, LIMIT - 10)  # all but what is kept for reading
    assert slice_.pause() == WINDOW - 1 - tempo.EARLY
