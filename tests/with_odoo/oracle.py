"""What a rule means, by dateutil alone, without the code that brings series to the CRM."""

import re
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

_DATES = re.compile(r"(RDATE|EXDATE)(?:;VALUE=DATE)?(?:;TZID=([^:;]+))?(?:;VALUE=DATE)?:(.+)")


def starts_of(lines, start, zone, first, last):
    """The starts of a rule within these days, at least: naive UTC moments, or days for whole days.

    start: naive, by the wall clock of the zone; a date for whole days.
    """
    found, all_day = rruleset(), not isinstance(start, datetime)
    wall = datetime.combine(start, time()) if all_day else start
    for line in lines:
        if line.startswith("RRULE:"):
            found.rrule(rrulestr(_by_the_wall(line, zone), dtstart=wall))
            continue
        kind, own_zone, values = _DATES.fullmatch(line).groups()
        for value in values.split(","):
            (found.rdate if kind == "RDATE" else found.exdate)(_wall(value, own_zone or zone, zone))
    low, high = (datetime.combine(day, time()) for day in (first, last + timedelta(days=1)))
    walls = found.between(low, high, inc=True)
    return [each.date() if all_day else instant(each, zone) for each in walls]


def instant(wall, zone):
    """The naive UTC moment at which the clocks of a zone show that time for the first time."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc).replace(tzinfo=None)


def wall_of(moment, zone):
    """What the clocks of a zone show at a naive UTC moment."""
    return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _by_the_wall(line, zone):
    """UNTIL is given in UTC, which dateutil would compare with the wall clock."""
    return re.sub(r"UNTIL=(\w+)", lambda m: f"UNTIL={_wall(m[1], zone, zone):%Y%m%dT%H%M%S}", line)


def _wall(value, own_zone, zone):
    if len(value) == 8:
        day = date(int(value[:4]), int(value[4:6]), int(value[6:]))
        return datetime.combine(day, time())
    moment = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")
    there = timezone.utc if value.endswith("Z") else ZoneInfo(own_zone)
    return moment.replace(tzinfo=there).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
