"""What a slice knows of one series, and what its link remembers beside the base."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..engine.decide import Verb
from ..engine.entry import Entry, from_json
from ..engine.merge import Clash, Side
from ..engine.series import Series, from_text, nearest
from ..gcal.expand import first_keys, has, is_endless, keys_between
from ..gcal.series import respelled, split_root
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
    base, since Odoo cannot hold all of it. windowed: the CRM never held all of its meetings."""

    rows: dict[str, int] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)
    rule: str = ""
    start: str = ""
    read: str = ""
    windowed: bool = False

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
    CRM shall hold. is_emptied: no occurrence is left, so its master goes. back: meetings that were
    let go, and come back to the series, by key. from_part: those that an undo gives back from a
    part that was split off it. is_part: it is such a part. master_sent: in this round, so the etags
    of its occurrences are old. left: texts of Google's that could not be carried over. read_for:
    the result after whose writing the meetings were read back.

    Of a series that was split off: kin, the name of its family; parent, the linked one, and
    split_at, the key in that; lent, the keys whose meetings it takes over. piece: the keys between
    which it is compared, where one side alone was split.
    """

    memory: Memory = field(default_factory=Memory)
    recurrence: Any = None
    rows: Rows = field(default_factory=Rows)
    crm_series: Series | None = None
    out_of_sight: bool = False
    is_odd: bool = False
    is_split: bool = False
    wanted: list[str] = field(default_factory=list)
    is_emptied: bool = False
    back: dict[str, Any] = field(default_factory=dict)
    from_part: list[Any] = field(default_factory=list)
    is_part: bool = False
    left: list[Clash] = field(default_factory=list)
    read_for: Series | None = None
    kin: str = ""
    parent: SeriesCase | None = None
    split_at: str = ""
    piece: tuple[str, str] | None = None
    lent: list[str] = field(default_factory=list)
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

    @property
    def family(self) -> str:
        """What a series and all that was split off it have in common."""
        return self.kin or split_root(self.event_id)

    @property
    def family_key(self) -> Any:
        return self.calendar.id, self.family

    @property
    def removes(self) -> bool:
        """Whether the master in Google is to be deleted."""
        return self.is_emptied or self.action.verb is Verb.DELETE

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


def to_hold(work: Work, case: SeriesCase, series: Series) -> list[str]:
    """The keys whose meetings the CRM holds: all of a short rule, of a long one the window's.

    Those that have a meeting already are held wherever the window is; and as many as are lent. What
    was a long rule, and was ended, does not bring the meetings of years ago.
    """
    case.memory.windowed |= bool(case.base) and is_windowed(case.base)
    if not (case.memory.windowed or is_windowed(series)):
        return keys_between(series, None, None)
    known = {key for key in (*case.rows.active, *case.back) if has(series, key)}
    return sorted({*of_window(work, series), *known, *_for_lent(series, case.lent)})


def of_window(work: Work, series: Series) -> set[str]:
    """The keys of the occurrences within the window, at most as many as Odoo makes of one rule."""
    first, after = span(work, series)
    return {*keys_between(series, first, after)[:MOST], *moved_in(work, series)}


def is_windowed(series: Series) -> bool:
    """Whether the rule has no end, or is long, so that the CRM holds the window's meetings only."""
    return is_endless(series.rules) or len(first_keys(series, MOST + 1)) > MOST


def is_empty(series: Series) -> bool:
    """Whether no occurrence is left of a rule with an end."""
    if is_windowed(series):
        return False
    return not any(series.occurrence(key) for key in keys_between(series, None, None))


def moved_in(work: Work, series: Series) -> list[str]:
    """The keys of occurrences that were moved, and touch the window where they stand now."""
    exceptions = series.exceptions.items()
    return [key for key, entry in exceptions if entry and work.window.has(entry)]


def _for_lent(series: Series, lent: list[str]) -> set[str]:
    """The keys that take over the meetings which had these, by another rule of the same family."""
    if not lent:
        return set()
    day = timedelta(days=1)
    starts = [series.regular(key).starts for key in (min(lent), max(lent))]
    span_of_them = keys_between(series, starts[0] - day, starts[1] + day)
    return {*span_of_them[:MOST], *first_keys(series, len(lent))}


def span(work: Work, series: Series) -> tuple[datetime | None, datetime]:
    """The window, as instants; one that is open at its end goes on for some years."""
    first = work.window.start
    if first:
        first -= series.entry.ends - series.entry.starts
    far = max(work.now, series.starts)
    return first, work.window.end or far.replace(year=far.year + OPEN_YEARS, day=1)
