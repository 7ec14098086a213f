"""Undo of a run, from its log, as far as both sides still hold what it wrote.

A changed entry gets its old values back on both sides. What the run created on one side goes from
there, and its counterpart stays, detached. What it removed, archived or let go comes back, and is
sent again. Each entry is taken back once, however often a run is undone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import psycopg2

from ..engine.decide import Action, Reason, Verb
from ..engine.entry import Entry, from_json
from ..engine.merge import Side, merge
from . import link_keys, links
from .choose import choose
from .detached import UNDONE
from .gather import ask_google, load_records
from .identity import learn
from .source import Local
from .work import Case, Work

_logger = logging.getLogger(__name__)
NOTHING = Action(Verb.NOTHING, Reason.SETTLED)
LET_GO = ("archive", "detach", "remove")  # what a run does to a record whose event is not there


@dataclass
class Story:
    """What a run did to one entry: its lines in the log, oldest first, and how the entry is now."""

    lines: list[Any]
    case: Any

    def did(self, side: str, *verbs: str) -> bool:
        """Whether the run did one of these on that side."""
        return any(line.side == side and line.verb in verbs for line in self.lines)

    @property
    def last(self):
        return self.lines[-1]


def undo_cases(work: Work) -> list[Case]:
    """Carry out what concerns the CRM alone; returns the cases that Google must hear of too."""
    stories = [story for story in _stories(work) if story.case]
    ask_google(work, [story.case for story in stories])
    stories = [story for story in stories if not story.case.unknown]
    readable = set(map(id, load_records(work, [story.case for story in stories])))
    stories = [story for story in stories if id(story.case) in readable]
    for story in stories:
        story.case.action = _for_both(story)
        here = _for_crm(story)
        if story.case.action.verb is Verb.NOTHING and here:
            undo_alone(work, story, here)
    work.checkpoint()
    both = [story.case for story in stories if story.case.action.verb is not Verb.NOTHING]
    return [*both, *_send_again(work)]


def lines_to_undo(work: Work, models: list[str]) -> list[list[Any]]:
    """The run's lines, those of one entry together; without what was taken back in the CRM alone
    by an earlier slice, or by an earlier undo of the same run."""
    undone = work.run.search([("undo_of", "=", work.run.undo_of.id)]).line_ids
    alone = undone.filtered(lambda line: line.side == "crm" and line.verb != "write")
    known = {(line.model, line.event_id) for line in alone}
    groups: dict[tuple[str, str], list[Any]] = {}
    for line in work.run.undo_of.line_ids.sorted("id"):
        name = line.model, line.event_id
        if line.model in models and line.verb != "clash" and name not in known:
            groups.setdefault(name, []).append(line)
    return list(groups.values())


def undo_alone(work: Work, story: Story, undo: Callable[[Work, Any], None]) -> None:
    """Take one entry back in the CRM; what Odoo refuses stays, and holds up nothing else."""
    held = work.lines[:], dict(work.counts)
    env = story.case.source.env
    try:
        with work.env.cr.savepoint():
            undo(work, story)
            env.flush_all()
    except psycopg2.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever another add-on raises concerns one entry
        env.invalidate_all()
        work.lines, work.counts = held
        _logger.info("line %s cannot be undone: %s", story.last.id, type(error).__name__)


def _stories(work: Work) -> list[Story]:
    models = {calendar.kind: work.sources[calendar.kind].model for calendar in _standing(work)}
    found = lines_to_undo(work, list(models.values()))
    return [Story(lines, _case(work, lines[-1])) for lines in reversed(found)]


def _standing(work: Work):
    return work.account.calendar_ids.filtered(lambda calendar: calendar.state == "ready")


def _case(work: Work, line) -> Case | None:
    calendar = _standing(work).filtered(
        lambda calendar: work.sources[calendar.kind].model == line.model
    )
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


# --- what goes the usual way -----------------------------------------------------------------


def _for_both(story: Story) -> Action:
    """Old values for both sides, or a deletion in Google."""
    case, after = story.case, from_json(story.last.after)
    if story.did("google", "create") and case.google and case.google == after:
        return Action(Verb.DELETE, Reason.UNDONE, write_google=True)
    if not (_only_writes(story) and case.crm.entry and case.google):
        return NOTHING
    before, held = _before(story), (case.crm.entry, case.google)
    if any(entry not in (before, after) for entry in held):
        return NOTHING  # whichever side it wrote, a later edit of the other is not lost
    here, there = (entry != before for entry in held)
    return Action(Verb.SETTLE, Reason.UNDONE, before, write_crm=here, write_google=there)


def _only_writes(story: Story) -> bool:
    return all(line.verb == "write" for line in story.lines)


def _before(story: Story) -> Entry | None:
    """What stood before a run; where it wrote both sides, without what it brought to either."""
    olds = {line.side: from_json(line.before) for line in reversed(story.lines)}
    if len(olds) == 1:
        return olds.popitem()[1]
    after = from_json(story.last.after)
    return merge(after, olds[Side.CRM.value], olds[Side.GOOGLE.value], Side.CRM).result


# --- what concerns the CRM alone -------------------------------------------------------------


def _for_crm(story: Story) -> Callable[[Work, Story], None] | None:
    """How to take a story back in the CRM, where it stands as the run left it."""
    case, last = story.case, story.last
    after = from_json(last.after)
    if story.did("crm", "create", "reopen"):
        undo = _drop if story.did("crm", "create") else _close
        return undo if _holds(story, after) else None
    if (last.side, last.verb) == ("google", "remove"):
        return _bring_back if _is_gone(case) else None
    if last.side == "crm" and last.verb in LET_GO:
        return _take_up if case.link.state == "detached" and not case.crm.out_of_sight else None
    return _open if _is_done(story) else None


def _holds(story: Story, after: Entry | None) -> bool:
    """Whether the record is as the run made it; one made anew has details of its own."""
    held = story.case.crm.entry
    if held and after and story.last.reason == Reason.EDIT_BEATS_DELETE.value:
        held = replace(held, details=after.details)
    return bool(held) and held == after


def _is_gone(case: Case) -> bool:
    """Whether the event is still gone, and the record deleted, archived or done with it."""
    back = case.google or case.crm.entry or case.link.state == "linked"
    return not back and not case.crm.out_of_sight


def _is_done(story: Story) -> bool:
    """Whether the run made a task done, which is therefore on its way out of Google."""
    case, after = story.case, from_json(story.last.after)
    if not (_only_writes(story) and after and after.done and case.is_archived):
        return False
    stands = case.google in (after, None) and (case.google or case.link.state == "detached")
    return bool(stands) and _entry_of_archived(case) == after


def _entry_of_archived(case: Case) -> Entry:
    record = case.source.records.browse(case.res_id)
    return case.source.entry_of(record, case.base or case.google)


def _drop(work: Work, story: Story) -> None:
    """What was created in the CRM goes; its event stays."""
    case = story.case
    case.source.records.browse(case.res_id).unlink()
    links.detach(case.link, UNDONE)
    work.note(case, Side.CRM, "remove", Reason.UNDONE)


def _close(work: Work, story: Story) -> None:
    """What was opened again, since it came back in Google, is archived; its event stays."""
    case = story.case
    record, old = case.source.records.browse(case.res_id), from_json(story.lines[0].before)
    if old:
        case.source.change(record, case.crm.entry, replace(old, done=case.crm.entry.done))
    case.source.archive(record)
    links.detach(case.link, UNDONE)
    work.note(case, Side.CRM, "archive", Reason.UNDONE)


def _bring_back(work: Work, story: Story) -> None:
    """A record whose event the run removed is opened, or made again, and goes to Google again."""
    case, before = story.case, from_json(story.last.before)
    record = case.source.records.browse(case.res_id or []).exists()
    if record:
        case.source.reopen(record)
        work.note(case, Side.CRM, "reopen", Reason.UNDONE)
    elif before:
        case.res_id = story.last.res_id = case.source.add([before]).id
        work.note(case, Side.CRM, "create", Reason.UNDONE)
    _link_again(work, case)


def _take_up(work: Work, story: Story) -> None:
    """What the run let go is synchronized again: with its event where that stands."""
    case = story.case
    record = case.source.records.browse(case.res_id or []).exists()
    if not record:
        return
    if not record.active:
        work.note(case, Side.CRM, "reopen", Reason.UNDONE)
        case.source.reopen(record)
    else:
        work.note(case, Side.CRM, "attach", Reason.UNDONE)
    case.link._send_again()


def _open(work: Work, story: Story) -> None:
    """A task that the run made done is open again, as it was before."""
    case = story.case
    record, held = case.source.records.browse(case.res_id), _entry_of_archived(case)
    case.source.reopen(record)
    case.source.change(record, replace(held, done=False), _before(story))
    work.note(case, Side.CRM, "reopen", Reason.UNDONE)
    _link_again(work, case)


def _link_again(work: Work, case: Case) -> None:
    """A link that the next look finds open: its record goes to Google, whatever the window."""
    learn([case])
    if case.link:
        case.link._send_again()
    elif case.res_id:
        links.name_events(work, [case])
    if case.res_id:
        links.write(work, case, {})


# --- what goes to Google again ---------------------------------------------------------------


def _send_again(work: Work) -> list[Case]:
    """The cases of the records that this undo has brought back, in whichever of its slices."""
    lines = work.run.line_ids.search(
        [("run_id", "=", work.run.id), ("side", "=", "crm"), ("reason", "=", UNDONE)]
    )
    cases: list[Case] = []
    for calendar in _standing(work):
        source = work.sources[calendar.kind]
        mine = lines.filtered(lambda line, source=source: line.model == source.model)
        domain = [("calendar_id", "=", calendar.id), ("model", "=", source.model)]
        domain += [("res_id", "in", mine.mapped("res_id")), *links.OPEN]
        found = work.env["crm.google.link"].search(domain)
        cases += [_open_case(calendar, source, link) for link in found if not link.base]
    ask_google(work, [case for case in cases if case.unknown])
    cases = [case for case in cases if not case.unknown]
    cases = load_records(work, cases)
    for case in cases:
        case.action = replace(choose(work, case), reason=Reason.UNDONE)
    return [case for case in cases if case.action.verb is not Verb.NOTHING]


def _open_case(calendar, source, link) -> Case:
    stood = bool(link.etag)
    return Case(calendar, source, link, link.res_id, link.event_id, unknown=stood, crm=Local(None))
