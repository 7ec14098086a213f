"""Whatever goes wrong with a call, as one kind of error with a cause."""

from __future__ import annotations

import errno
import http.client
import json
import re
import socket
import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httplib2
from google.auth.exceptions import GoogleAuthError, RefreshError

from .causes import BY_REASON, BY_STATUS, Cause, Owner, Target

__all__ = [
    "FAILURES",
    "Cause",
    "CursorExpired",
    "GoogleError",
    "Lapsed",
    "Owner",
    "Target",
    "Throttled",
    "error",
    "from_code",
    "from_exception",
    "from_response",
]


_SURELY_UNSENT = (
    ConnectionRefusedError,
    socket.gaierror,
    ssl.SSLCertVerificationError,
    httplib2.ServerNotFoundError,
)
_LONGEST = 30 * 24 * 3600.0  # seconds; whoever says more cannot mean it
_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL)

# What a request, or the reading of its answer, can raise; anything else is a fault of ours.
FAILURES = (
    GoogleAuthError,
    httplib2.HttpLib2Error,
    http.client.HTTPException,
    OSError,
    ValueError,
)


class GoogleError(Exception):
    """A call to Google failed. Its text holds the cause and Google's code, never content.

    status: of HTTP, None where no answer came. reason: Google's machine code. retry_after:
    seconds. uncertain: the call may have been carried out all the same.
    """

    def __init__(
        self,
        cause: Cause,
        status: int | None = None,
        reason: str = "",
        retry_after: float | None = None,
        uncertain: bool = False,
    ) -> None:
        super().__init__(cause, status, reason, retry_after, uncertain)
        self.cause = cause
        self.status = status
        self.reason = reason
        self.retry_after = retry_after
        self.uncertain = uncertain

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.cause.value, self.status, self.reason) if part)


class CursorExpired(GoogleError):
    """The cursor is of no use any more: everything must be listed anew."""


class Lapsed(GoogleError):
    """The grant is gone; nothing works until the user connects again."""


class Throttled(GoogleError):
    """Too many calls; none should follow for a while."""


_CLASSES: dict[Cause, type[GoogleError]] = {
    Cause.CURSOR_EXPIRED: CursorExpired,
    Cause.LAPSED: Lapsed,
    Cause.RATE_LIMITED: Throttled,
    Cause.QUOTA_USED_UP: Throttled,
}


def error(
    cause: Cause,
    status: int | None = None,
    reason: str = "",
    retry_after: float | None = None,
    uncertain: bool = False,
) -> GoogleError:
    """Build the error of a cause, of the class that belongs to it."""
    return _CLASSES.get(cause, GoogleError)(cause, status, reason, retry_after, uncertain)


def from_response(
    status: int,
    headers: Mapping[str, str],
    body: bytes | str,
    target: Target,
    write: bool = False,
) -> GoogleError:
    """Read an answer that is an error; the headers have names in lower case.

    A page of somebody on the way, a proxy or a hotel, says nothing of Google's.
    """
    if status < 400 or (_is_page(body) and _may_be_a_proxys(status, target)):
        return error(Cause.TRANSIENT, status, "not_google", _retry_after(headers), write)
    reason, location = _reason(body)
    cause = _cause(status, reason, location, target)
    return error(cause, status, reason, _retry_after(headers), write and status >= 500)


def from_code(code: str, target: Target = Target.CODE) -> GoogleError:
    """Read an error code of OAuth, as it comes to the redirect address."""
    reason = _code(code)
    return error(_cause(400, reason, "", target), None, reason)


def from_exception(exc: BaseException, target: Target, write: bool = False) -> GoogleError:
    """Read whatever a request raised; a GoogleError passes unchanged."""
    if isinstance(exc, GoogleError):
        return exc
    if isinstance(exc, RefreshError):
        return _from_refresh(exc)
    if isinstance(exc, GoogleAuthError):  # TransportError: what it wraps says more
        inner = exc.args[0] if exc.args else None
        if isinstance(inner, Exception):
            return from_exception(inner, target, write)
    unsent = isinstance(exc, _SURELY_UNSENT) or getattr(exc, "errno", None) in _UNREACHABLE
    return error(Cause.TRANSIENT, reason=type(exc).__name__, uncertain=write and not unsent)


def _from_refresh(exc: RefreshError) -> GoogleError:
    """Only Google's own code ends a grant; google-auth wraps a proxy's error page alike."""
    values = exc.args[1] if len(exc.args) > 1 else None
    if isinstance(values, dict):
        code = _code(values.get("error"))
        return error(_cause(503 if exc.retryable else 400, code, "", Target.REFRESH), None, code)
    if str(exc).startswith("Reauthentication"):
        return error(Cause.LAPSED, reason="invalid_rapt")
    return error(Cause.TRANSIENT, reason=type(exc).__name__)


def _cause(status: int, reason: str, location: str, target: Target) -> Cause:
    if reason == "invalid_grant" and target in (Target.CODE, Target.REFRESH):
        return Cause.LAPSED if target is Target.REFRESH else Cause.CODE_REFUSED
    if reason in BY_REASON:
        return BY_REASON[reason]
    if target is Target.CURSOR and (
        (status == 410 and reason != "deleted") or (status == 400 and location == "syncToken")
    ):
        return Cause.CURSOR_EXPIRED
    if status == 401 and target in (Target.CODE, Target.REFRESH):
        return Cause.BAD_CLIENT
    if status in (404, 410) and target in (Target.CODE, Target.REFRESH, Target.BATCH):
        return Cause.UNKNOWN
    if status == 403 and target is Target.BATCH:
        return Cause.UNKNOWN  # none of its calls was looked at
    if status in (404, 410):
        return Cause.GONE if target is Target.EVENT else Cause.CALENDAR_GONE
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= 500:
        return Cause.TRANSIENT
    return Cause.REFUSED


def _is_page(body: bytes | str) -> bool:
    return body.lstrip()[:1] in (b"<", "<")


def _may_be_a_proxys(status: int, target: Target) -> bool:
    """Google itself answers a request that is out of shape, or too large, with such a page."""
    if target in (Target.CODE, Target.REFRESH):
        return status != 429
    return status in (401, 403, 404, 407, 410, 451)


def _reason(body: bytes | str) -> tuple[str, str]:
    """Google's machine code in an error body, and the parameter it complains about."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    fault = values.get("error") if isinstance(values, dict) else None
    if isinstance(fault, str):
        return _code(fault), ""
    if not isinstance(fault, dict):
        return "", ""
    for entry in (*_dicts(fault.get("errors")), *_dicts(fault.get("details"))):
        if code := _code(entry.get("reason")):
            return code, str(entry.get("location", ""))
    return "", ""


def _dicts(values: Any) -> list[dict[str, Any]]:
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )


def _code(value: Any) -> str:
    """A machine code; anything longer or with blanks may be content and is left out."""
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_.]{1,60}", value) else ""


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header; a date in it is read against the answer's own Date."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), _LONGEST)
    try:
        then, now = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("date", ""))
        return min(max(0.0, (then - now).total_seconds()), _LONGEST)
    except (TypeError, ValueError, OverflowError):
        return None
