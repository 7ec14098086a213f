"""Faults by script: what goes wrong with the next calls of one method, in their order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .discovery import methods
from .errors import ApiError, error_info
from .log import Request

PLAIN = ("token", "refresh", "revoke", "userinfo", "batch", "consent")
REASONS = {
    400: "badRequest",
    401: "authError",
    403: "rateLimitExceeded",
    404: "notFound",
    409: "conflict",
    410: "fullSyncRequired",
    412: "conditionNotMet",
    429: "rateLimitExceeded",
}
WITH_DETAILS = ("rateLimitExceeded", "userRateLimitExceeded")


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. `Fault()` is none: that call passes (also named OK).

    With a status the work is not done and the answer is Google's error for it; OAuth endpoints
    answer {"error": reason}. `wait` (seconds) comes first, whatever follows.
    """

    status: int = 0
    reason: str = ""
    message: str = ""
    retry_after: int | None = None
    wait: float = 0
    work: bool = True  # whether the call's work is done
    answer: str = "whole"  # or "none" (connection closed), "half", "missing"

    @classmethod
    def lost_answer(cls) -> Fault:
        """The work is done, then the connection is closed without an answer."""
        return cls(answer="none")

    @classmethod
    def reset(cls) -> Fault:
        """The connection is reset; nothing is done."""
        return cls(work=False, answer="none")

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """The call waits, then passes."""
        return cls(wait=seconds)

    @classmethod
    def half_answer(cls) -> Fault:
        """The work is done; the answer breaks off in its middle."""
        return cls(answer="half")

    @classmethod
    def missing_part(cls) -> Fault:
        """For parts of a batch: the work is done, the part is left out of the answer."""
        return cls(answer="missing")

    def error(self) -> ApiError | None:
        if not self.status:
            return None
        reason = self.reason or REASONS.get(self.status, "backendError")
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        details = error_info("RATE_LIMIT_EXCEEDED") if reason in WITH_DETAILS else None
        message = self.message or reason
        return ApiError(self.status, reason, message, details=details, headers=headers)


OK = Fault()
Predicate = Callable[[Request], bool]


@dataclass
class Scripted:
    method: str
    fault: Fault
    when: Predicate | None = None


class Faults:
    """All scripted faults that are still to come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripted: list[Scripted] = []

    def script(
        self, method: str, faults: Iterable[Fault] | Fault, when: Predicate | None = None
    ) -> None:
        """Adds faults for the next calls of a method, consumed in call order.

        `method` is Google's id, "calendar." may be left out; or token, refresh, revoke, userinfo,
        consent, batch (the whole request). Parts of a batch go by their own method. With `when`
        only calls for which it is true consume them. Raises ValueError for an unknown method.
        """
        name = full_name(method)
        several = [faults] if isinstance(faults, Fault) else list(faults)
        with self._lock:
            self._scripted += [Scripted(name, fault, when) for fault in several]

    def next(self, request: Request) -> Fault:
        """Takes the fault for this call; OK when none is scripted."""
        with self._lock:
            for i, item in enumerate(self._scripted):
                if item.method == request.method and (item.when is None or item.when(request)):
                    return self._scripted.pop(i).fault
        return OK

    def left(self) -> list[dict[str, Any]]:
        """What no call has used up yet."""
        with self._lock:
            return [{"method": item.method} | asdict(item.fault) for item in self._scripted]

    def clear(self) -> None:
        with self._lock:
            self._scripted.clear()


def full_name(method: str) -> str:
    name = method if method in PLAIN or method.startswith("calendar.") else f"calendar.{method}"
    if name not in PLAIN and name not in methods():
        raise ValueError(f"no method called {method}: use Google's id, or one of {PLAIN}")
    return name


def from_json(raw: dict[str, Any] | str) -> Fault:
    """{"status": 503, "reason": ...}, {"slow": 2}, or "ok", "reset", "lost_answer", ..."""
    named = {
        "ok": OK,
        "reset": Fault.reset(),
        "lost_answer": Fault.lost_answer(),
        "half_answer": Fault.half_answer(),
        "missing_part": Fault.missing_part(),
    }
    if isinstance(raw, str):
        return named[raw.lower()]
    return Fault.slow(raw["slow"]) if "slow" in raw else Fault(**raw)
