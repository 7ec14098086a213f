"""Reading a series from the CRM: which meeting is which occurrence, and what the rule is.

Odoo keeps neither the first start of a rule nor the original start of a meeting that was moved,
and makes new rows at many changes. So every meeting finds its key anew: one that follows the rule
by its start, any other by what the link remembers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from ..engine.entry import FIELDS, AllDay, Entry, Timed, from_json
from ..engine.merge import agreed
from ..engine.series import Series, canonical, key_of, moved
from ..gcal.expand import has, keys_between, until
from .series_frame import frame_of
from .series_state import Memory, Rows, is_windowed
from .zones import zone_of

_TIME = ("when", "zone")
AT_ONCE = 50  # more meetings than that, deleted at the end of a long series, are the rest of it


@dataclass
class Reading:
    """series: as it stands in the CRM; None where the meetings follow no rule of it."""

    series: Series | None
    rows: Rows


def read_series(source, recurrence, like: Series | None, memory: Memory, apart: set[int]):
    """Read one recurrence as its owner sees it.

    like: the series both sides last agreed on. apart: ids of meetings that are synchronized by
    themselves.
    """
    every = recurrence.calendar_event_ids.filtered(lambda row: row.id not in apart)
    rows = every.filtered("active")
    mine = rows.filtered(source._is_mine)
    if not mine:
        archived = (every - rows).filtered(source._is_mine)
        return Reading(None, Rows(archived=_by_start(source, archived, like) if like else {}))
    frame = frame_of(source, recurrence, mine, like, memory)
    if frame is None:
        return Reading(None, Rows(extra=set(mine.ids)))
    placed = _place(source, rows, frame, memory)
    if not placed:
        return Reading(None, Rows(extra=set(mine.ids)))
    if is_windowed(frame) and len(_deleted_at_the_end(frame, placed, memory)) > AT_ONCE:
        frame = until(frame, max(placed))
    archived = _by_start(source, every - rows, frame)
    extra = set(mine.ids) - {row.id for row in placed.values()}
    series = _fill(source, recurrence, frame, placed, like, memory)
    return Reading(series, Rows(placed, archived, extra))


def read_empty(base: Series, memory: Memory, archived: int) -> Series | None:
    """A long series whose last meeting in the CRM is gone: each that was there is cancelled, and
    it goes on after the window. None where it was deleted, or archived, as a whole.
    """
    gone = [key for key in memory.rows if has(base, key)]
    if not is_windowed(base) or archived > 1 or len(gone) > AT_ONCE:
        return None
    return base.having(dict.fromkeys(gone))


# --- which meeting is which occurrence -------------------------------------------------------


def _place(source, rows, frame: Series, memory: Memory) -> dict[str, Any]:
    """The meetings by key."""
    placed: dict[str, Any] = {}
    remembered = {row_id: key for key, row_id in memory.rows.items()}
    rest = []
    for row in rows.sorted(lambda row: (remembered.get(row.id) is None, row.start, row.id)):
        key = key_of(source._read_when(row))
        if row.follow_recurrence and key not in placed and has(frame, key):
            placed[key] = row
        else:
            rest.append(row)
    homeless = []
    for row in rest:
        key = remembered.get(row.id, "")
        if not key or not has(frame, key):
            key = key_of(source._read_when(row))
        if key not in placed and has(frame, key):
            placed[key] = row
        else:
            homeless.append(row)
    if homeless and not memory.rows:
        _pair(source, homeless, frame, placed)
    return placed


def _pair(source, homeless, frame: Series, placed: dict[str, Any]) -> None:
    """Of a series never seen before: a moved meeting belongs to the nearest gap of the rule."""
    if not placed:
        return
    last = frame.regular(max(placed)).starts + timedelta(seconds=1)
    free = [key for key in keys_between(frame, None, last) if key not in placed]
    for row in homeless:
        if not free:
            return
        start = _instant(source._read_when(row))
        key = min(free, key=lambda key: abs(frame.regular(key).starts - start))
        free.remove(key)
        placed[key] = row


def _instant(when) -> datetime:
    if isinstance(when, AllDay):
        return datetime.combine(when.first, time(), timezone.utc)
    return when.start


def _by_start(source, rows, frame: Series) -> dict[str, Any]:
    found = {}
    for row in rows:
        key = key_of(source._read_when(row))
        if has(frame, key):
            found[key] = row
    return found


# --- what the occurrences say ----------------------------------------------------------------


def _fill(source, recurrence, frame, placed, like: Series | None, memory: Memory) -> Series:
    """The series with its words: those of most meetings are its own, the others are exceptions."""
    first = min(placed)
    spokesman = recurrence.base_event_id if recurrence.base_event_id in placed.values() else None
    spokesman = spokesman or placed[first]
    known = like.entry if like else None
    entries = _entries(source, placed, like, memory)
    common = _common({key: each for key, each in entries.items() if each}, like)
    common |= source._words(spokesman, known)
    entry = Entry.make(source.kind, **common, **_times(frame.entry))
    entry = source._in_words_of(spokesman, entry, known)
    series = Series(entry, frame.rules)
    exceptions: dict[str, Entry | None] = {}
    for key, each in entries.items():
        exceptions[key] = _zoned(each and replace(each, details=entry.details), key, series, like)
    for key in _gaps(series, placed, like, memory):
        exceptions[key] = None
    if like:
        for key, each in like.exceptions.items():
            if key not in exceptions and has(series, key) and key not in memory.rows:
                exceptions[key] = each  # the CRM holds no meeting of it, so it has no say
    return canonical(replace(series, exceptions=exceptions))


def _times(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _TIME}


def _zoned(entry: Entry | None, key: str, series: Series, like: Series | None) -> Entry | None:
    """The CRM knows one zone a series; an occurrence that was given another one keeps it."""
    if entry is None:
        return None
    known = like.exceptions.get(key) if like else None
    moved_there = known is not None and known.when == entry.when
    return replace(entry, zone=known.zone if known and moved_there else series.entry.zone)


def _gaps(series: Series, placed, like: Series | None, memory: Memory) -> list[str]:
    """Keys whose meeting was deleted; not those that never had one, beyond the window."""
    after = None
    if is_windowed(series):
        after = series.regular(max(placed)).starts + timedelta(seconds=1)
    within = keys_between(series, None, after)
    gaps = [key for key in within if key not in placed and _was_deleted(key, like, memory)]
    return [*gaps, *_deleted_at_the_end(series, placed, memory)]


def _deleted_at_the_end(series: Series, placed, memory: Memory) -> list[str]:
    """Keys after the last meeting that is left, whose meetings are gone."""
    if not is_windowed(series):
        return []
    last = series.regular(max(placed)).starts
    gone = [key for key in sorted(memory.rows) if key not in placed and has(series, key)]
    return [key for key in gone if series.regular(key).starts > last]


def _was_deleted(key: str, like: Series | None, memory: Memory) -> bool:
    if key in memory.rows or like is None:
        return True
    return not has(like, key) or like.occurrence(key) is None


def _entries(source, placed, like: Series | None, memory: Memory) -> dict[str, Entry | None]:
    """What each meeting says. Most say the same, so equal ones are read once."""
    seen: dict[Any, Entry] = {}
    found: dict[str, Entry | None] = {}
    read = from_json(memory.read)
    for key, row in placed.items():
        known = like.occurrence(key) if like else None
        if not source._is_mine(row):
            found[key] = known  # he was taken off the guests of this one: no deletion
            continue
        mails = known.mails if known else frozenset()
        same = (*words_of(row), mails)
        if same not in seen:
            entry = source.entry_of(row, known or (like.entry if like else None))
            seen[same] = agreed(entry, read, like.entry) if like and read else entry
        found[key] = replace(seen[same], when=_span(source, row))
    return found


def words_of(row):
    """What makes the entry of a meeting, beside its time."""
    words = (row.name, row.location, row.description, row.privacy, row.show_as)
    return (*words, tuple(row.alarm_ids.ids))


def _span(source, row):
    when = source._read_when(row)
    if isinstance(when, AllDay):
        return AllDay(when.first, max(when.first, when.last))
    return Timed(when.start, max(when.start, when.end))


def _common(entries: dict[str, Entry], like: Series | None) -> dict[str, Any]:
    """For each field the value that most occurrences have; of equals the one it had before."""
    if not entries:
        return {"title": like.entry.title} if like else {"title": ""}
    common = {}
    for name in FIELDS:
        if name in _TIME or name == "details":
            continue
        counts = _votes(entries, like, name)
        most = max(counts.values(), default=0)
        old = getattr(like.entry, name) if like else None
        tops = [value for value, number in counts.items() if number == most]
        common[name] = old if like and (old in tops or not tops) else tops[0]
    return common


def _votes(entries: dict[str, Entry], like: Series | None, name: str) -> Counter:
    """How often each value stands; where an occurrence had one of its own before, and still has
    it, that says nothing of the series."""
    votes: Counter = Counter()
    for key, entry in entries.items():
        value = getattr(entry, name)
        known = like.exceptions.get(key) if like else None
        own = known is not None and getattr(known, name) == value != getattr(like.entry, name)
        votes.update([] if own else [value])
    return votes


def local_day(key: str, frame: Series) -> date:
    """The day on which an occurrence stands, by the series' clock."""
    when = moved(frame.entry.when, key)
    if isinstance(when, AllDay):
        return when.first
    return when.start.astimezone(zone_of(frame.entry.zone)).date()
