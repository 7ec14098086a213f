"""A series and what was split off it are one family: decided together, in one run.

Else the later meetings would be let go with the end of the first part, and made a second time once
the other part is seen.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from ..engine.series import Series
from ..gcal.expand import alike, has, keys_between, tail, until
from ..gcal.series import split_at, split_from, split_root
from .series_state import MODEL, Memory, SeriesCase
from .work import Work

SPARSE = timedelta(days=5 * 366)  # no rule of Odoo's lets more pass between two occurrences


def heirs(work: Work, feed, masters: set[str], linked: set[str]) -> set[str]:
    """Those of these series that were split off linked ones, and whose meetings the CRM has: they
    enter wherever the window is."""
    roots = {key: split_root(key) for key in masters - linked if split_from(key)}
    if not roots:
        return set()
    ids = {*roots.values(), *(key for key in linked if split_root(key) in roots.values())}
    domain = [("calendar_id", "=", feed.calendar.id), ("event_id", "in", list(ids))]
    domain += [("model", "=", MODEL), ("state", "=", "linked")]
    last: dict[str, str] = defaultdict(str)
    for link in work.env["crm.google.link"].search(domain):
        keys = Memory.of(link).rows
        root = split_root(link.event_id)
        last[root] = max(last[root], *keys) if keys else last[root]
    for link in _let_go(work, feed, ids):  # by a run that saw only the end of the first part
        root = split_root(link.series)
        last[root] = max(last[root], link.event_id.rpartition("_")[2])
    return {key for key, root in roots.items() if last[root] >= split_at(key)}


def bring_back(work: Work, feed, cases: list[SeriesCase]) -> None:
    """Meetings whose occurrences were deleted in Google, and stand there again, come back."""
    by_series: dict[str, list[SeriesCase]] = defaultdict(list)
    for case in cases:
        for name in {case.event_id, split_root(case.event_id)} if case.google else ():
            by_series[name].append(case)
    for link in _let_go(work, feed, by_series):
        for case in by_series[link.series]:
            ids = {event_id: key for key, (event_id, _etag) in case.memory.held.items()}
            key = ids.get(link.event_id) or link.event_id.rpartition("_")[2]
            row = case.source.records.browse(link.res_id).exists()
            if row and has(case.google, key) and case.google.occurrence(key):
                case.back[key] = row
                case.memory.rows[key] = row.id


def _let_go(work: Work, feed, series):
    """The links of meetings that were let go, since their occurrences were deleted in Google."""
    domain = [("calendar_id", "=", feed.calendar.id), ("series", "in", list(series))]
    domain += [("state", "=", "detached"), ("cause", "=", "deleted_there")]
    return work.env["crm.google.link"].search(domain) if series else ()


def relate(cases: list[SeriesCase]) -> None:
    """Find out who is of one family, and which part of the whole each is; a part comes after the
    linked series that it was split off."""
    _find_kin(cases)
    families: dict[tuple, list[SeriesCase]] = defaultdict(list)
    for case in cases:
        families[case.family_key].append(case)
    for family in families.values():
        if len(family) > 1:
            _lend(family)
            _share(family)


def _find_kin(cases: list[SeriesCase]) -> None:
    """What was split off in the CRM has meetings that the linked series remembers."""
    owners = {
        (case.calendar.id, row): (case, key)
        for case in cases
        if case.link.state == "linked" and case.base
        for key, row in case.memory.rows.items()
    }
    for case in cases:
        if case.link or case.google or not owners:
            continue
        recurrence = case.source.recurrences.browse(case.res_id)
        rows = ((case.calendar.id, row) for row in recurrence.calendar_event_ids.ids)
        found = sorted((owners[row] for row in rows if row in owners), key=lambda pair: pair[1])
        if found:
            parent, case.split_at = found[0]
            case.kin, case.parent = parent.family, parent


def _lend(family: list[SeriesCase]) -> None:
    """The meetings that linked series have no place for any more go to those split off there."""
    parts = [(split_at(case.event_id), case) for case in family if split_at(case.event_id)]
    parts.sort(key=lambda pair: pair[0])
    for case in family:
        if case.link.state != "linked" or not case.base:
            continue
        for key in case.memory.rows:
            if case.google and has(case.google, key):
                continue
            later = [(at, part) for at, part in parts if at <= key]
            if later and later[-1][1] is not case and not later[-1][1].link:
                at, part = later[-1]
                part.lent.append(key)
                part.parent, part.split_at = case, at


def _share(family: list[SeriesCase]) -> None:
    """Where one side alone has split a series, each part is compared with the same part of what
    the other side still has as a whole."""
    for parent in family:
        parts = [case for case in family if case.parent is parent]
        there = {bool(case.google) for case in parts}
        if not parts or len(there) > 1 or any(case.is_split for case in family):
            continue
        parts.sort(key=lambda case: case.split_at)
        ends = [*(case.split_at for case in parts[1:]), ""]
        parent.piece = ("", parts[0].split_at)
        for case, end in zip(parts, ends, strict=True):
            case.piece = (case.split_at, end)


# --- one part of the whole -------------------------------------------------------------------


def sides(case: SeriesCase) -> tuple[Series, Series, Series] | None:
    """What is compared of a part: base, CRM, Google; None where the parts do not fit the whole."""
    whole = case.parent or case
    if not (case.piece and whole.base) or (case.parent and case.base):
        return None
    crm = case.crm_series or _part(whole.crm_series, *case.piece)
    google = case.google or _part(whole.google, *case.piece)
    if not case.parent:
        crm, google = _part(crm, *case.piece), _part(google, *case.piece)
    base = _part(whole.base, *case.piece)
    if not (base and crm and google):
        return None
    return alike(alike(base, crm), google), crm, google


def head(series: Series, end: str) -> Series | None:
    """What is left of a series before what was split off at that key."""
    return _part(series, "", end)


def _part(series: Series | None, start: str, end: str) -> Series | None:
    """The occurrences from one moment to another; None where there are none."""
    if series is None:
        return None
    first, after = _limit(series, start), _limit(series, end)
    if first:
        found = keys_between(series, first, after or first + SPARSE)
        if not found:
            return None
        series = tail(series, found[0])
    if after:
        found = keys_between(series, None, after)
        if not found:
            return None
        if keys_between(series, after, after + SPARSE):
            series = until(series, found[-1])
    return series


def _limit(series: Series, key: str) -> datetime | None:
    """A moment before the occurrence of that key, also where it was moved by some hours."""
    return series.regular(key).starts - timedelta(hours=12) if key else None
