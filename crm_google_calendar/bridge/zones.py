"""Dates of a person and instants of the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytz

from ..engine.entry import AllDay, Entry

MOST = date(1900, 1, 1), date(2199, 12, 31)  # of a window; "everything" has no ends
_UNKNOWN = 2038  # the first year without changes of the clocks in pytz


def zone_of(name: str | None) -> ZoneInfo:
    """The zone of that IANA name; UTC where it is empty or unknown here."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones
        return ZoneInfo("UTC")


def utc(moment: datetime) -> datetime:
    """An Odoo datetime (naive, meaning UTC) as an aware one."""
    return moment.replace(tzinfo=timezone.utc)


def naive(moment: datetime) -> datetime:
    """An aware datetime as Odoo stores it: naive, meaning UTC."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def meant(moment: datetime, zone: str | None) -> datetime:
    """The instant that Odoo means by a moment of a series; both aware.

    Odoo computes series by pytz, which knows no change of the clocks after 2037: from then on, in
    summer, its moments are an hour late, and the time of day is what counts.
    """
    if moment.year < _UNKNOWN:
        return moment
    local = moment.astimezone(pytz.timezone(zone_of(zone).key)).replace(tzinfo=None)
    return local.replace(tzinfo=zone_of(zone)).astimezone(timezone.utc)


def as_odoo_means(moment: datetime, zone: str | None) -> datetime:
    """The moment by which Odoo means an instant of a series; the way back from `meant`."""
    if moment.year < _UNKNOWN:
        return moment
    local = moment.astimezone(zone_of(zone)).replace(tzinfo=None)
    return pytz.timezone(zone_of(zone).key).localize(local).astimezone(timezone.utc)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(timezone.utc)


def two_months_later(day: date) -> date:
    """The last day of the month two months after the one of `day`."""
    month = day.month + 2
    first_after = date(day.year + month // 12, month % 12 + 1, 1)
    return first_after - timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """Which unlinked entries may enter: those that touch these dates of the user; None is open.

    first, last: dates in `zone`, both included; any beyond what `MOST` allows mean its ends.
    """

    first: date | None
    last: date | None
    zone: ZoneInfo

    def __post_init__(self) -> None:
        for name in ("first", "last"):
            day = getattr(self, name)
            object.__setattr__(self, name, day and min(max(day, MOST[0]), MOST[1]))

    @property
    def start(self) -> datetime | None:
        """The first instant, in UTC."""
        return local_midnight(self.first, self.zone) if self.first else None

    @property
    def end(self) -> datetime | None:
        """The first instant after it, in UTC."""
        return local_midnight(self.last + timedelta(days=1), self.zone) if self.last else None

    def has(self, entry: Entry) -> bool:
        """Whether the entry touches the window; all-day entries by their dates."""
        if isinstance(entry.when, AllDay):
            after = self.first is None or entry.when.last >= self.first
            return after and (self.last is None or entry.when.first <= self.last)
        moment_before_end = max(entry.ends - timedelta(seconds=1), entry.starts)
        after = self.start is None or moment_before_end >= self.start
        return after and (self.end is None or entry.starts < self.end)
