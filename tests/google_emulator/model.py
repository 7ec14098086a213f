"""What the emulator remembers: people, their OAuth clients, calendars and events."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .recurrence import Series, base_of, series
from .times import When

ROLES = ["none", "freeBusyReader", "reader", "writer", "owner"]


@dataclass
class Person:
    """A Google account."""

    email: str
    name: str
    time_zone: str = "Europe/Berlin"
    has_calendar: bool = True  # False: 403 notACalendarUser
    calendars_made: list[datetime] = field(default_factory=list)
    calls: list[datetime] = field(default_factory=list)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)  # calendarList, by calendar id
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def sub(self) -> str:
        number = int(hashlib.sha1(self.email.encode()).hexdigest(), 16)
        return "1" + str(number)[:20]


@dataclass
class Client:
    """An OAuth client; clients of one project share what a user granted."""

    id: str
    secret: str
    redirects: tuple[str, ...]
    project: str = ""
    deleted: bool = False


@dataclass
class Event:
    """One stored event, master or exception; `data` holds what its writer set, in Google's form."""

    id: str
    ordinal: int
    data: dict[str, Any]
    creator: str
    created: datetime
    updated: datetime
    start: When | None = None  # None on an exception that keeps its place
    end: When | None = None
    etag: str = ""
    version: int = 0
    sequence: int = 0
    master_id: str = ""
    original: When | None = None
    ical_uid: str = ""
    purged: bool = False  # deleted so long ago that nothing shows it any more

    @property
    def status(self) -> str:
        return str(self.data.get("status", "confirmed"))

    @property
    def cancelled(self) -> bool:
        return self.status == "cancelled"

    @property
    def is_master(self) -> bool:
        return bool(self.data.get("recurrence"))

    @property
    def series(self) -> Series:
        assert self.start is not None
        return series(tuple(self.data["recurrence"]), self.start)


@dataclass
class Calendar:
    """A calendar; `log` names its changed events in order, and its length is the version."""

    id: str
    summary: str
    owner: str
    time_zone: str
    updated: datetime
    made_by: str = ""  # client id, empty when made by hand
    primary: bool = False
    description: str = ""
    location: str = ""
    etag: str = ""
    deleted: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    order: list[Event] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    epoch: int = 0  # raised to make all sync tokens of this calendar stale
    masters: dict[str, list[str]] = field(default_factory=dict)  # by the base of their ids
    exceptions: dict[str, dict[str, str]] = field(default_factory=dict)  # master: {time: event id}

    def role_of(self, email: str) -> str:
        return self.roles.get(email, "none")

    def add(self, event: Event) -> None:
        self.events[event.id] = event
        self.order.append(event)
        if event.master_id and event.original:
            times = self.exceptions.setdefault(event.master_id, {})
            times[event.original.key()] = event.id

    def holds(self, event: Event) -> bool:
        """False for purged events, and exceptions that a split of their series dropped."""
        return not event.purged and event.id in self.events

    def note_master(self, event: Event) -> None:
        known = self.masters.setdefault(base_of(event.id), [])
        if event.id not in known:
            known.append(event.id)

    def exceptions_of(self, master: Event) -> list[Event]:
        return [self.events[name] for name in self.exceptions.get(master.id, {}).values()]


def at_least(role: str, needed: str) -> bool:
    return ROLES.index(role) >= ROLES.index(needed)
