"""What Google reports of one calendar, with its series taken apart into occurrences."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ..gcal.client import Changes
from ..gcal.errors import Cause, CursorExpired, GoogleError
from ..gcal.translate import is_gone, is_series, series_of
from .work import Work

OPEN_WINDOW = timedelta(days=730)  # of a series without end, when "everything" was asked for


@dataclass
class Feed:
    """One calendar's news. full: all its events, not only what changed. series: ids of series
    that changed, whose occurrences must all be looked at."""

    calendar: Any
    events: dict[str, dict[str, Any]]
    cursor: str
    full: bool
    series: set[str] = field(default_factory=set)


def read_feed(work: Work, calendar: Any, full: bool) -> Feed | None:
    """Ask Google what changed; None where the calendar is gone or Google cannot answer now.

    Must be called right after a checkpoint: no row is locked while Google is asked.
    """
    try:
        changes = _changes(work, calendar, None if full else calendar.cursor or None)
        feed = Feed(calendar, {event["id"]: event for event in changes.events}, "", changes.full)
        feed.cursor = changes.cursor
        _take_series_apart(work, feed)
    except GoogleError as error:
        _note_failure(work, calendar, error)
        return None
    calendar.zone = changes.zone or calendar.zone
    return feed


def _changes(work: Work, calendar: Any, cursor: str | None) -> Changes:
    try:
        return work.google.changes(calendar.google_id, cursor)
    except CursorExpired:
        return work.google.changes(calendar.google_id, None)


def _note_failure(work: Work, calendar: Any, error: GoogleError) -> None:
    if error.cause in (Cause.CALENDAR_GONE, Cause.GONE):
        calendar.state = "gone"  # nothing in the CRM is touched; the page offers to make it again
    else:
        work.interrupt(error)


def _take_series_apart(work: Work, feed: Feed) -> None:
    """Replace each series by its occurrences within the window, as Google itself expands it."""
    for event in list(feed.events.values()):
        if is_series(event) or (is_gone(event) and not series_of(event)):
            feed.series.add(event["id"])
        if not is_series(event):
            continue
        del feed.events[event["id"]]
        if not is_gone(event):
            start, end = _bounds(work)
            found = work.google.instances(feed.calendar.google_id, event["id"], start, end)
            for occurrence in found:
                feed.events.setdefault(occurrence["id"], occurrence)


def _bounds(work: Work):
    start = work.window.start or work.now - OPEN_WINDOW
    return start, work.window.end or work.now + OPEN_WINDOW
