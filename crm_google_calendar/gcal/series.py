"""Series between Google's JSON, a master and its changed occurrences, and the engine's value."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any

from ..engine.entry import Entry, Kind
from ..engine.merge import changed_fields
from ..engine.series import Series, key_of
from .expand import alike, has
from .rules import canonical_rules
from .translate import Event, Mark, is_gone, read_when, to_body, to_entry, to_parts, to_patch

_INSTANCE = re.compile(r"(.+)_(\d{8}(?:T\d{6}Z)?)", re.ASCII)
_SPLIT = re.compile(r"_R\d{8}(?:T\d{6})?$", re.ASCII)


def to_series(
    master: Event,
    exceptions: Mapping[str, Event],
    kind: Kind,
    zone: str,
    like: Series | None,
    sent: Series | None = None,
) -> Series:
    """Read a master and its changed occurrences, by key.

    like, sent: the series that may stand there, as for `to_entry`; a rule that means the same as
    theirs is theirs. Raises ValueError on a rule that cannot be read, whatever the libraries make
    of it.
    """
    try:
        return _to_series(master, exceptions, kind, zone, like, sent)
    except (ArithmeticError, LookupError, OSError, TypeError, AttributeError) as fault:
        raise ValueError("a series that cannot be read") from fault


def _to_series(
    master: Event,
    exceptions: Mapping[str, Event],
    kind: Kind,
    zone: str,
    like: Series | None,
    sent: Series | None,
) -> Series:
    entry = to_entry(master, kind, zone, sent.entry if sent else None, like.entry if like else None)
    rules = canonical_rules(master.get("recurrence") or (), entry.when, entry.zone)
    one_zone = replace(entry, end_zone="")  # Google itself demands one zone of a series
    series = alike(alike(Series(one_zone, rules), like), sent)
    changes = {
        key: read_occurrence(event, key, kind, series, like, sent)
        for key, event in exceptions.items()
        if has(series, key)  # Google goes on naming those of an earlier rule
    }
    return series.having(changes)


def respelled(series: Series) -> Series:
    """A series that was stored, perhaps before rules had the form that they have now."""
    try:
        rules = canonical_rules(series.rules, series.entry.when, series.entry.zone)
    except ValueError:
        return series
    return replace(series, rules=rules)


def read_occurrence(
    event: Event,
    key: str,
    kind: Kind,
    series: Series,
    like: Series | None = None,
    sent: Series | None = None,
) -> Entry | None:
    """One occurrence as Google holds it; None where it is cancelled."""
    if is_gone(event):
        return None
    likes = (each.occurrence(key) for each in (sent, like, series) if each)
    entry = replace(to_entry(event, kind, series.entry.zone, *likes), end_zone="")
    same_time = entry.when == series.regular(key).when
    return replace(entry, zone=series.entry.zone) if same_time else entry


def key_of_event(event: Event, zone: str) -> str:
    """The key of an occurrence, from its original start; raises ValueError without one.

    Of one that cannot be read, its id may still tell it.
    """
    start = event.get("originalStartTime")
    found = _INSTANCE.fullmatch(str(event.get("id")))
    if not start and found:
        return found[2]
    if not start:
        raise ValueError("an occurrence without an original start")
    when, _zone = read_when({"start": start}, zone)
    return key_of(when)


def series_in(event_id: str) -> str:
    """The series that an id of an occurrence names; empty for any other id."""
    found = _INSTANCE.fullmatch(event_id)
    return found[1] if found else ""


def instance_id(master_id: str, key: str) -> str:
    """The id of an occurrence that nobody changed.

    Not documented, but seen by several programs; a series that Google's page split off keeps the
    ids of the first one. What was changed tells its own id.
    """
    return f"{_SPLIT.sub('', master_id)}_{key}"


def split_from(master_id: str) -> str:
    """The id of the series that Google's page split this one off; empty for any other."""
    return _SPLIT.sub("", master_id) if _SPLIT.search(master_id) else ""


def split_root(master_id: str) -> str:
    """The id that all series which Google's page split off one another have in common."""
    return split_from(master_id) or master_id


def split_at(master_id: str) -> str:
    """The key at which Google's page split this series off; empty for any other."""
    found = _SPLIT.search(master_id)
    key = found[0].removeprefix("_R") if found else ""
    return f"{key}Z" if "T" in key else key


def instance(master: Event, series: Series, key: str) -> dict[str, Any]:
    """An occurrence that nobody changed, as Google would list it."""
    entry = series.regular(key)
    event = {name: copy.copy(value) for name, value in master.items() if name != "recurrence"}
    body = to_body(entry, Mark("", "", 0))
    event |= {
        "id": instance_id(master["id"], key),
        "recurringEventId": master["id"],
        "originalStartTime": body["start"],
        "start": body["start"],
        "end": body["end"],
    }
    return event


def master_body(series: Series, mark: Mark, receipt: str) -> dict[str, Any]:
    """What inserts the master; its exceptions are calls of their own."""
    body = to_body(series.entry, mark, receipt)
    return body | ({"recurrence": list(series.rules)} if series.rules else {})


def master_patch(series: Series, held: Series, mark: Mark, receipt: str) -> dict[str, Any]:
    """What turns the master that stands in Google into this one."""
    patch = to_patch(series.entry, held.entry, mark, receipt)
    if series.timing != held.timing:
        patch |= to_parts(series.entry, {"when", "zone"})
        patch["recurrence"] = list(series.rules) or None
    return patch


def occurrence_patch(wanted: Entry, held: Entry | None, more: Set[str]) -> dict[str, Any]:
    """What turns an occurrence into `wanted`.

    held: as it stands in Google; None where it was cancelled, which this revives. more: fields
    that are sent in any case, since the master's have just changed and an occurrence may have
    followed it or not.
    """
    patch = to_parts(wanted, changed_fields(held, wanted) | more)
    return patch | ({} if held else {"status": "confirmed"})
