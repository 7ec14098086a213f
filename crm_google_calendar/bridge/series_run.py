"""Carrying out what was decided about series: the CRM's side, then Google's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg2

from odoo.tools import groupby

from ..engine.decide import Reason, Verb
from ..engine.merge import Side
from ..gcal.expand import has
from . import hints, identity, links, series_links
from .clashes import keep_losers
from .series_events import ask
from .series_held import go_on, read_back
from .series_push import push_series, renew
from .series_records import cause_of, choose, own_links, read
from .series_state import SeriesCase
from .series_write import create_series, drop_series, free_meetings, write_series
from .work import Work

CHUNK = 100  # series between two checkpoints
ROUNDS = 3


@dataclass
class Pool:
    """Meetings that a series gave up, by the keys they had; another of its family may take them.

    is_shorter: the rule has lost occurrences and got no others. lent: the keys whose meetings
    others of the family take over.
    """

    case: SeriesCase | None = None
    keyed: list[tuple[str, Any]] = field(default_factory=list)
    is_shorter: bool = False
    lent: set[str] = field(default_factory=set)

    @property
    def rows(self) -> list[Any]:
        return [row for _key, row in self.keyed]

    def take(self, case: SeriesCase, before: dict[str, Any], left: list[Any]) -> None:
        """Note what a series left over, and what it took."""
        used = set(case.rows.active.values())
        self.keyed = [(key, row) for key, row in self.keyed if row not in used]
        if left:
            self.case, self.is_shorter = case, set(case.rows.active) <= set(before)
            self.keyed += [(key, row) for key, row in before.items() if row in left]

    def give_up(self, key: str) -> Any:
        """The meeting of an occurrence that was deleted in Google after it had been split off."""
        found = next((row for each, row in self.keyed if each == key), None)
        self.keyed = [(each, row) for each, row in self.keyed if each != key]
        if found:
            free_meetings(found)
        return found

    def give(self, case: SeriesCase) -> None:
        """Take the meetings that others want out of a series that was deleted."""
        rows = case.rows.active
        given = {key: rows.pop(key) for key in self.lent & set(rows)}
        self.take(case, given, list(given.values()))
        case.memory.rows = {key: row for key, row in case.memory.rows.items() if key not in given}
        case.link.occurrences = case.memory.to_text()


def execute_series(work: Work, cases: list[SeriesCase], calendars_stand) -> None:
    """Write both sides; what Google had other news of is decided again.

    calendars_stand: tells whether the calendars of cases are still there.
    """
    for _round in range(ROUNDS):
        again = push_series(work, _apply_all(work, cases))
        if not again:
            return
        if not calendars_stand(work, again):
            return
        ask(work, again)
        cases = [case for case in again if not case.unknown]
        own = own_links(work, cases)
        cases = [case for case in cases if read_again(work, case, own)]
        for case in cases:
            renew(work, case)
            choose(work, case)
        cases = [case for case in cases if case.action.verb is not Verb.NOTHING]
    links.put_off(work, cases)


def _apply_all(work: Work, cases: list[SeriesCase]) -> list[SeriesCase]:
    """Do what the cases' actions ask of the CRM; returns those that Google must hear of too."""
    on = [case for case in cases if _only_google(case)]
    todo = [case for case in cases if not _only_google(case)]
    for chunk in _chunks(todo):
        if work.stopped:
            work.complete = False
            break
        on += _apply_chunk(work, chunk)
        work.checkpoint()
    return on


def _chunks(cases: list[SeriesCase]) -> list[list[SeriesCase]]:
    """Series that Google's page split stay together: one gives its meetings up for the other."""
    chunks: list[list[SeriesCase]] = []
    for _name, family in groupby(cases, key=_root):
        members = list(family)
        if not chunks or len(chunks[-1]) + len(members) > CHUNK:
            chunks.append([])
        chunks[-1] += members
    return chunks


def _root(case: SeriesCase) -> str:
    return case.family


def _only_google(case: SeriesCase) -> bool:
    return case.action.write_google and not case.action.write_crm


def _apply_chunk(work: Work, chunk: list[SeriesCase]) -> list[SeriesCase]:
    before = hints.newest(work.env)
    fresh = _still_true(work, chunk)
    pools: dict[str, Pool] = defaultdict(Pool)
    for case in fresh:
        pools[_root(case)].lent |= set(case.lent)
    made = [case for case in fresh if case.action.verb is Verb.CREATE]
    others = [case for case in fresh if case.action.verb is not Verb.CREATE]
    # those first that give meetings up, which others of their family may then take
    for case in sorted(others, key=lambda case: len(case.wanted) - len(case.rows.active)):
        _guarded(work, case, pools[_root(case)])
    has_rows = {
        id(case): pools[_root(case)].rows or case.rows.archived or case.back for case in made
    }
    _create(work, [case for case in made if not has_rows[id(case)]])
    for case in filter(lambda case: has_rows[id(case)], made):
        _guarded(work, case, pools[_root(case)])
    for pool in pools.values():
        _let_go(work, pool, fresh)
    hints.forget_own(work, before, lambda: _settled(work, fresh))
    work.done += sum(case.told for case in fresh if not case.action.write_google)
    return [case for case in fresh if case.action.write_google and case.link.state != "set_aside"]


def _settled(work: Work, cases: list[SeriesCase]) -> set[tuple[str, int]]:
    """As `apply._settled`: the recurrences that hold what was decided, with their meetings."""
    found, own = set(), own_links(work, cases)
    for case in (case for case in cases if case.action.write_crm):
        held = replace(case, base=case.action.result)
        read(work, held, own)
        if held.crm_series == case.action.result or case.link.state == "set_aside":
            rows = (*case.rows.active.values(), *case.rows.archived.values())
            found |= {(row._name, row.id) for row in rows}
            found.add((case.source.model, case.res_id))
    return found


def _still_true(work: Work, chunk: list[SeriesCase]) -> list[SeriesCase]:
    """Drop cases whose meetings were changed since they were read: the next slice decides anew."""
    own, seen = own_links(work, chunk), {id(case): case.crm_series for case in chunk}
    chunk = [case for case in chunk if read_again(work, case, own)]
    fresh = [case for case in chunk if case.crm_series == seen[id(case)]]
    work.complete = work.complete and len(fresh) == len(chunk)
    return fresh


def read_again(work: Work, case: SeriesCase, own: set[int]) -> bool:
    """Read a series again; False where it cannot be read any more, and is set aside alone."""
    try:
        read(work, case, own)
    except psycopg2.Error:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is odd about one series concerns it alone
        series_links.refused(work, case, error)
        return False
    return True


def _create(work: Work, cases: list[SeriesCase]) -> None:
    """Create series; when Odoo refuses the lot, halve it until the one bad series stands alone."""
    if not cases:
        return
    source = cases[0].source
    try:
        with work.env.cr.savepoint():
            create_series(source, cases)
            source.env.flush_all()
    except psycopg2.OperationalError:
        raise  # a serialization failure: the whole slice is repeated
    except Exception as error:  # noqa: BLE001 - whatever another add-on raises concerns one series
        source.env.invalidate_all()
        if len(cases) > 1:
            middle = len(cases) // 2
            _create(work, cases[:middle])
            _create(work, cases[middle:])
        else:
            cases[0].res_id = cases[0].link.res_id or None
            series_links.refused(work, cases[0], error)
        return
    identity.pass_on(source, cases)
    for case in cases:
        if case.action.reason is Reason.EDIT_BEATS_DELETE:
            series_links.follow(work, case)
        work.note(case, Side.CRM, "create", case.action.reason)
    edited = [case for case in cases if read_back(case)]
    links.each_alone(work, cases, lambda some: [series_links.settle(work, case) for case in some])
    for case in edited:
        if case.link.state != "set_aside":
            go_on(case, own_links(work, [case]))


def _guarded(work: Work, case: SeriesCase, pool: Pool) -> None:
    held = work.lines[:], dict(work.counts)
    action = case.action
    try:
        with work.env.cr.savepoint():
            _apply(work, case, pool)
            case.source.env.flush_all()
    except psycopg2.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever another add-on raises concerns one series
        case.source.env.invalidate_all()
        work.lines, work.counts = held
        case.action = action
        series_links.refused(work, case, error)


def _apply(work: Work, case: SeriesCase, pool: Pool) -> None:
    action = case.action
    if action.verb in (Verb.SETTLE, Verb.CREATE):
        _settle(work, case, pool)
    elif action.verb is Verb.ARCHIVE:
        pool.give(case)
        drop_series(case.source, case)
        work.note(case, Side.CRM, "archive", action.reason)
        links.detach(case.link, "archived_there")
    elif action.verb is Verb.DETACH:
        pool.give(case)
        hidden = action.reason is Reason.OUT_OF_SIGHT
        links.write(work, case, {})  # Odoo may have made it anew
        work.note(case, Side.CRM, "detach", action.reason)
        links.detach(case.link, cause_of(case) if hidden else action.reason.value)
    elif action.verb is Verb.CLOSE:
        case.link.unlink()
        case.link = case.link.browse()


def _settle(work: Work, case: SeriesCase, pool: Pool) -> None:
    """Write the merged series; the link is settled here only where Google needs no write."""
    action = case.action
    if action.write_crm:
        made = "reopen" if case.rows.archived else "create"
        what = made if action.verb is Verb.CREATE else "write"
        before = dict(case.rows.active)
        left = write_series(case.source, case, pool.rows)
        case.action = replace(action, clashes=(*action.clashes, *dict.fromkeys(case.left)))
        keep_losers(work, case, case.recurrence.base_event_id)
        series_links.take_back(case)
        for key in action.detached:
            row = before.get(key) or pool.give_up(key)
            if row:
                series_links.detach_meeting(work, case, key, row)
        pool.take(case, before, left)
        work.note(case, Side.CRM, what, action.reason)
    edited = action.write_crm and read_back(case)
    if not action.write_google:
        series_links.settle(work, case)
    if edited:
        go_on(case, own_links(work, [case]))


def _let_go(work: Work, pool: Pool, cases: list[SeriesCase]) -> None:
    """Meetings that no series has a place for: archived, or detached where their occurrence was
    deleted in Google, or a rule only ended."""
    if not pool.keyed:
        return
    source = pool.case.source
    family = [case for case in cases if _root(case) == _root(pool.case)]
    archives = work.settings.policy.archive and source.decides(pool.rows)
    detached = source.records
    for key, row in pool.keyed:
        if not archives and _is_deleted(pool, family, key):
            series_links.detach_meeting(work, pool.case, key, row)
            detached |= row
    free_meetings(detached)
    source.archive(source.records.concat(*pool.rows) - detached)


def _is_deleted(pool: Pool, family: list[SeriesCase], key: str) -> bool:
    """Whether no rule of the family has moved this occurrence elsewhere."""
    series = [case.action.result for case in family if case.action.result]
    own = [each for each in series if has(each, key)]
    if own:
        return not any(each.occurrence(key) for each in own)
    return pool.is_shorter and len(family) == 1
