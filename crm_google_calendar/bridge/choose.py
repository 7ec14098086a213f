"""What only the bridge can know about a link, before the engine decides; and the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from ..engine.decide import Action, Policy, Reason, Verb, decide, lose_sight
from ..engine.entry import Entry
from ..engine.merge import Clash, Side
from ..gcal.translate import is_cut
from . import links
from .detached import ARCHIVED, BECAME_MEETING, DONE, GIVEN_AWAY, UNDONE, choose_detached
from .source import Source
from .work import Case, Work
from .zones import naive

# why a task leaves the user's Google that was not edited there: (cause with which its link stays
# where it was made there, reason)
LEAVES = {
    "reassigned": (GIVEN_AWAY, Reason.REASSIGNED),
    "is_a_meeting": (BECAME_MEETING, Reason.BECAME_MEETING),
}


def choose(work: Work, case: Case) -> Action:
    """The engine's decision, once what only the bridge can know is settled."""
    if _is_removed(work, case) and case.crm.out_of_sight and not away_because(case):
        return Action(Verb.CLOSE, Reason.GONE_BOTH)
    if case.deleted and case.crm.entry:
        return Action(Verb.DETACH, Reason.DELETED_THERE)
    if case.link.state == "detached":
        return choose_detached(work, case, policy_of(work, case))
    if case.crm.out_of_sight:
        return _lose(case)
    if not (case.link or case.crm.entry or case.is_archived):
        case.res_id = None  # marked as ours, but its record is gone: an entry like any other
    google = _with_whole_text(case)
    action = decide(case.base, case.crm.entry, google, policy_of(work, case))
    if case.base and google != case.google:
        return _with_lost_text(case, action)
    if action.verb is Verb.CLOSE and case.base and case.crm.reason:
        return Action(Verb.DETACH, Reason.DELETED_THERE)  # archived: it may be opened again
    return action


def _is_removed(work: Work, case: Case) -> bool:
    """Whether a deletion of ours arrived whose answer was lost: it is no deletion by the user, and
    the record may have come back since."""
    if case.link.state != "linked" or case.link.cause not in (links.REMOVING, links.UNDOING):
        return False
    if case.google is not None:
        case.link.cause = False
        return False
    links.detach(case.link, away_because(case) or ARCHIVED)
    case.link.base, case.base = False, None
    return True


def away_because(case: Case) -> str:
    """The cause with which a link outlives the deletion of its event, since its record may come
    back; empty where it need not.

    One made in Google carries no mark of ours, so only its link tells what it is once restored.
    """
    if case.link.cause == links.UNDOING:
        return UNDONE
    if case.is_archived:
        return DONE if case.crm.reason == "done" else ARCHIVED
    cause, _reason = LEAVES.get(case.crm.reason, ("", None))
    return cause if case.link.from_google else ""


def _lose(case: Case) -> Action:
    """A task that somebody else got, or that became a meeting, leaves the user's Google, unless it
    was edited there; all else that leaves their sight stays."""
    if case.crm.reason in LEAVES and case.base and case.google == case.base:
        return Action(Verb.DELETE, LEAVES[case.crm.reason][1], write_google=True)
    if case.crm.reason == "is_a_meeting" and not case.google:
        return Action(Verb.CLOSE, Reason.GONE_BOTH)
    known = case.base or case.link.from_google  # may have been there, and may be restored
    return lose_sight(bool(case.google or known))


def policy_of(work: Work, case: Case) -> Policy:
    """The policy for one case."""
    records = case.source.records.browse([case.res_id] if case.crm.entry else [])
    updated = (case.event or {}).get("updated")
    return policy_for(work, case.source, records, updated, case.crm.changed)


def policy_for(
    work: Work, source: Source, records: Any, updated: str | None, changed: datetime | None
) -> Policy:
    """The policy for these records of one case; a guest archives nothing for all others.

    "newest" asks when both sides were last changed: Google's as its events tell, Odoo's naive UTC.
    """
    policy = work.settings.policy
    if policy.archive and not source.decides(records):
        policy = replace(policy, archive=False)
    if not (work.settings.newest_wins and changed and updated):
        return policy
    in_google = naive(datetime.fromisoformat(updated.replace("Z", "+00:00")))
    return replace(policy, winner=Side.GOOGLE if in_google > changed else Side.CRM)


def _with_whole_text(case: Case) -> Entry | None:
    """Google's entry; where it holds but the beginning of a long text, an edit of that beginning
    must not replace the whole in the CRM."""
    google, crm = case.google, case.crm.entry
    if not (google and crm and is_cut(crm)):
        return google
    return replace(google, text=(case.base or crm).text)


def _with_lost_text(case: Case, action: Action) -> Action:
    """That edit loses, like any value that does: it is noted, and Google gets the CRM's again."""
    clash = Clash("text", case.crm.entry.text, case.google.text, Side.CRM)
    reason = Reason.CHANGED_THERE if action.verb is Verb.NOTHING else action.reason
    clashes = (*action.clashes, clash)
    return replace(action, verb=Verb.SETTLE, reason=reason, write_google=True, clashes=clashes)
