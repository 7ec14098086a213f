"""Partial answers: the `fields` parameter, e.g. items(id,etag),nextPageToken or start/date."""

from __future__ import annotations

import re
from typing import Any

from . import discovery
from .errors import ApiError

Mask = dict[str, Any]
TOKEN = re.compile(r"[\w*@-]+|[(),/]")


def parse(text: str, schema_name: str) -> Mask:
    """The mask as nested dicts (empty dict: everything below); raises ApiError 400 on a bad one."""
    tokens = TOKEN.findall(text)
    if "".join(tokens) != text.replace(" ", ""):
        raise bad_mask(text)
    try:
        mask = _group(tokens)
    except (IndexError, ValueError):
        raise bad_mask(text) from None
    if tokens:
        raise bad_mask(text)
    _check(mask, discovery.schema(schema_name), text)
    return mask


def _group(tokens: list[str]) -> Mask:
    mask: Mask = {}
    while True:
        _path(tokens, mask)
        if not tokens or tokens[0] != ",":
            return mask
        tokens.pop(0)


def _path(tokens: list[str], mask: Mask) -> None:
    name = tokens.pop(0)
    if name in "(),/":
        raise ValueError(name)
    inner = mask.setdefault(name, {})
    if tokens and tokens[0] == "/":
        tokens.pop(0)
        _path(tokens, inner)
    elif tokens and tokens[0] == "(":
        tokens.pop(0)
        inner.update(_group(tokens))
        if tokens.pop(0) != ")":
            raise ValueError(name)


def _check(mask: Mask, spec: dict[str, Any], text: str) -> None:
    if "$ref" in spec:
        spec = discovery.schema(spec["$ref"])
    if spec.get("type") == "array":
        return _check(mask, spec["items"], text)
    for name, inner in mask.items():
        if name == "*":
            continue
        known = spec.get("properties", {}).get(name) or spec.get("additionalProperties")
        if known is None:
            raise bad_mask(text, name)
        _check(inner, known, text)
    return None


def bad_mask(text: str, name: str = "") -> ApiError:
    message = f"Invalid field selection {name or text}"
    return ApiError(400, "invalidParameter", message, "fields")


def apply(mask: Mask, value: Any) -> Any:
    """The parts of a JSON value that the mask asks for."""
    if not mask:
        return value
    if isinstance(value, list):
        return [apply(mask, item) for item in value]
    if not isinstance(value, dict):
        return value
    if "*" in mask:
        return {name: apply(mask["*"], item) for name, item in value.items()}
    return {name: apply(mask[name], item) for name, item in value.items() if name in mask}
