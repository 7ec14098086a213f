"""Rules that anybody can write: nothing raises but ValueError, and nothing goes on for long."""

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_google_calendar.engine.entry import AllDay, Timed
from crm_google_calendar.gcal import rules
from crm_google_calendar.gcal.expand import first_keys, has, is_endless, keys_between
from crm_google_calendar.gcal.rules import LOOKED_AT, canonical_rules

from .series_values import MONDAY, UTC, series, whole_days

MONTHS = rules._Months
MOST = max(LOOKED_AT.values())


@pytest.fixture
def looked_at(monkeypatch):
    """How many days dateutil has looked at."""
    seen = []
    real = MONTHS.__bool__

    def count(months):
        seen.append(1)
        return real(months)

    monkeypatch.setattr(MONTHS, "__bool__", count)
    rules._canonical_rules.cache_clear()
    return seen


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=1000000000000",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYMONTH=4;BYMONTHDAY=31;UNTIL=20990101T000000Z",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=50",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=400",
        "FREQ=MONTHLY;BYMONTHDAY=99",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-5",
        "FREQ=DAILY;COUNT=" + "9" * 5000,
        "FREQ=DAILY;COUNT=1_0",
        "FREQ=DAILY;COUNT=٣",
        "FREQ=DAILY;COUNT=",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;BYHOUR=9,10",
        "FREQ=DAILY;BYHOUR=99",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=15",
        "FREQ=HOURLY;COUNT=3",
        "FREQ=DAILY;BYDAY=99XX",
        "FREQ=DAILY;RSCALE=GREGORIAN;SKIP=OMIT",
        "FREQ=DAILY;UNTIL=boom",
        "FREQ=DAILY;UNTIL=20261399T250000Z",
        "FREQ=DAILY;UNTIL=00000000T000000Z",
        "FREQ",
        "",
        ";;;",
        "=",
    ],
)
@pytest.mark.parametrize("kind", ["timed", "whole days"])
def test_a_rule_that_means_nothing_is_refused_within_bounds(rule, kind, looked_at):
    when = Timed(MONDAY, MONDAY + timedelta(hours=1))
    if kind == "whole days":
        when = AllDay(date(2026, 3, 2), date(2026, 3, 2))
    with pytest.raises(ValueError, match=r"."):
        canonical_rules([f"RRULE:{rule}"], when, "Europe/Berlin")
    assert len(looked_at) <= 2 * MOST


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;UNTIL=45000101T000000Z",
        "FREQ=DAILY;UNTIL=99991231T235959Z",
        "FREQ=DAILY;UNTIL=99991231",
        "FREQ=WEEKLY;BYDAY=MO,TU;UNTIL=29991231T225959Z",
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
def test_an_end_beyond_all_lives_is_none(rule, zone, looked_at):
    one = series(rule, zone=zone)
    assert is_endless(one.rules)
    assert len(first_keys(one, 10)) == 10
    assert is_endless(whole_days(rule).rules)
    assert len(looked_at) < 1000


def test_a_thousand_million_occurrences_are_read_as_far_as_asked(looked_at):
    one = series("FREQ=DAILY;COUNT=1000000000")
    assert len(first_keys(one, 721)) == 721
    assert len(looked_at) < 2000
    assert not has(one, "99991231T090000Z")
    assert not has(one, "23500101T090000Z")
    assert len(keys_between(one, None, None)) <= LOOKED_AT["DAILY"]
    assert len(looked_at) <= 2 * MOST


def test_what_was_followed_too_far_has_ended():
    one = series("FREQ=YEARLY;INTERVAL=100;COUNT=5")
    assert first_keys(one, 9)[0] == "20260302T090000Z"
    assert first_keys(one, 9) == first_keys(one, 9)


@pytest.mark.parametrize("name", ["RDATE", "EXDATE"])
def test_thousands_of_dates_are_refused(name):
    dates = [
        f"2026{month:02}{day:02}T0900{n:02}Z"
        for month in (3, 4)
        for day in (1, 2)
        for n in range(60)
    ]
    when = Timed(MONDAY, MONDAY + timedelta(hours=1))
    lines = ["RRULE:FREQ=DAILY", f"{name}:{','.join(dates)}"]
    assert canonical_rules(lines, when, "UTC")
    with pytest.raises(ValueError, match="too many"):
        canonical_rules([f"{name}:{','.join(dates * 30)}"], when, "UTC")
    hours = (
        f"{name}:20{y:02}0101T{h:02}{m:02}00Z"
        for y in range(10)
        for h in range(24)
        for m in range(60)
    )
    with pytest.raises(ValueError, match="too many"):
        canonical_rules(["RRULE:FREQ=DAILY", *hours], when, "UTC")


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE:99991231T235959Z",
        "RDATE:00010101T000000Z",
        "RDATE:boom",
        "RDATE;VALUE=PERIOD:20260302T090000Z/PT1H",
        "EXDATE;TZID=Europe:20260309T100000",
        "EXDATE;TZID=Nowhere/Land:20260309T100000",
        "EXDATE;TZID=../../etc/passwd:20260309T100000",
        "EXDATE;TZID=A\0B:20260309T100000",
        "EXDATE:",
        "EXDATE",
        "SUMMARY:Hello",
        "",
        "RRULE:" + "X" * 100_000,
        "EXRULE:FREQ=HOURLY",
    ],
)
def test_a_line_that_cannot_be_read_is_a_value_error(line):
    when = Timed(MONDAY, MONDAY + timedelta(hours=1))
    with pytest.raises(ValueError, match=r"."):
        canonical_rules(["RRULE:FREQ=WEEKLY;COUNT=4", line], when, "Europe/Berlin")


def test_a_rule_that_takes_all_its_own_dates_away_is_refused_within_bounds(looked_at):
    when = Timed(MONDAY, MONDAY + timedelta(hours=1))
    with pytest.raises(ValueError, match="finds no day"):
        canonical_rules(["RRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY"], when, "UTC")
    assert len(looked_at) <= 2 * MOST


@pytest.mark.parametrize("year", [1, 1500, 1898, 2400, 9999])
def test_a_series_of_another_age_is_refused(year):
    start = datetime(year, 12, 31, 23, 30, tzinfo=UTC)
    when = Timed(start, start)
    for zone in ("America/New_York", "Pacific/Auckland"):
        with pytest.raises(ValueError, match=r"age|end of all days"):
            canonical_rules(["RRULE:FREQ=DAILY"], when, zone)
    with pytest.raises(ValueError, match="age"):
        canonical_rules(["RRULE:FREQ=DAILY"], AllDay(start.date(), start.date()), "UTC")


@pytest.mark.parametrize("zone", ["Europe", "Mars/Olympus", "", "../x", "\0", "x" * 5000])
def test_a_zone_that_nobody_knows_is_a_value_error(zone):
    when = Timed(MONDAY, MONDAY + timedelta(hours=1))
    with pytest.raises(ValueError, match=r"."):
        canonical_rules(["RRULE:FREQ=DAILY"], when, zone)


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("GMT+05:30", 9), ("UTC-3", 9), ("Central Standard Time", 8), ("Etc/GMT-5", 9)],
)
def test_fixed_offsets_and_windows_names_are_read(zone, hour):
    one = series("FREQ=WEEKLY;COUNT=3", zone=zone)  # the clocks change in America on 8 March
    assert [key[9:11] for key in first_keys(one, 3)] == ["09", f"{hour:02}", f"{hour:02}"]


def test_an_exdate_with_a_windows_zone_is_read():
    when = Timed(MONDAY, MONDAY + timedelta(hours=1))
    for name in ("Central Standard Time", '"America/Chicago"', "central standard time"):
        lines = ["RRULE:FREQ=DAILY;COUNT=4", f"EXDATE;TZID={name}:20260303T030000"]
        assert canonical_rules(lines, when, "America/Chicago")[1] == "EXDATE:20260303T090000Z"


_BITS = st.sampled_from(
    re.findall(
        r"\S+",
        "FREQ=DAILY FREQ=WEEKLY FREQ=MONTHLY FREQ=YEARLY INTERVAL=2 INTERVAL=0 COUNT=3 BYDAY=MO "
        "BYDAY=1MO,-1FR BYDAY=53SU BYMONTH=2 BYMONTHDAY=30 BYMONTHDAY=-31 BYYEARDAY=366 WKST=SU "
        "BYWEEKNO=53 BYSETPOS=-1 BYSETPOS=7 BYHOUR=3 BYMINUTE=61 UNTIL=20260401T000000Z UNTIL= "
        "UNTIL=99991231 UNTIL=20200101 X-A=1 BYEASTER=1 WKST=XX BYDAY= = FREQ",
    )
)


@given(st.lists(_BITS, max_size=6).map(";".join), st.sampled_from(["UTC", "America/New_York"]))
def test_any_rule_is_read_or_a_value_error(rule, zone):
    for when in (Timed(MONDAY, MONDAY), AllDay(MONDAY.date(), MONDAY.date())):
        try:
            lines = canonical_rules([f"RRULE:{rule}"], when, zone)
        except ValueError:
            continue
        assert canonical_rules(lines, when, zone) == lines
