"""The decision: what one link needs, from its base and what stands on both sides.

The table is `docs/architecture.md`, "The decision"; `None` always means: not there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from .entry import Entry
from .merge import Clash, Side, merge


class Verb(str, Enum):
    """What must be done for one link."""

    NOTHING = "nothing"
    INSERT = "insert"  # into Google
    CREATE = "create"  # in the CRM
    SETTLE = "settle"  # both are there: write whichever side differs from the result
    DELETE = "delete"  # in Google
    ARCHIVE = "archive"  # in the CRM, where the policy says so
    DETACH = "detach"
    CLOSE = "close"  # the link: gone on both sides


class Reason(str, Enum):
    """Why; a closed set, each with a sentence in the run's log."""

    SETTLED = "settled"
    NEW_HERE = "new_here"
    NEW_THERE = "new_there"
    ADOPTED = "adopted"
    CHANGED_HERE = "changed_here"
    CHANGED_THERE = "changed_there"
    CHANGED_BOTH = "changed_both"
    DELETED_HERE = "deleted_here"
    DELETED_THERE = "deleted_there"
    EDIT_BEATS_DELETE = "edit_beats_delete"
    GONE_BOTH = "gone_both"
    OUT_OF_SIGHT = "out_of_sight"
    UNDONE = "undone"
    REASSIGNED = "reassigned"
    BECAME_MEETING = "became_meeting"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules that settle a clash and a deletion.

    winner: side whose value is kept in a clash. archive: archive the record when its event was
    deleted in Google, instead of detaching it. edit_beats_delete: bring a record back that was
    deleted in the CRM while its event was changed in Google.
    """

    winner: Side = Side.CRM
    archive: bool = False
    edit_beats_delete: bool = True


@dataclass(frozen=True, slots=True)
class Action:
    """One decision. `result` is what both sides shall hold; the flags say who must be written."""

    verb: Verb
    reason: Reason
    result: Entry | None = None
    write_crm: bool = False
    write_google: bool = False
    clashes: tuple[Clash, ...] = ()


def decide(
    base: Entry | None,
    crm: Entry | None,
    google: Entry | None,
    policy: Policy,
) -> Action:
    """Decide what one link needs.

    base: what both sides last agreed on. Where a write of ours arrived and only its answer was
    lost, that is what we sent; else an edit made since then would look like a foreign one.
    """
    google = _with_details(google, base or crm)
    if crm is not None and google is not None:
        return _both(base, crm, google, policy)
    if crm is not None:
        return _only_crm(base, crm, policy)
    if google is not None:
        return _only_google(base, google, policy)
    return Action(Verb.CLOSE, Reason.GONE_BOTH)


def _with_details(google: Entry | None, known: Entry | None) -> Entry | None:
    """The details are ours: an edit of them in Google never flows back."""
    return replace(google, details=known.details) if google and known else google


def lose_sight(stood: bool) -> Action:
    """The record left the user's sight, which is not a deletion: keep the event, cut the link.

    stood: whether there was an event ever.
    """
    return Action(Verb.DETACH if stood else Verb.CLOSE, Reason.OUT_OF_SIGHT)


def _both(base: Entry | None, crm: Entry, google: Entry, policy: Policy) -> Action:
    merged = merge(base, crm, google, policy.winner)
    write_crm, write_google = merged.result != crm, merged.result != google
    if not (write_crm or write_google) and merged.result == base:
        return Action(Verb.NOTHING, Reason.SETTLED, base)
    reason = _why(base, crm, google)
    return Action(Verb.SETTLE, reason, merged.result, write_crm, write_google, merged.clashes)


def _only_crm(base: Entry | None, crm: Entry, policy: Policy) -> Action:
    if base is None:
        return Action(Verb.INSERT, Reason.NEW_HERE, crm, write_google=True)
    verb = Verb.ARCHIVE if policy.archive and crm == base else Verb.DETACH
    return Action(verb, Reason.DELETED_THERE, write_crm=verb is Verb.ARCHIVE)


def _only_google(base: Entry | None, google: Entry, policy: Policy) -> Action:
    if base is None:
        return Action(Verb.CREATE, Reason.NEW_THERE, google, write_crm=True)
    if google != base and policy.edit_beats_delete:
        return Action(Verb.CREATE, Reason.EDIT_BEATS_DELETE, google, write_crm=True)
    return Action(Verb.DELETE, Reason.DELETED_HERE, write_google=True)


def _why(base: Entry | None, crm: Entry, google: Entry) -> Reason:
    if base is None:
        return Reason.ADOPTED
    if google == base:
        return Reason.CHANGED_HERE
    return Reason.CHANGED_THERE if crm == base else Reason.CHANGED_BOTH
