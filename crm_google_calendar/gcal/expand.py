"""Which starts the rule of a series has: its lines read by dateutil, in the series' own zone.

A rule is read by the wall clock of its zone, and each start is then turned into an instant, so a
weekly meeting keeps its hour over a change of the clocks. No rule is followed for more than a
century and a half: what lies beyond is not there.
"""

from __future__ import annotations

import functools
import re
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from ..engine.entry import AllDay, Timed, When
from ..engine.series import Series, moved
from .rules import GaveUp, canonical_rules, compiled, instant, parts_of

_NEVER = datetime.max.replace(tzinfo=timezone.utc)
_COMPARED = 720  # occurrences by which two rules without an end are compared; of others, more


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
    grown.grow(moment)
    return key in grown.known


def alike(series: Series, known: Series | None) -> Series:
    """The series with the rule of the known one, if that has the same occurrences.

    A rule can be written in many ways; that of what both sides know already stays.
    """
    if not known or series.timing == known.timing or not _are_comparable(series, known):
        return series
    endless = is_endless(series.rules)
    most = _COMPARED if endless else _COMPARED * 20
    if endless != is_endless(known.rules) or first_keys(known, most) != first_keys(series, most):
        return series
    whens = {name: getattr(known.entry, name) for name in ("when", "zone")}
    return replace(series, entry=replace(series.entry, **whens), rules=known.rules)


def _are_comparable(one: Series, other: Series) -> bool:
    """Whether their occurrences are of one kind and length, and go by one clock."""
    ours, theirs = one.entry.when, other.entry.when
    if isinstance(ours, AllDay) and isinstance(theirs, AllDay):
        return ours.last - ours.first == theirs.last - theirs.first
    if isinstance(ours, Timed) and isinstance(theirs, Timed):
        return one.entry.zone == other.entry.zone and (
            ours.end - ours.start == theirs.end - theirs.start
        )
    return False


def tail(series: Series, key: str) -> Series:
    """The part of a series from one of its keys on."""
    entry = replace(series.entry, when=moved(series.entry.when, key))
    rules = tuple(line for line in series.rules if line.startswith("RRULE:"))
    before = len(keys_between(Series(series.entry, rules), None, entry.starts))
    lines = [_less(line, before) for line in series.rules]
    exceptions = {each: entry for each, entry in series.exceptions.items() if each >= key}
    return Series(entry, canonical_rules(filter(None, lines), entry.when, entry.zone), exceptions)


def _less(line: str, before: int) -> str:
    """A line without the occurrences that a count has used up; empty where none is left."""
    found = re.search(r"COUNT=(\d+)", line)
    left = int(found[1]) - before if found else 1
    return re.sub(r"COUNT=\d+", f"COUNT={left}", line) if left > 0 else ""


def until(series: Series, key: str) -> Series:
    """The part of a series up to one of its keys, which is its last."""
    plain = Series(series.entry, tuple(line for line in series.rules if line.startswith("RRULE:")))
    number = len(keys_between(plain, None, series.regular(key).starts + timedelta(seconds=1)))
    lines = [
        re.sub(r";(COUNT|UNTIL)=[^;]+", "", line) + f";COUNT={number}"
        if line.startswith("RRULE:")
        else line
        for line in series.rules
    ]
    exceptions = {each: entry for each, entry in series.exceptions.items() if each <= key}
    rules = canonical_rules(lines, series.entry.when, series.entry.zone)
    return Series(series.entry, rules, exceptions)


def is_endless(rules: Iterable[str]) -> bool:
    """Whether a rule without COUNT and UNTIL is among these lines."""
    return any(
        line.startswith("RRULE") and "UNTIL=" not in line and "COUNT=" not in line for line in rules
    )


def rule_of(rules: Iterable[str]) -> dict[str, str]:
    """The parts of the one RRULE line; empty where there is none, or more than one."""
    found = [line for line in rules if line.startswith("RRULE:")]
    return parts_of(found[0].partition(":")[2]) if len(found) == 1 else {}


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
        try:
            wall = next(self._walls, None)
            if wall is None:
                return False
            start = instant(wall, self._zone) if self._zone else wall.replace(tzinfo=timezone.utc)
        except (GaveUp, OverflowError):
            return False
        key = start.strftime("%Y%m%dT%H%M%SZ" if self._zone else "%Y%m%d")
        if key not in self.known:  # two wall clock times are one instant where the clock jumps
            self.starts.append(start)
            self.keys.append(key)
            self.known.add(key)
        return True

    def grow(self, moment: datetime) -> None:
        """Read as far as that moment, and one start beyond it."""
        with self._lock:
            while (not self.starts or self.starts[-1] <= moment) and self._step():
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
    return _Grown(iter(compiled(rules, when, zone)), "" if whole_days else zone)
