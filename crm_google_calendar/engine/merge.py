"""Three-way merge of entries, field by field.

This file does not know which side is which system beyond their names; swapping the sides and
the policy gives the same result. A field that one side does not own must come equal to the
base (the adapters see to that), so that the other side's value simply goes through.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from .entry import FIELDS, REMINDERS, Entry, canonical


class Side(str, Enum):
    """One of the two systems."""

    CRM = "crm"
    GOOGLE = "google"


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that was changed differently on both sides, and how it was settled."""

    field: str
    kept: Any
    lost: Any
    winner: Side


@dataclass(frozen=True, slots=True)
class Merge:
    """The entry both sides shall hold, and the fields on which they did not agree."""

    result: Entry
    clashes: tuple[Clash, ...] = ()


def merge(base: Entry | None, crm: Entry, google: Entry, winner: Side) -> Merge:
    """Merge two entries over the base they last agreed on; without a base every difference clashes.

    winner: the side whose value is kept where both changed one field differently.
    """
    values: dict[str, Any] = {}
    clashes: list[Clash] = []
    for name in FIELDS:
        ours, theirs = getattr(crm, name), getattr(google, name)
        old = getattr(base, name) if base else None
        if ours == theirs or (base and theirs == old):
            values[name] = ours
        elif base and ours == old:
            values[name] = theirs
        else:
            clashes.append(_settle(name, ours, theirs, winner))
            values[name] = clashes[-1].kept
    result = replace(crm, **values)
    if result.end_zone or len(result.reminders) + len(result.mails) > REMINDERS:
        # popups of one side, mails of the other: too many for Google; so with the zones
        result = canonical(result)
    return Merge(result, tuple(clashes))


def agreed(entry: Entry, read: Entry, base: Entry) -> Entry:
    """An entry, with the base's values where it still reads as when that was settled.

    read: how the side that cannot hold all of the base read then. So what it cannot hold counts as
    held until somebody changes it.
    """
    same = [name for name in FIELDS if getattr(entry, name) == getattr(read, name)]
    return replace(entry, **{name: getattr(base, name) for name in same})


def changed_fields(old: Entry | None, new: Entry) -> frozenset[str]:
    """Names of the fields in which `new` differs from `old`; all of them without an old one."""
    if old is None:
        return frozenset(FIELDS)
    return frozenset(name for name in FIELDS if getattr(old, name) != getattr(new, name))


def _settle(name: str, ours: Any, theirs: Any, winner: Side) -> Clash:
    kept, lost = (ours, theirs) if winner is Side.CRM else (theirs, ours)
    return Clash(name, kept, lost, winner)
