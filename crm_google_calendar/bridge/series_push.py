"""Writing series to Google: the master first, then each exception by a call of its own."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import timedelta

from ..engine.entry import Entry
from ..engine.merge import Side, changed_fields
from ..engine.series import Series, keys
from ..gcal.client import Answer, Call
from ..gcal.errors import Cause, GoogleError
from ..gcal.expand import has
from ..gcal.series import (
    instance_id,
    key_of_event,
    master_body,
    master_patch,
    occurrence_patch,
)
from . import links, series_etags, series_links
from .clashes import keep_losers
from .identity import learn, mark_for
from .push import DELETE, INSERT, PATCH, is_ours, take_new_id
from .series_refused import stands
from .series_state import SeriesCase
from .work import Work

_logger = logging.getLogger(__name__)
CHUNK = 100  # series between two checkpoints
NOT_THERE = (Cause.GONE, Cause.NO_ACCESS)  # Google's answers for an event that was deleted


def push_series(work: Work, cases: list[SeriesCase]) -> list[SeriesCase]:
    """Send the series; returns those that must be looked at again, since Google had other news."""
    again: list[SeriesCase] = []
    for start in range(0, len(cases), CHUNK):
        if work.stopped:
            work.complete = False
            break
        again += _push_chunk(work, cases[start : start + CHUNK])
    return again


def _push_chunk(work: Work, chunk: list[SeriesCase]) -> list[SeriesCase]:
    learn(chunk)
    for case in chunk:
        keep_losers(work, case, case.recurrence.base_event_id)
    chunk = links.each_alone(work, chunk, lambda cases: series_links.set_pending(work, cases))
    work.checkpoint()
    again: list[SeriesCase] = []
    for calendar in {case.calendar for case in chunk}:
        mine = [case for case in chunk if case.calendar == calendar]
        good, repeat = _send_masters(work, calendar, mine)
        done, more = _send_occurrences(work, calendar, good)
        for case in done:
            work.done += case.weight
            what = {INSERT: "create", PATCH: "write", DELETE: "remove"}[case.verb]
            work.note(case, Side.GOOGLE, what, case.action.reason)
            if case.verb == DELETE:
                case.link.unlink()
            else:
                series_links.settle(work, case)
            if case.out_of_sight and case.verb != DELETE:
                links.detach(case.link, "not_a_guest")
        again += repeat + more
        work.checkpoint()
    return again


def _send_masters(work: Work, calendar, cases):
    """The cases whose masters now stand as they should, and those to be decided again."""
    calls = {case.event_id: _master_call(work, case) for case in cases}
    wanted = [call for call in calls.values() if call]
    answers = work.google.send(calendar.google_id, wanted) if wanted else {}
    good, again = [], []
    for case in cases:
        answer = answers.get(case.event_id)
        case.master_sent = answer is not None
        if answer is None or answer.error is None:
            if answer and answer.event:
                case.event, case.etag = answer.event, answer.event.get("etag")
            good.append(case)
        elif _fail(work, case, answer.error):
            again.append(case)
    return good, again


def _master_call(work: Work, case: SeriesCase) -> Call | None:
    action, event_id = case.action, case.event_id
    if case.removes:
        case.verb = DELETE
        return Call(event_id, DELETE, event_id, None, case.etag)
    mark = mark_for(work, case)
    receipt = case.link.receipt or ""
    if case.google is None:
        case.verb = INSERT
        return Call(event_id, INSERT, event_id, master_body(action.result, mark, receipt))
    case.verb = PATCH
    if not _master_differs(action.result, case.google):
        return None
    body = master_patch(action.result, case.google, mark, receipt)
    return Call(event_id, PATCH, event_id, body, case.etag)


def _master_differs(wanted: Series, held: Series) -> bool:
    return wanted.entry != held.entry or wanted.rules != held.rules


def _send_occurrences(work: Work, calendar, cases):
    """Send the exceptions; the first of each series, then the second, as none may share a batch."""
    written = [case for case in cases if case.master_sent]
    series_etags.learn(work, calendar, [(case, _occurrence_calls(case)) for case in written])
    ranked: list[tuple[int, str, Call]] = []
    for case in cases:
        for rank, (key, call) in enumerate(_occurrence_calls(case)):
            ranked.append((rank, key, call))
    calls = [call for _rank, _key, call in sorted(ranked, key=lambda each: each[0])]
    answers = work.google.send(calendar.google_id, calls) if calls else {}
    by_case: dict[str, list[tuple[str, Answer]]] = defaultdict(list)
    for _rank, key, call in ranked:
        by_case[call.key.rpartition("|")[0]].append((key, answers[call.key]))
    done, again = [], []
    for case in cases:
        good, repeat = _take_occurrences(work, case, by_case[case.event_id])
        done += [case] if good else []
        again += [case] if repeat else []
    return done, again


def _occurrence_calls(case: SeriesCase) -> list[tuple[str, Call]]:
    wanted, held = case.action.result, case.google
    if case.removes:
        return []
    more = changed_fields(held.entry, wanted.entry) if held else frozenset()
    if held and held.timing != wanted.timing:
        more |= {"when", "zone"}
    calls = []
    for key in sorted(keys(wanted, held) | set(case.memory.held)):
        if has(wanted, key):
            call = _occurrence_call(case, key, wanted, held, more)
            calls += [(key, call)] if call else []
        elif held and held.timing != wanted.timing and held.exceptions.get(key):
            calls.append((key, _stray_call(case, key)))
    return calls


def _stray_call(case: SeriesCase, key: str) -> Call:
    """Google may keep what a new rule no longer has; what is worth keeping has moved along."""
    event_id, _etag = case.memory.held.get(key) or (instance_id(case.event_id, key), "")
    return Call(f"{case.event_id}|{key}", DELETE, event_id, None, None)


def _occurrence_call(case: SeriesCase, key: str, wanted: Series, held, more) -> Call | None:
    by_itself = key in case.memory.held
    entry = wanted.occurrence(key)
    old: Entry | None = wanted.regular(key)
    if held and by_itself:  # of one that its own rule no longer had, nothing is known
        old = held.occurrence(key) if has(held, key) else None
    event_id, etag = case.memory.held.get(key) or (instance_id(case.event_id, key), "")
    name = f"{case.event_id}|{key}"
    if entry is None:
        stands = old or (held and not has(held, key))
        return Call(name, DELETE, event_id, None, None) if stands else None
    body = occurrence_patch(entry, old, more if by_itself else frozenset())
    return Call(name, PATCH, event_id, body, etag if old else None) if body else None


def _take_occurrences(work: Work, case: SeriesCase, answers) -> tuple[bool, bool]:
    """Whether the series is sent, and whether it must be decided again."""
    trouble: list[tuple[str, GoogleError]] = []
    for key, answer in answers:
        if answer.error:
            if has(case.action.result, key) or answer.error.cause not in NOT_THERE:
                trouble.append((key, answer.error))
        elif answer.event:
            case.memory.held[key] = [answer.event["id"], answer.event.get("etag") or ""]
        else:
            event_id = case.memory.held.get(key, [instance_id(case.event_id, key)])[0]
            case.memory.held[key] = [event_id, ""]
    case.memory.held = (
        {key: held for key, held in case.memory.held.items() if has(case.action.result, key)}
        if case.action.result
        else {}
    )
    if not trouble:
        return True, False
    case.link.occurrences = case.memory.to_text()
    key, error = trouble[0]
    try:
        lost = error.cause in NOT_THERE and not _find_again(work, case, key)
    except GoogleError as refusal:
        return False, _fail(work, case, refusal)
    if lost:
        links.set_aside(work, case, Cause.GONE.value, key)
        return False, False
    return False, _fail(work, case, error)


def _find_again(work: Work, case: SeriesCase, key: str) -> bool:
    """Ask Google by what id it knows an occurrence; its id need not begin with its series'."""
    start = case.action.result.regular(key).starts
    day = timedelta(days=1)
    span = start - day, start + day
    try:
        found = work.google.instances(case.calendar.google_id, case.event_id, *span)
    except GoogleError as refusal:
        if refusal.cause in NOT_THERE and stands(work, case.calendar, case.event_id):
            return False
        raise
    zone = case.calendar.zone or case.source.zone.key
    for event in found:
        if key_of_event(event, zone) == key and event["id"] != case.memory.held.get(key, [""])[0]:
            case.memory.held[key] = [event["id"], event.get("etag") or ""]
            return True
    return False


def _fail(work: Work, case: SeriesCase, error: GoogleError) -> bool:
    """True where Google must be asked and the series decided again."""
    may_be_gone = case.verb != INSERT and error.cause in NOT_THERE and not case.looked_for
    if error.cause in (Cause.DUPLICATE, Cause.CHANGED) or may_be_gone:
        case.unknown, case.looked_for = True, case.looked_for or may_be_gone
        return True
    if error.cause.retried or error.cause.general:
        work.interrupt(error)  # it stays pending and is sent, or found, in the next slice
        return False
    _logger.info("link %s set aside: %s", case.link.id, error)
    work.done += case.weight
    links.set_aside(work, case, error.cause.value, error.reason)
    return False


def renew(work: Work, case: SeriesCase) -> None:
    """An id that is taken, by a deleted event or a stranger's, is left for the next one."""
    if case.verb != INSERT or series_links.was_deleted_unheard(case):
        return
    if case.google is None or not is_ours(work, case, case.event):
        take_new_id(work, case)
        case.memory.held = {}
