"""The CRM's side of series: which recurrences there are, and what is decided about each."""

from __future__ import annotations

from dataclasses import replace

from ..engine.decide import Policy, Reason, Verb
from ..engine.series import Series, key_of
from ..engine.series_merge import SeriesAction, decide_series
from ..gcal.expand import has
from ..gcal.translate import is_gone
from . import link_keys, links, series_links
from .choose import policy_for
from .detached import FINAL, GONE, UNDONE, cause_without_event, comes_back, forget_event, stay_apart
from .series_events import take_events
from .series_feed import fits
from .series_parts import head, sides
from .series_read import read_empty, read_series
from .series_split import read_like
from .series_state import MODEL, SeriesCase, is_empty, to_hold
from .source import changed_at
from .work import Work


def hinted_recurrences(source, hinted) -> set[int]:
    ids = {hint.res_id for hint in hinted if hint.model == MODEL}
    rows = [hint.res_id for hint in hinted if hint.model == "calendar.event"]
    visible = source.records.browse(rows).exists()._filtered_access("read")
    return ids | set(visible.recurrence_id.ids)


def new_recurrences(work: Work, feed, source, cases, wanted: set[int]) -> list[SeriesCase]:
    """Recurrences of the window without a link; a link that lost its own takes one of them."""
    among = None if feed.full else source.rows_of(wanted)
    rows = source.records.browse(source.in_window(work.window, among))
    found = rows.recurrence_id | _split_off(source, cases)
    taken = link_keys.linked(feed.calendar, MODEL, found.ids) | {case.res_id for case in cases}
    for case in cases:
        heir = _heir(source, case, taken)
        if heir:
            case.res_id = heir.id
            taken.add(heir.id)
    fresh = [recurrence for recurrence in found if recurrence.id not in taken]
    made = (_new_case(work, feed, source, recurrence) for recurrence in fresh)
    return [case for case in made if case]


def _split_off(source, cases):
    """Recurrences that have meetings of linked ones: wherever the window is, they go on."""
    linked = [case for case in cases if case.link.state == "linked" and case.base]
    known = {row for case in linked for row in case.memory.rows.values()}
    return source.records.browse(known).exists().filtered("active").recurrence_id


def _new_case(work: Work, feed, source, recurrence) -> SeriesCase | None:
    """A series for Google; where its first meeting stands there already, that event becomes it."""
    case = SeriesCase(feed.calendar, source, work.env["crm.google.link"], recurrence.id)
    link = _link_of_first(work, feed, recurrence)
    event = feed.events.get(link.event_id)
    if not link or (feed.full and not event) or (event and is_gone(event)):
        links.name_events(work, [case], feed)
        return case
    series_links.adopt_single(case, link)
    case.google, case.etag = case.base, link.etag or None
    if event:
        del feed.events[link.event_id]
        return case if take_events(work, case, event, {}) else None
    return case


def _link_of_first(work: Work, feed, recurrence):
    """The link of a single meeting that was made the first of a recurrence, and is one of it."""
    if recurrence.base_event_id not in recurrence.calendar_event_ids:
        return work.env["crm.google.link"]  # Odoo may have taken it out again
    domain = [
        ("calendar_id", "=", feed.calendar.id),
        ("model", "=", "calendar.event"),
        ("res_id", "=", recurrence.base_event_id.id),
        ("state", "=", "linked"),
        ("series", "=", False),
        ("base", "!=", False),
        ("pending", "=", False),
    ]
    return work.env["crm.google.link"].search(domain)


def _heir(source, case: SeriesCase, taken: set[int]):
    """The recurrence that Odoo made in place of the linked one: it has a meeting of the old."""
    if not case.memory.rows:
        return None
    old = source.recurrences.browse(case.res_id or []).exists()
    if old and any(row.active for row in old.calendar_event_ids):
        return None
    rows = source.records.browse(case.memory.rows.values()).exists().filtered("active")
    found = rows.recurrence_id.filtered(lambda recurrence: recurrence.id not in taken)
    return found[:1]


def own_links(work: Work, cases: list[SeriesCase]) -> set[int]:
    """Meetings of these series that are synchronized by themselves."""
    if not cases:
        return set()
    recurrences = cases[0].source.recurrences.browse({case.res_id for case in cases if case.res_id})
    calendars = cases[0].calendar.concat(*(case.calendar for case in cases))
    return link_keys.linked(
        calendars, "calendar.event", recurrences.exists().calendar_event_ids.ids
    )


def read(work: Work, case: SeriesCase, apart: set[int]) -> None:
    """Read the CRM's side of one series; apart: meetings that have links of their own."""
    apart = apart - {row.id for row in case.back.values()}
    source = case.source
    case.crm_series, case.out_of_sight = None, False
    series_links.heal_pending(case)  # or what was sent would be read as somebody's edit
    recurrence = source.recurrences.browse(case.res_id or []).exists()
    case.recurrence = recurrence
    if case.link.model == "calendar.event":
        apart = apart - {case.link.res_id}
    if not recurrence:
        _read_single(case)
        return
    reading = read_series(source, recurrence, read_like(case), case.memory, apart)
    case.rows, case.crm_series = reading.rows, reading.series
    rows = recurrence.calendar_event_ids.filtered(lambda row: row.active and row.id not in apart)
    case.out_of_sight = bool(rows) and not rows.filtered(source._is_mine)
    if not rows and _is_agreed(case):
        gone = source.records.browse(case.memory.rows.values()).exists()
        case.crm_series = read_empty(case.base, case.memory, len(gone))
    case.is_odd = reading.series is None and bool(reading.rows.extra)


def _is_agreed(case: SeriesCase) -> bool:
    link = case.link
    return bool(case.base) and link.model == MODEL and (link.state, link.cause) == ("linked", False)


def _read_single(case: SeriesCase) -> None:
    """A single meeting whose event was made a series in Google."""
    row = case.source.records.browse(_single_id(case)).exists().filtered("active")
    if row and case.base and case.source._is_mine(row):
        case.crm_series = Series(case.source.entry_of(row, case.base.entry))
        case.rows.active = {key_of(case.crm_series.entry.when): row}


def _single_id(case: SeriesCase) -> int | tuple[()]:
    """Its id; where the series was set aside before it had a recurrence, memory has it."""
    if case.link.model == "calendar.event":
        return case.link.res_id or ()
    known = list(case.memory.rows.values())
    return known[0] if len(known) == 1 and not case.res_id else ()


def stays_a_series(work: Work, feed, case: SeriesCase) -> bool:
    """Take out what can only stand as single meetings."""
    if case.is_odd and not case.link:
        feed.released |= case.rows.extra
        return False
    if case.is_odd:
        links.set_aside(work, case, "no_rule")
        return False
    if _outgrew_odoo(work, case):
        series_links.take_apart(work, feed, case)
        return False
    return True


def _outgrew_odoo(work: Work, case: SeriesCase) -> bool:
    """Whether the rule became one that Odoo reads otherwise."""
    if case.link.state != "linked" or not (case.google and case.base):
        return False
    changed = case.google.timing != case.base.timing
    return changed and not fits(work, case.source, case.google)


# --- the decision ----------------------------------------------------------------------------


def choose(work: Work, case: SeriesCase) -> None:
    """Decide one series, and which of its occurrences the CRM shall hold."""
    case.action = _decide(work, case)
    result = case.action.result or case.base
    shown = case.action.verb in (Verb.SETTLE, Verb.CREATE, Verb.NOTHING)
    case.wanted = []
    if result and shown:
        case.wanted = to_hold(work, case, result)
    _look_for_gaps(case, result)
    _look_if_emptied(case)
    if case.action.verb is Verb.NOTHING and case.link.state == "linked":
        series_links.remember(work, case)
    elif case.action.verb is Verb.NOTHING and case.link.res_id != (case.res_id or 0):
        links.write(work, case, {})  # its recurrence was made anew
    elif case.action.verb is Verb.INSERT:
        case.wanted = list(case.rows.active)


def _decide(work: Work, case: SeriesCase) -> SeriesAction:
    if case.link.state == "detached":
        return _decide_detached(work, case)
    restored = series_links.heed_removal(case)
    if case.out_of_sight and case.piece and not case.parent and case.google:
        return _decide_rest(case)
    if case.out_of_sight:
        verb = Verb.DETACH if case.base else Verb.CLOSE
        return SeriesAction(verb, Reason.OUT_OF_SIGHT)
    if case.crm_series and series_links.was_deleted_unheard(case):
        return SeriesAction(Verb.DETACH, Reason.DELETED_THERE)
    policy = _policy(work, case)
    part = sides(case)
    if part:
        return _as_part(case, decide_series(*part, policy, has=has))
    action = decide_series(case.base, case.crm_series, case.google, policy, has=has)
    if restored and action.verb is Verb.DELETE and policy.edit_beats_delete:
        return SeriesAction(Verb.CREATE, Reason.EDIT_BEATS_DELETE, case.base, write_crm=True)
    return action


def _as_part(case: SeriesCase, action: SeriesAction) -> SeriesAction:
    """The decision on one part, for the sides as they are."""
    result = action.result
    write_crm = result != case.crm_series or bool(action.detached)
    write_google = result != case.google
    verb = Verb.CREATE if case.crm_series is None else Verb.SETTLE
    if case.google is None and not write_crm:
        verb = Verb.INSERT
    return replace(action, verb=verb, write_crm=write_crm, write_google=write_google)


def _decide_rest(case: SeriesCase) -> SeriesAction:
    """The user lost sight of what is left of a series that was split: it stays as it is, but does
    not hold what was split off a second time."""
    rest = head(case.google, case.piece[1])
    if rest in (None, case.google):
        return SeriesAction(Verb.DETACH, Reason.OUT_OF_SIGHT)
    return SeriesAction(Verb.SETTLE, Reason.OUT_OF_SIGHT, rest, write_google=True)


def _policy(work: Work, case: SeriesCase) -> Policy:
    """The policy for one series; its newest occurrence tells how new it is."""
    rows = case.source.records.concat(*case.rows.active.values())
    events = [case.event or {}, *case.events.values()]
    newest = max(event.get("updated") or "" for event in events)
    if case.is_split or case.memory.start:
        newest = ""  # the same policy for both parts
    changed = max(map(changed_at, rows), default=None)
    return policy_for(work, case.source, rows, newest, changed)


def _decide_detached(work: Work, case: SeriesCase) -> SeriesAction:
    """A detached series takes part again when it was restored, or its meetings are back."""
    crm, google, cause = case.crm_series, case.google, case.link.cause
    if not (crm or google or case.out_of_sight or case.rows.archived):
        return SeriesAction(Verb.CLOSE, Reason.GONE_BOTH)
    if crm and google and cause != UNDONE:
        action = decide_series(case.base, crm, google, _policy(work, case), has=has)
        equal = action.verb is Verb.NOTHING
        return SeriesAction(Verb.SETTLE, Reason.ADOPTED, case.base) if equal else action
    if cause in FINAL:
        return SeriesAction(Verb.NOTHING, Reason.SETTLED)
    if google and cause in GONE and not case.out_of_sight:
        return decide_series(None, crm, google, _policy(work, case), has=has)
    if crm and comes_back(cause):
        forget_event(case)
        case.memory.held = {}
        return decide_series(None, crm, None, _policy(work, case), has=has)
    stay_apart(work, case, cause_of(case))
    return SeriesAction(Verb.NOTHING, Reason.SETTLED)


def cause_of(case: SeriesCase) -> str:
    """Why a series is detached, by what stands on both sides now."""
    if case.google:
        return "not_a_guest" if case.out_of_sight else case.link.cause or ""
    reason = "not_a_guest" if case.out_of_sight else "" if case.crm_series else "archived"
    return cause_without_event(reason, case.link.cause or "")


def _look_for_gaps(case: SeriesCase, result: Series | None) -> None:
    """The window moved on: a rule without end gets its next meetings."""
    if not result or not case.crm_series or case.link.state != "linked":
        return
    action = case.action
    if action.write_crm or action.verb not in (Verb.NOTHING, Verb.SETTLE):
        return
    if any(result.occurrence(key) and key not in case.rows.active for key in case.wanted):
        reason = Reason.NEW_THERE if action.verb is Verb.NOTHING else action.reason
        case.action = replace(
            action, verb=Verb.SETTLE, reason=reason, result=result, write_crm=True
        )


def _look_if_emptied(case: SeriesCase) -> None:
    """With its last occurrence a master goes, in the same run."""
    action = case.action
    case.is_emptied = bool(
        case.google and case.link and action.result and action.verb in (Verb.SETTLE, Verb.CREATE)
    ) and is_empty(action.result)
    if case.is_emptied and action.verb is Verb.CREATE:
        case.action = SeriesAction(Verb.DELETE, Reason.DELETED_HERE, write_google=True)
    elif case.is_emptied:
        case.action = replace(action, write_google=True)
