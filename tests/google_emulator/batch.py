"""POST /batch/calendar/v3: many calls in one multipart/mixed body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.client import responses
from urllib.parse import parse_qsl, urlsplit

from .api import Api
from .errors import ApiError, bad_request, conflict
from .recurrence import split_instance_id
from .wire import Call, Reply, error_reply

PATH = "/batch/calendar/v3"
BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
MOST = 1000
WRITES = ("POST", "PUT", "PATCH", "DELETE")
EVENT_PATH = re.compile(r"/calendar/v3/calendars/([^/]+)/events/([^/]+)", re.ASCII)
# outer headers that say something about the batch, not about its calls
OUTER_ONLY = ("content-type", "content-length", "content-transfer-encoding", "host")


@dataclass
class Part:
    content_id: str
    call: Call


def run(api: Api, outer: Call, number: int) -> Reply:
    """All parts, done in reverse order, answered in theirs; `number` is the batch's in the log."""
    try:
        parts = read(outer)
        check(parts, api.store.settings.batch_limit)
    except ApiError as error:
        return error_reply(error)
    refused = clashes(parts) if api.store.settings.batch_conflicts else set()
    replies = {}
    # Google promises no order, so nobody may rely on the one the parts stand in
    for i in reversed(range(len(parts))):
        refuse = conflict() if i in refused else None
        replies[i] = api.run(parts[i].call, number, refuse)
    return answer(parts, [replies[i] for i in range(len(parts))])


def size(outer: Call) -> int:
    """How many calls a batch holds, 0 when it cannot be read."""
    try:
        return len(read(outer))
    except ApiError:
        return 0


def read(outer: Call) -> list[Part]:
    """Raises ApiError 400 for a body that is no batch."""
    found = BOUNDARY.search(outer.headers.get("content-type", ""))
    if not found or not outer.headers["content-type"].startswith("multipart/mixed"):
        raise bad_request("Batch requests must be multipart/mixed with a boundary.")
    inherited = {k: v for k, v in outer.headers.items() if k not in OUTER_ONLY}
    body = b"\n" + outer.body.replace(b"\r\n", b"\n")
    chunks = body.split(b"\n--" + found[1].encode())
    if len(chunks) < 3 or not chunks[-1].startswith(b"--"):
        raise bad_request("Failed to parse batch request: no complete parts.")
    return [_part(chunk.lstrip(b"\n"), inherited) for chunk in chunks[1:-1]]


def _part(chunk: bytes, inherited: dict[str, str]) -> Part:
    about, _, inner = chunk.partition(b"\n\n")
    outer = _headers(about.split(b"\n"))
    if not outer.get("content-type", "").startswith("application/http"):
        raise bad_request("Each part must be application/http.")
    head, _, body = inner.partition(b"\n\n")
    lines = head.split(b"\n")
    words = lines[0].decode("ascii", "replace").split()
    if len(words) < 2:
        raise bad_request("Failed to parse batch request: bad request line.")
    parts = urlsplit(words[1])
    if parts.scheme or parts.netloc:
        raise bad_request("Parts of a batch take a path, not a whole URL.")
    headers = inherited | _headers(lines[1:])
    query = parse_qsl(parts.query, keep_blank_values=True)
    call = Call(words[0], parts.path, query, headers, body.rstrip(b"\n"))
    return Part(outer.get("content-id", ""), call)


def _headers(lines: list[bytes]) -> dict[str, str]:
    pairs = (line.decode("latin-1").partition(":") for line in lines if line.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def check(parts: list[Part], limit: int) -> None:
    if len(parts) > min(limit, MOST):
        raise bad_request(f"The batch request exceeds the limit of {limit} calls.")
    if any(part.call.path.startswith("/batch") for part in parts):
        raise bad_request("A batch cannot hold a batch.")


def clashes(parts: list[Part]) -> set[int]:
    """Parts that write a series or event which another part writes too; done first wins."""
    seen: set[tuple[str, str]] = set()
    refused = set()
    for i in reversed(range(len(parts))):
        found = EVENT_PATH.match(parts[i].call.path)
        if not found or parts[i].call.verb not in WRITES:
            continue
        series = split_instance_id(found[2])
        key = (found[1], series[0] if series else found[2])
        if key in seen:
            refused.add(i)
        seen.add(key)
    return refused


def answer(parts: list[Part], replies: list[Reply]) -> Reply:
    mark = b"batch_emulator"
    chunks = []
    for part, reply in zip(parts, replies, strict=True):
        if reply.fate in ("missing", "none"):
            continue
        chunks.append(b"--" + mark + b"\r\n" + _show(part, reply))
    body = b"".join(chunks) + b"--" + mark + b"--\r\n"
    return Reply(200, body, {"Content-Type": f"multipart/mixed; boundary={mark.decode()}"})


def _show(part: Part, reply: Reply) -> bytes:
    content_id = part.content_id
    named = (
        f"<response-{content_id[1:]}" if content_id.startswith("<") else f"response-{content_id}"
    )
    lines = ["Content-Type: application/http", f"Content-ID: {named}", ""]
    lines.append(f"HTTP/1.1 {reply.status} {responses.get(reply.status, '')}")
    headers = reply.headers | {"Content-Length": str(len(reply.body))}
    lines += [f"{name}: {value}" for name, value in headers.items()]
    body = reply.body[: len(reply.body) // 2] if reply.fate == "half" else reply.body
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body + b"\r\n"
