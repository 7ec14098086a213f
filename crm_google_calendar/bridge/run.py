"""One slice of a run: pull, compare, decide, write. A run is its slices until nothing is left.

Every slice starts from what both sides hold, so it may be cut off anywhere and begun again.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from ..engine.decide import Verb
from ..engine.plan import CAP, Plan, Step, plan
from ..gcal.errors import Cause, GoogleError
from . import hints, links
from .apart import attempt
from .apply import apply_to_crm
from .choose import choose
from .feed import Feed, read_feed
from .gather import ask_google, gather, load_records
from .only_there import count_compared
from .preview import list_plan
from .push import INSERT, is_ours, push_to_google, take_new_id
from .series_gather import gather_series
from .series_run import execute_series
from .series_state import SeriesCase
from .series_undo import finish_series, undo_series
from .undo import undo_cases
from .waiting import of_held
from .work import Case, Work

_logger = logging.getLogger(__name__)
FULL_PASS_EVERY = timedelta(hours=24)
ROUNDS = 3


def run_slice(work: Work) -> bool:
    """Carry one run on; returns whether it is finished.

    Raises what PostgreSQL raises for a serialization failure: the caller repeats the slice.
    """
    if work.run.trigger == "undo":
        return _undo(work)
    hinted = hints.of_account(work.account)
    feeds = _read_feeds(work)
    work.checkpoint()  # a new snapshot: records are read as they are after Google was asked
    cases = {case.key: case for feed in feeds for case in _gather(work, feed, hinted)}
    the_plan = _plan(work, list(cases.values()))
    if work.run.trigger == "preview":
        list_plan(work, the_plan, cases)
        return work.complete
    todo = [cases[step.key] for step in the_plan.steps]
    execute_series(work, [c for c in todo if isinstance(c, SeriesCase)], _calendars_stand)
    execute(work, [case for case in todo if not isinstance(case, SeriesCase)])
    _finish(work, feeds, the_plan, cases, hinted)
    return work.complete


def _undo(work: Work) -> bool:
    series, cases = undo_series(work), undo_cases(work)
    work.run.total = sum(case.weight for case in (*series, *cases))
    execute_series(work, series, _calendars_stand)
    execute(work, cases)
    finish_series(work, series)
    return work.complete


def _read_feeds(work: Work) -> list[Feed]:
    """Ask for all calendars at once: each answer takes as long as the whole way to Google."""
    feeds = []
    work.checkpoint()
    work.tempo.nap_to_read()
    calendars = work.account.calendar_ids.filtered(lambda calendar: calendar.state == "ready")
    for calendar in calendars[1:]:
        work.google.ask_aside(calendar.google_id, _cursor(work, calendar))
    for calendar in calendars:
        if work.interruption:
            break
        work.checkpoint()
        feed = read_feed(work, calendar, _cursor(work, calendar))
        feeds += [feed] if feed else []
    return feeds


def _cursor(work: Work, calendar) -> str | None:
    """Where to go on in a calendar; None for all of it."""
    return None if work.run.full or needs_full_pass(calendar, work.odoo_now) else calendar.cursor


def needs_full_pass(calendar, now) -> bool:
    """Whether all of the calendar is to be compared, whatever Google says has changed."""
    if not calendar.cursor or not calendar.full_pass:
        return True
    return calendar.full_pass < now - FULL_PASS_EVERY


def _gather(work: Work, feed: Feed, hinted) -> list[Case]:
    model = work.sources[feed.calendar.kind].model
    series = gather_series(work, feed, hinted)  # first: it tells which meetings stand alone
    return [*series, *gather(work, feed, {h.res_id for h in hinted if h.model == model})]


def _plan(work: Work, cases: list[Case]) -> Plan:
    steps = [
        Step(
            case.key,
            case.action,
            _starts(work, case),
            case.weight,
            case.link.series or None,
            case.family_key,
        )
        for case in cases
    ]
    ceiling = None if work.run.allow_deletions else work.settings.ceiling
    links_count = 0
    if ceiling and len(steps) > ceiling.number:  # counting takes time, and fewer never exceed it
        linked = [("account_id", "=", work.account.id), ("state", "=", "linked")]
        links_count = work.env["crm.google.link"].search_count(linked)
    room, fresh = max(0, CAP - work.run.done), not work.run.done
    the_plan = plan(steps, work.now, room, ceiling, links_count, fresh=fresh)
    told = {case.key: case.told for case in cases}
    work.run.total = work.run.done + sum(told[step.key] for step in the_plan.steps)
    work.checkpoint()
    return the_plan


def _starts(work: Work, case: Case):
    if isinstance(case, SeriesCase):
        return case.nearest(work.now)
    entry = case.entry
    return entry.starts if entry else work.now


def execute(work: Work, cases: list[Case]) -> None:
    """Write the CRM's side, then Google's; what Google had other news of is decided again."""
    for _round in range(ROUNDS):
        again = push_to_google(work, apply_to_crm(work, cases))
        if not again:
            return
        cases = _decide_again(work, again)
    links.put_off(work, cases)


def _decide_again(work: Work, cases: list[Case]) -> list[Case]:
    """Look at the events of these cases as they are now, and at their records, and decide."""
    if not _calendars_stand(work, cases):
        return []
    for case in cases:
        case.unknown = True
    ask_google(work, cases)
    known = [case for case in cases if not case.unknown]
    known = [case for case in load_records(work, known) if attempt(work, case, _choose_again)]
    return [case for case in known if case.action.verb is not Verb.NOTHING]


def _choose_again(work: Work, case: Case) -> None:
    arrived = bool(case.base) or case.deleted
    if case.verb == INSERT and not (arrived or is_ours(work, case, case.event)):
        take_new_id(work, case)
    case.action = choose(work, case)


def _calendars_stand(work: Work, cases: list[Case]) -> bool:
    """A missing calendar looks like missing events; nothing may be concluded from it."""
    for calendar in {case.calendar for case in cases}:
        work.checkpoint()
        try:
            work.google.calendar(calendar.google_id)
        except GoogleError as error:
            if error.cause is Cause.CALENDAR_GONE:
                calendar.state = "gone"
            work.interrupt(error)
            return False
    return True


def _finish(work: Work, feeds: list[Feed], the_plan: Plan, cases, hinted) -> None:
    """Move the cursors, once every entry of their feeds was settled or set aside."""
    held = [cases[step.key] for step in the_plan.held]
    _mark_held(work, feeds, held)
    work.run.write({"left_over": len(the_plan.left_over), **of_held(held)})
    postponed = {cases[step.key].calendar for step in (*the_plan.left_over, *the_plan.held)}
    for feed in feeds:
        if not work.complete:
            break
        if feed.calendar in postponed:
            feed.calendar.full_pass = False  # the next run looks at everything again
        else:
            seen = max(feed.seen, feed.calendar.seen or "")
            feed.calendar.write({"cursor": feed.cursor, "seen": seen})
            if feed.full:
                number = count_compared(feed.calendar, feed.every)
                feed.calendar.write({"full_pass": work.odoo_now, "google_only": number})
    if work.complete:
        hinted.unlink()
    work.checkpoint()


def _mark_held(work: Work, feeds: list[Feed], held: list[Case]) -> None:
    """Many deletions at once wait for the user's answer; what was restored since does not."""
    full = [feed.calendar.id for feed in feeds if feed.full] if work.complete else []
    rows = work.env["crm.google.link"]
    rows.search([("calendar_id", "in", full), ("cause", "=", "held")]).write(
        {"cause": False, "detail": False}
    )
    rows.browse([case.link.id for case in held]).write({"cause": "held", "detail": False})
