"""What stands in a calendar in Google and nowhere else, so that nothing is lost with the calendar.

An entry is somewhere else if a record is in sync with just this state of its event: then it can be
sent to another calendar. All others are only there: what was kept, undone or set aside, what waits
for an answer, what never entered, and what the CRM has not seen yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Any

from ..gcal.errors import Cause, GoogleError
from ..gcal.translate import is_gone
from .grant import google_of
from .series_state import MODEL, Memory

WAITING = ("held", "removing", "undoing")  # causes of links whose record was deleted here


def count(calendar, events: Iterable[dict[str, Any]]) -> int:
    """How many of these events, which are all of the calendar's, stand there only."""
    known = _in_sync(calendar)
    return sum(
        known.get(event["id"]) != event.get("etag") for event in events if not is_gone(event)
    )


def count_compared(calendar, events: Iterable[dict[str, Any]]) -> int:
    """The same right after a run has compared them all, and written some."""
    known = _in_sync(calendar)
    standing = (event for event in events if not is_gone(event))
    return sum(
        event["id"] not in known and event.get("recurringEventId") not in known
        for event in standing
    )


def ask(account, checkpoint) -> dict[Any, int]:
    """How many entries stand only in Google, by calendar; asks for all events."""
    found = {}
    standing = account.calendar_ids.filtered(lambda calendar: calendar.state == "ready")
    if not standing:
        return found
    with closing(google_of(account)) as google:
        for calendar in standing:
            checkpoint()
            try:
                events = google.changes(calendar.google_id).events
            except GoogleError as error:
                if error.cause is not Cause.CALENDAR_GONE:
                    raise
                events = []
            found[calendar] = calendar.google_only = count(calendar, events)
    return found


def _in_sync(calendar) -> dict[str, str]:
    """The etags of the events whose records hold the same, by id."""
    wanted = [("calendar_id", "=", calendar.id), ("state", "!=", "detached"), ("base", "!=", False)]
    names = ["event_id", "etag", "model", "res_id", "cause"]
    links = calendar.env["crm.google.link"].search_fetch(wanted, names)
    links = links.filtered(lambda link: link.model and link.cause not in WAITING)
    found: dict[str, str] = {}
    for model, mine in links.grouped("model").items():
        there = set(calendar.env[model].browse(mine.mapped("res_id")).exists().ids)
        for link in mine.filtered(lambda link, there=there: link.res_id in there):
            found[link.event_id] = link.etag
            found |= dict(Memory.of(link).held.values()) if model == MODEL else {}
    return found
