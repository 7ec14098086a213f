"""From decisions to one ordered plan: the cap, nearest to today first, the deletion ceiling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any

from .decide import Action, Reason, Verb

CAP = 5000
_REMOVES = frozenset((Verb.DELETE, Verb.ARCHIVE, Verb.DETACH))
# the record lives on, and nobody loses it: with somebody else, or where it stands
_NOT_LOST = frozenset((Reason.REASSIGNED, Reason.BECAME_MEETING, Reason.OUT_OF_SIGHT))


@dataclass(frozen=True, slots=True)
class Step:
    """One action for one link. `key` is the caller's own, sortable handle; `starts` orders.

    weight: how many entries it stands for, where the link is that of a series. family: of a series
    that is shown singly, its name: all of its entries count as one deletion.
    """

    key: Any
    action: Action
    starts: datetime
    weight: int = 1
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
) -> Plan:
    """Order the steps nearest to `now` first, both kinds and directions together, within `cap`.

    ceiling: None once the user has allowed the deletions. links: how many links there are, for
    the ceiling's share. Steps with nothing to do are dropped; deletions over the ceiling are held.
    """
    todo = [step for step in steps if step.action.verb is not Verb.NOTHING]
    held: list[Step] = []
    removals = [step for step in todo if _removes(step.action)]
    number = len({("family", step.family) if step.family else step.key for step in removals})
    if ceiling and ceiling.exceeded_by(number, links):
        held = removals
        todo = [step for step in todo if not _removes(step.action)]
    todo.sort(key=lambda step: (abs(step.starts - now), step.key))
    weights = accumulate(step.weight for step in todo)
    fit = sum(1 for weight in weights if weight <= cap)
    return Plan(todo[:fit], todo[fit:], held)


def _removes(action: Action) -> bool:
    return action.verb in _REMOVES and action.reason not in _NOT_LOST
