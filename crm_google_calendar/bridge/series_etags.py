"""Etags of changed occurrences, which change with their master: learnt anew after each write of it.

What the user has changed meanwhile keeps its old etag here, so Google refuses our write of it and
the series is decided again.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.entry import FIELDS, Entry
from ..gcal.client import Call
from ..gcal.series import read_occurrence
from .push import PATCH
from .series_events import spread
from .series_state import SeriesCase
from .work import Work

Calls = Iterable[tuple[str, Call]]


def learn(work: Work, calendar, plans: list[tuple[SeriesCase, Calls]]) -> None:
    """Ask for the occurrences that are about to be written by an etag, of masters just patched."""
    stale = {
        call.event_id: (case, key)
        for case, calls in plans
        for key, call in calls
        if case.verb == PATCH and call.verb == PATCH and call.etag
    }
    calls = [Call(each, "get", each) for each in stale]
    answers = work.google.send(calendar.google_id, spread(calls)) if calls else {}
    for event_id, (case, key) in stale.items():
        event = answers[event_id].event
        if event and _is_as_expected(case, key, event):
            case.memory.held[key] = [event_id, event.get("etag") or ""]


def _is_as_expected(case: SeriesCase, key: str, event) -> bool:
    """Whether an occurrence is as it was, or has followed its master in what that has changed."""
    held, wanted = case.google, case.action.result
    try:
        now = read_occurrence(event, key, case.source.kind, wanted, held, wanted)
    except ValueError:
        return False
    old = held.occurrence(key)
    if now is None or old is None:
        return now == old
    was, follows = held.regular(key), wanted.regular(key)
    return all(_is_either(name, now, old, was, follows) for name in FIELDS if name != "details")


def _is_either(name: str, now: Entry, old: Entry, was: Entry, follows: Entry) -> bool:
    value = getattr(now, name)
    changed = getattr(was, name) != getattr(follows, name)
    return value == getattr(old, name) or (changed and value == getattr(follows, name))
