"""Events as answers show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from .model import Calendar, Event
from .times import When, updated_stamp

DEFAULTS = {
    "transparency": "opaque",
    "visibility": "default",
    "guestsCanInviteOthers": True,
    "guestsCanSeeOtherGuests": True,
    "guestsCanModify": False,
}
OWN = ("start", "end", "status", "reminders", "eventType", "recurrence")


class View:
    """How one caller sees one calendar: in which zone, under which address."""

    def __init__(self, calendar: Calendar, email: str, base_url: str, zone: str = "") -> None:
        self.calendar = calendar
        self.email = email
        self.base_url = base_url
        self.zone = zone or calendar.time_zone
        self._address = f"&cid={quote(calendar.id)}"

    def event(self, event: Event) -> dict[str, Any]:
        """A single event, a master, or a stored exception."""
        if event.master_id:
            return self.exception(event)
        assert event.start is not None and event.end is not None
        return self._shown(event, event.data, event.id, event.start, event.end)

    def exception(self, event: Event) -> dict[str, Any]:
        master = self.calendar.events[event.master_id]
        if event.cancelled:
            return self.cancelled_instance(event)
        data = master.data | event.data
        start, end = placed(master, event)
        shown = self._shown(event, data, event.id, start, end)
        return self._as_instance(shown, master, event.original)

    def instance(self, master: Event, original: When) -> dict[str, Any]:
        """An occurrence that nobody changed."""
        end = original.shifted(length(master))
        name = instance_id(master, original)
        shown = self._shown(master, master.data, name, original, end)
        return self._as_instance(shown, master, original)

    def _as_instance(
        self, shown: dict[str, Any], master: Event, original: When | None
    ) -> dict[str, Any]:
        assert original is not None
        shown.pop("recurrence", None)
        shown["recurringEventId"] = master.id
        shown["originalStartTime"] = original.json(self.zone)
        return shown

    def cancelled_instance(self, event: Event) -> dict[str, Any]:
        """Google promises no more than this of a cancelled occurrence."""
        assert event.original is not None
        return self.bare(event) | {
            "recurringEventId": event.master_id,
            "originalStartTime": event.original.json(self.zone),
        }

    def bare(self, event: Event) -> dict[str, Any]:
        return {
            "kind": "calendar#event",
            "etag": event.etag,
            "id": event.id,
            "status": "cancelled",
        }

    def _shown(
        self, event: Event, data: dict[str, Any], name: str, start: When, end: When
    ) -> dict[str, Any]:
        shown = {
            "kind": "calendar#event",
            "etag": event.etag,
            "id": name,
            "status": data.get("status", "confirmed"),
            "htmlLink": self.link(name),
            "created": updated_stamp(event.created)[:-5] + "Z",
            "updated": updated_stamp(event.updated),
            "creator": self._person(event.creator),
            "organizer": self._organizer(),
            "start": start.json(self.zone),
            "end": end.json(self.zone),
            "iCalUID": event.ical_uid,
            "sequence": event.sequence,
            "reminders": data.get("reminders") or {"useDefault": True},
            "eventType": data.get("eventType", "default"),
        }
        for key, value in data.items():
            if key not in OWN and value != DEFAULTS.get(key) and value not in (None, [], {}):
                shown[key] = value
        if data.get("recurrence"):
            shown["recurrence"] = data["recurrence"]
        return shown

    def link(self, event_id: str) -> str:
        return f"{self.base_url}/calendar/event?eid={quote(event_id)}{self._address}"

    def _person(self, email: str) -> dict[str, Any]:
        return {"email": email} | ({"self": True} if email == self.calendar.id else {})

    def _organizer(self) -> dict[str, Any]:
        """On a secondary calendar the organizer is the calendar itself."""
        organizer = {"email": self.calendar.id, "displayName": self.calendar.summary, "self": True}
        if self.calendar.primary:
            del organizer["displayName"]
        return organizer


def length(master: Event) -> Any:
    """Days of all-day events, time passed of timed ones."""
    assert master.start is not None and master.end is not None
    if master.start.day and master.end.day:
        return master.end.day - master.start.day
    assert master.start.at is not None and master.end.at is not None
    return master.end.at - master.start.at


def instance_id(master: Event, original: When) -> str:
    return f"{master.id.split('_R')[0]}_{original.key()}"


def placed(master: Event, event: Event) -> tuple[When, When]:
    """Start and end of an exception, its own or where the series puts it."""
    assert event.original is not None
    start = event.start or event.original
    return start, event.end or start.shifted(length(master))


def occurrences(calendar: Calendar, master: Event) -> Iterator[tuple[When, Event | None]]:
    """Each original start of a series with the exception that stands for it, if any."""
    known = calendar.exceptions.get(master.id, {})
    for original in master.series:
        name = known.get(original.key())
        yield original, calendar.events[name] if name else None
