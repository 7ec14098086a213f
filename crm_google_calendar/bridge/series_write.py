"""Writing a series to the CRM: every meeting by itself, never by Odoo's own re-application.

Odoo would bring deleted occurrences back and drop moved ones. So the meetings are made, moved and
archived one by one, and the recurrence only tells Odoo to which rule they belong.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ..engine.entry import Entry
from ..engine.merge import Clash, Side, changed_fields
from ..engine.series import Series
from ..gcal.expand import has
from ..gcal.translate import is_cut
from .series_read import local_day
from .series_rule import MOST, fields_of
from .series_state import MODEL, SeriesCase
from .zones import as_odoo_means, naive, utc

# a sibling's document would make an activity for each new meeting
_NOT_COPIED = ("res_id", "res_model", "res_model_id", "activity_ids", "recurrence_id", "alarm_ids")


class NotOdoos(ValueError):
    """A rule that Odoo would read otherwise; checked before, so only ever met by a race."""


def create_series(source, cases: list[SeriesCase]) -> None:
    """Make recurrences and meetings for series that have none, all in a few statements."""
    rules = [_rule_of(source, case, case.action.result) for case in cases]
    recurrences = _make_recurrences(source, rules)
    plans: list[tuple[SeriesCase, str, Entry]] = []
    for case, recurrence in zip(cases, recurrences, strict=True):
        case.recurrence, case.res_id = recurrence, recurrence.id
        case.rows.active.clear()
        plans += [(case, key, entry) for key, entry in _wanted(case).items()]
    values = [
        _clocked(case, {**source._values(entry), **source.owned(), **_place(case, key, entry)})
        for case, key, entry in plans
    ]
    rows = _make(source, values)
    for (case, key, _entry), row in zip(plans, rows, strict=True):
        case.rows.active[key] = row
    for case in cases:
        _settle_recurrence(case)
        source.remind(source.records.concat(*case.rows.active.values()))


def write_series(source, case: SeriesCase, pool: list[Any]) -> list[Any]:
    """Bring the meetings of a series to what its action asks for; returns those left over.

    pool: meetings that another series gave up, to be used before new ones are made.
    """
    series = case.action.result
    case.left = []
    wanted = _wanted(case)
    spare = [row for key, row in sorted(case.rows.active.items()) if not has(series, key)]
    if wanted:
        _write_rule(source, case, series)
    homes = _find_homes(case, wanted, [*spare, *pool, *case.from_part])
    _write_rows(source, case, wanted, homes)
    _make_rows(source, case, wanted)
    for key in [key for key in case.rows.active if key not in wanted]:
        row = case.rows.active.pop(key)
        if row in spare or key in case.action.detached:
            continue
        if has(series, key):
            row.action_archive()
    _settle_recurrence(case)
    source.remind(source.records.concat(*case.rows.active.values()))
    used = set(case.rows.active.values())
    return [row for row in spare if row not in used]


def drop_series(source, case: SeriesCase) -> None:
    """Archive all meetings of a series."""
    rows = source.records.concat(*case.rows.active.values())
    source.archive(rows)


def free_meetings(rows) -> None:
    """Cut meetings out of their recurrence, so that each stands for itself."""
    rows.write({"recurrence_id": False, "recurrency": False, "follow_recurrence": False})


def _wanted(case: SeriesCase) -> dict[str, Entry]:
    series = case.action.result
    found = {key: series.occurrence(key) for key in case.wanted}
    return {key: entry for key, entry in found.items() if entry}


def _rule_of(source, case: SeriesCase, series: Series) -> dict[str, Any]:
    first = next((key for key in case.wanted if series.occurrence(key)), None)
    values = fields_of(source.env, series, first) if first else None
    if values is None:
        raise NotOdoos("a rule that Odoo reads otherwise")
    return values


def _write_rule(source, case: SeriesCase, series: Series) -> None:
    """Tell the recurrence its rule, unless it says so by itself; nothing is re-applied by that.

    A rule that was made in the CRM may be one that Odoo's readers do not read alike.
    """
    if case.recurrence and case.crm_series and case.crm_series.timing == series.timing:
        return
    values = _rule_of(source, case, series)
    if not case.recurrence:
        case.recurrence = _make_recurrences(source, [values])
        case.res_id = case.recurrence.id
        return
    changed = _changed(case.recurrence, values)
    if changed:
        case.recurrence.write(changed)


def _make_recurrences(source, rules: list[dict[str, Any]]):
    return source.env[MODEL].create([_as_odoo_keeps(values) for values in rules])


def _as_odoo_keeps(values: dict[str, Any]) -> dict[str, Any]:
    """Odoo turns "forever" into the greatest number of meetings, whenever it computes."""
    if values["end_type"] != "forever":
        return values
    return {**values, "end_type": "count", "count": MOST}


def _changed(recurrence, values: dict[str, Any]) -> dict[str, Any]:
    """The values that a recurrence does not have; a number counts where the rule has one."""
    values = _as_odoo_keeps(values)
    counted = values["end_type"] == "count"
    return {
        name: value
        for name, value in values.items()
        if recurrence[name] != value and (counted or name != "count")
    }


def _find_homes(case: SeriesCase, wanted: dict[str, Entry], spare: list[Any]) -> dict[str, Any]:
    """Meetings for the keys that have none: an archived one, one of the same day, or the next."""
    series = case.action.result
    missing = [key for key in wanted if key not in case.rows.active]
    known = {**case.rows.archived, **case.back}
    homes = {key: known[key] for key in missing if key in known}
    rest = [row for row in spare if row not in homes.values()]
    by_day = defaultdict(list)
    for row in rest:
        by_day[row.start_date if row.allday else row.start.date()].append(row)
    missing = [key for key in missing if key not in homes]
    for key in list(missing):
        same_day = by_day.get(local_day(key, series))
        if same_day:
            homes[key] = same_day.pop(0)
            rest.remove(homes[key])
            missing.remove(key)
    homes.update(zip(missing, rest, strict=False))
    return homes


def _write_rows(source, case: SeriesCase, wanted: dict[str, Entry], homes: dict[str, Any]) -> None:
    """Write what differs; meetings that get the same values are written together."""
    alike: dict[str, tuple[dict[str, Any], Any]] = {}
    for key, entry in wanted.items():
        row = homes.get(key) or case.rows.active.get(key)
        if not row:
            continue
        held = None if key in homes else case.crm_series.occurrence(key)
        values = _row_values(source, case, row, held, entry, key)
        if values:
            name = repr(sorted(values.items()))
            same = alike.get(name, (values, row.browse()))[1]
            alike[name] = (values, same | row)
        case.rows.active[key] = row
    for values, rows in alike.values():
        rows.write(dict(values))


def _row_values(source, case: SeriesCase, row, held: Entry | None, entry: Entry, key: str) -> dict:
    changed = changed_fields(held, entry) if held else changed_fields(None, entry)
    if held and is_cut(held):
        changed -= {"text"}  # Google holds its beginning only, so it is the CRM's alone
    values, left = source.values_for(row, entry, changed)
    if left:
        kept = held.text if held else source.entry_of(row).text
        case.left.append(Clash("text", kept, entry.text, Side.CRM))
    if "reminders" in changed:
        known = held or source.entry_of(row)
        commands = source._alarm_commands(row, known, entry)
        values |= {"alarm_ids": commands} if commands else {}
    place = _place(case, key, entry)
    values |= {name: value for name, value in place.items() if _differs(row, name, value)}
    if "start" in values:
        values["follow_recurrence"] = place["follow_recurrence"]
        values = _clocked(case, values)
    if not row.active:
        values["active"] = True
    return values


def _differs(row, name: str, value: Any) -> bool:
    held = row[name].id if name == "recurrence_id" else row[name]
    return held != value


def _place(case: SeriesCase, key: str, entry: Entry) -> dict[str, Any]:
    series = case.action.result
    return {
        "recurrency": True,
        "recurrence_id": case.recurrence.id,
        "follow_recurrence": entry.when == series.regular(key).when,
    }


def _clocked(case: SeriesCase, values: dict[str, Any]) -> dict[str, Any]:
    """A meeting that follows its rule stands where Odoo itself would put it; see `zones.meant`."""
    if values["allday"] or not values["follow_recurrence"]:
        return values
    zone = case.recurrence.event_tz
    times = {name: naive(as_odoo_means(utc(values[name]), zone)) for name in ("start", "stop")}
    return {**values, **times}


def _make_rows(source, case: SeriesCase, wanted: dict[str, Entry]) -> None:
    """Make meetings that are missing, with the guests and the rest of a sibling."""
    missing = [key for key in wanted if key not in case.rows.active]
    if not missing:
        return
    like = _sibling(source, case)
    values = [
        _clocked(case, {**like, **source._values(wanted[key]), **_place(case, key, wanted[key])})
        for key in missing
    ]
    for key, row in zip(missing, _make(source, values), strict=True):
        case.rows.active[key] = row


def _make(source, values: list[dict[str, Any]]):
    """Create meetings; Odoo lets every new one follow its rule, whatever it is told."""
    moved = [number for number, each in enumerate(values) if not each["follow_recurrence"]]
    rows = source.records.create(values)
    source.records.concat(*(rows[number] for number in moved)).write({"follow_recurrence": False})
    return rows


def _sibling(source, case: SeriesCase) -> dict[str, Any]:
    row = case.recurrence.base_event_id or next(iter(case.rows.active.values()), None)
    if not row:
        return source.owned()
    [values] = row.copy_data()
    for name in _NOT_COPIED:
        values.pop(name, None)
    guests = row._crm_google_partners().ids
    return {**values, "active": True, "partner_ids": [(6, 0, guests)], "attendee_ids": []}


def _settle_recurrence(case: SeriesCase) -> None:
    """Odoo begins a re-application at the base event, so that is the first that follows."""
    followers = [row for _key, row in sorted(case.rows.active.items()) if row.follow_recurrence]
    rows = followers or [row for _key, row in sorted(case.rows.active.items())]
    if rows and case.recurrence.base_event_id != rows[0]:
        case.recurrence.base_event_id = rows[0].id
