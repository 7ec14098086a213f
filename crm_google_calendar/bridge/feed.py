"""What Google reports of one calendar: single events, and series with their exceptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..gcal.client import Changes
from ..gcal.errors import Cause, CursorExpired, GoogleError
from .series_feed import News, sort_out
from .work import Work


@dataclass
class Feed:
    """One calendar's news.

    full: all its events, not only what changed; `every` then holds them as they came. seen:
    Google's time of the latest change.
    events: single ones, and occurrences of series that are taken apart. series: ids of those that
    changed, so that all their occurrences must be looked at. news: what is told of linked series.
    fresh: series that the CRM has not yet. becomes: new ids of single events that are occurrences
    now. shown: those that are shown singly, by id, until their records have found their places.
    moves: links of occurrences that have another id now, with that and the id of their series.
    released: meetings of a recurrence that stand for themselves. claimed: ids of events that
    series took. refused: series whose dates Google does not tell, or that cannot be read: (master,
    cause, detail). unread: links of those that were refused before, and that were tried again.
    heirs: series whose meetings the CRM has, of one that they were split off.
    """

    calendar: Any
    events: dict[str, dict[str, Any]]
    cursor: str
    full: bool
    zone: str = "UTC"
    seen: str = ""
    series: set[str] = field(default_factory=set)
    news: dict[str, News] = field(default_factory=dict)
    fresh: dict[str, News] = field(default_factory=dict)
    becomes: dict[str, str] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    moves: list[tuple[Any, str, str]] = field(default_factory=list)
    released: set[int] = field(default_factory=set)
    claimed: set[str] = field(default_factory=set)
    refused: dict[str, tuple[Any, str, str]] = field(default_factory=dict)
    unread: Any = None
    every: list[dict[str, Any]] = field(default_factory=list)
    heirs: set[str] = field(default_factory=set)


def read_feed(work: Work, calendar: Any, cursor: str | None) -> Feed | None:
    """Ask Google what changed; None where the calendar is gone or Google cannot answer now.

    Must be called right after a checkpoint: no row is locked while Google is asked.
    """
    try:
        feed = ask_feed(work, calendar, cursor)
        sort_out(work, feed)
    except GoogleError as error:
        note_failure(work, calendar, error)
        return None
    calendar.zone = feed.zone
    return feed


def ask_feed(work: Work, calendar: Any, cursor: str | None) -> Feed:
    """What Google tells of one calendar, not sorted yet; raises GoogleError."""
    changes = _changes(work, calendar, cursor)
    feed = Feed(calendar, {event["id"]: event for event in changes.events}, "", changes.full)
    stamps = (event.get("updated") or "" for event in changes.events)
    feed.seen = max(stamps, default="")
    feed.every = changes.events if changes.full else []
    feed.cursor, feed.zone = changes.cursor, changes.zone or calendar.zone or "UTC"
    return feed


def _changes(work: Work, calendar: Any, cursor: str | None) -> Changes:
    try:
        return work.google.changes(calendar.google_id, cursor)
    except CursorExpired:
        return work.google.changes(calendar.google_id, None)


def note_failure(work: Work, calendar: Any, error: GoogleError) -> None:
    """Remember that a calendar is gone, or why Google cannot go on now."""
    if error.cause in (Cause.CALENDAR_GONE, Cause.GONE):
        calendar.state = "gone"  # nothing in the CRM is touched; the page offers to make it again
    else:
        work.interrupt(error)
