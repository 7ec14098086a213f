"""One call of the Calendar API: log, rights, quota, faults, checks, handler, answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from . import (
    calendar_list,
    calendars,
    channels,
    checks,
    discovery,
    errors,
    events,
    fields,
    listing,
    others,
)
from .context import HANDLERS, Context, NotModified
from .errors import ApiError
from .faults import Fault, Faults
from .grants import Grants, Token
from .log import Log, Request, kept
from .model import Person
from .store import Store
from .wire import Call, Reply, error_reply, json_reply

# importing them registers their handlers
RESOURCES = (calendar_list, calendars, channels, events, listing, others)
MINUTE = timedelta(minutes=1)


class Api:
    def __init__(self, store: Store, grants: Grants, faults: Faults, log: Log) -> None:
        self.store = store
        self.grants = grants
        self.faults = faults
        self.log = log
        self.pause: Callable[[float], Any] = lambda seconds: None
        self.base_url = ""

    def run(self, call: Call, batch: int | None = None, refuse: ApiError | None = None) -> Reply:
        """Answers one call; `refuse` replaces the work of a batch part that may not be done."""
        found = discovery.match(call.verb, call.path)
        if found is None:
            return Reply(404, b"Not Found", {"Content-Type": "text/html; charset=UTF-8"})
        method, path_args = found
        request = self._note(call, method, path_args, batch)
        try:
            token = self._authorize(call, method, request)
            fault = self._fault(request)
            if not fault.work:
                return Reply(0, fate="none")
            if refuse:
                raise refuse
            reply = self._work(call, method, path_args, token)
            reply.fate = fault.answer
        except ApiError as error:
            reply = error_reply(error)
        except NotModified as same:
            reply = Reply(304, headers={"ETag": str(same)})
        request.status = reply.status
        return reply

    def _note(
        self, call: Call, method: discovery.Method, args: dict[str, str], batch: int | None
    ) -> Request:
        try:
            body = call.json()
        except ApiError:
            body = None
        own_id = body.get("id", "") if isinstance(body, dict) else ""
        return self.log.add(
            method=method.id,
            verb=call.verb,
            path=call.path,
            query=call.query,
            calendar_id=args.get("calendarId", ""),
            event_id=args.get("eventId") or own_id,
            body=body,
            headers=kept(call.headers),
            batch=batch,
        )

    def _authorize(self, call: Call, method: discovery.Method, request: Request) -> Token:
        header = call.headers.get("authorization", "")
        if not header.startswith("Bearer "):
            raise errors.login_required()
        with self.store.lock:
            token = self.grants.find_access(header[7:])
            if token is None:
                raise errors.auth_error()
            person = token.grant.person
            request.user = person.email
            self._count(person, method)
        if not self.store.settings.api_enabled:
            raise errors.access_not_configured()
        if not token.scopes & method.scopes:
            raise errors.insufficient_scopes()
        if not person.has_calendar:
            raise errors.not_a_calendar_user()
        return token

    def _count(self, person: Person, method: discovery.Method) -> None:
        """The quota of a sliding minute; refused calls count too. Raises ApiError 403 or 429."""
        limit = self.store.settings.quota_per_minute
        if limit is None:
            return
        now = self.store.now()
        person.calls = [at for at in person.calls if at > now - MINUTE]
        units = self.store.settings.patch_units if method.id.endswith(".patch") else 1
        person.calls += [now] * units
        if len(person.calls) > limit:
            status = self.store.settings.quota_status
            raise errors.rate_limited(status, 7 if status == 429 else None)

    def _fault(self, request: Request) -> Fault:
        fault = self.faults.next(request)
        if fault.wait:
            self.pause(fault.wait)
        error = fault.error()
        if error:
            raise error
        return fault

    def _work(
        self, call: Call, method: discovery.Method, path_args: dict[str, str], token: Token
    ) -> Reply:
        args = checks.arguments(method, path_args, call.query)
        mask = fields.parse(args["fields"], method.response) if args.get("fields") else {}
        body = checks.body(method.request, call.json()) if method.request else {}
        handler = HANDLERS.get(method.id)
        if handler is None:
            raise ApiError(501, "notImplemented", f"{method.id} is not emulated.")
        with self.store.lock:
            context = Context(
                store=self.store,
                person=token.grant.person,
                client=token.grant.client,
                scopes=token.scopes,
                method=method,
                args=args,
                body=body,
                headers=call.headers,
                base_url=self.base_url,
            )
            answer = handler(context)
        if answer is None:
            return Reply(204)
        reply = json_reply(fields.apply(mask, answer))
        if "etag" in answer:
            reply.headers["ETag"] = answer["etag"]
        return reply
