"""Series whose dates Google refuses to tell: each is set aside alone, and asked for again.

Such a series has a link that knows its id and nothing else. Of one that is shown singly, the
meetings have links of their own, and stay in sync.
"""

from __future__ import annotations

import logging

from ..gcal.errors import Cause, GoogleError
from ..gcal.translate import is_gone
from . import link_keys, links
from .series_state import MODEL, SERIES, SeriesCase
from .work import Work

_logger = logging.getLogger(__name__)
NO_DATES = "no_dates"


def unread(work: Work, feed, ids: set[str]):
    """The links of such series: those among `ids`, and those that are to be tried again."""
    every = work.env["crm.google.link"]
    blank = [("calendar_id", "=", feed.calendar.id), ("model", "=", MODEL)]
    blank += [(name, "=", False) for name in ("res_id", "base", "occurrences")]
    return every.search([*blank, *links.OPEN]) | every.search(
        [*blank, ("event_id", "in", list(ids))]
    )


def is_worth_it(feed, link, parts) -> bool:
    """Such a series waits for a change, a retry, or a full pass, which may do without its dates."""
    master = feed.events.get(link.event_id)
    changed = bool(master) and master.get("etag") != link.etag
    return link.state == "linked" or feed.full or changed or link.event_id in parts


def take(work: Work, feed, key: str, master, refusal: GoogleError) -> None:
    """Note a refusal that concerns one series alone; raises any other."""
    if refusal.cause.retried or refusal.cause.general:
        raise refusal
    feed.series.add(key)  # what is linked singly is asked for one by one
    if refusal.cause is not Cause.GONE or stands(work, feed.calendar, key):
        feed.refused[key] = master, NO_DATES, refusal.reason


def take_unreadable(feed, key: str, master, error: Exception) -> None:
    """Note that a series cannot be read; what is linked of it singly stays in sync."""
    _logger.info(
        "series %s of calendar %s cannot be read: %s", key, feed.calendar.id, type(error).__name__
    )
    feed.series.add(key)
    feed.refused[key] = master, "unreadable", ""


def stands(work: Work, calendar, key: str) -> bool:
    """Whether a series is there whose occurrences Google does not find.

    Raises GoogleError where that cannot be known, or its calendar is gone.
    """
    work.google.calendar(calendar.google_id)
    try:
        return not is_gone(work.google.event(calendar.google_id, key))
    except GoogleError as refusal:
        if refusal.cause.retried or refusal.cause.general:
            raise
        return refusal.cause is not Cause.GONE


def settle(work: Work, feed) -> None:
    """Write which series are set aside; those that were read since are like any other."""
    if feed.unread:
        feed.unread.unlink()
    if feed.refused:
        work.env.flush_all()  # a single event's link may just have left its id to its series
    for key, (master, cause, detail) in feed.refused.items():
        case = SeriesCase(
            feed.calendar, work.sources[SERIES], work.env["crm.google.link"], None, key
        )
        case.link = link_keys.of_events(feed.calendar, [key])
        links.set_aside(work, case, cause, detail)
        case.link.write(links.from_event(master))
