"""From the feed, the links and Odoo's recurrences: the series of one calendar, each decided."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ..engine.decide import Reason, Verb
from ..engine.entry import Kind
from ..engine.series import Series, from_text, key_of
from ..engine.series_merge import SeriesAction, decide_series
from ..gcal.client import Call
from ..gcal.errors import Cause
from ..gcal.expand import has
from ..gcal.series import instance_id, key_of_event, read_occurrence, to_series
from ..gcal.translate import is_gone, mark_of
from . import links, series_links
from .series_feed import News, fits
from .series_read import read_series
from .series_source import SeriesSource
from .series_state import MODEL, Memory, SeriesCase, to_hold
from .settings import database_uuid
from .work import Work

GONE = ("deleted_there", "calendar_gone")


def gather_series(work: Work, feed, hinted) -> list[SeriesCase]:
    """All series of one calendar that need something, decided. Must run before `gather`: it tells
    that which meetings and events are left to stand for themselves.

    hinted: the account's hints, of any model.
    """
    if feed.calendar.kind != Kind.EVENT.value:
        return []
    series_links.rename(work, feed)
    series_links.reattach(work, feed)
    source = SeriesSource(work.env, work.account.user_id, work.settings)
    wanted = _hinted_recurrences(source, hinted)
    cases = _linked(work, feed, source, wanted) + _fresh(work, feed, source)
    ask(work, [case for case in cases if case.unknown])
    cases = [case for case in cases if not case.unknown]
    cases += _new_recurrences(work, feed, source, cases, wanted)
    own = own_links(work, feed)
    for case in cases:
        read(work, case, own)
    cases = [case for case in cases if _stays_a_series(work, feed, case)]
    for case in cases:
        choose(work, case)
    feed.released |= {row for case in cases for row in case.rows.extra}
    feed.claimed |= {case.event_id for case in cases}
    return [case for case in cases if case.action.verb is not Verb.NOTHING]


# --- links and events ------------------------------------------------------------------------


def _linked(work: Work, feed, source, wanted: set[int]) -> list[SeriesCase]:
    cases = []
    for link in _links(work, feed, wanted):
        case = SeriesCase(
            calendar=feed.calendar,
            source=source,
            link=link,
            res_id=link.res_id or None,
            event_id=link.event_id,
            etag=link.etag or None,
            base=from_text(link.base),
            pending=from_text(link.pending),
            memory=Memory.of(link),
        )
        news = feed.news.get(link.event_id)
        if _is_worth_it(work, case, news, wanted) and _see(work, feed, case, news):
            cases.append(case)
    return cases


def _links(work: Work, feed, wanted: set[int]):
    every = work.env["crm.google.link"]
    here = [("calendar_id", "=", feed.calendar.id), ("model", "=", MODEL)]
    if feed.full:
        return every.search(here)
    asked = ["|", "|", "|", "|", ("event_id", "in", list(feed.news)), ("pending", "!=", False)]
    asked += [("res_id", "in", list(wanted)), ("base", "=", False), ("etag", "=", False)]
    return every.search(here + asked)


def _is_worth_it(work: Work, case: SeriesCase, news: News | None, wanted: set[int]) -> bool:
    """A series that is set aside waits for a change, a retry, or the user's own run."""
    link = case.link
    if link.state == "linked":
        return True
    asked = link.res_id in wanted or work.run.trigger == "wizard"
    changed = bool(news) and (not news.master or news.master.get("etag") != link.etag)
    if link.state == "detached":
        return asked or (changed and not (news.master and is_gone(news.master)))
    return asked or changed


def _see(work: Work, feed, case: SeriesCase, news: News | None) -> bool:
    """Settle what is known of Google's side, or note what must be asked; False: it must wait."""
    if case.link.state == "detached" and case.link.cause in GONE and not (news and news.master):
        case.google = None
    elif news is None:
        case.unknown = feed.full or not case.base or not case.etag
        case.google = case.base
    elif news.master and is_gone(news.master):
        case.google = None
    elif news.master and (news.whole or set(case.memory.held) <= set(news.exceptions)):
        return take_events(work, case, news.master, news.exceptions)
    elif news.master is None and case.base:
        case.google = _with_occurrences(case, news.exceptions)
    else:
        case.unknown = True
    if case.unknown and news:
        case.event, case.asked = news.master, dict(news.exceptions)
    return True


def take_events(work: Work, case: SeriesCase, master, exceptions: dict[str, Any]) -> bool:
    """Let the case see this state of its series; False where it cannot be read."""
    case.event, case.google, case.etag = master, None, None
    if master is None or is_gone(master):
        return True
    zone = case.calendar.zone or case.source.zone.key
    try:
        case.google = to_series(master, exceptions, case.source.kind, zone, case.base, case.pending)
    except ValueError:
        links.set_aside(work, case, "unreadable")
        return False
    case.etag, case.events = master.get("etag"), exceptions
    case.memory.held = {
        key: [event["id"], event.get("etag") or ""] for key, event in exceptions.items()
    }
    return True


def _with_occurrences(case: SeriesCase, events: dict[str, Any]) -> Series:
    """The series as it was, but for these occurrences."""
    base = case.base
    changes = {
        key: read_occurrence(event, key, case.source.kind, base, base, case.pending)
        for key, event in events.items()
    }
    for key, event in events.items():
        case.memory.held[key] = [event["id"], event.get("etag") or ""]
    return base.having(changes)


def ask(work: Work, cases: list[SeriesCase]) -> None:
    """Ask for masters, and for the occurrences that Google keeps by themselves."""
    by_calendar: dict[Any, list[SeriesCase]] = defaultdict(list)
    for case in cases:
        by_calendar[case.calendar].append(case)
    for calendar, mine in by_calendar.items():
        work.checkpoint()
        calls = {each: Call(each, "get", each) for case in mine for each in _ids(case)}
        answers = work.google.send(calendar.google_id, _spread(list(calls.values())))
        for case in mine:
            _take_answers(work, case, answers)


def _ids(case: SeriesCase) -> list[str]:
    """The ids that tell all about a series: its own, and those of changed occurrences."""
    sent = case.pending.exceptions if case.pending else {}
    held = {key: event_id for key, (event_id, _etag) in case.memory.held.items()}
    keys = {*held, *sent} - set(case.asked)
    return [case.event_id, *(held.get(k) or instance_id(case.event_id, k) for k in sorted(keys))]


def _spread(calls: list[Call]) -> list[Call]:
    """Calls on one series cannot be of one batch; so the first of each, then the second."""
    number: dict[str, int] = defaultdict(int)
    ranked = []
    for call in calls:
        name = call.event_id.partition("_")[0]
        ranked.append((number[name], call))
        number[name] += 1
    return [call for _rank, call in sorted(ranked, key=lambda pair: pair[0])]


def _take_answers(work: Work, case: SeriesCase, answers) -> None:
    mine = [answers[each] for each in _ids(case)]
    for answer in mine:
        if answer.error and answer.error.cause is not Cause.GONE:
            work.interrupt(answer.error)
            return
    case.unknown = False
    exceptions = dict(case.asked)
    zone = case.calendar.zone or case.source.zone.key
    for answer in mine[1:]:
        if answer.event and answer.event.get("originalStartTime"):
            exceptions.setdefault(key_of_event(answer.event, zone), answer.event)
    case.asked = {}
    if not take_events(work, case, mine[0].event, exceptions):
        case.unknown = True


def _fresh(work: Work, feed, source) -> list[SeriesCase]:
    """Series that have no link yet: made in Google, or ours from before a link was lost."""
    ours = database_uuid(work.env)
    cases = []
    for key, news in feed.fresh.items():
        mark = mark_of(news.master)
        if mark and mark.database != ours:
            continue  # another database's series: hands off
        case = SeriesCase(feed.calendar, source, work.env["crm.google.link"], None, key)
        link = series_links.find(work, feed, key)
        if link:
            series_links.adopt_single(case, link)
        elif mark and mark.model == MODEL and not _is_linked(work, feed, mark.record):
            case.res_id = mark.record
        if take_events(work, case, news.master, news.exceptions):
            cases.append(case)
    return cases


def _is_linked(work: Work, feed, res_id: int) -> bool:
    domain = [("calendar_id", "=", feed.calendar.id), ("model", "=", MODEL)]
    return bool(work.env["crm.google.link"].search_count([*domain, ("res_id", "=", res_id)]))


# --- records ---------------------------------------------------------------------------------


def _hinted_recurrences(source, hinted) -> set[int]:
    ids = {hint.res_id for hint in hinted if hint.model == MODEL}
    rows = [hint.res_id for hint in hinted if hint.model == "calendar.event"]
    return ids | set(source.records.browse(rows).exists().recurrence_id.ids)


def _new_recurrences(work: Work, feed, source, cases, wanted: set[int]) -> list[SeriesCase]:
    """Recurrences of the window without a link; a link that lost its own takes one of them."""
    among = None if feed.full else source.rows_of(wanted)
    rows = source.records.browse(source.in_window(work.window, among))
    found = rows.recurrence_id
    known = work.env["crm.google.link"].search_fetch(
        [("calendar_id", "=", feed.calendar.id), ("model", "=", MODEL)], ["res_id"]
    )
    taken = set(known.mapped("res_id")) | {case.res_id for case in cases}
    for case in cases:
        heir = _heir(source, case, taken)
        if heir:
            case.res_id = heir.id
            taken.add(heir.id)
    fresh = [recurrence for recurrence in found if recurrence.id not in taken]
    return [_new_case(work, feed, source, recurrence) for recurrence in fresh]


def _new_case(work: Work, feed, source, recurrence) -> SeriesCase:
    """A series for Google; where its first meeting stands there already, that event becomes it."""
    case = SeriesCase(feed.calendar, source, work.env["crm.google.link"], recurrence.id)
    link = _link_of_first(work, feed, recurrence)
    event = feed.events.get(link.event_id)
    if not link or (feed.full and not event) or (event and is_gone(event)):
        case.event_id = links.new_event_id(work, case)
        return case
    series_links.adopt_single(case, link)
    case.google, case.etag = case.base, link.etag or None
    if event:
        del feed.events[link.event_id]
        take_events(work, case, event, {})
    return case


def _link_of_first(work: Work, feed, recurrence):
    """The link of a single meeting that was made the first of a recurrence."""
    domain = [
        ("calendar_id", "=", feed.calendar.id),
        ("model", "=", "calendar.event"),
        ("res_id", "=", recurrence.base_event_id.id),
        ("state", "=", "linked"),
        ("series", "=", False),
        ("base", "!=", False),
        ("pending", "=", False),
    ]
    return work.env["crm.google.link"].search(domain if recurrence.base_event_id else [(0, "=", 1)])


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


def own_links(work: Work, feed) -> set[int]:
    """Meetings of recurrences that are synchronized by themselves."""
    domain = [("calendar_id", "=", feed.calendar.id), ("model", "=", "calendar.event")]
    rows = work.env["crm.google.link"].search_fetch(domain, ["res_id"])
    return set(rows.mapped("res_id")) - {0}


def read(work: Work, case: SeriesCase, apart: set[int]) -> None:
    """Read the CRM's side of one series."""
    source = case.source
    case.crm_series, case.out_of_sight = None, False
    recurrence = source.recurrences.browse(case.res_id or []).exists()
    case.recurrence = recurrence
    if case.link.model == "calendar.event":
        apart = apart - {case.link.res_id}
    if not recurrence:
        _read_single(case)
        return
    reading = read_series(source, recurrence, case.base or case.google, case.memory, apart)
    case.rows, case.crm_series = reading.rows, reading.series
    rows = recurrence.calendar_event_ids.filtered(lambda row: row.active and row.id not in apart)
    case.out_of_sight = bool(rows) and not rows.filtered(source._is_mine)
    case.is_odd = reading.series is None and bool(reading.rows.extra)


def _read_single(case: SeriesCase) -> None:
    """A single meeting whose event was made a series in Google."""
    if case.link.model != "calendar.event":
        return
    row = case.source.records.browse(case.link.res_id).exists().filtered("active")
    if row and case.base and case.source._is_mine(row):
        case.crm_series = Series(case.source.entry_of(row, case.base.entry))
        case.rows.active = {key_of(case.crm_series.entry.when): row}


def _stays_a_series(work: Work, feed, case: SeriesCase) -> bool:
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
    case.wanted = to_hold(work, result, case.rows.active) if result and shown else []
    if case.action.verb is Verb.NOTHING:
        _look_for_gaps(case, result)
    if case.action.verb is Verb.NOTHING and case.link:
        series_links.remember(case)
    elif case.action.verb is Verb.INSERT:
        case.wanted = list(case.rows.active)


def _decide(work: Work, case: SeriesCase) -> SeriesAction:
    if case.link.state == "detached":
        return _decide_detached(work, case)
    if case.out_of_sight:
        verb = Verb.DETACH if case.base else Verb.CLOSE
        return SeriesAction(verb, Reason.OUT_OF_SIGHT)
    series_links.heal_pending(case)
    policy = work.settings.policy
    return decide_series(case.base, case.crm_series, case.google, policy, has=has)


def _decide_detached(work: Work, case: SeriesCase) -> SeriesAction:
    if case.crm_series is None and case.google is None and not case.out_of_sight:
        return SeriesAction(Verb.CLOSE, Reason.GONE_BOTH)
    if case.crm_series and case.google and case.link.cause != "kept":
        policy = work.settings.policy
        return decide_series(case.base, case.crm_series, case.google, policy, has=has)
    return SeriesAction(Verb.NOTHING, Reason.SETTLED)


def _look_for_gaps(case: SeriesCase, result: Series | None) -> None:
    """The window moved on: a rule without end gets its next meetings."""
    if not result or not case.crm_series or case.link.state != "linked":
        return
    if any(result.occurrence(key) and key not in case.rows.active for key in case.wanted):
        case.action = SeriesAction(Verb.SETTLE, Reason.NEW_THERE, result, write_crm=True)
