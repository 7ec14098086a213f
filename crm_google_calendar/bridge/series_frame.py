"""The rule of a series as the CRM has it: from Odoo's fields, and from where its meetings stand.

Odoo does not keep where a rule begins, counts otherwise once the first meeting is gone, and ends a
rule it split at the start of a week. So the meetings decide, and the fields only guide.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from ..engine.entry import AllDay, Entry, Timed
from ..engine.series import Series, key_of, moved
from ..gcal.expand import alike, first_keys, has, keys_between
from ..gcal.rules import canonical_rules
from .series_rule import DAYS, is_forever, mark_of_rule
from .series_state import Memory
from .zones import zone_of


def frame_of(source, recurrence, mine, like: Series | None, memory: Memory) -> Series | None:
    """When the occurrences are, with a blank entry; None where no rule fits the meetings.

    mine: the meetings. like: the series both sides last agreed on.
    """
    whens = _regular_spans(source, mine, like, memory)
    kind = AllDay if sum(isinstance(when, AllDay) for when in whens) * 2 >= len(whens) else Timed
    whens = [when for when in whens if isinstance(when, kind)]
    length = Counter(_length(when) for when in whens).most_common(1)[0][0]
    kept = None
    if like and isinstance(like.entry.when, kind) and memory.rule == mark_of_rule(recurrence):
        kept = Series(_lasting(like.entry, length), like.rules)
        if _fits(kept, whens) * 2 >= len(whens):
            return kept
    # with nothing better, each meeting that is remembered was moved by itself
    return _derive(source, recurrence, mine, whens, length, like, memory) or kept


def _regular_spans(source, mine, like: Series | None, memory: Memory) -> list:
    """The times of the meetings that follow the rule; of moved ones, where none does, the old."""
    followers = mine.filtered("follow_recurrence")
    known = {row_id: key for key, row_id in memory.rows.items()}
    if not followers and like and any(row.id in known for row in mine):
        spans = [moved(like.entry.when, known[row.id]) for row in mine if row.id in known]
    else:
        spans = [source._read_when(row) for row in followers or mine]
    return sorted(spans, key=key_of)


def _derive(
    source, recurrence, mine, whens, length, like: Series | None, memory: Memory
) -> Series | None:
    """The rule as Odoo's fields tell it, begun where most of the meetings fit."""
    zone = zone_of(recurrence.event_tz or source.zone.key).key
    starts = [whens[0]]
    if like and isinstance(like.entry.when, type(whens[0])):
        starts.insert(0, like.entry.when)
    best: tuple[int, Series | None] = (-1, None)
    for start in starts:
        entry = _lasting(Entry.make(source.kind, "", start, zone=zone), length)
        for line in _lines(recurrence):
            endless = Series(entry, canonical_rules([line], entry.when, zone))
            first = first_keys(endless, 1)
            if first:
                fits = _fits(endless, whens)
                best = max(best, (fits, endless), key=lambda pair: pair[0])
    fits, series = best
    if series is None or fits * 2 < len(whens) or not fits:
        return None
    known = {key for key, row_id in memory.rows.items() if row_id in mine.ids}
    known |= {key_of(when) for when in whens}
    ended = _ended(recurrence, _begun(series), known)
    return alike(ended, like)


def _begun(series: Series) -> Series:
    """The series with the first start that its rule has."""
    first = first_keys(series, 1)[0]
    return replace(series, entry=replace(series.entry, when=moved(series.entry.when, first)))


def _lines(recurrence) -> list[str]:
    """Odoo's fields as a rule without an end; several where Odoo leaves its meaning open."""
    parts = [f"FREQ={recurrence.rrule_type.upper()}", f"INTERVAL={recurrence.interval or 1}"]
    if recurrence.rrule_type == "monthly" and recurrence.month_by == "date":
        parts.append(f"BYMONTHDAY={recurrence.day}")
    elif recurrence.rrule_type == "monthly":
        parts.append(f"BYDAY={recurrence.byday}{recurrence.weekday[:2]}")
    days = [name for name, field in DAYS.items() if recurrence[field]]
    if recurrence.rrule_type != "weekly":
        return ["RRULE:" + ";".join(parts)]
    if not days:
        return []
    parts.append(f"BYDAY={','.join(days)}")
    weeks = ("MO", "SU", "SA") if len(days) > 1 and (recurrence.interval or 1) > 1 else ("MO",)
    return ["RRULE:" + ";".join([*parts, f"WKST={week}"]) for week in weeks]


def _ended(recurrence, series: Series, known: set[str]) -> Series:
    """The series up to its last meeting; by the day that Odoo names where that is the same."""
    if is_forever(recurrence):
        return series
    line = series.rules[0]
    last = max(key for key in known if has(series, key))
    after = series.regular(last).starts + timedelta(seconds=1)
    number = len(keys_between(series, None, after))
    entry = series.entry
    if recurrence.end_type == "end_date" and recurrence.until:
        rules = (f"{line};UNTIL={recurrence.until:%Y%m%d}",)
        named = Series(entry, canonical_rules(rules, entry.when, entry.zone))
        if len(first_keys(named, number + 1)) == number:
            return named
    rules = (f"{line};COUNT={number}",)
    return Series(entry, canonical_rules(rules, entry.when, entry.zone))


def _fits(series: Series, whens) -> int:
    return sum(has(series, key_of(when)) for when in whens)


def _length(when) -> timedelta:
    if isinstance(when, AllDay):
        return when.last - when.first
    return when.end - when.start


def _lasting(entry: Entry, length: timedelta) -> Entry:
    when = entry.when
    if isinstance(when, AllDay):
        return replace(entry, when=AllDay(when.first, when.first + length))
    return replace(entry, when=Timed(when.start, when.start + length))
