"""Series shown singly whose occurrences change their keys: the records go along.

Moved as a whole in Google, or given another rule, a series has other occurrences under other ids;
made a single event again, it has one, under the id of the series. A record is linked to the one
of the same day, or else the next that no record has; what is left over is gone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ..engine.series import Series, key_of, start_of
from ..engine.zones import zone_named
from ..gcal.expand import has
from ..gcal.series import key_of_event
from ..gcal.translate import is_gone, read_when, series_of
from . import link_keys
from .series_state import MODEL

Event = dict[str, Any]


def become_single(feed, key: str) -> None:
    """The event of a series that was made a single one again is one of its occurrences."""
    event = feed.events[key]
    try:
        start = key_of(read_when(event, feed.zone)[0])
    except ValueError:
        return
    lost = _links(feed, key)
    homes = _pair(
        feed.zone, lost, {start: key} if not link_keys.of_events(feed.calendar, [key]) else {}
    )
    for link in lost:
        feed.events.pop(link.event_id, None)
    _go(feed, lost, homes, "")


def rehome(feed) -> None:
    """Link the records of occurrences that a rule has no more to those that it has instead.

    Called once all series are known: what one has lost, another that was split off it may have.
    """
    for key, series in feed.shown.items():
        _rehome(feed, key, series)
    feed.shown.clear()


def _rehome(feed, key: str, series: Series) -> None:
    lost = [link for link in _links(feed, key) if not _stands(feed, link, series)]
    if not lost:
        return
    events = {
        key_of_event(event, feed.zone): event["id"]
        for event in feed.events.values()
        if series_of(event) == key and event.get("originalStartTime") and not is_gone(event)
    }
    taken = set(link_keys.of_events(feed.calendar, events.values(), "event_id").mapped("event_id"))
    free = {start: event_id for start, event_id in events.items() if event_id not in taken}
    _go(feed, lost, _pair(feed.zone, lost, free), key)


def move(feed) -> None:
    """Write the links; later, as no row may be locked while Google is asked for other series."""
    for link, event_id, series in feed.moves:
        link.write({"event_id": event_id, "series": series or False, "etag": False})
    feed.moves.clear()


def _stands(feed, link, series: Series) -> bool:
    event = feed.events.get(link.event_id)
    return bool(event and not is_gone(event)) or has(series, _key(link.event_id))


def _links(feed, key: str) -> list[Any]:
    among = [("series", "=", key), ("model", "!=", MODEL), ("state", "!=", "detached")]
    links = feed.calendar.env[link_keys.LINK].search(
        [("calendar_id", "=", feed.calendar.id), *among]
    )
    return sorted(links, key=lambda link: _key(link.event_id))


def _key(event_id: str) -> str:
    return event_id.rpartition("_")[2]


def _pair(zone: str, lost: list[Any], free: dict[str, str]) -> dict[Any, str]:
    """The new event id of each link that gets one."""
    homes: dict[Any, str] = {}
    left = dict(sorted(free.items()))
    for link in lost:
        day = _day(_key(link.event_id), zone)
        same = next((start for start in left if day and _day(start, zone) == day), None)
        if same:
            homes[link] = left.pop(same)
    rest = [link for link in lost if link not in homes]
    return homes | dict(zip(rest, left.values(), strict=False))


def _day(key: str, zone: str) -> date | None:
    try:
        start = start_of(key)
        return start.astimezone(zone_named(zone)).date() if isinstance(start, datetime) else start
    except (ValueError, OverflowError):
        return None


def _go(feed, lost: list[Any], homes: dict[Any, str], series: str) -> None:
    for link in lost:
        old = link.event_id
        if link in homes:
            feed.moves.append((link, homes[link], series))
        else:
            feed.events[old] = {"id": old, "status": "cancelled"}
