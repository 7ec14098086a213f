"""What a record holds once a run has written it, which is not always what it was given.

What Odoo cannot hold, as more than five reminders or a task's missing label, counts as held as long
as the record reads as it did; the link remembers how. What somebody else made of the record in the
same transaction, as an automation rule does, is an edit in the CRM and goes to Google at once.
"""

from __future__ import annotations

from dataclasses import replace

from ..engine.entry import Entry, from_json, to_json
from ..engine.merge import Clash, Side, agreed, changed_fields
from .source import Local
from .work import Case


def as_agreed(case: Case, local: Local) -> Local:
    """A record as it reads, with what both sides agreed on where it holds what it can of that."""
    known = from_json(case.link.held) if case.base and case.link else None
    if known is None or local.entry is None:
        return local
    entry = agreed(local.entry, known, case.base)
    return replace(local, entry=entry, read=local.entry)


def to_keep(case: Case, base: Entry) -> str | bool:
    """What the link is to remember beside its base: how the record reads, where that is less."""
    crm = case.crm
    if crm.read is None:
        return False
    edited = changed_fields(crm.entry, base)
    read = replace(crm.read, **{name: getattr(base, name) for name in edited})
    return to_json(read) if read != base else False


def carried_over(text: str | None, before: Entry | None, base: Entry) -> str | bool:
    """The same, of a link whose base is another one now: what that changed is held."""
    known = from_json(text)
    if known is None:
        return False
    changed = changed_fields(before, base)
    read = replace(known, **{name: getattr(base, name) for name in changed})
    return to_json(read) if read != base else False


def read_back(cases: list[Case]) -> None:
    """Read the records of cases whose result was just written to the CRM."""
    for source in {case.source for case in cases}:
        mine = [case for case in cases if case.source is source]
        found = source.load({case.res_id: case.action.result for case in mine})
        for case in mine:
            case.crm = _compared(case, found[case.res_id])


def read_back_new(source, cases: list[Case], records) -> None:
    """The same, of records that were just made."""
    alike = source.as_given(records, [case.action.result for case in cases])
    for case in cases:
        if case.res_id in alike:
            case.crm = Local(case.action.result, read=case.action.result)
    read_back([case for case in cases if case.res_id not in alike])


def _compared(case: Case, local: Local) -> Local:
    """What a record reads, told apart: what it cannot hold, and what others made of it."""
    wanted, before = case.action.result, case.crm
    if local.entry is None:
        return Local(wanted)  # out of sight by somebody else's doing, as the next run will see
    record = case.source.records.browse(case.res_id)
    unheld = [
        name
        for name in changed_fields(local.entry, wanted)
        if _stays_unheld(before, local, wanted, name) or case.source.gave(record, name, wanted)
    ]
    entry = replace(local.entry, **{name: getattr(wanted, name) for name in unheld})
    return replace(local, entry=entry, read=local.entry)


def _stays_unheld(before: Local, local: Local, wanted: Entry, name: str) -> bool:
    """Whether a field was not to be written, reads as before, and could not be held before."""
    if before.read is None or before.entry is None:
        return False
    same = getattr(before.read, name) == getattr(local.entry, name)
    return same and getattr(before.entry, name) == getattr(wanted, name)


def go_on(case: Case) -> None:
    """Send Google what others made of a record, or what could not be written to it."""
    entry = case.crm.entry
    if entry is not None and entry != case.action.result:
        case.base = case.action.result if not case.action.write_google else case.base
        case.action = replace(case.action, result=entry, write_google=True)


def note_left(case: Case, left: frozenset[str] | None) -> None:
    """An edit in Google that was not certain loses, as any value that does."""
    result, crm = case.action.result, case.crm.entry
    lost = tuple(
        Clash(name, getattr(crm, name), getattr(result, name), Side.CRM) for name in left or ()
    )
    case.action = replace(case.action, clashes=(*case.action.clashes, *lost))
