"""Requests and answers without sockets."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from .errors import ApiError

JSON = "application/json; charset=UTF-8"


@dataclass
class Call:
    """One HTTP request; header names are in lower case."""

    verb: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> Any:
        """The body's JSON, {} when there is none; raises ApiError 400."""
        if not self.body.strip():
            return {}
        try:
            return json.loads(self.body)
        except ValueError:
            raise ApiError(400, "parseError", "Parse Error") from None

    @property
    def args(self) -> dict[str, str]:
        return dict(self.query)


@dataclass
class Reply:
    """One answer. `fate` says what becomes of it: whole, none, half or missing (batch parts)."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    fate: str = "whole"


def json_reply(value: Any, status: int = 200) -> Reply:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, text, {"Content-Type": JSON})


def error_reply(error: ApiError) -> Reply:
    reply = json_reply(error.body(), error.code)
    reply.headers |= error.headers
    return reply


def html_reply(text: str, status: int = 200) -> Reply:
    return Reply(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def redirect(url: str) -> Reply:
    return Reply(303, b"", {"Location": url})
