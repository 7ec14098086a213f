"""The log of every call, for assertions and counts."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

KEPT_HEADERS = ("if-match", "if-none-match", "user-agent", "accept-encoding", "content-type")


@dataclass
class Request:
    """One call: an HTTP request, or one part of a batch (`batch` is then the batch's number)."""

    number: int
    method: str
    verb: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    user: str = ""
    calendar_id: str = ""
    event_id: str = ""
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    batch: int | None = None
    batch_size: int = 0
    status: int = 0  # 0 while running, and when no answer was sent

    @property
    def args(self) -> dict[str, str]:
        return dict(self.query)


class Log:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.entries: list[Request] = []
        self._number = 0

    def add(self, **fields: Any) -> Request:
        with self._lock:
            self._number += 1
            request = Request(self._number, **fields)
            self.entries.append(request)
            return request

    def of(self, method: str) -> list[Request]:
        """All calls of one method; "calendar." may be left out."""
        return [r for r in list(self.entries) if method in (r.method, r.method[9:])]

    def count(self, method: str = "") -> int:
        """Calls of a method; without one, HTTP requests (a batch is one)."""
        return len(self.of(method)) if method else sum(r.batch is None for r in list(self.entries))

    def clear(self) -> None:
        with self._lock:
            self.entries.clear()


def kept(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name in KEPT_HEADERS}
