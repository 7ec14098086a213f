"""Rules of a series and Odoo's recurrence: which of them Odoo reads as it is meant, and back.

Odoo misreads many rules silently. So a rule is put into Odoo's fields only after Odoo itself,
asked for the occurrences, named exactly those that dateutil finds.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

from ..engine.entry import AllDay
from ..engine.series import Series, moved
from ..gcal.expand import first_keys, has, is_endless, keys_between, rule_of
from .zones import meant, zone_of

MOST = 720  # occurrences that Odoo makes of one rule
LONGEST = 3700  # of a rule with an end; what has more is not compared, and stays in Google
FAR = timedelta(days=5 * 366)  # a rule without end is compared so far
DAYS = dict(zip("MO TU WE TH FR SA SU".split(), "mon tue wed thu fri sat sun".split(), strict=True))
FIELDS = (
    *("rrule_type", "interval", "end_type", "count", "until", *DAYS.values()),
    *("month_by", "day", "weekday", "byday", "event_tz"),
)
_KINDS = {"DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly", "YEARLY": "yearly"}
_READ = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH"}


def fields_of(env, series: Series, key: str) -> dict | None:
    """The values of an Odoo recurrence whose first meeting is that of `key`.

    None where Odoo would make other occurrences of them than the rule has.
    """
    zones = env["calendar.recurrence"]._fields["event_tz"].get_values(env)
    if series.entry.zone not in zones or not has(series, key):
        return None
    if any(not line.startswith(("RRULE:", "EXDATE")) for line in series.rules):
        return None
    plain = Series(series.entry, tuple(line for line in series.rules if line.startswith("RRULE")))
    values = _translate(plain, key)
    if values and _is_exact(env, values, plain, key):
        return values
    if values and values["end_type"] == "count":  # Odoo miscounts some that begin within a week
        values |= _until_last(plain, first_keys(plain, LONGEST + 1))
        return values if _is_exact(env, values, plain, key) else None
    return None


def _translate(series: Series, key: str) -> dict | None:
    """Odoo's fields for the rule, if it has fields for it at all; not proven yet."""
    parts = rule_of(series.rules)
    if not parts or set(parts) - _READ:
        return None
    start = moved(series.entry.when, key)
    local = _local(start, series.entry.zone)
    values = {
        "rrule_type": _KINDS[parts["FREQ"]],
        "interval": int(parts.get("INTERVAL", "1")),
        "event_tz": series.entry.zone,
        **dict.fromkeys(DAYS.values(), False),
    }
    days = _days_of(parts, local, values)
    end = _end_of(parts, series, key) if days is not None else None
    return {**values, **days, **end} if days is not None and end is not None else None


def _days_of(parts: dict[str, str], local, values: dict) -> dict | None:
    by_day = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
    month_day, month = parts.get("BYMONTHDAY"), parts.get("BYMONTH")
    yearly = values["rrule_type"] == "yearly"
    if (month and (not yearly or month != str(local.month))) or "," in (month_day or ""):
        return None
    if yearly:
        return None if by_day or month_day not in (None, str(local.day)) else {}
    if values["rrule_type"] == "monthly":
        return _monthly(by_day, month_day, local)
    if month_day or any(day not in DAYS for day in by_day):
        return None
    if values["rrule_type"] == "daily" and not by_day:
        return {}
    if values["rrule_type"] == "daily" and values["interval"] != 1:
        return None
    names = [DAYS[day] for day in by_day] or [list(DAYS.values())[local.weekday()]]
    return {"rrule_type": "weekly", **dict.fromkeys(names, True)}


def _monthly(by_day: list[str], month_day: str | None, local) -> dict | None:
    if not by_day:
        day = int(month_day or local.day)
        return {"month_by": "date", "day": day} if day > 0 else None
    if month_day or len(by_day) != 1:
        return None
    number, day = by_day[0][:-2].lstrip("+"), by_day[0][-2:]
    if day not in DAYS or number not in ("1", "2", "3", "4", "-1"):
        return None
    return {"month_by": "day", "byday": number, "weekday": DAYS[day].upper()}


def _end_of(parts: dict[str, str], series: Series, key: str) -> dict | None:
    if is_endless(series.rules):
        return {"end_type": "forever", "count": 1, "until": False}
    every = first_keys(series, LONGEST + 1)
    if len(every) > LONGEST:
        return None
    if "COUNT" in parts:
        left = len(every) - every.index(key)
        # just as many Odoo makes of a rule without end, and it tells the two apart no more
        return None if left == MOST else {"end_type": "count", "count": left, "until": False}
    return _until_last(series, every)


def _until_last(series: Series, every: list[str]) -> dict:
    """To the end of the last day, as Odoo reads it: no rule that it knows has two starts a day."""
    last = _local(moved(series.entry.when, every[-1]), series.entry.zone)
    return {"end_type": "end_date", "until": last.date(), "count": 1}


def _local(when, zone: str):
    """The start by the wall clock of the series."""
    if isinstance(when, AllDay):
        return datetime.combine(when.first, time())
    return when.start.astimezone(zone_of(zone))


def _is_exact(env, values: dict, series: Series, key: str) -> bool:
    """Ask Odoo for its occurrences and dateutil for the rule's."""
    ours = odoo_starts(env, values, series, key)
    if not ours:
        return False
    begins = series.regular(key).starts
    after = None
    if is_endless(series.rules):
        after = min(max(ours) + timedelta(seconds=1), begins + FAR)
        ours = {start for start in ours if start < after}
    wanted = {series.regular(each).starts for each in keys_between(series, begins, after)}
    return ours == wanted and _reads_the_same_everywhere(series)


def odoo_starts(env, values: dict, series: Series, key: str) -> set[datetime] | None:
    """The instants at which Odoo would put meetings; None where it refuses the values."""
    from .meeting import when_values  # Odoo's own; the rest of this file is read without it

    span = when_values(moved(series.entry.when, key))
    try:
        event = (0, 0, span)
        recurrence = env["calendar.recurrence"].new({**values, "calendar_event_ids": [event]})
        meeting = recurrence.calendar_event_ids
        ranges = recurrence._range_calculation(meeting, span["stop"] - span["start"])
        starts = {start.replace(tzinfo=timezone.utc) for start, _stop in ranges}
        if span["allday"]:
            return {start.replace(hour=0) for start in starts}
        return {meant(start, values["event_tz"]) for start in starts}
    except Exception:  # noqa: BLE001 - whatever Odoo raises on values it cannot read
        return None


def _reads_the_same_everywhere(series: Series) -> bool:
    """Odoo begins the week as the reader's language does; no reader may find other days."""
    parts = rule_of(series.rules)
    if parts["FREQ"] != "WEEKLY" or "INTERVAL" not in parts or "," not in parts.get("BYDAY", ""):
        return True
    found = set()
    for day in ("MO", "SU", "SA"):
        rule = ";".join(f"{name}={text}" for name, text in (parts | {"WKST": day}).items())
        found.add(tuple(first_keys(Series(series.entry, (f"RRULE:{rule}",)), MOST)))
    return len(found) == 1


def mark_of_rule(recurrence) -> str:
    """What tells whether a recurrence's rule was changed since."""
    values = {name: recurrence[name] for name in FIELDS}
    if is_forever(recurrence):
        values |= {"end_type": "forever", "count": 0}
    return "|".join(f"{name}={value or ''}" for name, value in values.items())


def is_forever(recurrence) -> bool:
    """Odoo itself turns "forever" into the greatest number of meetings, whenever it computes."""
    if recurrence.end_type == "count":
        return recurrence.count == MOST
    return recurrence.end_type == "forever"
