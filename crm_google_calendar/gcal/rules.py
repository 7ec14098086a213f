"""The lines of a series' rule, RFC 5545: one canonical form, and dateutil's reading of them.

Anybody can write anything into a rule. What is not read within bounds raises ValueError here, when
it is first read; Google itself is then asked where the occurrences are.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta, timezone

from dateutil.rrule import rrule, rruleset, rrulestr

from ..engine.entry import AllDay, When
from ..engine.zones import zone_named

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
# days of the calendar that a rule is followed for, at least a century and a half: a whole year or
# month is looked at quickly, and Odoo itself makes 720 meetings of a yearly rule
LOOKED_AT = {"DAILY": 60_000, "WEEKLY": 60_000, "MONTHLY": 200_000, "YEARLY": 300_000}
FAR = timedelta(days=160 * 365)  # an end after that is none
YEARS = range(1900, 2400)  # in which a series may begin, and have dates of its own
MOST_DATES = 5_000  # EXDATEs and RDATEs of one series
MOST_RULES = 5  # RRULEs and EXRULEs
_SURVEYED = 4_000  # starts up to which the last one is looked for
_LINE = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE)((?:;[^:;]+)*):(.*)", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d{1,10}", re.ASCII)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_RANGES = {
    "INTERVAL": (1, 1000),
    "COUNT": (1, 10**10),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
}
_LAST_SECOND = time(23, 59, 59)
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")


class GaveUp(Exception):
    """A rule was followed as far as any is."""


class _Months(tuple[int, ...]):
    """The months of a rule; dateutil asks for them at each day that it looks at, which counts."""

    looked_at: Iterator[int]

    def __bool__(self) -> bool:
        if next(self.looked_at, None) is None:
            raise GaveUp
        return len(self) > 0


def canonical_rules(lines: Iterable[str], when: When, zone: str) -> tuple[str, ...]:
    """One form for all lines that mean the same; raises ValueError on lines that nobody can read.

    Google itself orders the parts of a rule anew and adds a WKST. An end can be any moment
    from the last occurrence to the next: it is written as the end of that day, as Google writes it,
    so that the last one stays when all are moved to another hour.
    """
    return _canonical_rules(tuple(lines), when, zone)


@functools.lru_cache(maxsize=4096)
def _canonical_rules(lines: tuple[str, ...], when: When, zone: str) -> tuple[str, ...]:
    first = first_wall(when, zone)
    if first.year not in YEARS:
        raise ValueError("a series of another age")
    rules: list[str] = []
    dates: dict[str, set[str]] = {"EXDATE": set(), "RDATE": set()}
    for line in lines:
        found = _LINE.fullmatch(line.strip())
        if not found:
            raise ValueError("a line that is no rule")
        name, options, value = found[1].upper(), found[2], found[3]
        if name not in dates:
            rules.append(f"{name}:{_canonical_rule(value.upper(), when, zone, first)}")
            continue
        if "PERIOD" in options.upper() or value.count(",") >= MOST_DATES:
            raise ValueError("periods, or too many dates")
        dates[name] |= {_date_key(each, options, when, zone) for each in value.split(",")}
    if sum(map(len, dates.values())) > MOST_DATES or len(rules) > MOST_RULES:
        raise ValueError("too many dates, or rules")
    extra = ";VALUE=DATE" if isinstance(when, AllDay) else ""
    lists = [f"{name}{extra}:{','.join(sorted(dates[name]))}" for name in dates if dates[name]]
    series = (*sorted(set(rules)), *lists)
    try:
        next(iter(compiled(series, when, zone)), None)
    except GaveUp as fault:
        raise ValueError("a rule that finds no day") from fault
    return series


def compiled(rules: tuple[str, ...], when: When, zone: str) -> rruleset:
    """The lines as dateutil sees them, by the wall clock; raises ValueError on what it does not
    take. Whoever follows it too far meets `GaveUp`."""
    found = rruleset()
    first = first_wall(when, zone)
    if not any(line.startswith("RRULE") for line in rules):
        found.rdate(first)
    for line in rules:
        name, _colon, value = line.partition(":")
        kind = name.partition(";")[0]
        if kind in ("RRULE", "EXRULE"):
            rule = _rule(parts_of(value), zone, first)
            (found.rrule if kind == "RRULE" else found.exrule)(rule)
        else:
            for each in value.split(","):
                (found.rdate if kind == "RDATE" else found.exdate)(_wall(each, zone, zone))
    return found


def parts_of(value: str) -> dict[str, str]:
    """Parts of a rule; some programs add their own, which begin with X-."""
    pairs = (part.partition("=") for part in value.split(";") if part)
    return {name: text for name, _equals, text in pairs if not name.startswith("X-")}


def first_wall(when: When, zone: str) -> datetime:
    """The start of a series by its own clock; raises ValueError in a zone that nobody knows."""
    if isinstance(when, AllDay):
        return datetime.combine(when.first, time())
    try:
        return when.start.astimezone(zone_named(zone)).replace(tzinfo=None)
    except OverflowError as fault:
        raise ValueError("a time at the end of all days") from fault


# --- one rule --------------------------------------------------------------------------------


def _canonical_rule(value: str, when: When, zone: str, first: datetime) -> str:
    parts = _checked(value)
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    if "BYDAY" in parts:
        parts["BYDAY"] = ",".join(sorted(set(parts["BYDAY"].split(",")), key=_by_day))
    until = _until(parts["UNTIL"], when, zone) if "UNTIL" in parts else None
    if until and until - first > FAR:
        until = None
        del parts["UNTIL"]
    if until:
        last = _last(_rule({**parts, "UNTIL": ""}, zone, first, until=until))
        end = datetime.combine(last.date(), _LAST_SECOND) if last else until
        parts["UNTIL"] = _written(end, when, zone)
    if "WKST" in parts and not _needs_week_start(parts, zone, first):
        del parts["WKST"]
    order = ("FREQ", "INTERVAL", *sorted(set(parts) - {"FREQ", "INTERVAL"}))
    return ";".join(f"{name}={parts[name]}" for name in order if name in parts)


def _checked(value: str) -> dict[str, str]:
    """The parts of a rule, its numbers in plain form and within what they can mean."""
    parts = parts_of(value)
    names = [part.partition("=")[0] for part in value.split(";") if part]
    if len(set(names)) < len(names):
        raise ValueError("a part that stands twice")
    if parts.get("FREQ") not in FREQUENCIES or ("UNTIL" in parts and "COUNT" in parts):
        raise ValueError("a frequency or an end that no calendar shows")
    for name, (least, most) in _RANGES.items():
        if name in parts:
            numbers = {_number(each, least, most) for each in parts[name].split(",")}
            parts[name] = ",".join(map(str, sorted(numbers)))
    if math.prod(len(parts.get(each, "").split(",")) for each in _TIMES) > 1:
        raise ValueError("several times a day")
    return parts


def _number(text: str, least: int, most: int) -> int:
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most or (least and not int(text)):
        raise ValueError("a number that is out of its range")
    return int(text)


def _by_day(day: str) -> tuple[int, str]:
    return _DAYS.index(day[-2:]) if day[-2:] in _DAYS else 9, day


def _rule(
    parts: dict[str, str],
    zone: str,
    first: datetime,
    until: datetime | None = None,
) -> rrule:
    """One rule for dateutil; until: its end by the wall clock, instead of its own."""
    end = until or (_wall(parts["UNTIL"], zone, zone) if parts.get("UNTIL") else None)
    values = parts | ({"UNTIL": end.strftime("%Y%m%dT%H%M%S")} if end else {})
    text = ";".join(f"{name}={value}" for name, value in values.items())
    try:
        rule = rrulestr(f"RRULE:{text}", dtstart=first)
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError) as fault:
        raise ValueError("a rule that cannot be read") from fault
    months = _Months(rule._bymonth or ())
    months.looked_at = iter(range(LOOKED_AT[parts["FREQ"]]))
    rule._bymonth = months
    return rule


def _last(rule: rrule) -> datetime | None:
    """The last start of a rule with an end; None where it has none, or very many."""
    try:
        starts = list(itertools.islice(rule, _SURVEYED + 1))
    except GaveUp as fault:
        raise ValueError("a rule that finds no day") from fault
    return starts[-1] if 0 < len(starts) <= _SURVEYED else None


def _needs_week_start(parts: dict[str, str], zone: str, first: datetime) -> bool:
    """Whether other days were meant if the week began on a Monday, as it does by default."""
    weekly = parts["FREQ"] == "WEEKLY" and ("INTERVAL" in parts or "BYSETPOS" in parts)
    if parts["WKST"] == "MO" or not (weekly or "BYWEEKNO" in parts):
        return False
    plain = {name: text for name, text in parts.items() if name != "WKST"}
    try:
        here, there = (
            list(itertools.islice(_rule(each, zone, first), 100)) for each in (parts, plain)
        )
    except GaveUp:
        return True
    return here != there


# --- dates -----------------------------------------------------------------------------------


def _until(value: str, when: When, zone: str) -> datetime:
    """The last moment by the wall clock; a mere day means all of it.

    Whole days have no zone: the day is the one that is written, whatever time follows it, as
    Google reads it.
    """
    if isinstance(when, AllDay):
        return _day(value)
    if "T" not in value:
        return datetime.combine(_day(value).date(), _LAST_SECOND)
    if int(value[:4] if value[:4].isdecimal() else 0) >= YEARS.stop:
        return _day(value)
    return _wall(value, zone, zone)


def _date_key(value: str, options: str, when: When, zone: str) -> str:
    whole = isinstance(when, AllDay)
    wall = _day(value) if whole else _wall(value, _zone_in(options, zone), zone)
    if wall.year not in YEARS:
        raise ValueError("a date of another age")
    return _written(wall, when, zone)


def _zone_in(options: str, zone: str) -> str:
    found = re.search(r"TZID=([^;:]+)", options, re.IGNORECASE)
    return found[1] if found else zone


def _day(value: str) -> datetime:
    day, _t, rest = value.strip().partition("T")
    if rest:
        datetime.strptime(rest.removesuffix("Z"), "%H%M%S")
    return datetime.strptime(day, "%Y%m%d")


def _wall(value: str, written_in: str, zone: str) -> datetime:
    """A date or time of a rule by the wall clock of the series' zone."""
    if "T" not in value:
        return _day(value)
    moment = datetime.strptime(value.strip().removesuffix("Z"), "%Y%m%dT%H%M%S")
    own = timezone.utc if value.endswith("Z") else zone_named(written_in)
    try:
        return moment.replace(tzinfo=own).astimezone(zone_named(zone)).replace(tzinfo=None)
    except OverflowError as fault:
        raise ValueError("a date at the end of all days") from fault


def _written(wall: datetime, when: When, zone: str) -> str:
    if isinstance(when, AllDay):
        return wall.strftime("%Y%m%d")
    return instant(wall, zone).strftime("%Y%m%dT%H%M%SZ")


def instant(wall: datetime, zone: str) -> datetime:
    """The instant of a time by the wall clock of a zone."""
    return wall.replace(tzinfo=zone_named(zone)).astimezone(timezone.utc)
