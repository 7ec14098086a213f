"""What a slice knows of one series, and what its link remembers beside the base."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..engine.entry import Entry, from_json
from ..engine.merge import Clash, Side
from ..engine.series import Series, from_text, nearest
from ..gcal.expand import first_keys, is_endless, keys_between
from ..gcal.series import respelled
from .series_rule import MOST
from .work import Case, Work

MODEL = "calendar.recurrence"
SERIES = "series"  # the name of their source, beside those of the kinds
OPEN_YEARS = 2  # of a rule without end, when "everything" was asked for


@dataclass
class Memory:
    """rows: the meeting of each occurrence, by key. held: occurrences that Google keeps by
    themselves, as [event id, etag] by key. rule: the recurrence's fields as they were settled.
    start: the key at which the CRM's meetings begin, of a series that was split on both sides at
    once, until it is settled. read: how the meetings read, where that is less than the entry of the
    base, since Odoo cannot hold all of it."""

    rows: dict[str, int] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)
    rule: str = ""
    start: str = ""
    read: str = ""

    @classmethod
    def of(cls, link) -> Memory:
        return cls(**json.loads(link.occurrences)) if link.occurrences else cls()

    def to_text(self) -> str:
        return json.dumps(self.__dict__, sort_keys=True)


@dataclass
class Rows:
    """A series' meetings as they are: by key, archived ones by key, and those without a key."""

    active: dict[str, Any] = field(default_factory=dict)
    archived: dict[str, Any] = field(default_factory=dict)
    extra: set[int] = field(default_factory=set)


@dataclass
class SeriesCase(Case):
    """A case whose base, pending and both sides are series.

    recurrence: Odoo's, empty where there is none. events: its changed occurrences in Google, by
    key. asked: those that the feed told of, while Google is asked for the rest. is_odd: its
    meetings follow no rule. is_split: on both sides at once. wanted: the keys whose meetings the
    CRM shall hold. back, from_part: meetings that an undo gives back to the series, by key, and
    from a part that was split off it. is_part: it is such a part. master_sent: in this
    round, so the etags of its occurrences are old. left: texts of Google's that could not be
    carried over. read_for: the result after whose writing the meetings were read back.
    """

    memory: Memory = field(default_factory=Memory)
    recurrence: Any = None
    rows: Rows = field(default_factory=Rows)
    crm_series: Series | None = None
    out_of_sight: bool = False
    is_odd: bool = False
    is_split: bool = False
    wanted: list[str] = field(default_factory=list)
    back: dict[str, Any] = field(default_factory=dict)
    from_part: list[Any] = field(default_factory=list)
    is_part: bool = False
    left: list[Clash] = field(default_factory=list)
    read_for: Series | None = None
    asked: dict[str, Any] = field(default_factory=dict)
    events: dict[str, Any] = field(default_factory=dict)
    master_sent: bool = False

    @property
    def entry(self) -> Entry | None:
        result = self.action.result if self.action else None
        series = result or self.crm_series or self.google or self.base
        return series.entry if series else None

    def nearest(self, now: datetime) -> datetime:
        """The start of its occurrence that is nearest to now."""
        if self.entry is None:
            return now
        series = Series(self.entry)
        starts = [series.regular(key).starts for key in self.wanted]
        return nearest(starts or [series.starts], now)

    @property
    def weight(self) -> int:
        """How many entries of a run it stands for."""
        return max(1, len(self.wanted) or len(self.memory.rows))

    def shape(self) -> dict[str, Any]:
        return {**super().shape(), "occurrences": self.memory.to_text()}

    def held_by(self, side: Side) -> Any:
        return self.crm_series if side is Side.CRM else self.google or self.base


def as_series(text: str | None) -> Series | None:
    """The series that a link holds, or that of one occurrence which once was a single entry's."""
    try:
        series = from_text(text)
        return respelled(series) if series else None
    except KeyError:
        entry = from_json(text)
        return Series(entry) if entry else None


def as_entry(text: str | None) -> Entry | None:
    """The entry that a link holds, or the first of what once was a series'."""
    try:
        return from_json(text)
    except KeyError:
        series = from_text(text)
        return series.entry if series else None


def to_hold(work: Work, series: Series, rows: dict[str, Any]) -> list[str]:
    """The keys whose meetings the CRM holds: all of a short rule, of a long one the window's.

    Those that have a meeting already are held wherever the window is.
    """
    if not is_endless(series.rules):
        every = first_keys(series, MOST + 1)
        if len(every) <= MOST:
            return every
    first, after = span(work, series)
    within = keys_between(series, first, after)[:MOST]
    known = sorted(key for key in rows if key not in within)
    low, high = bounds(known, series, first, after)
    ruled = set(keys_between(series, low, high)) if known else set()
    return sorted({*within, *(key for key in known if key in ruled)})


def bounds(known: list[str], series: Series, first, after):
    starts = [series.regular(key).starts for key in known]
    low = min([*starts, *([first] if first else [])], default=first)
    high = max([*starts, after], default=after)
    return low, high.replace(year=high.year + 1, day=1)


def span(work: Work, series: Series) -> tuple[datetime | None, datetime]:
    """The window, as instants; one that is open at its end goes on for some years."""
    first = work.window.start
    if first:
        first -= series.entry.ends - series.entry.starts
    far = max(work.now, series.starts)
    return first, work.window.end or far.replace(year=far.year + OPEN_YEARS, day=1)
