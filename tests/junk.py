"""Answers of Google with one value in them replaced by what nobody foresaw."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

GONE = object()  # the key is left out
JUNK: dict[str, Any] = {
    "left out": GONE,
    "null": None,
    "true": True,
    "number": -1,
    "large number": 10**30,
    "fraction": 1.5,
    "list": [],
    "list of texts": ["x"],
    "list of nulls": [None],
    "object": {},
    "other object": {"date": 5, "dateTime": [], "timeZone": {}, "private": 5, "overrides": 5},
    "empty": "",
    "blank": " ",
    "text": "x",
    "NUL": "a\0b",
    "lines": "a\r\nb",
    "half a character": "a\ud800b",
    "year 0": "0000-01-01",
    "year 1": "0001-01-01T00:00:00+14:00",
    "year 9999": "9999-12-31T23:59:59-12:00",
    "year 10000": "10000-01-01",
    "no day": "2026-02-30",
    "no time": "2026-01-01T25:61:61Z",
    "no zone": "Mars/Olympus_Mons",
    "folder of zones": "Europe",
    "huge": "x" * 100_000,
    "huge markup": "<b><" * 25_000,
}
Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where in a JSON value something stands, at any depth."""
    pairs = value.items() if isinstance(value, dict) else ()
    pairs = enumerate(value) if isinstance(value, list) else pairs
    for name, inner in pairs:
        yield (*path, name)
        yield from places(inner, (*path, name))


def replaced(value: Any, path: Path, junk: Any) -> Any:
    """The value with junk in one place."""
    result = copy.deepcopy(value)
    inner = result
    for name in path[:-1]:
        if not isinstance(inner, (dict, list)) or _lacks(inner, name):
            return result
        inner = inner[name]
    if junk is GONE:
        if not _lacks(inner, path[-1]):
            del inner[path[-1]]
    elif not _lacks(inner, path[-1]):
        inner[path[-1]] = junk
    return result


def _lacks(inner: Any, name: str | int) -> bool:
    if isinstance(inner, dict):
        return name not in inner
    return not isinstance(inner, list) or not isinstance(name, int) or name >= len(inner)


def cases(value: Any, every: int = 1) -> list[tuple[Path, str]]:
    """Each place of a value with each kind of junk; one of so many."""
    return [(path, name) for path in places(value) for name in JUNK][::every]


@contextmanager
def answers_with(transport: Any, change: Callable[[dict[str, Any]], Any]) -> Iterator[None]:
    """Let a transport's answers come with all events in them changed, in lists and in batches."""
    request = transport.request

    def answer(self: Any, *args: Any, **kwargs: Any) -> Any:
        response, content = request(self, *args, **kwargs)
        return response, _changed(content.decode(), change).encode("utf-8", "surrogatepass")

    with patch.object(transport, "request", answer):
        yield


def _changed(text: str, change: Callable[[dict[str, Any]], Any]) -> str:
    if text.startswith("--"):
        boundary = text.split("\r\n", 1)[0]
        return boundary.join(_changed_part(part, change) for part in text.split(boundary))
    try:
        values = json.loads(text)
    except ValueError:
        return text
    if isinstance(values, dict) and isinstance(values.get("items"), list):
        values["items"] = [change(each) for each in values["items"]]
    elif isinstance(values, dict) and values.get("kind") == "calendar#event":
        values = change(values)
    return json.dumps(values)


def _changed_part(part: str, change: Callable[[dict[str, Any]], Any]) -> str:
    head, brace, rest = part.partition("{")
    if not brace:
        return part
    body, _brace, tail = rest.rpartition("}")
    return head + _changed(f"{{{body}}}", change) + tail
