"""Google's addresses, and the one transport that every call of ours takes."""

from __future__ import annotations

import os
import selectors
from http.client import BadStatusLine, ResponseNotReady
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import httplib2

AUTHORIZATION = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105  (an address)
REVOKE = "https://oauth2.googleapis.com/revoke"
USERINFO = "https://openidconnect.googleapis.com/v1/userinfo"
TIMEOUT = 30  # seconds


def endpoint(url: str) -> str:
    """Google's address `url`, at the scheme and host of CRM_GOOGLE_BASE_URL where that is set."""
    base = os.environ.get("CRM_GOOGLE_BASE_URL", "").strip()
    if not base:
        return url
    other = urlsplit(base)
    return urlunsplit(urlsplit(url)._replace(scheme=other.scheme, netloc=other.netloc))


def calendar_page(email: str) -> str:
    """Google Calendar's own page, for the account of this address."""
    return endpoint(f"https://calendar.google.com/calendar/r?{urlencode({'authuser': email})}")


def http(timeout: float = TIMEOUT) -> Http:
    """Build a transport for one thread (httplib2 is not thread-safe); no network."""
    return Http(timeout=timeout)


class Http(httplib2.Http):  # type: ignore[misc]
    """An `httplib2.Http` that sends every request once, to `endpoint(uri)`, following no redirect.

    httplib2 by itself repeats a request whose connection was closed before an answer came: a
    calendar would be created twice, and a code be used up before its tokens arrive.
    """

    def __init__(self, timeout: float = TIMEOUT) -> None:
        super().__init__(timeout=timeout)
        self.follow_redirects = False

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Any = None,
        redirections: int = 0,
        connection_type: Any = None,
    ) -> tuple[httplib2.Response, bytes]:
        """Send one request; a connection that failed is not used again."""
        url = endpoint(uri)
        kind = connection_type or _CONNECTIONS[urlsplit(url).scheme]
        try:
            answer: tuple[httplib2.Response, bytes] = super().request(
                url, method, body, headers, redirections, kind
            )
            return answer
        except Exception:
            self.close()
            raise


class _Once:
    """A connection that never lets httplib2 repeat a request."""

    sock: Any

    def request(self, *args: Any, **kwargs: Any) -> None:
        if _stale(self.sock):
            self.close()  # type: ignore[attr-defined]
        super().request(*args, **kwargs)  # type: ignore[misc]

    def getresponse(self) -> Any:
        try:
            return super().getresponse()  # type: ignore[misc]
        except (BadStatusLine, ResponseNotReady) as error:
            raise ConnectionResetError(str(error)) from error


class _Plain(_Once, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]
    pass


class _Secure(_Once, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]
    pass


_CONNECTIONS = {"http": _Plain, "https": _Secure}


def _stale(sock: Any) -> bool:
    """Whether the other side closed an idle connection: then it has something to read."""
    if sock is None:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))
