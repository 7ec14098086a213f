"""Methods, parameters, scopes and schemas, as Google's own client library ships them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote

SCOPE_PREFIX = "https://www.googleapis.com/auth/"
APP_CREATED = SCOPE_PREFIX + "calendar.app.created"
BASE_PATH = "/calendar/v3/"
COMMON = ("alt", "fields", "key", "oauth_token", "prettyPrint", "quotaUser", "userIp")


@dataclass(frozen=True)
class Method:
    """One API method: `id` is Google's, e.g. calendar.events.insert."""

    id: str
    verb: str
    pattern: re.Pattern[str]
    params: dict[str, Any] = field(hash=False)
    scopes: frozenset[str]
    request: str
    response: str

    @property
    def writes(self) -> bool:
        return self.verb != "GET"


@lru_cache
def document() -> dict[str, Any]:
    """The document lies beside googleapiclient; importing that package would cost half a second."""
    spec = find_spec("googleapiclient")
    if spec is None or spec.origin is None:
        raise RuntimeError("google-api-python-client is not installed: the emulator reads its API")
    folder = Path(spec.origin).parent / "discovery_cache" / "documents"
    text = (folder / "calendar.v3.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["schemas"][name]
    return found


@lru_cache
def methods() -> dict[str, Method]:
    found = {}
    for resource in document()["resources"].values():
        for raw in resource["methods"].values():
            found[raw["id"]] = _method(raw)
    return found


def _method(raw: dict[str, Any]) -> Method:
    common = {name: document()["parameters"][name] for name in COMMON}
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", raw["path"])
    return Method(
        id=raw["id"],
        verb=raw["httpMethod"],
        pattern=re.compile(pattern),
        params=common | raw.get("parameters", {}),
        scopes=frozenset(raw.get("scopes", ())),
        request=raw.get("request", {}).get("$ref", ""),
        response=raw.get("response", {}).get("$ref", ""),
    )


@lru_cache
def _by_verb() -> dict[str, list[Method]]:
    table: dict[str, list[Method]] = {}
    # literal paths first: `events/import` is not the event called "import"
    for method in sorted(methods().values(), key=lambda m: m.pattern.pattern.count("(")):
        table.setdefault(method.verb, []).append(method)
    return table


def match(verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """The method behind a request line and its path arguments, or None."""
    if not path.startswith(BASE_PATH):
        return None
    rest = path[len(BASE_PATH) :]
    for method in _by_verb().get(verb, ()):
        found = method.pattern.fullmatch(rest)
        if found:
            return method, {name: unquote(value) for name, value in found.groupdict().items()}
    return None


@lru_cache
def known_scopes() -> frozenset[str]:
    return frozenset(document()["auth"]["oauth2"]["scopes"])


def scope_text(scope: str) -> str:
    """What Google's consent page says about a scope."""
    found: dict[str, dict[str, str]] = document()["auth"]["oauth2"]["scopes"]
    return found[scope]["description"]
