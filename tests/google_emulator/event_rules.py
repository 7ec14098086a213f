"""What Google accepts in an event's body, and what it silently changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .errors import ApiError, bad_request, forbidden, invalid, time_range_empty
from .model import Calendar
from .recurrence import series
from .times import When, missing, parse_when

ID = re.compile(r"[a-v0-9]{5,1024}", re.ASCII)
MEET_BLOCK = re.compile(r"\n*-::~[:~]+::-.*?-::~[:~]+::-", re.DOTALL)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
READ_ONLY = (
    "kind etag created updated creator organizer htmlLink hangoutLink recurringEventId "
    "originalStartTime attendeesOmitted locked endTimeUnspecified sequence id iCalUID "
    "privateCopy gadget anyoneCanAddSelf"
).split()
CHOICES = {
    "transparency": ("opaque", "transparent"),
    "visibility": ("default", "public", "private", "confidential"),
    "status": ("confirmed", "tentative", "cancelled"),
}
# sizes are not documented: these are what clients report, or cap themselves at
LONGEST = {"summary": 1024, "location": 1024, "description": 8192}
PRIMARY_ONLY = ("focusTime", "outOfOffice", "workingLocation")
PROPERTY_KEY, PROPERTY_VALUE, PROPERTY_COUNT, PROPERTY_BYTES = 44, 1024, 300, 32 * 1024


def clean(body: dict[str, Any], args: dict[str, Any], patch: bool = False) -> dict[str, Any]:
    """The writable part of a body. In a patch null stays (it deletes), else it means absent."""
    data = {name: value for name, value in body.items() if name not in READ_ONLY}
    if not patch:
        data = without_nulls(data)
    if args.get("conferenceDataVersion", 0) < 1:
        data.pop("conferenceData", None)
    if not args.get("supportsAttachments"):
        data.pop("attachments", None)
    return data


def without_nulls(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name: without_nulls(item) if isinstance(item, dict) else item
        for name, item in value.items()
        if item is not None
    }


def check_id(event_id: str) -> None:
    if not ID.fullmatch(event_id):
        raise invalid("Invalid resource id value.", "id")


def check_sequence(body: dict[str, Any], current: int, new: bool) -> None:
    """Google takes a sequence only when it is not behind its own (seen live, not documented)."""
    sent = body.get("sequence")
    if sent is not None and (sent < current or (new and sent)):
        raise invalid("Invalid sequence value. Re-fetch the resource and use its value.")


def check_dates(data: dict[str, Any]) -> tuple[When, When]:
    """Start and end of full event data; raises ApiError 400."""
    start, end = (_date(data, name) for name in ("start", "end"))
    if start.all_day != end.all_day:
        raise invalid("Start and end times must either both be date or both be dateTime.")
    check_range(start, end)
    if data.get("recurrence"):
        check_recurrence(data["recurrence"], start, end)
    return start, end


def _date(data: dict[str, Any], name: str) -> When:
    if not isinstance(data.get(name), dict):
        raise missing(name)
    return parse_when(data[name], name)


def check_range(start: When, end: When) -> None:
    """The end is exclusive; only timed events may have no length."""
    if start.day and end.day:
        empty = end.day <= start.day
    else:
        assert start.at is not None and end.at is not None
        empty = end.at < start.at
    if empty:
        raise time_range_empty()


def check_recurrence(lines: list[str], start: When, end: When) -> None:
    for name, when in (("start", start), ("end", end)):
        if not when.all_day and not when.zone:
            raise ApiError(400, "required", f"Missing time zone definition for {name} time.", name)
    series(tuple(lines), start)


def check_values(data: dict[str, Any], calendar: Calendar) -> None:
    """All rules about values; changes `data` where Google does so silently."""
    for rule in RULES:
        rule(data)
    kind = data.get("eventType", "default")
    if kind == "fromGmail" or (kind in PRIMARY_ONLY and not calendar.primary):
        raise ApiError(400, "eventTypeRestriction", f"An event of type {kind} is not allowed here.")


def _texts(data: dict[str, Any]) -> None:
    for name, longest in LONGEST.items():
        if data.get(name) == "":
            del data[name]
        elif len(data.get(name, "")) > longest:
            raise invalid(f"The {name} is too long.", name)
    if "description" in data:
        data["description"] = MEET_BLOCK.sub("", data["description"])


def _choices(data: dict[str, Any]) -> None:
    for name, allowed in CHOICES.items():
        if data.get(name, allowed[0]) not in allowed:
            raise invalid(f"Invalid value for: {data[name]} is not a valid value", name)


def _color(data: dict[str, Any]) -> None:
    if "colorId" in data and data["colorId"] not in {str(n) for n in range(1, 12)}:
        raise bad_request("Invalid color id.")


def _reminders(data: dict[str, Any]) -> None:
    reminders = data.get("reminders")
    if reminders is None:
        return
    overrides = reminders.get("overrides") or []
    if reminders.get("useDefault") and overrides:
        raise ApiError(
            400, "cannotUseDefaultRemindersAndSpecifyOverride", "Cannot specify both.", "reminders"
        )
    if len(overrides) > 5:
        raise invalid("Too many reminder overrides.", "reminders.overrides")
    for item in overrides:
        if item.get("method") not in ("email", "popup"):
            raise invalid("Invalid reminder method.", "reminders.overrides.method")
        if not 0 <= item.get("minutes", -1) <= 40320:
            raise invalid("Invalid reminder minutes.", "reminders.overrides.minutes")


def _properties(data: dict[str, Any]) -> None:
    both = data.get("extendedProperties")
    if both is None:
        return
    for kind in ("private", "shared"):
        kept = {k: v[:PROPERTY_VALUE] for k, v in (both.get(kind) or {}).items()}
        both[kind] = {k: v for k, v in kept.items() if len(k) <= PROPERTY_KEY}
        if not both[kind]:
            del both[kind]
    pairs = [pair for kind in both.values() for pair in kind.items()]
    size = sum(len(key.encode()) + len(value.encode()) for key, value in pairs)
    if len(pairs) > PROPERTY_COUNT or size > PROPERTY_BYTES:
        raise invalid("Too many or too large extended properties.", "extendedProperties")
    if not both:
        del data["extendedProperties"]


def _attendees(data: dict[str, Any]) -> None:
    for guest in data.get("attendees") or []:
        if not EMAIL.fullmatch(guest.get("email") or ""):
            raise invalid("Invalid attendee email.", "attendees.email")
        guest.setdefault("responseStatus", "needsAction")


def _source(data: dict[str, Any]) -> None:
    source = data.get("source")
    if source and not re.match(r"https?://", source.get("url", "")):
        raise invalid("Invalid source URL.", "source.url")


RULES: tuple[Callable[[dict[str, Any]], None], ...] = (
    _texts,
    _choices,
    _color,
    _reminders,
    _properties,
    _attendees,
    _source,
)


def check_immutable(event_id: str, kind: str, body: dict[str, Any]) -> None:
    """The id in a body must be the event's own and well-formed; its type never changes."""
    if body.get("id") is not None and (body["id"] != event_id or "_R" in event_id):
        raise invalid("Invalid resource id value.", "id")
    if body.get("eventType", kind) != kind:
        raise ApiError(400, "eventTypeRestriction", "The event type cannot be changed.")


def check_revival(new_status: str | None, refuse: bool) -> None:
    """A deleted event takes no change but the one that confirms it again."""
    if refuse or new_status not in ("confirmed", "tentative"):
        raise forbidden()
