"""One authorized call of an API method, as its handler sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .discovery import APP_CREATED, Method
from .errors import condition_not_met, not_found, required_access_level
from .model import Calendar, Person, at_least
from .store import Store


class NotModified(Exception):
    """If-None-Match held: answer 304."""


@dataclass
class Context:
    store: Store
    person: Person
    client: str
    scopes: frozenset[str]
    method: Method
    args: dict[str, Any]
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    base_url: str = ""

    @property
    def app_only(self) -> bool:
        """The grant reaches this method through calendar.app.created alone."""
        return self.scopes & self.method.scopes == {APP_CREATED}

    def calendar(self, needed: str = "reader", name: str = "calendarId") -> Calendar:
        """The calendar that the call names; raises ApiError 404 or 403 requiredAccessLevel."""
        cal_id = self.args[name]
        found = self.store.calendars.get(self.person.email if cal_id == "primary" else cal_id)
        if found is None or found.deleted or found.role_of(self.person.email) == "none":
            raise not_found()
        if self.app_only and found.made_by != self.client:
            raise not_found()
        if not at_least(found.role_of(self.person.email), needed):
            raise required_access_level(needed)
        return found

    def check_match(self, etag: str) -> None:
        """Raises ApiError 412 when If-Match names another version."""
        wanted = self.headers.get("if-match", "*")
        if wanted != "*" and wanted != etag:
            raise condition_not_met()

    def check_none_match(self, etag: str) -> None:
        """Raises NotModified when the caller already has this version."""
        if self.headers.get("if-none-match") == etag:
            raise NotModified(etag)


Handler = Callable[[Context], Any]
HANDLERS: dict[str, Handler] = {}


def handles(method_id: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS[method_id] = handler
        return handler

    return register


def merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Google's PATCH: objects are merged, arrays replaced, null deletes."""
    merged = dict(old)
    for name, value in new.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = merge(merged[name], value)
        else:
            merged[name] = merge({}, value) if isinstance(value, dict) else value
    return merged
