"""Writing to the CRM: in batches within savepoints, split on error until one stands alone."""

from __future__ import annotations

import logging
from dataclasses import replace

import psycopg2

from ..engine.decide import Reason, Verb
from ..engine.entry import Entry
from ..engine.merge import Side
from . import hints, identity, links
from .clashes import keep_losers
from .detached import cause_of
from .gather import load_records
from .held import go_on, note_left, read_back, read_back_new
from .source import Local
from .work import Case, Work

_logger = logging.getLogger(__name__)
CHUNK = 1000  # between two checkpoints


def apply_to_crm(work: Work, cases: list[Case]) -> list[Case]:
    """Do what the cases' actions ask of the CRM; returns those that Google must hear of too."""
    todo = [case for case in cases if not _only_google(case)]
    on = [case for case in cases if _only_google(case)]
    for start in range(0, len(todo), CHUNK):
        if work.stopped:
            work.complete = False
            break
        on += _apply_chunk(work, todo[start : start + CHUNK])
        work.checkpoint()
    return on


def _only_google(case: Case) -> bool:
    return case.action.write_google and not case.action.write_crm


def _apply_chunk(work: Work, chunk: list[Case]) -> list[Case]:
    before = hints.newest(work.env)
    fresh = _still_true(work, chunk)
    created, others = [], []
    for case in fresh:
        is_new = case.action.verb is Verb.CREATE and not case.is_archived
        (created if is_new else others).append(case)
    for source in {case.source for case in created}:
        _create(work, source, [case for case in created if case.source is source])
    _write(work, others)
    hints.forget_own(work, before, lambda: _settled(chunk))
    work.done += sum(case.told for case in fresh if not case.action.write_google)
    return [case for case in fresh if case.action.write_google]


def _settled(cases: list[Case]) -> set[tuple[str, int]]:
    """The records that hold what was decided for them; and those that refused it, of which the run
    has nothing more to hear either."""
    return {(case.source.model, case.res_id) for case in cases if case.res_id and _is_settled(case)}


def _is_settled(case: Case) -> bool:
    if case.link.state == "set_aside":
        return True
    if case.action.verb is Verb.ARCHIVE:
        return not case.source.records.browse(case.res_id).active
    return case.action.write_crm and case.crm.read is not None


def _still_true(work: Work, chunk: list[Case]) -> list[Case]:
    """Drop cases whose record was changed since it was read: the next slice decides them anew."""
    seen = {id(case): case.crm for case in chunk}
    chunk = load_records(work, chunk)
    fresh = [case for case in chunk if case.crm == seen[id(case)]]
    work.complete = work.complete and len(fresh) == len(chunk)
    return fresh


def _create(work: Work, source, cases: list[Case]) -> None:
    """Create records; when Odoo refuses the lot, halve it until the one bad entry stands alone."""
    held = work.lines[:], dict(work.counts), _states(cases)
    try:
        with work.env.cr.savepoint():
            records = source.add([case.action.result for case in cases])
            source.env.flush_all()
            _settle_created(work, source, cases, records)
    except psycopg2.OperationalError:
        raise  # a serialization failure: the whole slice is repeated
    except Exception as error:  # noqa: BLE001 - whatever another add-on raises concerns one entry
        source.env.invalidate_all()
        work.lines, work.counts = held[:2]
        _restore(cases, held[2])
        if len(cases) > 1:
            middle = len(cases) // 2
            _create(work, source, cases[:middle])
            _create(work, source, cases[middle:])
        else:
            _refused_alone(work, cases[0], error)


def _settle_created(work: Work, source, cases: list[Case], records) -> None:
    for case, record in zip(cases, records, strict=True):
        case.res_id, gone = record.id, case.res_id
        if case.action.reason is Reason.EDIT_BEATS_DELETE:
            source.invite(record, links.follow(work, case, gone).user_id)
        work.note(case, Side.CRM, "create", case.action.reason)
    identity.pass_on(source, cases)
    read_back_new(source, cases, records)
    for case in cases:
        if case.link:  # of a record that was deleted, or could not be made before
            links.settle(work, case, case.action.result, case.event)
    links.settle_new(work, [case for case in cases if not case.link])
    for case in cases:
        go_on(case)


def _write(work: Work, cases: list[Case]) -> None:
    """Carry out what is no creation: all at once, or halved as in `_create`."""
    if not cases:
        return
    held = work.lines[:], dict(work.counts), _states(cases)
    try:
        with work.env.cr.savepoint():
            for case, record in zip(cases, _records(cases), strict=True):
                _apply(work, case, record)
            cases[0].source.env.flush_all()
            _settle_all(work, cases)
    except psycopg2.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever another add-on raises concerns one entry
        cases[0].source.env.invalidate_all()
        work.lines, work.counts = held[:2]
        _restore(cases, held[2])
        if len(cases) > 1:
            middle = len(cases) // 2
            _write(work, cases[:middle])
            _write(work, cases[middle:])
        else:
            _refused_alone(work, cases[0], error)


def _states(cases: list[Case]) -> list[tuple]:
    """What the attempt to write cases may change of them."""
    return [(case.link, case.res_id, case.action, case.crm, case.base) for case in cases]


def _restore(cases: list[Case], states: list[tuple]) -> None:
    for case, state in zip(cases, states, strict=True):
        case.link, case.res_id, case.action, case.crm, case.base = state


def _records(cases: list[Case]) -> list:
    """The cases' records, which fetch what Odoo needs of one for all of them."""
    together: dict = {}
    for case in cases:
        together.setdefault(case.source, []).append(case.res_id)
    return [
        case.source.records.browse(case.res_id).with_prefetch(together[case.source])
        for case in cases
    ]


def _refused_alone(work: Work, case: Case, error: Exception) -> None:
    refused(work, case, error)
    case.action = replace(case.action, write_google=False)  # nor does Google hear of it


def refused(work: Work, case: Case, error: Exception) -> None:
    _logger.info(
        "event %s of calendar %s refused by the CRM: %s",
        case.event_id,
        case.calendar.id,
        type(error).__name__,
    )
    detail = str(error).split("\n")[0][:200] if hasattr(error, "args") and error.args else ""
    links.set_aside(work, case, "odoo_refused", detail)


def _apply(work: Work, case: Case, record) -> None:
    action = case.action
    if action.verb is Verb.SETTLE and action.write_crm:
        _change(work, case, record, case.crm.entry)
        work.note(case, Side.CRM, "write", action.reason)
    elif action.verb is Verb.CREATE:
        _reopen(work, case, record)
    elif action.verb is Verb.ARCHIVE:
        case.source.archive(record)
        work.note(case, Side.CRM, "archive", action.reason)
        links.detach(case.link, "archived_there")
    elif action.verb is Verb.DETACH:
        cause = cause_of(case) if action.reason is Reason.OUT_OF_SIGHT else action.reason.value
        if case.link:
            work.note(case, Side.CRM, "detach", action.reason)
        else:
            links.take_up(work, case)  # nothing ends, but the user sees why it stays apart
        links.detach(case.link, cause)
    elif action.verb is Verb.CLOSE:
        case.link.unlink()
        case.link = case.link.browse()


def _reopen(work: Work, case: Case, record) -> None:
    """An archived record is opened again; a second one beside it would be a double."""
    case.source.reopen(record)
    held = case.source.entry_of(record, case.base or case.google)
    case.crm = Local(held)
    _change(work, case, record, held)
    work.note(case, Side.CRM, "reopen", case.action.reason)


def _change(work: Work, case: Case, record, held: Entry) -> None:
    """Bring a record that holds an entry to the result."""
    note_left(case, case.source.change(record, held, case.action.result))
    keep_losers(work, case, record)


def _settle_all(work: Work, cases: list[Case]) -> None:
    """Settle what the records hold now; a link is settled here only where Google needs no write."""
    to_settle = [case for case in cases if case.action.verb in (Verb.SETTLE, Verb.CREATE)]
    written = [case for case in to_settle if case.action.write_crm]
    read_back(written)
    for case in to_settle:
        if case.action.verb is Verb.CREATE or not case.action.write_google:
            links.settle(work, case, case.action.result, case.event)
    for case in written:
        go_on(case)
