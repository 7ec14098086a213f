"""Which starts the rule of a series has: RFC 5545 read by dateutil, in the series' own zone.

A rule is read by the wall clock of its zone, and each start is then turned into an instant, so a
weekly meeting keeps its hour over a change of the clocks.
"""

from __future__ import annotations

import functools
import re
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

from ..engine.entry import AllDay, When
from ..engine.series import Series, moved

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_LINE = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE)((?:;[^:;]+)*):(.*)", re.ASCII | re.IGNORECASE)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


def keys_between(series: Series, first: datetime | None, after: datetime | None) -> list[str]:
    """The keys of a series' rule, in order, whose start is at or after `first` and before `after`.

    Both aware; whole days count from midnight UTC. Raises ValueError without an end on both sides.
    """
    if after is None and is_endless(series.rules):
        raise ValueError("a rule without an end has no last occurrence")
    grown = _of(series)
    grown.grow(after or _NEVER)
    low = bisect_left(grown.starts, first) if first else 0
    high = bisect_left(grown.starts, after) if after else len(grown.starts)
    return grown.keys[low:high]


def first_keys(series: Series, number: int) -> list[str]:
    """The first keys of a series' rule, at most that many."""
    grown = _of(series)
    grown.reach(number)
    return grown.keys[:number]


def has(series: Series, key: str) -> bool:
    """Whether the rule of a series has an occurrence of that key."""
    try:
        moment = _moment(key, isinstance(series.entry.when, AllDay))
    except ValueError:
        return False
    grown = _of(series)
    grown.grow(moment + timedelta(seconds=1))
    return key in grown.known


def tail(series: Series, key: str) -> Series:
    """The part of a series from one of its keys on."""
    entry = replace(series.entry, when=moved(series.entry.when, key))
    rules = tuple(line for line in series.rules if line.startswith("RRULE:"))
    before = len(keys_between(Series(series.entry, rules), None, entry.starts))
    lines = [
        re.sub(r"COUNT=(\d+)", lambda count: f"COUNT={int(count[1]) - before}", line)
        for line in series.rules
    ]
    exceptions = {each: entry for each, entry in series.exceptions.items() if each >= key}
    return Series(entry, canonical_rules(lines, entry.when, entry.zone), exceptions)


def is_endless(rules: Iterable[str]) -> bool:
    """Whether a rule without COUNT and UNTIL is among these lines."""
    return any(
        line.startswith("RRULE") and "UNTIL=" not in line and "COUNT=" not in line for line in rules
    )


def rule_of(rules: Iterable[str]) -> dict[str, str]:
    """The parts of the one RRULE line; empty where there is none, or more than one."""
    found = [line for line in rules if line.startswith("RRULE:")]
    return _parts(found[0].partition(":")[2]) if len(found) == 1 else {}


def canonical_rules(lines: Iterable[str], when: When, zone: str) -> tuple[str, ...]:
    """One form for all lines that mean the same; raises ValueError on lines that nobody can read.

    Google itself orders the parts of a rule anew and adds a WKST.
    """
    rules: list[str] = []
    dates: dict[str, set[str]] = {"EXDATE": set(), "RDATE": set()}
    for line in lines:
        found = _LINE.fullmatch(line.strip())
        if not found:
            raise ValueError("a line that is no rule")
        name, options, value = found[1].upper(), found[2].upper(), found[3]
        if name in dates:
            walls = [_wall(each, _zone_in(found[2], zone), zone) for each in value.split(",")]
            if "PERIOD" in options:
                raise ValueError("periods")
            dates[name] |= {_date_key(wall, when, zone) for wall in walls}
        else:
            rules.append(f"{name}:{_canonical_rule(value.upper(), when, zone)}")
    extra = ";VALUE=DATE" if isinstance(when, AllDay) else ""
    lists = [f"{name}{extra}:{','.join(sorted(dates[name]))}" for name in dates if dates[name]]
    series = (*sorted(rules), *lists)
    _compile(series, when, zone)
    return series


def _canonical_rule(value: str, when: When, zone: str) -> str:
    parts = _parts(value)
    if parts.get("FREQ") not in FREQUENCIES or ("UNTIL" in parts and "COUNT" in parts):
        raise ValueError("a frequency or an end that no calendar shows")
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    by_week = parts["FREQ"] == "WEEKLY" and "INTERVAL" in parts
    if parts.get("WKST") == "MO" or not (by_week or "BYWEEKNO" in parts):
        parts.pop("WKST", None)
    if "BYDAY" in parts:
        parts["BYDAY"] = ",".join(sorted(set(parts["BYDAY"].split(",")), key=_by_day))
    if "UNTIL" in parts:
        parts["UNTIL"] = _until(parts["UNTIL"], when, zone)
    order = ("FREQ", "INTERVAL", *sorted(set(parts) - {"FREQ", "INTERVAL"}))
    return ";".join(f"{name}={parts[name]}" for name in order if name in parts)


def _parts(value: str) -> dict[str, str]:
    """Parts of a rule; some programs add their own, which begin with X-."""
    pairs = (part.partition("=") for part in value.split(";") if part)
    return {name: text for name, _equals, text in pairs if not name.startswith("X-")}


def _by_day(day: str) -> tuple[int, str]:
    return _DAYS.index(day[-2:]) if day[-2:] in _DAYS else 9, day


def _until(value: str, when: When, zone: str) -> str:
    """The last moment, in the form that the start has; a mere day means all of it."""
    wall = _wall(value, zone, zone)
    if isinstance(when, AllDay):
        return wall.strftime("%Y%m%d")
    if "T" not in value:
        wall = datetime.combine(wall.date(), time(23, 59, 59))
    return _instant(wall, zone).strftime("%Y%m%dT%H%M%SZ")


def _zone_in(options: str, zone: str) -> str:
    found = re.search(r"TZID=([^;:]+)", options)
    return found[1] if found else zone


def _wall(value: str, written_in: str, zone: str) -> datetime:
    """A date or time of a rule by the wall clock of the series' zone."""
    if "T" not in value:
        return datetime.strptime(value, "%Y%m%d")
    moment = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")
    own = timezone.utc if value.endswith("Z") else ZoneInfo(written_in)
    return moment.replace(tzinfo=own).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _instant(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc)


def _date_key(wall: datetime, when: When, zone: str) -> str:
    if isinstance(when, AllDay):
        return wall.strftime("%Y%m%d")
    return _instant(wall, zone).strftime("%Y%m%dT%H%M%SZ")


def _moment(key: str, whole_days: bool) -> datetime:
    form = "%Y%m%d" if whole_days else "%Y%m%dT%H%M%SZ"
    return datetime.strptime(key, form).replace(tzinfo=timezone.utc)


class _Grown:
    """The starts of a rule, read no further than somebody asked."""

    def __init__(self, walls: Iterator[datetime], zone: str) -> None:
        self._walls, self._zone = walls, zone
        self.starts: list[datetime] = []
        self.keys: list[str] = []
        self.known: set[str] = set()
        self._lock = threading.Lock()  # the threads of one server share what was read

    def _step(self) -> bool:
        wall = next(self._walls, None)
        if wall is None:
            return False
        start = _instant(wall, self._zone) if self._zone else wall.replace(tzinfo=timezone.utc)
        key = start.strftime("%Y%m%dT%H%M%SZ" if self._zone else "%Y%m%d")
        if key not in self.known:  # two wall clock times are one instant where the clock jumps
            self.starts.append(start)
            self.keys.append(key)
            self.known.add(key)
        return True

    def grow(self, moment: datetime) -> None:
        with self._lock:
            while (not self.starts or self.starts[-1] < moment) and self._step():
                pass

    def reach(self, number: int) -> None:
        with self._lock:
            while len(self.keys) < number and self._step():
                pass


def _of(series: Series) -> _Grown:
    return _grown(series.rules, series.entry.when, series.entry.zone)


@functools.lru_cache(maxsize=4096)
def _grown(rules: tuple[str, ...], when: When, zone: str) -> _Grown:
    whole_days = isinstance(when, AllDay)
    return _Grown(iter(_compile(rules, when, zone)), "" if whole_days else zone)


def _compile(rules: tuple[str, ...], when: When, zone: str) -> rruleset:
    """The lines as dateutil sees them; raises ValueError on what it does not take."""
    found = rruleset()
    first = _first_wall(when, zone)
    if not any(line.startswith("RRULE") for line in rules):
        found.rdate(first)
    try:
        for line in rules:
            name, _colon, value = line.partition(":")
            kind = name.partition(";")[0]
            if kind in ("RRULE", "EXRULE"):
                rule = rrulestr(f"RRULE:{_with_local_until(value, zone)}", dtstart=first)
                (found.rrule if kind == "RRULE" else found.exrule)(rule)
            else:
                for each in value.split(","):
                    (found.rdate if kind == "RDATE" else found.exdate)(_wall(each, zone, zone))
    except (KeyError, TypeError, AttributeError, IndexError) as fault:
        raise ValueError("a rule that cannot be read") from fault
    return found


def _with_local_until(value: str, zone: str) -> str:
    parts = _parts(value)
    if parts.get("UNTIL", "").endswith("Z"):
        parts["UNTIL"] = _wall(parts["UNTIL"], zone, zone).strftime("%Y%m%dT%H%M%S")
    return ";".join(f"{name}={text}" for name, text in parts.items())


def _first_wall(when: When, zone: str) -> datetime:
    if isinstance(when, AllDay):
        return datetime.combine(when.first, time())
    return when.start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def day_of(key: str, zone: str) -> date:
    """The local day on which an occurrence stands by its rule."""
    if "T" not in key:
        return _moment(key, True).date()
    return _moment(key, False).astimezone(ZoneInfo(zone)).date()
