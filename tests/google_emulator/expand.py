"""Which items a listing shows of each stored event, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .errors import ApiError, time_range_empty, updated_min_too_long_ago
from .event_view import View, length, occurrences, placed
from .model import Calendar, Event
from .recurrence import HORIZON
from .store import Store
from .times import When, parse_limit

UPDATED_MIN_DAYS = 28  # not documented; older ones get 410


@dataclass(frozen=True)
class Window:
    """Bounds: end after `low` (or at it when inclusive), start before `high`."""

    low: datetime | None = None
    high: datetime | None = None
    inclusive: bool = False

    @classmethod
    def of(cls, low: str | None, high: str | None, inclusive: bool = False) -> Window:
        lower = parse_limit(low, "timeMin") if low else None
        upper = parse_limit(high, "timeMax") if high else None
        if lower and upper and lower >= upper:
            raise time_range_empty()
        return cls(lower, upper, inclusive)

    def holds(self, start: datetime, end: datetime) -> bool:
        if self.high is not None and start >= self.high:
            return False
        if self.low is None:
            return True
        return end >= self.low if self.inclusive else end > self.low


def window_of(raw: dict[str, str]) -> Window:
    return Window.of(raw.get("timeMin"), raw.get("timeMax"))


@dataclass(frozen=True)
class Item:
    """A stored event, or the occurrence of a master at `original`."""

    event: Event
    original: When | None = None
    lost: bool = False  # an occurrence of a deleted series


class Expansion:
    """The filters of one listing."""

    def __init__(
        self,
        store: Store,
        calendar: Calendar,
        args: dict[str, Any],
        window: Window,
        incremental: bool,
    ) -> None:
        self.store = store
        self.calendar = calendar
        self.args = args
        self.window = window
        self.single = bool(args.get("singleEvents"))
        self.incremental = incremental
        self.updated_min = self._updated_min()
        self.deleted = bool(args.get("showDeleted")) or incremental or self.updated_min is not None
        self.filtered = any(name in args for name in FILTERS)
        self.typed_only = not any(name in args for name in FILTERS if name != "eventTypes")

    def _updated_min(self) -> datetime | None:
        if "updatedMin" not in self.args:
            return None
        limit = parse_limit(self.args["updatedMin"], "updatedMin")
        if limit < self.store.now() - timedelta(days=UPDATED_MIN_DAYS):
            raise updated_min_too_long_ago()
        return limit

    @property
    def ordered(self) -> bool:
        return "orderBy" in self.args

    def sorted(self, events: list[Event]) -> list[Item]:
        items = [item for event in events for item in self.items(event)]
        if self.args["orderBy"] == "updated":
            return sorted(items, key=lambda item: item.event.updated)
        return sorted(items, key=lambda item: self.span(item)[0])

    def items(self, event: Event) -> Iterator[Item]:
        if self.updated_min is not None and event.updated < self.updated_min:
            return
        if self.filtered and not self._fits(event):
            return
        if self.single and event.is_master:
            yield from self._occurrences(event)
        elif self.single and event.master_id and not self.incremental:
            return  # shown in its master's place
        elif self._shown(event):
            yield Item(event, event.original)

    def _shown(self, event: Event) -> bool:
        master = self.calendar.events.get(event.master_id)
        if master is not None and master.cancelled:
            return self.deleted
        if event.cancelled and not (self.deleted or (event.master_id and not self.single)):
            return False
        if event.cancelled and self.incremental:
            return True
        return self._in_window(event)

    def _in_window(self, event: Event) -> bool:
        if self.window.low is None and self.window.high is None:
            return True
        if not event.is_master:
            return self.window.holds(*self.span(Item(event, event.original)))
        return next(self._placed_occurrences(event), None) is not None

    def _occurrences(self, master: Event) -> Iterator[Item]:
        if master.cancelled and not self.deleted:
            return
        for item in self._placed_occurrences(master):
            if master.cancelled:
                yield Item(item.event, item.original, lost=True)
            elif not item.event.cancelled or self.deleted:
                yield item

    def _placed_occurrences(self, master: Event) -> Iterator[Item]:
        limit = self._limit(master)
        zone = self.calendar.time_zone
        for original, event in occurrences(self.calendar, master):
            if limit is not None and original.instant(zone) >= limit:
                return
            item = Item(event or master, original)
            if self.window.holds(*self.span(item)):
                yield item

    def _limit(self, master: Event) -> datetime | None:
        """Where to stop; exceptions moved across the upper bound are looked for a year beyond."""
        if self.window.high is not None:
            return self.window.high + timedelta(days=366 if master.id in self._moved else 0)
        if not master.series.endless:
            return None
        assert master.start is not None
        latest = max(self.store.now(), master.start.instant(self.calendar.time_zone))
        return max(latest, self.window.low or latest) + HORIZON

    @property
    def _moved(self) -> dict[str, dict[str, str]]:
        return self.calendar.exceptions

    def span(self, item: Item) -> tuple[datetime, datetime]:
        start, end = self._times(item)
        zone = self.calendar.time_zone
        return start.instant(zone), end.instant(zone)

    def _times(self, item: Item) -> tuple[When, When]:
        event = item.event
        if event.master_id:
            return placed(self.calendar.events[event.master_id], event)
        if item.original is not None:
            return item.original, item.original.shifted(length(event))
        assert event.start is not None and event.end is not None
        return event.start, event.end

    def _fits(self, event: Event) -> bool:
        data = self.data(event)
        if event.cancelled and event.master_id and not self.typed_only:
            return False  # nothing is left of it to search in
        wanted = self.args.get("iCalUID", event.ical_uid) == event.ical_uid
        kinds = self.args.get("eventTypes")
        wanted &= kinds is None or data.get("eventType", "default") in kinds
        for kind in ("private", "shared"):
            own = data.get("extendedProperties", {}).get(kind, {})
            for pair in self.args.get(kind + "ExtendedProperty", ()):
                wanted &= has_property(own, pair)
        sought = self.args.get("q", "").lower()
        return wanted and (not sought or sought in _searched(data))

    def data(self, event: Event) -> dict[str, Any]:
        master = self.calendar.events.get(event.master_id)
        return (master.data if master else {}) | event.data

    def show(self, view: View, item: Item) -> dict[str, Any]:
        event = item.event
        if item.lost:
            assert item.original is not None
            return view.instance(event, item.original) | {"status": "cancelled"}
        if event.master_id:
            master = self.calendar.events[event.master_id]
            return view.cancelled_instance(event) if master.cancelled else view.exception(event)
        if item.original is not None:
            return view.instance(event, item.original)
        bare = self.incremental and self.store.settings.bare_deletions
        return view.bare(event) if event.cancelled and bare else view.event(event)


FILTERS = ("iCalUID", "q", "privateExtendedProperty", "sharedExtendedProperty", "eventTypes")


def has_property(own: dict[str, str], pair: str) -> bool:
    name, equals, value = pair.partition("=")
    if not equals:
        raise ApiError(400, "badRequest", "Bad Request", "privateExtendedProperty")
    return own.get(name) == value


def _searched(data: dict[str, Any]) -> str:
    texts = [data.get(name) or "" for name in ("summary", "description", "location")]
    for guest in data.get("attendees") or []:
        texts += [guest["email"], guest.get("displayName", "")]
    return "\n".join(texts).lower()
