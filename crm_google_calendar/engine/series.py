"""A series: its first occurrence, its rule, and the exceptions by original start.

Which starts a rule has is the caller's to know (`has`); everything here holds for any rule.
An occurrence is named by its key, the start that the rule gives it: `20260105T090000Z`, or
`20260105` for whole days. A key stays the same wherever the occurrence is moved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone

from .entry import AllDay, Entry, Timed, When, from_json, to_json

Occurrences = Mapping[str, Entry | None]
_TIMED, _WHOLE = "%Y%m%dT%H%M%SZ", "%Y%m%d"


@dataclass(frozen=True)
class Series:
    """entry: the first occurrence. rules: recurrence lines in canonical form; none means that
    there is only the first. exceptions: occurrences that are not as the rule has them, by key;
    None is a cancelled one.
    """

    entry: Entry
    rules: tuple[str, ...] = ()
    exceptions: Occurrences = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.entry.title

    @property
    def starts(self) -> datetime:
        return self.entry.starts

    @property
    def ends(self) -> datetime:
        return self.entry.ends

    @property
    def timing(self) -> tuple[When, str, tuple[str, ...]]:
        """What decides when the occurrences are; changed as a whole."""
        return self.entry.when, self.entry.zone, self.rules

    def regular(self, key: str) -> Entry:
        """The occurrence as the rule has it."""
        return replace(self.entry, when=moved(self.entry.when, key))

    def occurrence(self, key: str) -> Entry | None:
        """The occurrence as it is; None where it is cancelled."""
        return self.exceptions[key] if key in self.exceptions else self.regular(key)

    def having(self, changes: Occurrences) -> Series:
        """The series with these occurrences instead of those it has."""
        return canonical(replace(self, exceptions={**self.exceptions, **changes}))

    def with_details(self, details: str) -> Series:
        """The series with these details on every occurrence: they are ours, one text a series."""
        exceptions = {
            key: entry and replace(entry, details=details) for key, entry in self.exceptions.items()
        }
        return Series(replace(self.entry, details=details), self.rules, exceptions)


def canonical(series: Series) -> Series:
    """Without exceptions that say what the rule says."""
    exceptions = {
        key: series.exceptions[key]
        for key in sorted(series.exceptions)
        if series.exceptions[key] != series.regular(key)
    }
    return replace(series, exceptions=exceptions)


def key_of(when: When) -> str:
    """The key of an occurrence that begins then."""
    if isinstance(when, AllDay):
        return when.first.strftime(_WHOLE)
    return when.start.astimezone(timezone.utc).strftime(_TIMED)


def start_of(key: str) -> datetime | date:
    """The aware moment, or the day, that a key names; raises ValueError on anything else."""
    if "T" in key:
        return datetime.strptime(key, _TIMED).replace(tzinfo=timezone.utc)
    return datetime.strptime(key, _WHOLE).replace(tzinfo=timezone.utc).date()


def moved(when: When, key: str) -> When:
    """That span at the start which the key names.

    A key of the other kind stems from before a series became whole days, or ceased to be.
    """
    start = start_of(key)
    if isinstance(start, datetime):
        length = when.end - when.start if isinstance(when, Timed) else timedelta(hours=1)
        return Timed(start, start + length)
    days = when.last - when.first if isinstance(when, AllDay) else timedelta()
    return AllDay(start, start + days)


def keys(*series: Series | None) -> set[str]:
    """The keys of all their exceptions."""
    return {key for each in series if each for key in each.exceptions}


def to_text(series: Series | None) -> str | None:
    """Serialize a series, with stable key order; None stays None."""
    if series is None:
        return None
    values = {
        "entry": to_json(series.entry),
        "rules": list(series.rules),
        "exceptions": {key: to_json(entry) for key, entry in series.exceptions.items()},
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def from_text(text: str | None) -> Series | None:
    """Read what `to_text` wrote."""
    if not text:
        return None
    values = json.loads(text)
    entry = from_json(values["entry"])
    if entry is None:
        raise ValueError("a series without an entry")
    exceptions = {key: from_json(each) for key, each in values["exceptions"].items()}
    return Series(entry, tuple(values["rules"]), exceptions)


def nearest(starts: Iterable[datetime], now: datetime) -> datetime:
    """The start nearest to now; now itself where there is none."""
    return min(starts, key=lambda start: abs(start - now), default=now)
