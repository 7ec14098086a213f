"""A series as a value, and its rule expanded: against dateutil."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given

from crm_google_calendar.engine.entry import AllDay, Timed
from crm_google_calendar.engine.series import (
    canonical,
    from_text,
    key_of,
    moved,
    nearest,
    start_of,
    to_text,
)
from crm_google_calendar.gcal.expand import (
    first_keys,
    has,
    is_endless,
    keys_between,
    rule_of,
)
from crm_google_calendar.gcal.rules import canonical_rules

from .rules import rule_lines, starts, zones
from .series_values import (
    BASE,
    KEYS,
    MONDAY,
    UTC,
    changed,
    series,
    whole_days,
    without,
)

# --- the value -------------------------------------------------------------------------------


@given(starts, zones)
def test_a_key_names_its_start(start, zone):
    when = Timed(start, start + timedelta(minutes=30))
    assert start_of(key_of(when)) == start
    assert moved(when, key_of(when)) == when


def test_an_exception_that_says_what_the_rule_says_is_none():
    assert canonical(replace(BASE, exceptions={KEYS[1]: BASE.regular(KEYS[1])})) == BASE


def test_a_series_survives_its_text():
    one = without(changed(BASE, KEYS[1], title="Special"), KEYS[2])
    assert from_text(to_text(one)) == one
    assert from_text(to_text(None)) is None


def test_a_key_of_the_other_kind_is_no_error():
    assert BASE.regular("20260309").when == AllDay(date(2026, 3, 9), date(2026, 3, 9))
    assert not has(BASE, "20260309")


def test_the_nearest_start_is_found_on_either_side():
    starts_ = [MONDAY, MONDAY + timedelta(days=7)]
    assert nearest(starts_, MONDAY + timedelta(days=5)) == starts_[1]
    assert nearest([], MONDAY) == MONDAY


# --- the expansion ---------------------------------------------------------------------------


@given(rule_lines, starts, zones)
def test_the_starts_are_those_of_dateutil(line, start, zone):
    local = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    # RFC 5545 gives UNTIL of such a rule in UTC, which dateutil compares with the wall clock
    assume("UNTIL" not in line)
    one = series(line, start=start, zone=zone)
    expected = []
    for _number, wall in zip(range(40), rrulestr(f"RRULE:{line}", dtstart=local), strict=False):
        instant = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        expected.append(instant.strftime("%Y%m%dT%H%M%SZ"))
    assert first_keys(one, len(set(expected))) == list(dict.fromkeys(expected))


@given(rule_lines, starts, zones)
def test_a_canonical_rule_is_canonical(line, start, zone):
    one = series(line, start=start, zone=zone)
    again = canonical_rules(one.rules, one.entry.when, zone)
    assert again == one.rules
    assert first_keys(replace(one, rules=again), 30) == first_keys(one, 30)


@given(rule_lines, starts, zones)
def test_has_and_keys_between_agree(line, start, zone):
    one = series(line, start=start, zone=zone)
    known = first_keys(one, 12)
    assert all(has(one, key) for key in known)
    if known:
        last = one.regular(known[-1]).starts + timedelta(seconds=1)
        assert keys_between(one, None, last) == known
        later = key_of(Timed(one.regular(known[0]).starts + timedelta(seconds=1), last))
        assert not has(one, later)


def test_a_weekly_series_keeps_its_hour_over_a_change_of_the_clocks():
    hours = {start_of(key).hour for key in first_keys(series("FREQ=WEEKLY;COUNT=8"), 8)}
    assert hours == {9, 8}


@pytest.mark.parametrize(
    ("zone", "until", "last"),
    [
        ("America/New_York", "20260401T035959Z", "20260330T120000Z"),
        ("Asia/Tokyo", "20260330T120000Z", "20260330T120000Z"),
        ("Europe/Berlin", "20260330", "20260330T110000Z"),
    ],
)
def test_until_is_the_last_moment(zone, until, last):
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    local = {"America/New_York": timedelta(hours=1)}.get(zone, timedelta())
    one = series(f"FREQ=WEEKLY;UNTIL={until}", start=start + local, zone=zone)
    assert first_keys(one, 99)[-1] == last


def test_a_rule_without_end_has_no_last_occurrence():
    endless = series("FREQ=DAILY")
    assert is_endless(endless.rules)
    assert not is_endless(BASE.rules)
    with pytest.raises(ValueError, match="without an end"):
        keys_between(endless, None, None)


def test_exdates_and_rdates_count():
    when = BASE.entry.when
    lines = [
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "EXDATE;TZID=Europe/Berlin:20260309T100000",
        "RDATE:20260311T090000Z",
    ]
    one = replace(BASE, rules=canonical_rules(lines, when, "Europe/Berlin"))
    assert first_keys(one, 9) == ["20260302T090000Z", "20260311T090000Z", "20260316T090000Z"]


def test_whole_days_are_no_instants():
    one = whole_days("FREQ=MONTHLY;COUNT=3;WKST=MO", days=2)
    assert first_keys(one, 9) == ["20260302", "20260402", "20260502"]
    assert one.regular("20260402").when == AllDay(date(2026, 4, 2), date(2026, 4, 3))


def test_a_series_without_rules_is_one_occurrence():
    assert first_keys(series(""), 9) == [KEYS[0]]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("FREQ=HOURLY", "a frequency"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20260301", "an end"),
        ("FREQ=WEEKLY;BYDAY=XX", "invalid .BYDAY."),
        ("COUNT=2", "a frequency"),
    ],
)
def test_what_nobody_can_read_is_an_error(line, why):
    with pytest.raises(ValueError, match=why):
        series(line)


def test_one_rule_has_parts_and_two_have_none():
    assert rule_of(BASE.rules)["FREQ"] == "WEEKLY"
    assert rule_of((*BASE.rules, *BASE.rules)) == {}
