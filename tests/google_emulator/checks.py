"""Checks of parameters and bodies against the discovery document's schemas."""

from __future__ import annotations

from typing import Any

from . import discovery
from .errors import ApiError, bad_request, invalid, required

TRUE_FALSE = {"true": True, "false": False}


def arguments(
    method: discovery.Method, path_args: dict[str, str], query: list[tuple[str, str]]
) -> dict[str, Any]:
    """Typed arguments of one call; raises ApiError 400 on unknown, missing or ill-typed ones."""
    args: dict[str, Any] = dict(path_args)
    for name, text in query:
        spec = method.params.get(name)
        if spec is None or spec["location"] == "path":
            raise bad_request(f'Unknown name "{name}": Cannot bind query parameter.')
        value = _argument(name, spec, text)
        if spec.get("repeated"):
            args.setdefault(name, []).append(value)
        else:
            args[name] = value
    for name, spec in method.params.items():
        if spec.get("required") and name not in args:
            raise required(f"Missing required parameter: {name}", name)
    return args


def _argument(name: str, spec: dict[str, Any], text: str) -> Any:
    if spec["type"] == "boolean":
        if text.lower() not in TRUE_FALSE:
            raise _bad_argument(name, text)
        return TRUE_FALSE[text.lower()]
    if spec["type"] == "integer":
        return _integer_argument(name, spec, text)
    if "enum" in spec and text not in spec["enum"]:
        raise _bad_argument(name, text)
    return text


def _integer_argument(name: str, spec: dict[str, Any], text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise _bad_argument(name, text) from None
    if number < int(spec.get("minimum", number)) or number > int(spec.get("maximum", number)):
        raise _bad_argument(name, text)
    return number


def _bad_argument(name: str, text: str) -> ApiError:
    return ApiError(400, "invalidParameter", f"Invalid value '{text}' for '{name}'.", name)


def body(schema_name: str, value: Any) -> dict[str, Any]:
    """The request body when it fits its schema; raises ApiError 400 otherwise."""
    if not isinstance(value, dict):
        raise ApiError(400, "parseError", "This API does not support parsing this input.")
    _object(discovery.schema(schema_name), value, "")
    return value


def _object(spec: dict[str, Any], value: dict[str, Any], path: str) -> None:
    fields = spec.get("properties", {})
    extra = spec.get("additionalProperties")
    for name, item in value.items():
        inner = fields.get(name) or extra
        if inner is None:
            where = f" at '{path}'" if path else ""
            raise bad_request(f'Invalid JSON payload. Unknown name "{name}"{where}.')
        if item is not None:
            _value(inner, item, f"{path}.{name}" if path else name)


def _value(spec: dict[str, Any], value: Any, path: str) -> None:
    if "$ref" in spec:
        spec = discovery.schema(spec["$ref"])
    kind = spec.get("type")
    if kind == "object" and isinstance(value, dict):
        _object(spec, value, path)
    elif kind == "array" and isinstance(value, list):
        for item in value:
            _value(spec["items"], item, path)
    elif not _fits(spec, value):
        raise invalid(f"Invalid value at '{path}' ({kind}).", path)


def _fits(spec: dict[str, Any], value: Any) -> bool:
    kind = spec.get("type")
    if kind == "string":
        # 64 bit integers travel as strings, and Google reads plain numbers too
        numeric = spec.get("format") == "int64"
        return isinstance(value, str) or (numeric and type(value) is int)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return type(value) is int
    return kind == "any"
