"""One series that was split on both sides at once, by *this and following* here and there.

What Google's page split off and what Odoo did are then one series, not two: else all its later
occurrences would stand twice. Where they were not split at the same occurrence, that is a clash of
the rule, for both of their parts alike.
"""

from __future__ import annotations

from ..engine.series import Series, to_text
from ..gcal.expand import has, tail
from ..gcal.series import split_at, split_root
from . import link_keys, links
from .series_state import MODEL, Memory, SeriesCase
from .work import Work


def pair(work: Work, cases: list[SeriesCase]) -> None:
    """Let each series that Google's page has just split off take what was split off here."""
    taken = {case.res_id for case in cases}
    for case in cases:
        key = "" if case.link or case.res_id else split_at(case.event_id)
        parents = [each for each in cases if key and _is_parent(each, case, key)]
        for parent in parents:
            for start, recurrence in _split_off(work, parent, taken)[:1]:
                taken.add(recurrence.id)
                parent.is_split = True
                _take(work, case, parent, key, start, recurrence)


def read_like(case: SeriesCase) -> Series | None:
    """What the CRM's side of a series is read like: its base, from where its meetings begin."""
    like = case.base or case.google
    start = case.memory.start
    return tail(like, start) if like and start and has(like, start) else like


def _is_parent(parent: SeriesCase, case: SeriesCase, key: str) -> bool:
    same = split_root(parent.event_id) == split_root(case.event_id)
    return same and bool(parent.base) and parent.link.state == "linked" and has(parent.base, key)


def _split_off(work: Work, parent: SeriesCase, taken: set[int]):
    """Recurrences without a link that have meetings of a linked one, by the key of the first.

    None where no meeting is left of the old one: Odoo then made it anew.
    """
    known = {row_id: key for key, row_id in parent.memory.rows.items()}
    rows = parent.source.records.browse(known).exists().filtered("active")
    found = rows.recurrence_id
    linked = link_keys.linked(parent.calendar, MODEL, found.ids)
    if parent.res_id not in found.ids:
        return []
    firsts: dict[int, str] = {}
    for row in rows.sorted(lambda row: known[row.id], reverse=True):
        firsts[row.recurrence_id.id] = known[row.id]
    return sorted(
        (firsts[each.id], each) for each in found if each.id not in linked and each.id not in taken
    )


def _take(work: Work, case: SeriesCase, parent: SeriesCase, key: str, start: str, mine) -> None:
    """The link is made at once: it remembers where the meetings begin, wherever the run breaks."""
    case.res_id, case.is_split = mine.id, True
    case.base = tail(parent.base, start) if key == start else parent.base
    rows = {
        each: row_id
        for each, row_id in parent.memory.rows.items()
        if row_id in mine.calendar_event_ids.ids
    }
    case.memory = Memory(rows, case.memory.held, start=start)
    values = {"base": to_text(case.base), "occurrences": case.memory.to_text()}
    links.write(work, case, values)
