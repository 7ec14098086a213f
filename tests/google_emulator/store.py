"""The emulator's whole state, under one lock; knows nothing of HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .model import Calendar, Client, Event, Person
from .settings import Settings
from .times import Clock, real_clock


class Store:
    """Use it with `store.lock` held."""

    def __init__(self, clock: Clock = real_clock) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.settings = Settings()
        self.people: dict[str, Person] = {}
        self.clients: dict[str, Client] = {}
        self.calendars: dict[str, Calendar] = {}
        self.mails: list[dict[str, Any]] = []
        self.listeners: list[Callable[[Calendar], None]] = []
        self._key = secrets.token_bytes(16)
        self._count = 0

    def now(self) -> datetime:
        return self.clock()

    def number(self) -> int:
        """A number never given before."""
        self._count += 1
        return self._count

    def next_etag(self) -> str:
        return f'"{3540000000000000 + self.number() * 2}"'

    def add_person(self, name: str, email: str, time_zone: str = "Europe/Berlin") -> Person:
        person = Person(email, name, time_zone)
        self.people[email] = person
        self.add_calendar(person, email, summary=email, primary=True)
        return person

    def add_calendar(self, owner: Person, cal_id: str = "", **fields: Any) -> Calendar:
        cal_id = cal_id or self.opaque_id() + "@group.calendar.google.com"
        fields.setdefault("time_zone", owner.time_zone)
        calendar = Calendar(cal_id, owner=owner.email, updated=self.now(), **fields)
        calendar.roles[owner.email] = "owner"
        calendar.etag = self.next_etag()
        self.calendars[cal_id] = calendar
        self.show(owner, calendar)
        return calendar

    def show(self, person: Person, calendar: Calendar) -> dict[str, Any]:
        """Puts a calendar on a person's list; Google shows new ones unselected through the API."""
        reminders = [{"method": "popup", "minutes": 10}] if calendar.primary else []
        entry: dict[str, Any] = {
            "etag": self.next_etag(),
            "colorId": "14",
            "defaultReminders": reminders,
        }
        if calendar.primary:
            entry |= {"selected": True, "primary": True}
        return person.shown.setdefault(calendar.id, entry)

    def opaque_id(self) -> str:
        return hashlib.sha256(f"{self._key.hex()}{self.number()}".encode()).hexdigest()[:52]

    def changed(self, calendar: Calendar, event: Event, main: bool = True) -> None:
        """Notes a change: etag and log always, `updated` only when main data changed."""
        event.etag = self.next_etag()
        if main:
            event.updated = self.now()
        calendar.log.append(event.id)
        event.version = len(calendar.log)
        calendar.updated = self.now()
        if event.is_master:
            calendar.note_master(event)
        for listen in self.listeners:
            listen(calendar)

    def seal(self, value: Any) -> str:
        """An opaque token for a JSON value."""
        text = json.dumps(value, separators=(",", ":")).encode()
        mark = hmac.new(self._key, text, "sha1").digest()[:6]
        return base64.urlsafe_b64encode(mark + text).decode().rstrip("=")

    def unseal(self, token: str) -> Any:
        """The value of a token of this store; raises ValueError for anything else."""
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        if not hmac.compare_digest(hmac.new(self._key, raw[6:], "sha1").digest()[:6], raw[:6]):
            raise ValueError("not a token of ours")
        return json.loads(raw[6:])
