"""One spelling for rules that mean the same, and what whole days mean by a time."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_google_calendar.engine.entry import Timed
from crm_google_calendar.gcal.expand import alike, first_keys, is_endless, rule_of
from crm_google_calendar.gcal.rules import canonical_rules

from .rules import DAYS, rule_lines, starts, zones
from .series_values import MONDAY, UTC, series, shifted, whole_days


@given(rule_lines, starts, zones)
def test_the_canonical_form_of_a_canonical_rule_is_itself(line, start, zone):
    one = series(line, start=start, zone=zone)
    assert canonical_rules(one.rules, one.entry.when, zone) == one.rules


@given(rule_lines, starts, zones, st.integers(0, 10**6))
def test_any_moment_between_the_last_start_and_the_next_is_the_same_end(line, start, zone, part):
    assume("UNTIL" not in line and "COUNT" not in line)
    keys = first_keys(series(line, start=start, zone=zone), 9)
    assume(len(keys) == 9)
    last, after = (datetime.strptime(key, "%Y%m%dT%H%M%S%z") for key in keys[-2:])
    ends = [last, after - timedelta(seconds=1), last + (after - last) * part / (10**6 + 1)]
    found = {
        series(f"{line};UNTIL={end:%Y%m%dT%H%M%SZ}", start=start, zone=zone).rules for end in ends
    }
    assert len(found) == 1
    ended = series(f"{line};UNTIL={ends[1]:%Y%m%dT%H%M%SZ}", start=start, zone=zone)
    assert first_keys(ended, 99) == keys[:-1]
    day = last.astimezone(ZoneInfo(zone)).date()
    end = datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
    assert rule_of(ended.rules)["UNTIL"] == f"{end:%Y%m%dT%H%M%SZ}"


@given(st.sets(st.sampled_from(DAYS), min_size=1, max_size=3), st.integers(1, 4), st.integers(0, 6))
def test_a_start_of_the_week_is_written_where_it_means_something(days, interval, number):
    rule = f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={','.join(days)}"
    start = MONDAY + timedelta(days=number)
    spelled = {week: series(f"{rule};WKST={week}", start=start, zone="UTC") for week in DAYS}
    for week, one in spelled.items():
        wanted = rrulestr(f"RRULE:{rule};WKST={week}", dtstart=start)
        assert first_keys(one, 30) == [f"{wanted[n]:%Y%m%dT%H%M%SZ}" for n in range(30)]
        same = first_keys(one, 99) == first_keys(spelled["MO"], 99)
        assert (one.rules == spelled["MO"].rules) == same


def test_the_start_of_the_week_counts_for_positions_in_it():
    one = series("FREQ=WEEKLY;WKST=SU;BYDAY=SU,WE;BYSETPOS=1", zone="UTC")  # a Monday
    assert first_keys(one, 3) == ["20260304T090000Z", "20260308T090000Z", "20260315T090000Z"]
    plain = series("FREQ=WEEKLY;BYDAY=SU,WE;BYSETPOS=1", zone="UTC")
    assert first_keys(plain, 2) == ["20260304T090000Z", "20260311T090000Z"]


def test_parts_stand_in_one_order_and_numbers_in_one_form():
    one = series("INTERVAL=02;BYDAY=WE,MO,WE;FREQ=WEEKLY;X-NOTE=1;WKST=MO;COUNT=04")
    assert one.rules == ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4",)


# --- whole days: the day is the one that is written ------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/New_York", "Asia/Tokyo", "UTC"])
@pytest.mark.parametrize(
    "until",
    [
        "20260305",
        "20260305T230000Z",
        "20260305T000000Z",
        "20260305T235959Z",
        "20260305T050000Z",
        "20260305T120000",
    ],
)
def test_whole_days_end_on_the_day_that_is_written(zone, until):
    when = whole_days("FREQ=DAILY").entry.when
    rules = canonical_rules([f"RRULE:FREQ=DAILY;UNTIL={until}"], when, zone)
    assert rules == ("RRULE:FREQ=DAILY;UNTIL=20260305",)


@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "date",
    [
        ";VALUE=DATE:20260304",
        ":20260304T000000Z",
        ":20260304T230000Z",
        ":20260304",
        ";TZID=Europe/Brussels:20260304T000000",
        ";TZID=Nowhere:20260304T000000",
    ],
)
def test_dates_of_whole_days_are_those_that_are_written(zone, date):
    when = whole_days("FREQ=DAILY").entry.when
    rules = canonical_rules(["RRULE:FREQ=DAILY;COUNT=4", f"EXDATE{date}"], when, zone)
    assert rules[1:] == ("EXDATE;VALUE=DATE:20260304",)
    rules = canonical_rules(["RRULE:FREQ=DAILY;COUNT=2", f"RDATE{date}"], when, zone)
    assert rules[1:] == ("RDATE;VALUE=DATE:20260304",)


# --- the spelling of what is known stays -----------------------------------------------------


@given(rule_lines, starts, zones)
def test_a_rule_that_means_what_is_known_is_read_as_what_is_known(line, start, zone):
    one = series(line, start=start, zone=zone)
    keys = first_keys(one, 400)
    assume(0 < len(keys) < 400 and not is_endless(one.rules))
    dates = canonical_rules([f"RDATE:{','.join(keys)}"], one.entry.when, zone)
    first = replace(one.entry, when=one.regular(keys[0]).when)
    other = replace(one, entry=first, rules=dates)
    assume(first_keys(other, 400) == keys)
    assert alike(other, one).timing == one.timing
    assert alike(alike(other, one), one) == alike(other, one)


def test_what_means_something_else_stays_as_it_is():
    one = series("FREQ=WEEKLY;COUNT=6")
    assert alike(series("FREQ=WEEKLY;BYDAY=MO;COUNT=6"), one).rules == one.rules
    for other in (
        series("FREQ=WEEKLY;COUNT=5"),
        series("FREQ=WEEKLY"),
        shifted(one, 1),
        series("FREQ=WEEKLY;COUNT=6", zone="Europe/Paris"),
        whole_days("FREQ=WEEKLY;COUNT=6"),
        replace(one, entry=replace(one.entry, when=Timed(MONDAY, MONDAY))),
    ):
        assert alike(other, one) == other
    assert alike(one, None) == one


@pytest.mark.parametrize(
    ("zone", "ends"),
    [
        ("America/Los_Angeles", ("20260311T235959Z", "20260314T075959Z")),
        ("Europe/Berlin", ("20260311T090000Z", "20260312T075959Z")),
    ],
)
def test_two_spellings_of_one_end_are_one(zone, ends):
    start = datetime(2026, 3, 9, 9, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    rule = "FREQ=WEEKLY" if zone.startswith("America") else "FREQ=DAILY"
    assert len({series(f"{rule};UNTIL={end}", start=start, zone=zone).rules for end in ends}) == 1
