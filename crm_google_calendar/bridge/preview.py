"""A preview: the plan of a run, counted and listed, and not carried out."""

from __future__ import annotations

from ..engine.decide import Verb
from ..engine.merge import Side
from ..engine.plan import Plan
from .clashes import list_losers
from .waiting import of_held
from .work import Case, Work

_SIDES = {
    Verb.INSERT: ((Side.GOOGLE, "create"),),
    Verb.CREATE: ((Side.CRM, "create"),),
    Verb.DELETE: ((Side.GOOGLE, "remove"),),
    Verb.ARCHIVE: ((Side.CRM, "archive"),),
    Verb.DETACH: ((Side.CRM, "detach"),),
}


def list_plan(work: Work, the_plan: Plan, cases: dict[tuple[int, str], Case]) -> None:
    """Note every step of a plan as if it had been done, after undoing whatever comparing wrote."""
    work.checkpoint()
    for step in the_plan.steps:
        _list(work, cases[step.key])
    counts = dict(work.counts)
    for step in the_plan.held:
        _list(work, cases[step.key])
    work.counts = counts  # a run would ask before these
    held = [cases[step.key] for step in the_plan.held]
    work.run.write({"left_over": len(the_plan.left_over), **of_held(held)})


def _list(work: Work, case: Case) -> None:
    for side, what in _changes(case):
        work.note(case, side, what, case.action.reason)
    list_losers(work, case)


def _changes(case: Case):
    action = case.action
    if action.verb is Verb.CREATE and case.is_archived:
        return ((Side.CRM, "reopen"),)
    if action.verb is not Verb.SETTLE:
        return _SIDES.get(action.verb, ())
    crm = [(Side.CRM, "write")] if action.write_crm else []
    return crm + ([(Side.GOOGLE, "write")] if action.write_google else [])
