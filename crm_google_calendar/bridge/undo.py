"""Undo of a run, from its log, as far as both sides still hold what it wrote.

A changed entry gets its old values back on both sides. What the run created on one side goes from
there, and its counterpart stays, detached. What it removed comes back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import psycopg2

from ..engine.decide import Action, Reason, Verb
from ..engine.entry import Entry, from_json
from ..engine.merge import Side, merge
from . import link_keys, links
from .choose import UNDONE
from .gather import ask_google, load_records
from .work import Case, Work

_logger = logging.getLogger(__name__)
NOTHING = Action(Verb.NOTHING, Reason.SETTLED)


def undo_cases(work: Work) -> list[Case]:
    """Carry out what concerns one side alone; returns the cases that the run goes on with."""
    pairs = [(lines, _case(work, lines[-1])) for lines in _together(work.run.undo_of.line_ids)]
    pairs = [(lines, case) for lines, case in reversed(pairs) if case]
    ask_google(work, [case for _lines, case in pairs])
    pairs = [(lines, case) for lines, case in pairs if not case.unknown]
    load_records([case for _lines, case in pairs])
    for lines, case in pairs:
        case.action = _choose(lines, case)
        if case.action.verb is Verb.NOTHING and _still_holds(lines[-1], case):
            undo_alone(work, lines[-1], case, _undo_in_crm)
    work.checkpoint()
    return [case for _lines, case in pairs if case.action.verb is not Verb.NOTHING]


def _together(lines) -> list[list]:
    """A run's lines, those that changed one entry, here and there, as one."""
    groups: dict = {}
    for line in lines.sorted("id"):
        key = (line.model, line.event_id) if line.verb == "write" else line.id
        groups.setdefault(key, []).append(line)
    return list(groups.values())


def _case(work: Work, line) -> Case | None:
    calendar = work.account.calendar_ids.filtered(
        lambda calendar: (
            work.sources[calendar.kind].model == line.model and calendar.state == "ready"
        )
    )
    if not calendar:
        return None
    link = link_keys.of_events(calendar, [line.event_id])
    if link and link.model != line.model:
        return None  # its event belongs to a series by now, or to a single meeting
    return Case(
        calendar=calendar,
        source=work.sources[calendar.kind],
        link=link,
        res_id=link.res_id or line.res_id or None,
        event_id=line.event_id,
        base=from_json(link.base),
        unknown=True,
    )


def _choose(lines, case: Case) -> Action:
    """What goes the usual way: old values for both sides, or a deletion in Google."""
    line = lines[-1]
    if not _still_holds(line, case):
        return NOTHING
    if line.verb == "write" and case.crm.entry and case.google:
        before = _before(lines)
        return Action(
            Verb.SETTLE,
            Reason.UNDONE,
            before,
            write_crm=before != case.crm.entry,
            write_google=before != case.google,
        )
    if (line.side, line.verb) == ("google", "create"):
        return Action(Verb.DELETE, Reason.UNDONE, write_google=True)
    return NOTHING


def _before(lines) -> Entry | None:
    """What stood before a run; where it wrote both sides, without what it brought to either."""
    olds = {line.side: from_json(line.before) for line in reversed(lines)}
    if len(olds) == 1:
        return olds.popitem()[1]
    after = from_json(lines[-1].after)
    return merge(after, olds[Side.CRM.value], olds[Side.GOOGLE.value], Side.CRM).result


def _still_holds(line, case: Case) -> bool:
    if (line.side, line.verb) == ("crm", "remove"):
        return case.crm.entry is None or case.link.state == "detached"
    after = from_json(line.after)
    if line.verb == "write":  # whichever side it wrote, a later edit of the other is not lost
        return case.crm.entry == case.google == after
    held = case.crm.entry if line.side == Side.CRM.value else case.google
    return held == after


def undo_alone(work: Work, line, case: Case, undo: Callable[[Work, Any, Any], None]) -> None:
    """Take one line back in the CRM; what Odoo refuses stays, and holds up nothing else."""
    try:
        with work.env.cr.savepoint():
            undo(work, line, case)
            case.source.env.flush_all()
    except psycopg2.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever another add-on raises concerns one entry
        case.source.env.invalidate_all()
        _logger.info("line %s cannot be undone: %s", line.id, type(error).__name__)


def _undo_in_crm(work: Work, line, case: Case) -> None:
    """Take back a creation, or bring back what was removed on either side."""
    before: Entry | None = from_json(line.before)
    record = case.source.records.browse(line.res_id)
    if (line.side, line.verb) == ("crm", "create"):
        record.unlink()
        links.detach(work.env, case.link, UNDONE)
        work.note(case, Side.CRM, "remove", Reason.UNDONE)
    elif line.side == "crm" and line.verb == "remove":
        if record.exists():
            record.action_unarchive()
        case.link._send_again()
        work.note(case, Side.CRM, "write", Reason.UNDONE)
    elif line.verb == "remove" and before and not record.exists():
        line.res_id = case.res_id = case.source.add([before]).id  # once, however often it is undone
        work.note(case, Side.CRM, "create", Reason.UNDONE)
