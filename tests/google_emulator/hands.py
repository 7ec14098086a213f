"""The user's own hands in Google Calendar's UI, for tests and for the emulator's page."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import escape
from typing import Any

from .calendars import remove, touch
from .event_rules import check_values
from .event_view import View
from .event_write import Target, Writer
from .model import Calendar, Event, Person
from .others import share
from .recurrence import base_of, series, trim
from .store import Store
from .times import When, parse_when

Moment = str | date | datetime | dict[str, Any]
URL = re.compile(r"https?://[^\s<]+")


class Hands:
    """Calendars are named by id or by (part of) their title; answers have Google's JSON form."""

    def __init__(self, store: Store, person: Person, base_url: str = "") -> None:
        self.store = store
        self.person = person
        self.base_url = base_url

    # -- calendars -----------------------------------------------------------------------

    def calendars(self) -> list[Calendar]:
        """Those on the user's list."""
        return [self.store.calendars[name] for name in self.person.shown]

    def calendar(self, name: str) -> Calendar:
        """Raises LookupError unless exactly one matches."""
        if name == "primary":
            name = self.person.email
        own = self.calendars()
        found = [c for c in own if name == c.id] or [c for c in own if name in c.summary]
        if len(found) != 1:
            raise LookupError(f"{len(found)} calendars match {name!r}")
        return found[0]

    def create_calendar(self, summary: str, **fields: Any) -> Calendar:
        with self.store.lock:
            return self.store.add_calendar(self.person, summary=summary, **fields)

    def rename_calendar(self, calendar: str, summary: str) -> None:
        with self.store.lock:
            found = self.calendar(calendar)
            found.summary = summary
            touch(self.store, found)

    def delete_calendar(self, calendar: str) -> None:
        with self.store.lock:
            remove(self.store, self.calendar(calendar))

    def share(self, calendar: str, email: str, role: str) -> None:
        """Also takes rights away from oneself, e.g. after an ownership transfer."""
        with self.store.lock:
            share(self.calendar(calendar), email, role)

    # -- reading -------------------------------------------------------------------------

    def events(self, calendar: str) -> list[dict[str, Any]]:
        """Everything that is not cancelled: single events, masters and exceptions."""
        with self.store.lock:
            view = self._view(calendar)
            return [view.event(e) for e in self.calendar(calendar).order if not e.cancelled]

    def event(self, calendar: str, event_id: str) -> dict[str, Any]:
        """One event or occurrence, deleted or not; raises ApiError 404."""
        with self.store.lock:
            return self._shown(calendar, self._writer(calendar).find(event_id))

    def find(self, calendar: str, summary: str) -> dict[str, Any]:
        """The one live event with this title; raises LookupError unless exactly one has it."""
        found = [e for e in self.events(calendar) if e.get("summary") == summary]
        if len(found) != 1:
            raise LookupError(f"{len(found)} events called {summary!r}")
        return found[0]

    # -- writing -------------------------------------------------------------------------

    def add_event(
        self, calendar: str, summary: str, start: Moment, end: Moment, **fields: Any
    ) -> dict[str, Any]:
        with self.store.lock:
            body = self._body(calendar, {"summary": summary, "start": start, "end": end} | fields)
            return self._view(calendar).event(self._writer(calendar).insert(body, {}))

    def edit(self, calendar: str, event_id: str, **fields: Any) -> dict[str, Any]:
        """Sets fields as the UI does: None removes, a description is saved as HTML."""
        with self.store.lock:
            hand = self._writer(calendar)
            target = hand.find(event_id)
            changes = self._body(calendar, fields)
            for name in ("start", "end"):
                if name in changes:  # the UI replaces, it does not merge
                    other = "dateTime" if "date" in changes[name] else "date"
                    changes[name] = {other: None, "timeZone": None} | changes[name]
            return self._view(calendar).event(hand.patch(target, changes, {}))

    def delete(self, calendar: str, event_id: str) -> None:
        """A single event, a whole series, or one occurrence by its id."""
        with self.store.lock:
            hand = self._writer(calendar)
            hand.delete(hand.find(event_id))

    def restore(self, calendar: str, event_id: str) -> dict[str, Any]:
        """Takes an event out of the bin."""
        return self.edit(calendar, event_id, status="confirmed")

    def duplicate(self, calendar: str, event_id: str, to: str = "") -> dict[str, Any]:
        """A copy with a new id, extended properties included, also to another calendar."""
        with self.store.lock:
            event = self.calendar(calendar).events[event_id]
            data = {k: v for k, v in event.data.items() if k != "status"}
            copied = self._writer(to or calendar).create(self.store.opaque_id()[:26], data)
            return self._view(to or calendar).event(copied)

    def move(self, calendar: str, event_id: str, to: str) -> dict[str, Any]:
        """Cancelled here, new there under the same id."""
        with self.store.lock:
            event = self.calendar(calendar).events[event_id]
            moved = self._writer(to).create(event.id, dict(event.data))
            self.delete(calendar, event_id)
            return self._view(to).event(moved)

    # -- series --------------------------------------------------------------------------

    def occurrences(self, calendar: str, event_id: str, most: int = 50) -> list[str]:
        """The ids of a series' first occurrences, changed and cancelled ones included."""
        master = self.calendar(calendar).events[event_id]
        starts = [when for _, when in zip(range(most), master.series, strict=False)]
        return [f"{base_of(event_id)}_{when.key()}" for when in starts]

    def edit_occurrence(self, calendar: str, instance_id: str, **fields: Any) -> dict[str, Any]:
        return self.edit(calendar, instance_id, **fields)

    def delete_occurrence(self, calendar: str, instance_id: str) -> None:
        self.delete(calendar, instance_id)

    def split_series(self, calendar: str, instance_id: str, **fields: Any) -> dict[str, Any]:
        """ "This and following": ends the old series and begins `<old id>_R<time>` with changes."""
        with self.store.lock:
            found, hand = self.calendar(calendar), self._writer(calendar)
            target = hand.find(instance_id)
            master, original = target.master, target.original
            assert master is not None and original is not None and master.start is not None
            data = self._rest(found, master, original)
            lines = trim(master.data["recurrence"], original)
            self._forget_after(found, master, original)
            hand.patch(Target(master), {"recurrence": lines}, {})
            data |= self._body(calendar, fields)
            new_id = f"{base_of(master.id)}_R{original.key().rstrip('Z')}"
            check_values(data, found)
            return self._view(calendar).event(hand.create(new_id, data))

    def end_series(self, calendar: str, instance_id: str) -> None:
        """Deletes an occurrence and all after it."""
        with self.store.lock:
            found, hand = self.calendar(calendar), self._writer(calendar)
            target = hand.find(instance_id)
            master, original = target.master, target.original
            assert master is not None and original is not None and master.start is not None
            if original == next(iter(master.series)):
                hand.delete(Target(master))
                return
            lines = trim(master.data["recurrence"], original)
            self._forget_after(found, master, original)
            hand.patch(Target(master), {"recurrence": lines}, {})

    def _rest(self, calendar: Calendar, master: Event, original: When) -> dict[str, Any]:
        """The data of the series from one occurrence on; COUNT goes down by what lies before."""
        length = View(calendar, self.person.email, "").instance(master, original)
        before = sum(1 for _ in self._starts_before(master, original))
        lines = []
        for line in master.data["recurrence"]:
            count = re.search(r"COUNT=(\d+)", line)
            rest = f"COUNT={int(count[1]) - before}" if count else ""
            lines.append(line.replace(count[0], rest) if count else line)
        times = {"start": length["start"], "end": length["end"], "recurrence": lines}
        return dict(master.data) | times

    @staticmethod
    def _starts_before(master: Event, original: When) -> Any:
        rule = series(
            tuple(x for x in master.data["recurrence"] if "RULE" in x), master.series.start
        )
        for when in rule:
            if when.local() >= original.local():
                return
            yield when

    @staticmethod
    def _forget_after(calendar: Calendar, master: Event, original: When) -> None:
        """Exceptions after a split are reset (seen live)."""
        times = calendar.exceptions.get(master.id, {})
        for key in [key for key in times if key >= original.key()]:
            event = calendar.events.pop(times.pop(key))
            calendar.log = [name if name != event.id else master.id for name in calendar.log]

    # -- helpers -------------------------------------------------------------------------

    def _writer(self, calendar: str) -> Writer:
        return Writer(self.store, self.calendar(calendar), self.person.email)

    def _view(self, calendar: str) -> View:
        return View(self.calendar(calendar), self.person.email, self.base_url)

    def _shown(self, calendar: str, target: Target) -> dict[str, Any]:
        view = self._view(calendar)
        if target.event is not None:
            return view.event(target.event)
        assert target.master is not None and target.original is not None
        return view.instance(target.master, target.original)

    def _body(self, calendar: str, fields: dict[str, Any]) -> dict[str, Any]:
        body = dict(fields)
        zone = body.pop("time_zone", None) or self.calendar(calendar).time_zone
        for name in ("start", "end"):
            if name in body:
                body[name] = moment(body[name], zone)
                parse_when(body[name], name)
        if isinstance(body.get("description"), str):
            body["description"] = as_html(body["description"])
        return body


def moment(value: Moment, zone: str) -> dict[str, Any]:
    """Google's start or end for a date, a datetime (naive: in the zone), text, or itself."""
    if isinstance(value, dict):
        return value
    text = value if isinstance(value, str) else value.isoformat()
    if len(text) == 10:
        return {"date": text}
    if len(text) == 16:
        text += ":00"
    return {"dateTime": text, "timeZone": zone}


def as_html(text: str) -> str:
    """What the UI's editor saves: lines become <br>, addresses links; HTML stays."""
    if re.search(r"</?[a-z]", text):
        return text
    linked = URL.sub(lambda m: f'<a href="{m[0]}">{m[0]}</a>', escape(text, quote=False))
    return linked.replace("\n", "<br>")
