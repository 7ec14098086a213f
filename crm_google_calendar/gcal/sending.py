"""Writes to events, in batches: every call gets an answer, whatever happens on the way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google_auth_httplib2 import AuthorizedHttp

from . import batch, shape
from .errors import Cause, GoogleError, Target, error, from_response
from .pace import Pace


@dataclass(frozen=True, slots=True)
class Call:
    """One call on one event. key: the caller's own. verb: insert, patch, delete or get.

    etag: the event must still have it, or the answer is CHANGED.
    """

    key: str
    verb: str
    event_id: str
    body: dict[str, Any] | None = None
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """event: as Google now holds it, None after a deletion. error: None when all went well."""

    key: str
    event: dict[str, Any] | None = None
    error: GoogleError | None = None


def send(
    events: Any,
    url: str,
    http: AuthorizedHttp,
    calendar_id: str,
    calls: Sequence[Call],
    size: int,
    pace: Pace,
) -> dict[str, Answer]:
    """Carry out calls in batches of at most `size`, as the pace allows; see `Google.send`."""
    answers: dict[str, Answer] = {}
    waiting = _groups(calls, size)
    while waiting:
        room = pace.room(time.time())
        if not room:
            rest = [call for each in waiting for call in each]
            return answers | _failed(rest, error(Cause.RATE_LIMITED, reason="our_own_pace"))
        group = waiting.pop(0)
        if len(group) > room:
            waiting.insert(0, group[room:])
            group = group[:room]
        stop, done = _send(events, url, http, calendar_id, group)
        refused = sum(1 for each in done.values() if _is_throttled(each.error))
        pace.count(time.time(), len(group), refused)
        if stop and stop.cause is Cause.REFUSED:  # some call in it: until that one stands alone
            stop = None
            if len(group) > 1:
                middle = len(group) // 2
                waiting[:0] = [group[:middle], group[middle:]]
                continue
        answers.update(done)
        if stop:
            rest = [call for each in waiting for call in each]
            return answers | _failed(rest, _certain(stop))
    return answers


def _is_throttled(fault: GoogleError | None) -> bool:
    return fault is not None and fault.cause is Cause.RATE_LIMITED


def _groups(calls: Sequence[Call], size: int) -> list[list[Call]]:
    """Split in order; two calls for one event, or one series, would collide within a batch."""
    groups: list[list[Call]] = []
    taken: set[str] = set()
    for call in calls:
        event = call.event_id.partition("_")[0]
        if not groups or len(groups[-1]) >= size or event in taken:
            groups.append([])
            taken = set()
        groups[-1].append(call)
        taken.add(event)
    return groups


def _send(
    events: Any, url: str, http: AuthorizedHttp, calendar_id: str, calls: Sequence[Call]
) -> tuple[GoogleError | None, dict[str, Answer]]:
    """Send one batch: its answers, and the error after which no other batch should follow."""
    try:
        parts = batch.post(url, [_request(events, calendar_id, call) for call in calls], http)
    except GoogleError as fault:
        return fault, _failed(calls, fault)
    answers = {call.key: _answer(call, part) for call, part in zip(calls, parts, strict=True)}
    errors = [answer.error for answer in answers.values() if answer.error]
    return next((fault for fault in errors if fault.cause.general), None), answers


def _request(events: Any, calendar_id: str, call: Call) -> Any:
    place = {"calendarId": calendar_id}
    if call.verb == "get":
        return events.get(**place, eventId=call.event_id)
    quietly = {**place, "sendUpdates": "none"}
    if call.verb == "insert":
        return events.insert(**quietly, body={**(call.body or {}), "id": call.event_id})
    if call.verb == "patch":
        request = events.patch(**quietly, eventId=call.event_id, body=call.body or {})
    elif call.verb == "delete":
        request = events.delete(**quietly, eventId=call.event_id)
    else:
        raise TypeError(f"no such verb: {call.verb}")
    if call.etag:
        request.headers["If-Match"] = call.etag
    return request


def _answer(call: Call, part: batch.Part | GoogleError) -> Answer:
    write = call.verb != "get"
    if isinstance(part, GoogleError):
        return Answer(call.key, error=_own(part, call))
    if part.status < 300 and call.verb == "delete":
        return Answer(call.key)
    if part.status < 300 and part.body:
        return Answer(call.key, event=shape.event(part.body, call.event_id))
    if part.status < 300:
        return Answer(call.key, error=_own(shape.no_answer(uncertain=True), call))
    target = Target.CALENDAR if call.verb == "insert" else Target.EVENT
    fault = from_response(part.status, part.headers, part.content, target, write)
    if call.verb == "delete" and fault.cause is Cause.GONE:
        return Answer(call.key)
    return Answer(call.key, error=fault)


def _failed(calls: Sequence[Call], fault: GoogleError) -> dict[str, Answer]:
    return {call.key: Answer(call.key, error=_own(fault, call)) for call in calls}


def _own(fault: GoogleError, call: Call) -> GoogleError:
    """The error of the whole batch as that of one call; reading leaves nothing uncertain."""
    return fault if call.verb != "get" else _certain(fault)


def _certain(fault: GoogleError) -> GoogleError:
    return error(fault.cause, fault.status, fault.reason, fault.retry_after)
