"""The emulator as tests use it: start, script, look, and play the user."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from . import batch, browser, consent, control, oauth, ui
from .api import Api
from .channels import Channels
from .faults import Faults
from .grants import Grants, project_of, scope_list
from .hands import Hands
from .listing import expire_sync_tokens
from .log import Log, Request, kept
from .model import Client
from .server import Server
from .settings import Settings
from .store import Store
from .times import Clock, real_clock
from .wire import Call, Reply, json_reply

APP_CREATED = "https://www.googleapis.com/auth/calendar.app.created"
API = "/calendar/v3/"
DEFAULT_SCOPES = f"openid email {APP_CREATED}"


class Emulator:
    """Google's OAuth and Calendar on one local address. Use as a context manager, or start/stop."""

    def __init__(self, clock: Clock = real_clock, host: str = "127.0.0.1", port: int = 0) -> None:
        self.store = Store(clock)
        self.faults = Faults()
        self.log = Log()
        self.grants = Grants(self.store)
        self.channels = Channels(self.store)
        self.api = Api(self.store, self.grants, self.faults, self.log)
        self._stopped = threading.Event()
        self.api.pause = self._stopped.wait
        self._address = (host, port)
        self._server: Server | None = None
        self.url = ""

    # -- running -------------------------------------------------------------------------

    def start(self) -> Emulator:
        """Listens; after a stop again on the same port, with the same state."""
        self._stopped.clear()
        self._server = Server(self, *self._address)
        self._address = (self._address[0], self._server.server_address[1])
        self.url = f"http://{self._address[0]}:{self._address[1]}"
        self.api.base_url = self.url
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.02,), name="google-emulator", daemon=True).start()
        return self

    def stop(self) -> None:
        self._stopped.set()
        self.channels.close()
        if self._server is not None:
            self._server.shutdown()
            self._server.close_connections()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def reset(self) -> None:
        """Forgets everything but the clock and the switches."""
        with self.store.lock:
            for kept_here in (self.store.people, self.store.clients, self.store.calendars):
                kept_here.clear()
            self.store.mails.clear()
            self.grants.codes.clear()
            self.grants.tokens.clear()
            self.grants.consented.clear()
            self.channels.open.clear()
        self.faults.clear()
        self.log.clear()

    # -- HTTP ----------------------------------------------------------------------------

    def answer(self, call: Call) -> Reply:
        if call.path.startswith("/emulator/"):
            return control.answer(self, call)
        if call.path.startswith(API):
            return self.api.run(call)
        name = self._plain(call)
        return self._answer_plain(name, call) if name else ui.answer(self, call)

    def hold(self, call: Call, arrived: float) -> None:
        """Waits for what is left of the latency: the work on an answer is a part of it."""
        seconds = arrived + self.settings.latency_ms / 1000 - time.monotonic()
        if seconds > 0 and (call.path.startswith(API) or self._plain(call)):
            self.api.pause(seconds)

    @staticmethod
    def _plain(call: Call) -> str:
        if call.path == "/token" and call.verb == "POST":
            return "refresh" if call.form().get("grant_type") == "refresh_token" else "token"
        paths = {consent.PATH: "consent", batch.PATH: "batch"}
        paths |= {"/revoke": "revoke", "/v1/userinfo": "userinfo"}
        return paths.get(call.path, "")

    def _answer_plain(self, name: str, call: Call) -> Reply:
        size = batch.size(call) if name == "batch" else 0
        request = self.log.add(
            method=name,
            verb=call.verb,
            path=call.path,
            query=call.query,
            headers=kept(call.headers),
            batch_size=size,
        )
        fault = self.faults.next(request)
        if fault.wait:
            self.api.pause(fault.wait)
        if not fault.work:
            return Reply(0, fate="none")
        error = fault.error()
        if error and name == "batch":
            reply = json_reply(error.body(), error.code)
        elif error:
            reason = error.reason
            reply = json_reply({"error": reason, "error_description": error.message}, error.code)
        else:
            reply = self._work_plain(name, call, request)
            reply.fate = fault.answer
        if error:
            reply.headers |= error.headers
        request.status = reply.status
        return reply

    def _work_plain(self, name: str, call: Call, request: Request) -> Reply:
        if name == "batch":
            return batch.run(self.api, call, request.number)
        work = {
            "token": oauth.token,
            "refresh": oauth.token,
            "revoke": oauth.revoke,
            "userinfo": oauth.show_user,
            "consent": consent.authorize,
        }
        with self.store.lock:
            return work[name](self.grants, call)

    # -- people, clients, grants ---------------------------------------------------------

    def add_user(self, email: str, name: str = "", time_zone: str = "Europe/Berlin") -> Hands:
        with self.store.lock:
            self.store.add_person(name or email.split("@", maxsplit=1)[0].title(), email, time_zone)
        return self.user(email)

    def user(self, email: str) -> Hands:
        """The user's own hands in Google's UI; raises KeyError for an unknown address."""
        return Hands(self.store, self.store.people[email], self.url)

    def register_client(
        self, client_id: str, secret: str, *redirects: str, project: str = "", deleted: bool = False
    ) -> None:
        """From now on this client's secret and redirect addresses are checked."""
        project = project or project_of(client_id)
        self.store.clients[client_id] = Client(client_id, secret, redirects, project, deleted)

    def grant(
        self, email: str, scopes: str = DEFAULT_SCOPES, client_id: str = "test-client"
    ) -> dict[str, Any]:
        """A grant without the pages: access_token, refresh_token, scope, as /token answers."""
        with self.store.lock:
            client = self.grants.client(client_id)
            if client is None:
                raise KeyError(client_id)
            granted = scope_list(scopes)
            made = self.grants.grant(self.store.people[email], client, granted, offline=True)
            access, refresh = self.grants.access_token(made), self.grants.refresh_token(made)
        seconds = self.settings.access_token_seconds
        answer = {"access_token": access.text, "refresh_token": refresh.text, "scope": scopes}
        return answer | {"expires_in": seconds, "client_id": client_id, "client_secret": "secret"}

    def consent(self, url: str, email: str, untick: Iterable[str] = (), deny: bool = False) -> str:
        """Answers the consent pages behind `url` as a user would; the address Google goes to."""
        return browser.consent(self, url, email, untick, deny)

    def expire_access_tokens(self, email: str = "") -> None:
        with self.store.lock:
            self.grants.expire_access(self.store.people[email] if email else None)

    def kill_grants(self, email: str = "") -> None:
        """Refreshing answers invalid_grant from now on, access tokens 401."""
        with self.store.lock:
            self.grants.kill(self.store.people[email] if email else None)

    def expire_sync_tokens(self, calendar_id: str = "") -> None:
        """Sync tokens given so far answer 410 fullSyncRequired."""
        with self.store.lock:
            for calendar in self.store.calendars.values():
                if calendar_id in ("", calendar.id):
                    expire_sync_tokens(calendar)

    def purge_deleted(self) -> None:
        """Time passes: deleted events are not shown any more; their ids stay taken."""
        with self.store.lock:
            for calendar in self.store.calendars.values():
                for event in calendar.order:
                    event.purged = event.purged or event.cancelled

    # -- looking -------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        return self.store.settings

    @property
    def clock(self) -> Clock:
        return self.store.clock

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self.store.clock = clock

    @property
    def requests(self) -> list[Request]:
        return self.log.entries

    @property
    def mails(self) -> list[dict[str, Any]]:
        """Every mail that a write would have sent."""
        return self.store.mails

    def count(self, method: str = "") -> int:
        """Calls of a method (batch parts included); without one, HTTP requests."""
        return self.log.count(method)

    def methods(self) -> list[str]:
        """The methods called so far, in order, without "calendar."."""
        return [request.method.removeprefix("calendar.") for request in self.requests]

    def configure(self, **switches: Any) -> None:
        """Sets switches of `settings`; raises AttributeError for an unknown one."""
        for name, value in switches.items():
            getattr(self.settings, name)
            setattr(self.settings, name, value)
