"""One user's Google Calendar. No sleeping and no retries: the caller decides when to try again.

Source of names and limits: the Calendar v3 discovery document that the client library brings.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httplib2
from google.auth.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc

from . import endpoints, shape
from .errors import FAILURES, Cause, GoogleError, Target, from_exception, from_response
from .pace import Pace
from .sending import Answer, Call, send

__all__ = ["Answer", "Call", "Changes", "Google"]

PAGE = 2500  # Google's limit
BATCH = 50
MOST_PAGES = 10_000  # of one list, which Google cuts into as small ones as it likes
# The same at every call, with and without a cursor, as Google demands. No time filter: it would be
# part of the cursor for ever. Deletions come with a cursor by themselves.
_LIST = {"maxResults": PAGE, "singleEvents": False, "eventTypes": ["default"]}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a calendar since a cursor, or all of it.

    events: deleted ones too where a cursor was given. cursor: for the next time, to be stored only
    once all of this was dealt with. zone: the calendar's IANA zone. full: no cursor was given, so
    an event that is missing here proves nothing. access_role: "owner" unless it was taken away.
    """

    events: list[Json]
    cursor: str
    zone: str
    full: bool
    access_role: str


class _Aside:
    """One list in a thread of its own, which has its own transport and count of calls."""

    def __init__(self, credentials: Credentials, calendar_id: str, cursor: str | None) -> None:
        self._google = Google(credentials)
        pool = ThreadPoolExecutor(1, thread_name_prefix="crm-google-aside")
        self._answer = pool.submit(self._google.changes, calendar_id, cursor)
        pool.shutdown(wait=False)

    def take(self, pace: Pace) -> Changes:
        """Wait for the answer, and count its calls; raises as `changes` does."""
        refused = 0
        try:
            return self._answer.result()
        except GoogleError as error:
            refused = int(error.cause is Cause.RATE_LIMITED)
            raise
        finally:
            pace.count(time.time(), self._google.pace.used(time.time()), refused)

    def close(self) -> None:
        """Wait for the thread, so that nothing goes on behind the caller's back; then close."""
        self._answer.exception()
        self._google.close()


class Google:
    """Calls on behalf of one grant. Building it needs no network; one object per thread."""

    def __init__(
        self,
        credentials: Credentials,
        http: endpoints.Http | None = None,
        batch_size: int = BATCH,
        pace: Pace | None = None,
    ) -> None:
        self.credentials = credentials
        self.pace = pace or Pace()
        self._known: dict[tuple[str, str | None], Changes | GoogleError] = {}
        self._asides: dict[tuple[str, str | None], _Aside] = {}
        self._http = AuthorizedHttp(credentials, http=http or endpoints.http())
        self._batch_size = batch_size

    def close(self) -> None:
        """Close the connections; the object can still be used and opens new ones."""
        while self._asides:
            self._asides.popitem()[1].close()
        self._http.close()

    def remember(self, known: Mapping[tuple[str, str | None], Changes | GoogleError]) -> None:
        """Answer the next call of `changes` with what a thread has just heard; see `ahead`."""
        self._known.update(known)
        self.pace.count(time.time(), len(known))

    def ask_aside(self, calendar_id: str, cursor: str | None = None) -> None:
        """Let a thread list one calendar meanwhile: the next call of `changes` takes its answer.

        Not with an access token that is about to end: two threads would both fetch a new one.
        """
        key = (calendar_id, cursor)
        if self.credentials.valid and key not in self._known and key not in self._asides:
            self._asides[key] = _Aside(self.credentials, calendar_id, cursor)

    def changes(self, calendar_id: str, cursor: str | None = None) -> Changes:
        """List what changed since `cursor`; everything without one.

        Raises CursorExpired when Google wants a full list; GoogleError CALENDAR_GONE.
        """
        known = self._known.pop((calendar_id, cursor), None)
        if isinstance(known, GoogleError):
            raise known
        aside = self._asides.pop((calendar_id, cursor), None)
        if aside:
            with closing(aside):
                return aside.take(self.pace)
        return known or self._changes(calendar_id, cursor)

    def _changes(self, calendar_id: str, cursor: str | None) -> Changes:
        found: dict[str, Json] = {}
        page: Json = {}
        for page in self.pages(calendar_id, cursor):
            found.update((event["id"], event) for event in page["items"])
        return Changes(
            list(found.values()),
            page["nextSyncToken"] or cursor or "",
            page["timeZone"] or "UTC",
            cursor is None,
            page["accessRole"],
        )

    def pages(self, calendar_id: str, cursor: str | None = None) -> Iterator[Json]:
        """The pages of `changes`, one call each."""
        events = _events()
        since = {"syncToken": cursor} if cursor else {}
        request = events.list(calendarId=calendar_id, **_LIST, **since)
        target = Target.CURSOR if cursor else Target.CALENDAR
        return self._follow(request, events.list_next, target)

    def instances(
        self, calendar_id: str, event_id: str, time_min: datetime, time_max: datetime
    ) -> list[Json]:
        """The occurrences of a series between two aware moments."""
        events = _events()
        span = {"timeMin": time_min.isoformat(), "timeMax": time_max.isoformat()}
        request = events.instances(
            calendarId=calendar_id, eventId=event_id, maxResults=PAGE, **span
        )
        pages = self._follow(request, events.instances_next, Target.EVENT)
        return [event for page in pages for event in page["items"]]

    def event(self, calendar_id: str, event_id: str) -> Json:
        """One event, deleted or not; raises GoogleError GONE once Google has forgotten it."""
        request = _events().get(calendarId=calendar_id, eventId=event_id)
        return shape.event(self._do(request, Target.EVENT), event_id) or {}

    def send(self, calendar_id: str, calls: Sequence[Call]) -> dict[str, Answer]:
        """Carry out calls in batches; each has its answer in the result, by its key.

        Nothing is mailed to anybody. No error is raised: each stands in its answer. One with
        `uncertain` may have been carried out. After an error that concerns all calls, or a batch
        without an answer, the rest is not sent, and answered with that error; so is what does not
        fit into the pace.
        """
        return send(
            _events(), _batch_url(), self._http, calendar_id, calls, self._batch_size, self.pace
        )

    def calendar(self, calendar_id: str) -> Json:
        """The calendar; raises GoogleError CALENDAR_GONE."""
        return shape.calendar(self._do(_service().calendars().get(calendarId=calendar_id)))

    def create_calendar(self, summary: str, description: str, zone: str) -> Json:
        """Create a calendar. After an `uncertain` error one may stand there: do not call again."""
        body = {"summary": summary, "description": description, "timeZone": zone}
        made = self._do(_service().calendars().insert(body=body), write=True)
        return shape.calendar(made, uncertain=True)

    def rename_calendar(self, calendar_id: str, summary: str) -> None:
        """Give the calendar another name."""
        body = {"summary": summary}
        self._do(_service().calendars().patch(calendarId=calendar_id, body=body), write=True)

    def show_calendar(self, calendar_id: str) -> None:
        """Tick the calendar in the user's own list; Google leaves a new one unticked."""
        body = {"selected": True, "hidden": False}
        self._do(_service().calendarList().patch(calendarId=calendar_id, body=body), write=True)

    def delete_calendar(self, calendar_id: str) -> None:
        """Delete the calendar with all its events; one that is gone already is fine."""
        try:
            self._do(_service().calendars().delete(calendarId=calendar_id), write=True)
        except GoogleError as refusal:
            if refusal.cause is not Cause.CALENDAR_GONE:
                raise

    def watch(
        self, calendar_id: str, channel_id: str, token: str, address: str
    ) -> tuple[str, datetime | None]:
        """Let Google send a message to an https address whenever the calendar changes.

        channel_id: never used before. token: comes back with every message. Returns the id that
        ends it together with `channel_id`, and when it ends by itself (aware), if Google says so.
        """
        body = {"id": channel_id, "type": "web_hook", "address": address, "token": token}
        request = _events().watch(calendarId=calendar_id, body=body)
        made = self._do(request, write=True)
        return shape.text(made.get("resourceId")), shape.moment(made.get("expiration"))

    def stop_watching(self, channel_id: str, resource_id: str) -> None:
        """End a channel, of the same user and client; one that has ended already is fine."""
        body = {"id": channel_id, "resourceId": resource_id}
        try:
            self._do(_service().channels().stop(body=body), write=True)
        except GoogleError as refusal:
            if refusal.cause is not Cause.CALENDAR_GONE:
                raise

    def _follow(
        self, request: Any, following: Callable[[Any, Json], Any], target: Target
    ) -> Iterator[Json]:
        seen: set[str | None] = set()
        while request is not None:
            page = shape.page(self._do(request, target))
            yield page
            if page["nextPageToken"] in seen or len(seen) > MOST_PAGES:
                raise shape.no_answer()  # it would go on without an end
            seen.add(page["nextPageToken"])
            request = following(request, page)

    def _do(self, request: Any, target: Target = Target.CALENDAR, write: bool = False) -> Json:
        refused = 0
        try:
            return self._ask(request, target, write)
        except GoogleError as refusal:
            refused = int(refusal.cause is Cause.RATE_LIMITED)
            raise
        finally:
            self.pace.count(time.time(), 1, refused)

    def _ask(self, request: Any, target: Target, write: bool) -> Json:
        """Send a request of the library's; it would take any page of a proxy for an answer."""
        asked = request.uri, request.method, request.body, request.headers
        try:
            response, content = self._http.request(*asked)
        except FAILURES as fault:
            raise from_exception(fault, target, write) from fault
        if response.status >= 300:
            raise from_response(response.status, response, content, target, write)
        if not content.strip() and request.methodId.endswith((".delete", ".stop")):
            return {}
        return shape.document(content, uncertain=write)


@functools.cache
def _document() -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(get_static_doc("calendar", "v3"))
    return document


@functools.cache
def _service() -> Any:
    """The library's builder of requests, shared; the transport comes at `execute`."""
    return build_from_document(_document(), http=httplib2.Http())


@functools.cache
def _events() -> Any:
    """Its calls on events: the library takes three milliseconds to list them, at each asking."""
    return _service().events()


def _batch_url() -> str:
    return f"{_document()['rootUrl']}{_document()['batchPath']}"
