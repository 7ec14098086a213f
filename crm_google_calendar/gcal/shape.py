"""The shape of what Google sends, looked at once, where it comes in.

All that stands behind this may rely on it: a known key of an event is as Google documents it, or
the event comes without a start, which nobody can read, so that it alone is set aside. Unknown keys
stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any

from .errors import Cause, GoogleError, error
from .series import series_in
from .translate import is_known_zone, read_when

Json = dict[str, Any]

_ID = re.compile(r"[!-~]{1,1024}", re.ASCII)
_HEADER = re.compile(r"[ -~]{1,1000}", re.ASCII)  # what may stand in one: no line can end in it
_ADDRESS = re.compile(r"https?://[!-~]{1,4000}", re.ASCII)
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{1,20}Z?", re.ASCII)
_ZONE = re.compile(r"[ -~]{1,100}", re.ASCII)


def document(content: bytes | str, uncertain: bool = False) -> Json:
    """The JSON object of an answer.

    Raises GoogleError for what is none: a page of a proxy, or one that was cut off. uncertain:
    whether the call may have been carried out all the same.
    """
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise no_answer(uncertain)
    return values


def no_answer(uncertain: bool = False) -> GoogleError:
    """The error of an answer that cannot be Google's whole one; the call is repeated."""
    return error(Cause.TRANSIENT, reason="answer", uncertain=uncertain)


def page(values: Json) -> Json:
    """One page of a list of events, with those of them that can be named."""
    items = values.get("items")
    tokens = [values.get(name) for name in ("nextPageToken", "nextSyncToken")]
    if not isinstance(items or [], list) or not all(_is_header(each) for each in tokens):
        raise no_answer()
    if items is None and not any(tokens):
        raise no_answer()  # JSON, but not of a list
    events = [event(each) for each in items or ()]
    return {
        "items": [each for each in events if each],
        "nextPageToken": tokens[0],
        "nextSyncToken": tokens[1],
        "timeZone": _known_zone(values),
        "accessRole": text(values.get("accessRole")),
    }


def event(values: Any, asked: str = "") -> Json | None:
    """An event that can be relied on; None for one that has no usable id.

    asked: the id that it was asked for by; another event in its place cannot be read.
    """
    found = values if isinstance(values, dict) else {}
    event_id = found.get("id")
    if not _is(_ID, event_id) or (asked and asked != event_id and "_" not in asked):
        # an occurrence alone may be known by another id than the one that it was asked for by
        return _unreadable({"id": asked}) if asked else None
    found = {name: value for name, value in found.items() if _is_worth_keeping(name, value)}
    wrong = [name for name, check in _CHECKS.items() if not check(found.get(name))]
    if bool(found.get("recurringEventId")) is bool(found.get("originalStartTime")) and not wrong:
        return found
    return _unreadable({name: found[name] for name in _NAMES if found.get(name)}, wrong)


def _unreadable(found: Json, wrong: Iterable[str] = ()) -> Json:
    """What is left of an event; that it is an occurrence is not forgotten, or it would be taken
    for an event of its own."""
    rest = {name: value for name, value in found.items() if name not in wrong}
    series = series_in(rest["id"])
    return {"recurringEventId": series, **rest} if series else rest


def calendar(values: Json, uncertain: bool = False) -> Json:
    """A calendar, with an id, and with its other keys as texts."""
    if not _is(_ID, values.get("id")):
        raise no_answer(uncertain)
    return {
        **values,
        "timeZone": _known_zone(values),
        "description": text(values.get("description")),
    }


def _known_zone(values: Json) -> str | None:
    """The zone of a calendar, which only says in what zone times without one are meant."""
    zone = values.get("timeZone")
    return str(zone) if _is(_ZONE, zone) and is_known_zone(str(zone)) else None


def text(value: Any) -> str:
    """A word of Google's as one that a database takes; empty where it is none."""
    return re.sub("[\x00\ud800-\udfff]", "", value) if isinstance(value, str) else ""


def moment(value: Any) -> datetime | None:
    """A moment in milliseconds since 1970, as a number or its digits; None where it is none."""
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,14}", str(value)[:20], re.ASCII):
        return None
    return datetime.fromtimestamp(int(value) / 1000, timezone.utc) if int(value) else None


def is_word(value: Any) -> bool:
    """Whether it is a token, an id or an address: printable letters, without a blank."""
    return isinstance(value, str) and re.fullmatch(r"[!-~]{1,8192}", value, re.ASCII) is not None


def _is(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_header(value: Any) -> bool:
    return value is None or _is(_HEADER, value)


# --- events ----------------------------------------------------------------------------------


def _is_worth_keeping(name: str, value: Any) -> bool:
    """Keys without which an event is still the same are left out where they are wrong."""
    return name not in _OPTIONAL or _is(_OPTIONAL[name], value)


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_object(value: Any, checks: Iterable[tuple[str, Callable[[Any], bool]]]) -> bool:
    if value is None:
        return True
    return isinstance(value, dict) and all(check(value.get(name)) for name, check in checks)


def _is_moment(value: Any) -> bool:
    parts = (("date", _is_text), ("dateTime", _is_text), ("timeZone", _is_zone))
    if not _is_object(value, parts):
        return False
    try:
        return not value or bool(read_when({"start": value}, "UTC"))
    except ValueError:
        return False


def _is_zone(value: Any) -> bool:
    return value is None or _is(_ZONE, value)


def _is_lines(value: Any) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(line, str) and line for line in value)
    )


def _is_series(value: Any) -> bool:
    return value is None or _is(_ID, value)


def _is_reminders(value: Any) -> bool:
    return _is_object(value, (("useDefault", _is_flag), ("overrides", _is_overrides)))


def _is_flag(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def _is_overrides(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(map(_is_override, value)))


def _is_override(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("method"), str):
        return False
    minutes = value.get("minutes")
    return isinstance(minutes, int) and not isinstance(minutes, bool)


def _is_properties(value: Any) -> bool:
    return _is_object(value, (("private", _is_texts),))


def _is_texts(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    )


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "status": _is_text,
    "summary": _is_text,
    "description": _is_text,
    "location": _is_text,
    "visibility": _is_text,
    "transparency": _is_text,
    "start": _is_moment,
    "end": _is_moment,
    "originalStartTime": _is_moment,
    "recurrence": _is_lines,
    "recurringEventId": _is_series,
    "reminders": _is_reminders,
    "extendedProperties": _is_properties,
}
_OPTIONAL = {"etag": _HEADER, "htmlLink": _ADDRESS, "updated": _STAMP, "created": _STAMP}
# what is left of an event that cannot be read, so that it can be found again
_NAMES = ("id", "status", "recurringEventId", "originalStartTime", *_OPTIONAL)
