"""The side-neutral value of one meeting or task, and its canonical form.

Two entries that mean the same must be equal, or both systems would differ for ever; so
every entry passes through `Entry.make`, which brings it into canonical form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from . import details as block
from . import richtext
from .lines import clean

TITLE_LENGTH = 920  # Google documents no limit; its own pages stop at 1,024, with label and mark
LABEL_LENGTH = 100
PLACE_LENGTH = 1000
TEXT_LENGTH = 32000  # far above what Google takes, so that reading cuts nothing
DETAILS_LENGTH = 1500
REMINDERS = 5  # Google refuses more overrides, popups and mails together
REMINDER_MINUTES = 40320  # four weeks, Google's limit
FIRST_YEAR, LAST_YEAR = 1000, 9000
Day = TypeVar("Day", bound=date)
DONE_MARK = "✓"
PRIVACIES = ("default", "public", "private")
_DONE_MARKS = re.compile(r"^(?:[✓✔☑✅]\ufe0f?\s*)+")


class Kind(str, Enum):
    """Which calendar, and which record model."""

    EVENT = "event"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Timed:
    """A span of time; `start` and `end` are aware datetimes in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class AllDay:
    """Whole days, both inclusive; they belong to no time zone and are never an instant."""

    first: date
    last: date


When = Timed | AllDay


@dataclass(frozen=True, slots=True)
class Entry:
    """One meeting or task as the engine sees it.

    zone: IANA name in which the times are meant. end_zone: that of the end where it is another, as
    of a flight; else empty. text: rich text in canonical form (see `richtext`). details: the CRM
    details block, plain lines, written by us only.
    reminders, mails: minutes before the start, as a popup or as Google's mail to its own
    user. label: the activity type of a task, shown before its title.
    """

    kind: Kind
    title: str
    when: When
    zone: str = "UTC"
    end_zone: str = ""
    place: str = ""
    text: str = ""
    details: str = ""
    privacy: str = "default"
    busy: bool = True
    reminders: frozenset[int] = frozenset()
    mails: frozenset[int] = frozenset()
    label: str = ""
    done: bool = False

    @classmethod
    def make(cls, kind: Kind, title: str, when: When, **rest: Any) -> Entry:
        """Build an entry in canonical form from loose values."""
        return canonical(cls(kind=kind, title=title, when=when, **rest))

    @property
    def starts(self) -> datetime:
        """The start as an instant; the first midnight, in UTC, of an all-day entry."""
        if isinstance(self.when, Timed):
            return self.when.start
        return datetime(*self.when.first.timetuple()[:3], tzinfo=timezone.utc)

    @property
    def ends(self) -> datetime:
        """The end as an instant, exclusive; in UTC for an all-day entry too."""
        if isinstance(self.when, Timed):
            return self.when.end
        last = datetime(*self.when.last.timetuple()[:3], tzinfo=timezone.utc)
        return last + timedelta(days=1)


FIELDS = tuple(field.name for field in fields(Entry) if field.name != "kind")


def canonical(entry: Entry) -> Entry:
    """Return the one form of an entry that all equal entries share; idempotent.

    Only a task has a label and can be done; neither its title nor its label begins with a check
    mark, since the mark before the title in Google means done. Google's "confidential" exists for
    old programs and means private.
    """
    task = entry.kind is Kind.TASK
    title, label = _line(entry.title), _line(entry.label) if task else ""
    if task:
        title, label = strip_done(title)[0], strip_done(label)[0]
    reminders = _reminders(entry.reminders, REMINDERS)
    privacy = "private" if entry.privacy == "confidential" else entry.privacy
    whole_days = isinstance(entry.when, AllDay)
    return replace(
        entry,
        title=_cut(title, TITLE_LENGTH),
        when=_when(entry.when),
        end_zone="" if whole_days or entry.end_zone == entry.zone else entry.end_zone,
        place=_cut(_line(entry.place), PLACE_LENGTH),
        text=_text(entry.text),
        details=_details(entry.details),
        privacy=privacy if privacy in PRIVACIES else "default",
        reminders=reminders,
        mails=_reminders(entry.mails, REMINDERS - len(reminders)),
        label=_cut(label, LABEL_LENGTH),
        done=task and entry.done,
    )


def in_years(day: Day) -> Day:
    """The day or moment itself, far from the ends of what Python counts, so that nobody comes upon
    them who adds to it; raises ValueError for any other."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("a time that no calendar shows")
    return day


def strip_done(title: str) -> tuple[str, bool]:
    """Take the check marks off the head of a title; whether there was one."""
    rest = _DONE_MARKS.sub("", title)
    return rest, rest != title


@lru_cache(maxsize=1024)  # an entry is stored several times in a row: pending, base, in the log
def to_json(entry: Entry | None) -> str | None:
    """Serialize an entry, with stable key order; None stays None."""
    if entry is None:
        return None
    values = {name: getattr(entry, name) for name in ("kind", *FIELDS)}
    values["kind"] = entry.kind.value
    values["when"] = _when_to_json(entry.when)
    values["reminders"] = sorted(entry.reminders)
    values["mails"] = sorted(entry.mails)
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def from_json(text: str | None) -> Entry | None:
    """Read what `to_json` wrote; unknown keys of a later version are passed over."""
    if not text:
        return None
    values = json.loads(text)
    known = {name: values[name] for name in FIELDS if name in values}
    known["when"] = _when_from_json(values["when"])
    known["reminders"] = frozenset(values.get("reminders", ()))
    known["mails"] = frozenset(values.get("mails", ()))
    return Entry(kind=Kind(values["kind"]), **known)


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _text(text: str) -> str:
    """A block in it was pasted with a whole description: it is ours, not the user's text."""
    return richtext.cut(block.split(richtext.canonical(text))[0], TEXT_LENGTH)


def _details(lines: str) -> str:
    """Measured as HTML, since each line break and each `<` takes more of the description."""
    if not lines:
        return ""
    return richtext.plain(richtext.cut(richtext.from_plain(block.clean(lines)), DETAILS_LENGTH))


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rstrip() + richtext.CUT_MARK


def _when(when: When) -> When:
    if isinstance(when, AllDay):
        # Google's end is the day after the last
        last = min(max(when.first, when.last), date.max - timedelta(days=1))
        return AllDay(min(when.first, last), last)
    start = when.start.astimezone(timezone.utc).replace(microsecond=0)
    end = when.end.astimezone(timezone.utc).replace(microsecond=0)
    return Timed(start, max(start, end))


def _reminders(minutes: Iterable[int], most: int) -> frozenset[int]:
    """The nearest to the start are kept; popups go before mails, as Google takes five in all."""
    allowed = sorted({number for number in minutes if 0 <= number <= REMINDER_MINUTES})
    return frozenset(allowed[:most])


def _when_to_json(when: When) -> dict[str, str]:
    if isinstance(when, AllDay):
        return {"first": when.first.isoformat(), "last": when.last.isoformat()}
    return {"start": when.start.isoformat(), "end": when.end.isoformat()}


def _when_from_json(values: dict[str, str]) -> When:
    if "first" in values:
        return AllDay(date.fromisoformat(values["first"]), date.fromisoformat(values["last"]))
    return Timed(datetime.fromisoformat(values["start"]), datetime.fromisoformat(values["end"]))
