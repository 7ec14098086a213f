"""Push channels: events.watch, channels.stop, and the messages sent on each change."""

from __future__ import annotations

import http.client
import queue
import re
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from .context import Context, handles
from .errors import ApiError, bad_request, not_found, required
from .model import Calendar
from .store import Store

DEFAULT_TTL = 604800  # seconds: Google's 7 days
CHANNEL_ID = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}", re.ASCII)


@dataclass
class Channel:
    id: str
    resource_id: str
    address: str
    token: str
    expires: datetime
    calendar: Calendar
    email: str
    client: str
    sent: int = 0

    @property
    def millis(self) -> str:
        return str(int(self.expires.timestamp() * 1000))


@dataclass(frozen=True)
class Message:
    address: str
    headers: dict[str, str]


class Channels:
    """All open channels; messages go out on one thread of their own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.open: dict[str, Channel] = {}
        self.used: set[str] = set()
        self.answers: list[int] = []  # what the addresses answered; 0 is no answer
        self._queue: queue.Queue[Message | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        store.listeners.append(self.changed)

    def add(self, channel: Channel) -> None:
        self.used.add(channel.id)
        self.open[channel.id] = channel
        self._send(channel, "sync")

    def changed(self, calendar: Calendar) -> None:
        for channel in list(self.open.values()):
            if channel.expires <= self.store.now():
                del self.open[channel.id]
            elif channel.calendar is calendar:
                self._send(channel, "exists")

    def _send(self, channel: Channel, state: str) -> None:
        channel.sent += 1
        expires = format_datetime(channel.expires.astimezone(timezone.utc), usegmt=True)
        headers = {
            "X-Goog-Channel-ID": channel.id,
            "X-Goog-Channel-Expiration": expires,
            "X-Goog-Resource-State": state,
            "X-Goog-Resource-ID": channel.resource_id,
            "X-Goog-Resource-URI": resource_uri(channel.calendar),
            "X-Goog-Message-Number": str(channel.sent),
            "Content-Type": "application/json; utf-8",  # though there is no body
            "Content-Length": "0",
            "User-Agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google)",
        }
        if channel.token:
            headers["X-Goog-Channel-Token"] = channel.token
        self._start()
        self._queue.put(Message(channel.address, headers))

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._deliver, daemon=True)
            self._thread.start()

    def _deliver(self) -> None:
        while (message := self._queue.get()) is not None:
            self.answers.append(post(self._placed(message)))
            self._queue.task_done()

    def _placed(self, message: Message) -> Message:
        """Where tests say that an address really is."""
        for site, place in self.store.settings.sites.items():
            if message.address.startswith(f"{site}/"):
                return replace(message, address=place + message.address.removeprefix(site))
        return message

    def drain(self) -> None:
        """Waits until every message was delivered or refused."""
        self._queue.join()

    def close(self) -> None:
        if self._thread is not None:
            self._queue.put(None)
            self._thread = None


def post(message: Message) -> int:
    """The status of the address's answer, 0 when it could not be reached."""
    parts = urlsplit(message.address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.netloc, timeout=5)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, headers=message.headers)
        status = connection.getresponse().status
        connection.close()
    except OSError:
        return 0
    return status


def resource_uri(calendar: Calendar) -> str:
    name = quote(calendar.id, safe="@")
    return f"https://www.googleapis.com/calendar/v3/calendars/{name}/events?alt=json"


def check_address(store: Store, address: str) -> None:
    parts = urlsplit(address)
    local = parts.hostname in ("127.0.0.1", "localhost")
    if parts.scheme == "http" and local and store.settings.allow_http_channels:
        return
    if parts.scheme != "https" or not parts.hostname:
        message = f"WebHook callback must be HTTPS: {address}"
        raise ApiError(400, "push.webhookUrlNotHttps", message)


def _channels(ctx: Context) -> Channels:
    for listener in ctx.store.listeners:
        owner = getattr(listener, "__self__", None)
        if isinstance(owner, Channels):
            return owner
    raise RuntimeError("the store has no channels")


@handles("calendar.events.watch")
def watch(ctx: Context) -> dict[str, Any]:
    body, channels = ctx.body, _channels(ctx)
    if not CHANNEL_ID.fullmatch(body.get("id") or ""):
        raise bad_request("Channel id not specified or invalid.")
    if body["id"] in channels.used:
        raise ApiError(400, "channelIdNotUnique", f"Channel id {body['id']} not unique")
    if body.get("type") not in ("web_hook", "webhook"):
        raise bad_request("Unknown channel type.")
    if not body.get("address"):
        raise required("Missing address.", "address")
    if len(body.get("token") or "") > 256:
        raise bad_request("Channel token too long.")
    check_address(ctx.store, body["address"])
    calendar = ctx.calendar()
    channel = Channel(
        id=body["id"],
        resource_id=re.sub(r"\W", "", calendar.etag) + calendar.id[:20],
        address=body["address"],
        token=body.get("token") or "",
        expires=_expiry(ctx),
        calendar=calendar,
        email=ctx.person.email,
        client=ctx.client,
    )
    channels.add(channel)
    return show(channel)


def _expiry(ctx: Context) -> datetime:
    """The asked time, never more than Google's 7 days."""
    now = ctx.store.now()
    latest = now + timedelta(seconds=DEFAULT_TTL)
    ttl = (ctx.body.get("params") or {}).get("ttl")
    if ttl:
        return min(latest, now + timedelta(seconds=int(ttl)))
    asked = ctx.body.get("expiration")
    if asked:
        return min(latest, datetime.fromtimestamp(int(asked) / 1000, timezone.utc))
    return latest


def show(channel: Channel) -> dict[str, Any]:
    shown = {
        "kind": "api#channel",
        "id": channel.id,
        "resourceId": channel.resource_id,
        "resourceUri": resource_uri(channel.calendar),
        "expiration": channel.millis,
    }
    return shown | ({"token": channel.token} if channel.token else {})


@handles("calendar.channels.stop")
def stop(ctx: Context) -> None:
    """Only the user and client that opened a channel can stop it."""
    channels = _channels(ctx)
    channel = channels.open.get(ctx.body.get("id") or "")
    if channel is None or channel.resource_id != ctx.body.get("resourceId"):
        raise not_found()
    if (channel.email, channel.client) != (ctx.person.email, ctx.client):
        raise not_found()
    del channels.open[channel.id]
