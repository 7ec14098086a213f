"""Google's dates and times: `date` or `dateTime` with offset or IANA zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from .errors import ApiError, bad_request, invalid

UTC = timezone.utc
STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
Clock = Callable[[], datetime]


@lru_cache(maxsize=1000)
def zone(name: str) -> ZoneInfo:
    """Raises ApiError 400 for a name that the IANA database does not know."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise invalid(f"Invalid time zone definition: {name}", "timeZone") from None


@dataclass(frozen=True)
class When:
    """Start or end of an event: `day` for all-day ones, else the instant `at` (UTC)."""

    day: date | None = None
    at: datetime | None = None
    zone: str = ""

    @property
    def all_day(self) -> bool:
        return self.day is not None

    def instant(self, calendar_zone: str) -> datetime:
        """All-day values count from midnight in the calendar's zone."""
        if self.at is not None:
            return self.at
        assert self.day is not None
        midnight = datetime(self.day.year, self.day.month, self.day.day, tzinfo=zone(calendar_zone))
        return midnight.astimezone(UTC)

    def local(self) -> datetime:
        """Wall clock time in the value's own zone, without tzinfo (for recurrence rules)."""
        if self.day is not None:
            return datetime(self.day.year, self.day.month, self.day.day)
        assert self.at is not None
        return self.at.astimezone(zone(self.zone or "UTC")).replace(tzinfo=None)

    def same_kind(self, wall: datetime) -> When:
        """The value with this one's kind and zone that stands at a wall clock time."""
        if self.day is not None:
            return When(day=wall.date())
        aware = wall.replace(tzinfo=zone(self.zone or "UTC"))
        return When(at=aware.astimezone(UTC), zone=self.zone)

    def shifted(self, by: timedelta) -> When:
        if self.day is not None:
            return When(day=self.day + by)
        assert self.at is not None
        return When(at=self.at + by, zone=self.zone)

    def key(self) -> str:
        """How instance ids name it: YYYYMMDD or YYYYMMDDTHHMMSSZ."""
        if self.day is not None:
            return self.day.strftime("%Y%m%d")
        assert self.at is not None
        return self.at.strftime("%Y%m%dT%H%M%SZ")

    def json(self, shown_zone: str) -> dict[str, str]:
        """As an answer shows it; times are rendered in the given zone."""
        if self.day is not None:
            return {"date": self.day.isoformat()}
        assert self.at is not None
        local = self.at.astimezone(zone(shown_zone))
        return {"dateTime": stamp(local), "timeZone": self.zone or shown_zone}


def stamp(value: datetime) -> str:
    text = value.isoformat(timespec="seconds")
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def updated_stamp(value: datetime) -> str:
    text = value.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def parse_stamp(text: str) -> datetime | None:
    """A datetime, naive when the text has no offset; None when it is not RFC 3339."""
    found = STAMP.fullmatch(text)
    if not found:
        return None
    try:
        year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
        value = datetime(year, month, day, hour, minute, second)
        return value if found[8] is None else value.replace(tzinfo=_offset(found[8]))
    except ValueError:
        return None


def _offset(text: str) -> timezone:
    if text in "Zz":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6])))


def parse_limit(text: str, name: str) -> datetime:
    """timeMin and its like: the offset is mandatory."""
    value = parse_stamp(text)
    if value is None or value.tzinfo is None:
        raise ApiError(400, "badRequest", "Bad Request", name)
    return value.astimezone(UTC)


def parse_when(raw: dict[str, Any], name: str) -> When:
    """Reads start or end; `name` is used in Google's messages. Raises ApiError 400."""
    day, time = raw.get("date"), raw.get("dateTime")
    if bool(day) == bool(time):
        raise invalid(f"Invalid {name} time.", name) if day else missing(name)
    if raw.get("timeZone"):
        zone(raw["timeZone"])
    return (
        _parse_day(day, name) if day else _parse_time(time or "", raw.get("timeZone") or "", name)
    )


def missing(name: str) -> ApiError:
    return ApiError(400, "required", f"Missing {name} time.", name)


def _parse_day(text: str, name: str) -> When:
    try:
        if DAY.fullmatch(text):
            return When(day=date.fromisoformat(text))
    except ValueError:
        pass
    raise invalid(f"Invalid {name} time.", name)


def _parse_time(text: str, zone_name: str, name: str) -> When:
    value = parse_stamp(text)
    if value is None:
        raise bad_request()
    if value.tzinfo is None:
        if not zone_name:
            raise ApiError(400, "required", f"Missing time zone definition for {name} time.", name)
        value = value.replace(tzinfo=zone(zone_name))
    try:
        return When(at=value.astimezone(UTC), zone=zone_name)
    except OverflowError:
        raise invalid(f"Invalid {name} time.", name) from None


class ManualClock:
    """A clock that only moves when told to."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        """Takes timedelta's keywords: advance(hours=2)."""
        self.now += timedelta(**parts)


def real_clock() -> datetime:
    return datetime.now(UTC)
