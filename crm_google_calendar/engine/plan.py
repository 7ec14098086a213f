"""From decisions to one ordered plan: the cap, nearest to today first, the deletion ceiling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .decide import Action, Reason, Verb

CAP = 5000
_REMOVES = frozenset((Verb.DELETE, Verb.ARCHIVE, Verb.DETACH))
# the record lives on, and nobody loses it: with somebody else, or where it stands
_NOT_LOST = frozenset((Reason.REASSIGNED, Reason.BECAME_MEETING, Reason.OUT_OF_SIGHT))


@dataclass(frozen=True, slots=True)
class Step:
    """One action for one link. `key` is the caller's own, sortable handle; `starts` orders.

    weight: how many entries it stands for, where the link is that of a series. series: the name of
    one that is shown singly: all of its entries count as one deletion. family: what steps have in
    common that are done in the same run, or not at all; None for one by itself.
    """

    key: Any
    action: Action
    starts: datetime
    weight: int = 1
    series: Any = None
    family: Any = None


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Deletions that a run may carry out without asking: above both numbers it stops and asks."""

    number: int = 50
    percent: int = 20

    def exceeded_by(self, deletions: int, links: int) -> bool:
        """Whether so many deletions among so many links must be asked for first."""
        return deletions > self.number and deletions * 100 > links * self.percent


@dataclass
class Plan:
    """steps: what this run does, in order. left_over: what did not fit. held: awaits an answer."""

    steps: list[Step] = field(default_factory=list)
    left_over: list[Step] = field(default_factory=list)
    held: list[Step] = field(default_factory=list)


def plan(
    steps: Iterable[Step],
    now: datetime,
    cap: int = CAP,
    ceiling: Ceiling | None = None,
    links: int = 0,
    *,
    fresh: bool = False,
) -> Plan:
    """Order the steps nearest to `now` first, both kinds and directions together, within `cap`.

    ceiling: None once the user has allowed the deletions. links: how many links there are, for
    the ceiling's share. fresh: whether the run has done nothing yet, so that its first step is
    done however much it weighs. Steps with nothing to do are dropped; deletions over the ceiling
    are held, and with them what is of the same family.
    """
    wanted = (step for step in steps if step.action.verb is not Verb.NOTHING)
    todo = _families(sorted(wanted, key=lambda step: (abs(step.starts - now), step.key)))
    held: list[list[Step]] = []
    removals = [step for step in _flat(todo) if _removes(step.action)]
    number = len({("series", step.series) if step.series else step.key for step in removals})
    if ceiling and ceiling.exceeded_by(number, links):
        held = [family for family in todo if _any_removes(family)]
        todo = [family for family in todo if not _any_removes(family)]
    fit, room = 0, cap
    for family in todo:
        room -= sum(step.weight for step in family)
        if room < 0 and (fit or not fresh):
            break
        fit += 1
    return Plan(_flat(todo[:fit]), _flat(todo[fit:]), _flat(held))


def _families(steps: Iterable[Step]) -> list[list[Step]]:
    """The steps that belong together, at the first of them; each other one by itself."""
    found: dict[Any, list[Step]] = {}
    for step in steps:
        name = ("key", step.key) if step.family is None else ("family", step.family)
        found.setdefault(name, []).append(step)
    return list(found.values())


def _any_removes(family: list[Step]) -> bool:
    return any(_removes(step.action) for step in family)


def _removes(action: Action) -> bool:
    return action.verb in _REMOVES and action.reason not in _NOT_LOST


def _flat(families: list[list[Step]]) -> list[Step]:
    return [step for family in families for step in family]
