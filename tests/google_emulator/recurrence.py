"""RRULE, EXRULE, RDATE and EXDATE lines of a series: checked strictly, expanded with dateutil."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from dateutil.rrule import rrule, rruleset, rrulestr

from .errors import ApiError, invalid
from .times import UTC, When, zone

LINE = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE)((?:;[^:;]+)*):(.+)", re.ASCII)
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
INSTANCE_ID = re.compile(r"(.+)_(\d{8}(?:T\d{6}Z)?)", re.ASCII)
# how far rules without an end are expanded when no upper limit is asked for
HORIZON = timedelta(days=730)


def bad_rule(line: str) -> ApiError:
    return invalid(f"Invalid recurrence rule: {line}", "recurrence")


@dataclass(frozen=True)
class Series:
    """The occurrences of one master, by wall clock time in its zone."""

    lines: tuple[str, ...]
    start: When

    @cached_property
    def rules(self) -> rruleset:
        found = rruleset(cache=True)
        has_rule = False
        for line in self.lines:
            name, params, value = _split(line)
            if name in ("RRULE", "EXRULE"):
                rule = self._rule(line, value)
                (found.rrule if name == "RRULE" else found.exrule)(rule)
                has_rule |= name == "RRULE"
            else:
                for wall in self._dates(line, params, value):
                    (found.rdate if name == "RDATE" else found.exdate)(wall)
        if not has_rule:
            found.rdate(self.start.local())
        return found

    def _rule(self, line: str, value: str) -> rrule:
        parts = dict(part.partition("=")[::2] for part in value.split(";"))
        if parts.get("FREQ") not in FREQUENCIES or ("UNTIL" in parts and "COUNT" in parts):
            raise bad_rule(line)
        if "UNTIL" in parts:
            until = self._wall(parts["UNTIL"], {}, line)
            parts["UNTIL"] = until.strftime("%Y%m%dT%H%M%S")
        text = ";".join(f"{name}={part}" for name, part in parts.items())
        try:
            rule = rrulestr("RRULE:" + text, dtstart=self.start.local())
        except (ValueError, TypeError, KeyError, AttributeError):
            raise bad_rule(line) from None
        assert isinstance(rule, rrule)
        return rule

    def _dates(self, line: str, params: dict[str, str], value: str) -> Iterator[datetime]:
        is_date = params.get("VALUE") == "DATE"
        if is_date != self.start.all_day:
            raise bad_rule(line)
        for text in value.split(","):
            yield self._wall(text, params, line)

    def _wall(self, text: str, params: dict[str, str], line: str) -> datetime:
        """A date of a rule as wall clock time; its form must be the series' own (RFC 5545)."""
        try:
            if self.start.all_day:
                return datetime.strptime(text, "%Y%m%d")
            if text.endswith("Z"):
                value = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            elif "TZID" in params:
                naive = datetime.strptime(text, "%Y%m%dT%H%M%S")
                value = naive.replace(tzinfo=zone(params["TZID"]))
            else:
                raise ValueError(text)
        except ValueError:
            raise bad_rule(line) from None
        return value.astimezone(zone(self.start.zone)).replace(tzinfo=None)

    def __iter__(self) -> Iterator[When]:
        for wall in self.rules:
            yield self.start.same_kind(wall)

    def until(self, limit: datetime, calendar_zone: str) -> Iterator[When]:
        """Occurrences that start before an instant."""
        for when in self:
            if when.instant(calendar_zone) >= limit:
                return
            yield when

    @property
    def endless(self) -> bool:
        return any(
            line.startswith("RRULE") and "UNTIL=" not in line and "COUNT=" not in line
            for line in self.lines
        )

    def at(self, key: str) -> When | None:
        """The occurrence that an instance id's time part names, or None."""
        try:
            if self.start.all_day:
                when = When(day=datetime.strptime(key, "%Y%m%d").date())
            else:
                at = datetime.strptime(key, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                when = When(at=at, zone=self.start.zone)
        except ValueError:
            return None
        wall = when.local()
        return when if self.rules.between(wall, wall, inc=True) else None


def _split(line: str) -> tuple[str, dict[str, str], str]:
    found = LINE.fullmatch(line)
    if not found:
        raise bad_rule(line)
    params = dict(part.partition("=")[::2] for part in found[2].split(";") if part)
    if set(params) - {"VALUE", "TZID"}:
        raise bad_rule(line)
    return found[1], params, found[3]


@lru_cache(maxsize=20000)
def series(lines: tuple[str, ...], start: When) -> Series:
    """The series, checked; raises ApiError 400 on rules that Google refuses."""
    found = Series(lines, start)
    if next(iter(found.rules), None) is None:
        raise invalid("The recurrence has no occurrence.", "recurrence")
    return found


def split_instance_id(event_id: str) -> tuple[str, str] | None:
    """`<base>_<time>` -> (base, time part), else None."""
    found = INSTANCE_ID.fullmatch(event_id)
    return (found[1], found[2]) if found else None


def base_of(master_id: str) -> str:
    """Instances of a series that Google's own UI split off keep the first master's id."""
    return master_id.split("_R", maxsplit=1)[0]


def trim(lines: list[str], before: When) -> list[str]:
    """The rules ended just before an occurrence, as "this and following" does it."""
    until = before.shifted(-timedelta(days=1) if before.all_day else -timedelta(seconds=1)).key()
    return [_ended(line, until) if line.startswith("RRULE") else line for line in lines]


def _ended(line: str, until: str) -> str:
    kept = [
        part
        for part in line[len("RRULE:") :].split(";")
        if not part.startswith(("UNTIL=", "COUNT="))
    ]
    return "RRULE:" + ";".join([*kept, f"UNTIL={until}"])
