"""Google's side of series: from links and the feed, or by asking, what stands there."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import psycopg2

from ..engine.series import Series
from ..gcal.client import Call
from ..gcal.errors import Cause
from ..gcal.expand import has
from ..gcal.series import instance_id, key_of_event, read_occurrence, to_series
from ..gcal.translate import is_gone, series_of
from . import identity, link_keys, links, series_links
from .apart import unreadable
from .detached import FINAL, GONE
from .series_feed import News
from .series_state import MODEL, Memory, SeriesCase, as_series
from .work import Work


def linked(work: Work, feed, source, wanted: set[int]) -> list[SeriesCase]:
    cases = []
    for link in _links(work, feed, wanted):
        case = SeriesCase(
            calendar=feed.calendar,
            source=source,
            link=link,
            res_id=link.res_id or None,
            event_id=link.event_id,
            etag=link.etag or None,
            base=as_series(link.base),
            pending=as_series(link.pending),
            memory=Memory.of(link),
        )
        news = feed.news.get(link.event_id)
        if _is_worth_it(work, feed.full, case, news, wanted) and _see(work, feed, case, news):
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


def _is_worth_it(
    work: Work, is_full: bool, case: SeriesCase, news: News | None, wanted: set[int]
) -> bool:
    """A series that is set aside waits for a change, a retry, or the user's own run."""
    link = case.link
    if link.state == "linked":
        return True
    asked = link.res_id in wanted or work.run.trigger == "wizard"
    changed = bool(news) and (not news.master or news.master.get("etag") != link.etag)
    if link.state == "detached":
        is_gone_too = bool(news and news.master and is_gone(news.master)) and link.cause in GONE
        is_missing = is_full and news is None and link.cause not in (*GONE, *FINAL)
        return asked or is_missing or (changed and not is_gone_too)
    return asked or changed


def _see(work: Work, feed, case: SeriesCase, news: News | None) -> bool:
    """Settle what is known of Google's side, or note what must be asked; False: it must wait."""
    try:
        return _look(work, feed, case, news)
    except psycopg2.Error:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is odd about one series concerns it alone
        unreadable(work, case, error)
        return False


def _look(work: Work, feed, case: SeriesCase, news: News | None) -> bool:
    if case.link.state == "detached" and case.link.cause in GONE and not (news and news.master):
        case.google = None
    elif news is None:
        is_apart = case.link.state == "detached"
        case.unknown = feed.full or is_apart or not case.base or not case.etag
        case.google = case.base
    elif news.master and is_gone(news.master):
        case.google, case.event = None, news.master
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
    except Exception as error:  # noqa: BLE001 - whatever is odd about one series concerns it alone
        unreadable(work, case, error)
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
        if has(base, key)
    }
    case.events = dict(events)
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
        answers = work.google.send(calendar.google_id, spread(list(calls.values())))
        for case in mine:
            _take_answers(work, case, answers)


def _ids(case: SeriesCase) -> list[str]:
    """The ids that tell all about a series: its own, and those of changed occurrences."""
    sent = case.pending.exceptions if case.pending else {}
    held = {key: event_id for key, (event_id, _etag) in case.memory.held.items()}
    keys = {*held, *sent} - set(case.asked)
    return [case.event_id, *(held.get(k) or instance_id(case.event_id, k) for k in sorted(keys))]


def spread(calls: list[Call]) -> list[Call]:
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
        error = answer.error
        if error and error.cause is not Cause.GONE:
            if error.cause.retried or error.cause.general:
                work.interrupt(error)
            else:
                links.set_aside(work, case, error.cause.value, error.reason)
                series_links.keep_news(case)
            return
    case.unknown = False
    exceptions = dict(case.asked)
    zone = case.calendar.zone or case.source.zone.key
    for answer in mine[1:]:
        if answer.event and series_of(answer.event):
            exceptions.setdefault(key_of_event(answer.event, zone), answer.event)
    case.asked = {}
    if not take_events(work, case, mine[0].event, exceptions):
        case.unknown = True


def fresh(work: Work, feed, source) -> list[SeriesCase]:
    """Series that have no link yet: made in Google, or ours from before a link was lost."""
    masters = identity.not_foreign(work, [news.master for news in feed.fresh.values()])
    masters = identity.originals_first(masters)
    records = identity.named(source, masters)
    taken = link_keys.linked(feed.calendar, MODEL, set(records.values()))
    names: set[str] = set()
    cases = []
    for master in masters:
        key, res_id = master["id"], records.get(master["id"])
        case = SeriesCase(feed.calendar, source, work.env["crm.google.link"], None, key)
        link = link_keys.of_events(feed.calendar, [key])
        if link:
            series_links.adopt_single(case, link)
        elif res_id and res_id not in taken:
            case.res_id = res_id
            taken.add(res_id)
        elif not res_id and identity.lost(source, master) not in names:
            case.identity = identity.lost(source, master) or None
            names.add(case.identity or "")
        if take_events(work, case, master, feed.fresh[key].exceptions):
            cases.append(case)
    identity.rejoin(source, cases)
    return cases
