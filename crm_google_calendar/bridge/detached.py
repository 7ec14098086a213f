"""Why a link is detached, as long as it is: the cause follows what happens later on either side.

Deleted in Google by the user: not sent again, unless they ask for it. Taken off the guests, or the
task given to somebody else: who comes back gets the entry again, whatever became of the old one.
"""

from __future__ import annotations

from typing import Any

from ..engine.decide import Action, Policy, Reason, Verb, decide
from . import links
from .work import Case, Work

UNDONE = "undone"
FINAL = ("kept", UNDONE)  # the user decided: nothing is sent, opened or brought back by itself
DELETED = "deleted_there"
ARCHIVED = "archived"  # here, so its event was deleted
DONE = "done"  # here, where done tasks leave Google
GIVEN_AWAY = "given_away"  # to somebody else, and its event is not there
BECAME_MEETING = "became_meeting"  # and stands in the other calendar
LEFT = "left"  # the guests, and its event is not there
# of an entry whose event is not there, but is sent again once its record is back
AWAY = (ARCHIVED, DONE, GIVEN_AWAY, BECAME_MEETING, LEFT)
# of one whose event is not there
GONE = (DELETED, "archived_there", "calendar_gone", *AWAY)
# what follows where the event is not there, by why the record is not there for the user either
_GONE_SINCE = {
    "not_a_guest": LEFT,
    "reassigned": GIVEN_AWAY,
    "is_a_meeting": BECAME_MEETING,
    "archived": ARCHIVED,
    "done": DONE,
}
# of one whose record is not the user's, so that only its coming back can bring it to Google again
NOT_THEIRS = ("not_a_guest", "reassigned", "is_a_meeting", GIVEN_AWAY, BECAME_MEETING, LEFT)
_COMES_BACK = (*AWAY, *NOT_THEIRS)


def choose_detached(work: Work, case: Case, policy: Policy) -> Action:
    """A detached link takes part again when its event was restored, or its record is back."""
    crm, google, cause = case.crm.entry, case.google, case.link.cause
    if not (crm or google or case.crm.reason):
        return Action(Verb.CLOSE, Reason.GONE_BOTH)
    if crm and google and cause != UNDONE:
        action = decide(case.base, crm, google, policy)
        equal = action.verb is Verb.NOTHING
        return Action(Verb.SETTLE, Reason.ADOPTED, case.base) if equal else action
    if cause in FINAL:
        return Action(Verb.NOTHING, Reason.SETTLED)
    if google and not case.crm.out_of_sight and (cause in GONE or case.is_archived):
        base = None if cause in GONE else case.base
        return decide(base, crm, google, policy)
    if crm and comes_back(cause):
        forget_event(case)
        return decide(None, crm, None, policy)
    stay_apart(work, case, cause_of(case))
    return Action(Verb.NOTHING, Reason.SETTLED)


def comes_back(cause: str) -> bool:
    """Whether a record that is there for the user again is sent again, as its event is not."""
    return cause in _COMES_BACK


def cause_of(case: Case) -> str:
    """Why a link is detached, by what stands on both sides now."""
    reason, cause = case.crm.reason, case.link.cause or ""
    if case.google:
        return reason if case.crm.out_of_sight else cause
    return cause_without_event(reason, cause)


def cause_without_event(reason: str, cause: str) -> str:
    """The same, where the event is not there.

    reason: why the record is not there for the user; empty where it is.
    """
    is_here = reason in ("archived", "done")
    if cause == "calendar_gone" or (is_here and cause in (DELETED, "archived_there")):
        return cause
    if reason == "hidden":
        return cause if cause in GONE else DELETED
    if is_here and cause == "hidden":
        return DELETED
    return _GONE_SINCE.get(reason, DELETED)


def stay_apart(work: Work, case: Any, cause: str) -> None:
    """Say what has become of it since."""
    if cause and cause != case.link.cause:
        links.detach(case.link, cause)


def forget_event(case: Any) -> None:
    """What was agreed with an event that is not there any more does not count for the next one."""
    case.link.base, case.base = False, None
