"""As `held`, of a series: what its meetings hold once a run has written them."""

from __future__ import annotations

from dataclasses import replace

from ..engine.entry import to_json
from ..engine.merge import changed_fields
from ..engine.series import Series
from .held import carried_over
from .series_read import read_series, words_of
from .series_state import SeriesCase


def read_back(case: SeriesCase) -> bool:
    """Read the meetings of a case whose result was just written to the CRM; whether others made
    something else of them, or a text could not be carried over. What they cannot hold is noted in
    the memory."""
    unheld: dict[str, object] = {}
    edited, seen = False, set()
    for key, row in case.rows.active.items():
        wanted = case.action.result.occurrence(key)
        if wanted is None:
            continue
        words = replace(wanted, when=case.action.result.entry.when)
        if (words_of(row), words) in seen:
            continue
        seen.add((words_of(row), words))
        held = case.source.entry_of(row, wanted)
        for name in changed_fields(held, wanted) - {"when", "zone", "details"}:
            if case.source.gave(row, name, wanted):
                unheld[name] = getattr(held, name)
            else:
                edited = True
    result = case.action.result.entry
    case.memory.read = to_json(replace(result, **unheld)) if unheld else ""
    case.read_for = case.action.result
    return edited or _is_readdressed(case)


def _is_readdressed(case: SeriesCase) -> bool:
    """Whether the details name meetings that are gone: of a series that was made anew."""
    entry = case.action.result.entry
    row = case.recurrence.base_event_id
    return bool(entry.details and row) and case.source._details(row, entry) != entry.details


def keep_read(case: SeriesCase, before: Series | None) -> None:
    """Once another base is settled than what was read back for, values that it changed are held."""
    if case.memory.read and case.read_for is not case.base:
        old = before.entry if before else None
        case.memory.read = carried_over(case.memory.read, old, case.base.entry) or ""


def go_on(case: SeriesCase, apart: set[int]) -> None:
    """Send Google what the meetings hold now."""
    memory = replace(case.memory, rows={key: row.id for key, row in case.rows.active.items()})
    reading = read_series(case.source, case.recurrence, case.action.result, memory, apart)
    if reading.series is not None:
        case.crm_series = reading.series
        case.action = replace(case.action, result=reading.series, write_google=True)
