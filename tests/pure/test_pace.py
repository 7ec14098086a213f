"""How many calls may go out: the usual limit, the probe beyond it, and what a refusal teaches."""

import pytest

from crm_google_calendar.gcal.pace import (
    BELIEVED,
    LEAST,
    PROBE,
    SPARE,
    UNLIMITED,
    USUAL,
    WINDOW,
    Pace,
)

NOW = 1_800_000_000.0


def sent(calls, refused=0, at=NOW):
    pace = Pace()
    pace.count(at, calls, refused)
    return pace


def test_the_first_calls_go_out_at_once():
    assert Pace().room(NOW) == USUAL
    assert Pace().wait(NOW, USUAL) == 0


def test_the_first_batch_beyond_the_usual_limit_is_a_small_one():
    assert sent(USUAL).room(NOW) == PROBE


def test_when_the_probe_passes_nothing_holds_us_back():
    pace = sent(USUAL + PROBE)
    assert pace.room(NOW) == UNLIMITED
    assert pace.seconds(NOW, 5000) == 0


def test_a_refusal_teaches_the_limit():
    pace = sent(USUAL)
    pace.count(NOW, PROBE, PROBE)
    assert (pace.limit, pace.room(NOW)) == (USUAL, 0)


def test_refused_calls_count_as_google_counts_them():
    pace = sent(USUAL)
    pace.count(NOW + 1, PROBE, PROBE)
    assert pace.room(NOW + WINDOW) == USUAL - SPARE - PROBE


def test_room_comes_back_as_calls_leave_the_window():
    pace = sent(USUAL)
    pace.count(NOW + 10, PROBE, PROBE)
    assert pace.wait(NOW + 10, 50) == WINDOW - 10
    assert pace.room(NOW + WINDOW) == USUAL - SPARE - PROBE


def test_more_than_the_limit_is_never_waited_for():
    pace = sent(LEAST, 0)
    pace.count(NOW, 10, 10)
    assert pace.limit == LEAST
    assert pace.wait(NOW, 500) == pace.wait(NOW, LEAST) == WINDOW


def test_a_tiny_limit_is_not_believed():
    pace = sent(3, 3)
    assert pace.limit == LEAST
    assert 0 < pace.room(NOW) < LEAST


def test_a_limit_is_forgotten_after_an_hour():
    pace = sent(USUAL, 5)
    assert pace.room(NOW + BELIEVED + 1) == USUAL
    assert pace.limit is None


@pytest.mark.parametrize(
    ("calls", "windows"), [(1, 0), (590, 0), (591, 1), (1180, 1), (1181, 2), (5000, 8)]
)
def test_the_time_for_many_calls_is_that_of_whole_windows(calls, windows):
    assert Pace(limit=USUAL, learnt=NOW).seconds(NOW, calls) == windows * WINDOW


def test_five_thousand_calls_take_eight_windows_after_the_first():
    pace = Pace(limit=USUAL, learnt=NOW)
    moment, left = NOW, 5000
    expected = pace.seconds(NOW, left)
    while left:
        moment += pace.wait(moment, min(left, 20))
        batch = min(left, 50, pace.room(moment))
        pace.count(moment, batch)
        left -= batch
    assert moment - NOW == expected == 8 * WINDOW


def test_before_the_limit_was_met_the_usual_one_is_expected():
    assert Pace().seconds(NOW, 5000) == 8 * WINDOW


def test_a_pace_survives_its_process():
    pace = sent(USUAL)
    pace.count(NOW, 5, 5)
    assert Pace.from_json(pace.to_json()) == pace
    assert Pace.from_json(None) == Pace()


def test_reading_needs_no_room_for_writes():
    pace = Pace(limit=USUAL, learnt=NOW)
    pace.count(NOW, USUAL - SPARE)
    assert pace.room(NOW) == 0
    assert pace.wait_to_read(NOW) == 0
    pace.count(NOW, SPARE)
    assert pace.wait_to_read(NOW) == WINDOW
