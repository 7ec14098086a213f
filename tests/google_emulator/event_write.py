"""Changing events: the rules that the API's methods and the user's own hands share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import event_rules as rules
from .context import merge
from .errors import deleted, duplicate, invalid, not_found
from .event_view import View, instance_id, placed
from .model import Calendar, Event
from .recurrence import split_instance_id
from .store import Store
from .times import When

TIMING = ("start", "end", "recurrence")


@dataclass(frozen=True)
class Target:
    """What an event id names: a stored event, or an untouched occurrence of a master."""

    event: Event | None
    master: Event | None = None
    original: When | None = None

    @property
    def etag(self) -> str:
        found = self.event or self.master
        assert found is not None
        return found.etag

    @property
    def cancelled(self) -> bool:
        if self.master is not None and self.master.cancelled:
            return True
        return self.event is not None and self.event.cancelled


@dataclass
class Writer:
    """One person's changes to one calendar."""

    store: Store
    calendar: Calendar
    email: str
    send_updates: str = ""  # the call's sendUpdates; hands in the UI never mail here

    # -- finding -------------------------------------------------------------------------

    def find(self, event_id: str) -> Target:
        """Raises ApiError 404 when the calendar never had such an event."""
        event = self.calendar.events.get(event_id)
        if event is not None and event.purged:
            raise not_found()
        if event is not None:
            master = self.calendar.events.get(event.master_id)
            return Target(event, master, event.original)
        parts = split_instance_id(event_id)
        for name in self.calendar.masters.get(parts[0], ()) if parts else ():
            master = self.calendar.events[name]
            original = master.series.at(parts[1]) if master.is_master and parts else None
            if original:
                return Target(None, master, original)
        raise not_found()

    # -- creating ------------------------------------------------------------------------

    def insert(self, body: dict[str, Any], args: dict[str, Any]) -> Event:
        event_id = body.get("id")
        if event_id is not None:
            rules.check_id(event_id)
            if body.get("iCalUID"):
                raise invalid("An event takes either an id or an iCalUID, not both.", "iCalUID")
            if event_id in self.calendar.events:
                raise duplicate()
        rules.check_sequence(body, 0, new=True)
        data = rules.clean(body, args)
        if data.get("status") == "cancelled":
            raise invalid("A new event cannot be cancelled.", "status")
        event = self.create(event_id or self.store.opaque_id()[:26], data)
        event.ical_uid = body.get("iCalUID") or event.ical_uid
        return event

    def create(self, event_id: str, data: dict[str, Any]) -> Event:
        """Stores a new single event or master after all checks."""
        start, end = rules.check_dates(data)
        rules.check_values(data, self.calendar)
        event = self._new(event_id, data)
        event.start, event.end = start, end
        self.calendar.add(event)
        self._done(event, data)
        return event

    def _new(self, event_id: str, data: dict[str, Any]) -> Event:
        now = self.store.now()
        event = Event(event_id, len(self.calendar.order), data, self.email, now, now)
        event.ical_uid = f"{event_id}@google.com"
        return event

    # -- changing ------------------------------------------------------------------------

    def patch(self, target: Target, body: dict[str, Any], args: dict[str, Any]) -> Event:
        changes = rules.clean(body, args, patch=True)
        return self._change(target, body, changes, whole=False)

    def update(self, target: Target, body: dict[str, Any], args: dict[str, Any]) -> Event:
        return self._change(target, body, rules.clean(body, args), whole=True)

    def _change(
        self, target: Target, body: dict[str, Any], changes: dict[str, Any], whole: bool
    ) -> Event:
        current = target.event or target.master
        assert current is not None
        if target.cancelled:
            rules.check_revival(body.get("status"), self.store.settings.refuse_revival)
            if target.master and target.master.cancelled:
                raise not_found()
        kind = current.data.get("eventType", "default")
        own_id = target.event.id if target.event else instance_name(target)
        rules.check_immutable(own_id, kind, body)
        rules.check_sequence(body, current.sequence, new=False)
        if changes.get("status") == "cancelled":
            return self.delete(target)
        if target.master:
            return self._change_instance(target, changes, whole)
        assert target.event is not None
        return self._change_event(target.event, changes, whole)

    def _change_event(self, event: Event, changes: dict[str, Any], whole: bool) -> Event:
        data = changes if whole else merge(event.data, changes)
        if event.cancelled and "status" not in changes:
            data["status"] = "confirmed"
        if "eventType" in event.data:
            data["eventType"] = event.data["eventType"]
        start, end = rules.check_dates(data)
        rules.check_values(data, self.calendar)
        before, event.data = event.data, data
        event.start, event.end = start, end
        if any(before.get(name) != data.get(name) for name in (*TIMING, "status")):
            event.sequence += 1
        self._done(event, before)
        self._drop_lost_exceptions(event, before)
        return event

    def _change_instance(self, target: Target, changes: dict[str, Any], whole: bool) -> Event:
        assert target.master is not None and target.original is not None
        if changes.get("recurrence"):
            raise invalid("An occurrence cannot recur itself.", "recurrence")
        changes.pop("recurrence", None)
        event = target.event or self._new_exception(target.master, target.original)
        seen = self._effective(target.master, event)
        data = changes if whole else merge(seen, changes)
        start, end = rules.check_dates(data)
        rules.check_values(data, self.calendar)
        if event.id not in self.calendar.events:
            self.calendar.add(event)
        event.data = _overrides(data, seen, event.data, changes, whole)
        event.start, event.end = start, end
        event.sequence = max(event.sequence, target.master.sequence)
        event.sequence += any(name in changes for name in TIMING)
        self._done(event, target.master.data)
        return event

    def _new_exception(self, master: Event, original: When) -> Event:
        event = self._new(instance_id(master, original), {})
        event.master_id, event.original = master.id, original
        event.ical_uid, event.creator = master.ical_uid, master.creator
        event.created = master.created
        return event

    def _effective(self, master: Event, event: Event) -> dict[str, Any]:
        """An occurrence's data with what it takes over from its master."""
        start, end = placed(master, event)
        merged = master.data | event.data
        data = {name: value for name, value in merged.items() if value is not None}
        data.pop("recurrence", None)
        data.pop("status", None)
        zone = self.calendar.time_zone
        return data | {"start": start.json(zone), "end": end.json(zone)}

    # -- deleting ------------------------------------------------------------------------

    def delete(self, target: Target) -> Event:
        """Cancels; the event is kept under its id. Raises ApiError 410 when it was deleted."""
        if target.cancelled:
            raise deleted()
        event = target.event
        if event is None:
            assert target.master is not None and target.original is not None
            event = self._new_exception(target.master, target.original)
            self.calendar.add(event)
        before = event.data
        event.data = before | {"status": "cancelled"}
        event.sequence += 1
        self._done(event, before)
        return event

    def _drop_lost_exceptions(self, master: Event, before: dict[str, Any]) -> None:
        """Exceptions whose original start a changed rule no longer knows go (not documented)."""
        unmoved = all(before.get(name) == master.data.get(name) for name in TIMING)
        if unmoved or self.store.settings.keep_lost_exceptions:
            return
        for event in self.calendar.exceptions_of(master):
            key = event.original.key() if event.original else ""
            kept = master.is_master and master.series.at(key)
            if not kept and not event.cancelled:
                self.delete(Target(event, master, event.original))

    def _done(self, event: Event, before: dict[str, Any]) -> None:
        if before is not event.data or not event.etag:
            self._note_mail(event, before)
        self.store.changed(self.calendar, event, main=not _only_reminders(before, event.data))
        if event.is_master and self.store.settings.etags_follow:
            for exception in self.calendar.exceptions_of(event):
                exception.etag = self.store.next_etag()

    def _note_mail(self, event: Event, before: dict[str, Any]) -> None:
        guests = (before.get("attendees") or []) + (event.data.get("attendees") or [])
        addresses = sorted({guest["email"] for guest in guests} - {self.email})
        if addresses and self.send_updates != "none":
            mail = {"calendar": self.calendar.id, "event": event.id, "to": addresses}
            self.store.mails.append(mail)

    def view(self, base_url: str = "") -> View:
        return View(self.calendar, self.email, base_url)


def instance_name(target: Target) -> str:
    assert target.master is not None and target.original is not None
    return instance_id(target.master, target.original)


def _overrides(
    data: dict[str, Any],
    seen: dict[str, Any],
    own: dict[str, Any],
    changes: dict[str, Any],
    whole: bool,
) -> dict[str, Any]:
    """What an exception stores: what differs from its master; a removed field is kept as None."""
    kept = {
        name: value
        for name, value in data.items()
        if name in changes or name in own or seen.get(name) != value
    }
    kept.pop("status", None) if kept.get("status") == "cancelled" else None
    names = [*seen, *own]
    gone = [name for name in names if name not in data and name not in ("start", "end")]
    return kept | dict.fromkeys(gone)


def _only_reminders(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Changing reminders does not move `updated` (discovery document, Event.reminders)."""
    if before is after:
        return False
    same = {k: v for k, v in before.items() if k != "reminders"} == {
        k: v for k, v in after.items() if k != "reminders"
    }
    return same and before.get("reminders") != after.get("reminders")
