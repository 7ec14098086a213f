"""Three-way merge of series: the rule as one field, every occurrence by its key.

An occurrence is merged like an entry. Both sides' occurrences are looked at as they are, so a
new title of a whole series is a change of each of its occurrences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .decide import Policy, Reason, Verb
from .entry import FIELDS, Entry, Timed
from .merge import Clash, Side, merge
from .series import Series, canonical, key_of, keys, start_of
from .zones import zone_named

Has = Callable[[Series, str], bool]
_TIMING = ("when", "zone")


@dataclass(frozen=True)
class SeriesAction:
    """One decision about a series, as `decide.Action` for an entry.

    detached: occurrences that were deleted in Google, and whose records stay.
    """

    verb: Verb
    reason: Reason
    result: Series | None = None
    write_crm: bool = False
    write_google: bool = False
    clashes: tuple[Clash, ...] = ()
    detached: frozenset[str] = frozenset()


def decide_series(
    base: Series | None,
    crm: Series | None,
    google: Series | None,
    policy: Policy,
    *,
    has: Has,
) -> SeriesAction:
    """Decide what one series needs; see `decide.decide`.

    has: whether a series' rule, whatever its exceptions, has an occurrence of that key.
    """
    known = base or crm
    if google and known:
        google = canonical(google.with_details(known.entry.details))
    if crm and google:
        return _both(base, crm, google, policy, has)
    if crm:
        return _only_crm(base, crm, policy)
    if google:
        return _only_google(base, google, policy)
    return SeriesAction(Verb.CLOSE, Reason.GONE_BOTH)


def heal(base: Series | None, google: Series, pending: Series, arrived: bool) -> Series:
    """The base, once it is known how much of a write that was cut off has arrived.

    arrived: whether the master is known to have. Whatever else Google holds as we sent it has too.
    A series of ours that was not there before came to be by our insert, so all else in it was done
    by the user.
    """
    google = google.with_details(pending.entry.details)
    if base is None or arrived:
        base = Series(pending.entry, pending.rules, base.exceptions if base else {})
    values = _arrived(base.entry, google.entry, pending.entry)
    healed = Series(replace(base.entry, **values), base.rules, base.exceptions)
    if google.timing == pending.timing:
        healed = Series(
            replace(healed.entry, when=google.entry.when, zone=google.entry.zone),
            pending.rules,
            base.exceptions,
        )
    changes: dict[str, Entry | None] = {}
    for key in keys(base, google, pending):
        held, sent, old = google.occurrence(key), pending.occurrence(key), base.occurrence(key)
        if held == sent:
            changes[key] = sent
        elif held and sent and old:
            changes[key] = replace(old, **_arrived(old, held, sent), **_when_arrived(held, sent))
        else:
            changes[key] = old
    return healed.having(changes)


def _arrived(old: Entry, held: Entry, sent: Entry) -> dict[str, Any]:
    return {
        name: getattr(sent, name)
        for name in FIELDS
        if name not in _TIMING and getattr(held, name) == getattr(sent, name)
    }


def _when_arrived(held: Entry, sent: Entry) -> dict[str, Any]:
    return {"when": sent.when, "zone": sent.zone} if held.when == sent.when else {}


def _only_crm(base: Series | None, crm: Series, policy: Policy) -> SeriesAction:
    if base is None:
        return SeriesAction(Verb.INSERT, Reason.NEW_HERE, crm, write_google=True)
    verb = Verb.ARCHIVE if policy.archive and crm == base else Verb.DETACH
    return SeriesAction(verb, Reason.DELETED_THERE, write_crm=verb is Verb.ARCHIVE)


def _only_google(base: Series | None, google: Series, policy: Policy) -> SeriesAction:
    if base is None:
        return SeriesAction(Verb.CREATE, Reason.NEW_THERE, google, write_crm=True)
    if google != base and policy.edit_beats_delete:
        return SeriesAction(Verb.CREATE, Reason.EDIT_BEATS_DELETE, google, write_crm=True)
    return SeriesAction(Verb.DELETE, Reason.DELETED_HERE, write_google=True)


def _both(
    base: Series | None,
    crm: Series,
    google: Series,
    policy: Policy,
    has: Has,
) -> SeriesAction:
    merged = merge_series(base, crm, google, policy, has)
    result = merged.result
    write_crm = result != crm or bool(merged.detached)
    write_google = result != google
    if not (write_crm or write_google) and result == base:
        return SeriesAction(Verb.NOTHING, Reason.SETTLED, base)
    reason = _why(base, crm, google)
    clashes = tuple(merged.clashes)
    detached = frozenset(merged.detached)
    return SeriesAction(Verb.SETTLE, reason, result, write_crm, write_google, clashes, detached)


def _why(base: Series | None, crm: Series, google: Series) -> Reason:
    if base is None:
        return Reason.ADOPTED
    if google == base:
        return Reason.CHANGED_HERE
    return Reason.CHANGED_THERE if crm == base else Reason.CHANGED_BOTH


@dataclass
class SeriesMerge:
    """The series both sides shall hold, what they did not agree on, and what is detached."""

    result: Series
    clashes: list[Clash] = field(default_factory=list)
    detached: set[str] = field(default_factory=set)


def merge_series(
    base: Series | None, crm: Series, google: Series, policy: Policy, has: Has
) -> SeriesMerge:
    """Merge two series over the base they last agreed on."""
    side, clashes = _winner_of_timing(base, crm, google, policy.winner)
    timing = crm if side is Side.CRM else google
    whole = merge(
        _timed_as(base, timing), _timed_as(crm, timing), _timed_as(google, timing), policy.winner
    )
    frame = Series(whole.result, timing.rules)
    merged = SeriesMerge(frame, [*clashes, *whole.clashes])
    changes: dict[str, Entry | None] = {}
    for key in sorted(keys(base, crm, google)):
        if not has(frame, key):
            continue
        alone = _alone(key, base, crm, google, has)
        if alone:
            changes[key] = _carried(alone, key, frame)
        else:
            seen = _seen(key, base, crm, google, has)
            changes[key] = _occurrence(merged, key, *seen, policy)
    for old, new, entry in _strays(merged, base, crm, google, has):
        if new and new not in changes:
            changes[new] = entry
        else:
            merged.clashes.append(Clash(f"occurrence {old}", None, entry.title, side))
    merged.result = frame.having(changes)
    return merged


def _winner_of_timing(
    base: Series | None, crm: Series, google: Series, winner: Side
) -> tuple[Side, list[Clash]]:
    if crm.timing == google.timing or (base and google.timing == base.timing):
        return Side.CRM, []
    if base and crm.timing == base.timing:
        return Side.GOOGLE, []
    kept, lost = (crm, google) if winner is Side.CRM else (google, crm)
    return winner, [Clash("repeat", _told(kept), _told(lost), winner)]


def _told(series: Series) -> str:
    return ", ".join((key_of(series.entry.when), *series.rules))


def _timed_as(series: Series | None, timing: Series) -> Any:
    """The series' entry at the time that is settled already."""
    if series is None:
        return None
    return replace(series.entry, when=timing.entry.when, zone=timing.entry.zone)


def _alone(key: str, base: Series | None, crm: Series, google: Series, has: Has) -> Series | None:
    """The side that has an occurrence of which neither the other side nor the base knows."""
    found = [side for side in (crm, google) if has(side, key)]
    return found[0] if len(found) == 1 and not (base and has(base, key)) else None


def _carried(side: Series, key: str, frame: Series) -> Entry | None:
    """What is its own stays; in all else an occurrence goes with the merged series."""
    entry, was, now = side.occurrence(key), side.regular(key), frame.regular(key)
    if entry is None:
        return None
    values = {
        name: getattr(now, name) for name in FIELDS if getattr(entry, name) == getattr(was, name)
    }
    return replace(entry, **values)


def _seen(
    key: str, base: Series | None, crm: Series, google: Series, has: Has
) -> tuple[Series | None, Series, Series]:
    """The sides, without what they say of an occurrence that their own rule does not have."""
    known = base if base and has(base, key) else None
    ours, theirs = has(crm, key), has(google, key)
    seen_crm = crm if ours else known or google
    seen_google = google if theirs else known or crm
    return known, seen_crm, seen_google


def _occurrence(
    merged: SeriesMerge,
    key: str,
    base: Series | None,
    crm: Series,
    google: Series,
    policy: Policy,
) -> Entry | None:
    old = base.occurrence(key) if base else None
    ours, theirs = crm.occurrence(key), google.occurrence(key)
    if ours is None and theirs is None:
        return None
    if ours and theirs:
        both = merge(old, ours, theirs, policy.winner)
        known = {(clash.field, str(clash.lost)) for clash in merged.clashes}
        merged.clashes += [c for c in both.clashes if (c.field, str(c.lost)) not in known]
        return both.result
    if ours is None:
        deleted = base and old and not _is_own_edit(base, google, key)
        return None if deleted or (base and old and not policy.edit_beats_delete) else theirs
    if base is None or old is None:
        return ours  # no base, or restored in the CRM
    if not policy.archive or _is_own_edit(base, crm, key):
        merged.detached.add(key)
    return None


def _is_own_edit(base: Series, side: Series, key: str) -> bool:
    """Whether this occurrence was changed by itself, not with its series."""
    old, new = base.occurrence(key), side.occurrence(key)
    if old == new:
        return False
    if old is None or new is None:
        return True
    was, now = base.regular(key), side.regular(key)
    carried = {
        name: getattr(now, name) for name in FIELDS if getattr(old, name) == getattr(was, name)
    }
    return replace(old, **carried) != new


def _strays(
    merged: SeriesMerge, base: Series | None, crm: Series, google: Series, has: Has
) -> list[tuple[str, str, Entry]]:
    """Own edits of occurrences that the new rule does not have: (key, new key or "", entry)."""
    frame, found = merged.result, []
    for side in (crm, google):
        if base is None or side.timing == frame.timing:
            continue
        for key in sorted(side.exceptions):
            entry = side.exceptions[key]
            if entry and not has(frame, key) and _is_own_edit(base, side, key):
                new = _same_day(frame, key)
                if entry.when == side.regular(key).when:
                    entry = replace(entry, when=frame.regular(new or key).when)
                found.append((key, new if new and has(frame, new) else "", entry))
    return found


def _same_day(frame: Series, key: str) -> str:
    """The key that an occurrence on the same local day would have; empty for another kind."""
    start, when = start_of(key), frame.entry.when
    if not isinstance(when, Timed):
        return key if not isinstance(start, datetime) else ""
    if not isinstance(start, datetime):
        return ""
    zone = zone_named(frame.entry.zone)
    first = when.start.astimezone(zone)
    local = datetime.combine(start.astimezone(zone).date(), first.time(), zone)
    return key_of(Timed(local, local))
