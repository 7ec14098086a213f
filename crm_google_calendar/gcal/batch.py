"""Many calls in one request: Google's batch endpoint, multipart/mixed.

The client library's own batch loses every answer when one is missing or cut off, and refreshes
tokens over a transport of its own; so the requests are the library's and the envelope is ours.
Source: Google, "Send Batch Requests" of the Calendar API.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser, Parser
from typing import Any
from urllib.parse import urlsplit

from google_auth_httplib2 import AuthorizedHttp, Request

from . import shape
from .errors import FAILURES, GoogleError, Target, from_exception, from_response

_NUMBER = re.compile(r"(\d{1,6})>?\s*$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one call of a batch. body: the JSON object, None where there is none."""

    status: int
    headers: Mapping[str, str]
    content: str
    body: dict[str, Any] | None


Reply = Part | GoogleError


def post(url: str, requests: Sequence[Any], http: AuthorizedHttp) -> list[Reply]:
    """Send library requests as one batch; an error stands where no whole answer came for one.

    Calls refused with 401 are sent once more, with a fresh access token. Raises GoogleError when
    the batch as a whole was refused, or got no answer: its calls may then have been carried out.
    """
    parts = _post(url, requests, http)
    stale = [number for number, part in enumerate(parts) if getattr(part, "status", 0) == 401]
    if stale:
        again = _again(url, [requests[number] for number in stale], http)
        for number, part in zip(stale, again, strict=True):
            parts[number] = part
    return parts


def _again(url: str, requests: Sequence[Any], http: AuthorizedHttp) -> list[Reply]:
    """What fails here must not take the answers of the other calls with it."""
    try:
        _refresh(http)
        return _post(url, requests, http)
    except GoogleError as fault:
        return [fault] * len(requests)


def _refresh(http: AuthorizedHttp) -> None:
    try:
        http.credentials.refresh(Request(http.http))
    except FAILURES as fault:
        raise from_exception(fault, Target.REFRESH) from fault


def _post(url: str, requests: Sequence[Any], http: AuthorizedHttp) -> list[Reply]:
    if not http.credentials.valid:
        _refresh(http)
    boundary, stem = f"batch-{uuid.uuid4()}", str(uuid.uuid4())
    body = _write(requests, boundary, stem, http.credentials.token)
    headers = {"content-type": f'multipart/mixed; boundary="{boundary}"'}
    try:
        response, content = http.request(url, "POST", body, headers)
    except FAILURES as fault:
        raise from_exception(fault, Target.BATCH, write=True) from fault
    if response.status >= 300:
        raise from_response(response.status, response, content, Target.BATCH, write=True)
    return _read(response.get("content-type", ""), content, len(requests))


def _write(requests: Sequence[Any], boundary: str, stem: str, token: str) -> str:
    lines: list[str] = []
    for number, request in enumerate(requests):
        lines += (
            f"--{boundary}",
            "Content-Type: application/http",
            "MIME-Version: 1.0",
            "Content-Transfer-Encoding: binary",
            f"Content-ID: <{stem} + {number}>",
            "",
            _write_part(request, token),
        )
    return "\n".join((*lines, f"--{boundary}--", ""))


def _write_part(request: Any, token: str) -> str:
    """One request as HTTP text; its JSON is plain ASCII, so characters are bytes."""
    url = urlsplit(request.uri)
    lines = [
        f"{request.method} {url.path}?{url.query} HTTP/1.1",
        f"Authorization: Bearer {token}",
        "Accept: application/json",
    ]
    if "If-Match" in request.headers:
        lines.append(f"If-Match: {request.headers['If-Match']}")
    if request.body is not None:
        lines += ("Content-Type: application/json", f"Content-Length: {len(request.body)}")
    return "\n".join((*lines, f"Host: {url.netloc}", "", request.body or ""))


def _read(content_type: str, content: bytes, count: int) -> list[Reply]:
    """Read as many answers as are whole, by their Content-ID, else by their order."""
    message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + content)
    found: list[Reply] = [shape.no_answer(uncertain=True)] * count
    for place, each in enumerate(message.get_payload() if message.is_multipart() else ()):
        named = _NUMBER.search(each.get("Content-ID") or "")
        number = int(named[1]) if named else place
        if number < count:
            found[number] = _read_part(each)
    return found


def _read_part(message: Message) -> Reply:
    """The answer in one part, unless it was cut off."""
    payload = message.get_payload(decode=True)
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    line, _newline, rest = text.lstrip().partition("\n")
    status = re.match(r"HTTP/\S+ ([2-5]\d\d)\b", line, re.ASCII)
    if not status:
        return shape.no_answer(uncertain=True)
    head, *body = re.split(r"\r?\n\r?\n", rest, maxsplit=1)
    content = body[0].strip() if body else ""
    headers = {name.lower(): value for name, value in Parser().parsestr(head).items()}
    return _whole(int(status[1]), headers, content)


def _whole(status: int, headers: Mapping[str, str], content: str) -> Reply:
    if status >= 300 or not content:
        return Part(status, headers, content, None)
    try:
        return Part(status, headers, content, shape.document(content, uncertain=True))
    except GoogleError as fault:
        return fault
