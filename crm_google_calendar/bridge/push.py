"""Writing to Google: store the intent, checkpoint, call, settle, checkpoint."""

from __future__ import annotations

import logging
from typing import Any

from ..engine.decide import Verb
from ..engine.merge import Side
from ..gcal.client import Answer, Call
from ..gcal.errors import Cause, GoogleError
from ..gcal.translate import is_gone, mark_of, to_body, to_patch
from . import links
from .choose import away_because
from .clashes import keep_losers
from .identity import learn, mark_for
from .work import Case, Work

_logger = logging.getLogger(__name__)
CHUNK = 250  # five batches between two checkpoints
INSERT, PATCH, DELETE = "insert", "patch", "delete"


def push_to_google(work: Work, cases: list[Case]) -> list[Case]:
    """Send the cases; returns those that must be looked at again, since Google had other news."""
    again: list[Case] = []
    while cases:
        room = 0 if work.stopped else work.tempo.room(min(CHUNK, len(cases)))
        if not room:
            work.complete = False
            break
        again += _push_chunk(work, cases[:room])
        cases = cases[room:]
    return again


def _push_chunk(work: Work, chunk: list[Case]) -> list[Case]:
    learn(chunk)
    for case in chunk:
        stood = case.link.series or case.link.etag
        if stood and case.google is None and case.action.verb is not Verb.DELETE:
            take_new_id(work, case)  # what stood and was deleted, or an occurrence, is no id
        keep_losers(work, case, case.source.records.browse(case.res_id))
    chunk = links.each_alone(work, chunk, lambda cases: links.set_pending(work, cases))
    work.checkpoint()
    again: list[Case] = []
    for calendar in {case.calendar for case in chunk}:
        mine = {case.event_id: case for case in chunk if case.calendar == calendar}
        calls = [_call(work, case) for case in mine.values()]
        answers = work.google.send(calendar.google_id, calls)
        for key, case in mine.items():
            if _take(work, case, answers[key]):
                again.append(case)
        work.checkpoint()
    return again


def _call(work: Work, case: Case) -> Call:
    action = case.action
    if action.verb is Verb.DELETE:
        case.verb = DELETE
        return Call(case.event_id, DELETE, case.event_id, None, case.etag)
    mark = mark_for(work, case)
    receipt = case.link.receipt or ""
    if case.google is None:
        case.verb = INSERT
        body = to_body(action.result, mark, receipt)
        return Call(case.event_id, INSERT, case.event_id, body, None)
    case.verb = PATCH
    body = to_patch(action.result, case.google, mark, receipt)
    return Call(case.event_id, PATCH, case.event_id, body, case.etag)


def _take(work: Work, case: Case, answer: Answer) -> bool:
    """Settle one answer; True where the event must be asked for and the case decided again."""
    if answer.error is not None:
        return _fail(work, case, answer.error)
    work.done += 1
    what = {INSERT: "create", PATCH: "write", DELETE: "remove"}[case.verb]
    work.note(case, Side.GOOGLE, what, case.action.reason)
    away = case.verb == DELETE and away_because(case)
    if away:
        links.detach(case.link, away)
        case.link.base = False
    elif case.verb == DELETE:
        case.link.unlink()
    else:
        links.settle(work, case, case.action.result, answer.event)
    return False


def _fail(work: Work, case: Case, error: GoogleError) -> bool:
    if error.cause in (Cause.DUPLICATE, Cause.CHANGED):
        return True
    if not case.looked_for and _may_be_gone(case, error):
        case.looked_for = True
        return True
    if error.cause.retried or error.cause.general:
        work.interrupt(error)  # it stays pending and is sent, or found, in the next slice
        return False
    _logger.info("link %s set aside: %s", case.link.id, error)
    work.done += 1
    links.set_aside(work, case, error.cause.value, error.reason)
    return False


def _may_be_gone(case: Case, error: GoogleError) -> bool:
    """Google answers 404, 410 and at times 403 for an event that was deleted."""
    return case.verb != INSERT and error.cause in (Cause.GONE, Cause.NO_ACCESS)


def take_new_id(work: Work, case: Case) -> None:
    """A deleted event's id stays taken, and so does a stranger's: go on with the next one."""
    case.link.write({**case.link._next_id(), "series": False, "etag": False})
    case.event_id, case.etag, case.event, case.google = case.link.event_id, None, None, None


def is_ours(work: Work, case: Case, event: dict[str, Any] | None) -> bool:
    """Whether this event stands and is the one that this case was inserting."""
    return bool(event) and not is_gone(event) and mark_for(work, case).is_same(mark_of(event))
