"""From Google's feed, the links and the records: the cases of a calendar, with their actions."""

from __future__ import annotations

import logging
from typing import Any

from ..engine.decide import Verb
from ..engine.entry import Entry
from ..gcal.client import Call
from ..gcal.errors import Cause
from ..gcal.translate import is_gone, receipt_of, to_entry
from . import identity, link_keys, links
from .apart import attempt
from .choose import choose
from .detached import AWAY, FINAL, GONE
from .feed import Feed
from .held import as_agreed
from .series_state import MODEL as SERIES
from .series_state import as_entry
from .source import Local
from .work import Case, Work

_logger = logging.getLogger(__name__)


def gather(work: Work, feed: Feed, hinted: set[int]) -> list[Case]:
    """All cases of one calendar, decided.

    hinted: ids of records of this kind that may have changed; a full feed compares all anyway.
    """
    cases = _linked(work, feed, hinted) + _new_events(work, feed)
    adopted = {case.res_id for case in cases if not case.link}
    cases += _new_records(work, feed, hinted, adopted)
    ask_google(work, [case for case in cases if case.unknown])
    cases = [case for case in cases if not case.unknown]
    _load(cases)
    cases += _reused(work, cases)
    links.name_events(work, [case for case in cases if not case.event_id], feed)
    cases = [case for case in _readable(work, cases) if attempt(work, case, _decide)]
    return [case for case in cases if not case.is_idle]


def _decide(work: Work, case: Case) -> None:
    case.action = choose(work, case)
    if case.action.verb is Verb.NOTHING:
        links.mend(case)
        if case.pending:
            case.link.pending = False  # it never arrived, and is not wanted any more


def _reused(work: Work, cases: list[Case]) -> list[Case]:
    """Records that have got the id of one that is gone, and so are not their links'."""
    changed = [
        case for case in cases if case.link.identity and case.crm.entry not in (None, case.base)
    ]
    identity.learn(changed)
    others = []
    for case in changed:
        if case.identity and case.identity != case.link.identity:
            other = Case(case.calendar, case.source, work.env["crm.google.link"], case.res_id)
            other.crm, other.identity = case.crm, case.identity
            others += [other] if work.window.has(case.crm.entry) else []
            case.link.res_id = case.res_id = case.identity = None
            case.crm = Local(None)
    return others


def load_records(work: Work, cases: list[Case]) -> list[Case]:
    """Read the CRM's side of the cases, in one go for each kind; returns those that can be read."""
    _load(cases)
    return _readable(work, cases)


def _readable(work: Work, cases: list[Case]) -> list[Case]:
    """Set aside what cannot be read here, unless it takes no part anyhow; returns the others."""
    for case in cases:
        if case.crm.fault and case.link.state != "detached":
            links.set_aside(work, case, "odoo_unreadable", case.crm.fault)
    return [case for case in cases if not case.crm.fault]


def _load(cases: list[Case]) -> None:
    for source in {case.source for case in cases}:
        mine = [case for case in cases if case.source is source and case.res_id]
        locals_ = source.load({case.res_id: case.base or case.google for case in mine})
        for case in mine:
            case.crm = as_agreed(case, locals_[case.res_id])


def ask_google(work: Work, cases: list[Case]) -> None:
    """Ask for single events: one that is merely absent from a list may still be there."""
    by_calendar: dict[Any, list[Case]] = {}
    for case in cases:
        by_calendar.setdefault(case.calendar, []).append(case)
    for calendar, mine in by_calendar.items():
        work.checkpoint()
        calls = [Call(key=case.event_id, verb="get", event_id=case.event_id) for case in mine]
        answers = work.google.send(calendar.google_id, calls)
        for case in mine:
            _take_answer(work, case, answers[case.event_id])


def _take_answer(work, case, answer):
    error = answer.error
    if error is not None and error.cause is not Cause.GONE:
        if error.cause.retried or error.cause.general:
            work.interrupt(error)
        else:
            links.set_aside(work, case, error.cause.value, error.reason)
        return
    case.event = answer.event
    case.unknown = not attempt(work, case, take_event)


def take_event(_work: Work, case: Case) -> None:
    """Let the case see its event as it is now; None, or a cancelled one, is gone."""
    event = case.event
    case.google, case.etag = None, None
    if event and not is_gone(event):
        case.etag = event.get("etag")
        case.google = _entry(case, event)
    if event and case.pending and receipt_of(event) == case.link.receipt:
        links.heal(case)
    elif event and is_gone(event) and links.was_inserted(case.link, receipt_of(event)):
        case.deleted = True


def _entry(case: Case, event: dict[str, Any]) -> Entry:
    same = bool(case.link.etag) and case.link.etag == event.get("etag")
    if case.base and same and not case.link.series:  # its series may have changed an occurrence
        return case.base  # the echo of our own write
    zone = case.calendar.zone or case.source.zone.key
    return to_entry(event, case.source.kind, zone, case.pending, case.base)


def _linked(work: Work, feed: Feed, hinted: set[int]) -> list[Case]:
    source = work.sources[feed.calendar.kind]
    cases = []
    for link in _links(work, feed, hinted):
        if link.model == SERIES or link.event_id in feed.claimed:
            continue
        event = feed.events.get(link.event_id)
        if _is_echo(feed, link, event, hinted):
            continue
        case = Case(
            calendar=feed.calendar,
            source=source,
            link=link,
            res_id=link.res_id or None,
            event_id=link.event_id,
            etag=link.etag or None,
            base=as_entry(link.base),
            pending=as_entry(link.pending),
        )
        if _is_worth_it(work, feed, link, event, hinted) and _see(work, feed, case, event):
            cases.append(case)
    return cases


def _is_echo(feed: Feed, link, event, hinted: set[int]) -> bool:
    """Whether a feed of changes tells what we wrote ourselves: then there is nothing to compare."""
    settled = link.state == "linked" and link.base and not link.pending
    same = bool(event) and event.get("etag") == link.etag and link.series not in feed.series
    return bool(same and settled) and not feed.full and link.res_id not in hinted


def _links(work: Work, feed: Feed, hinted: set[int]):
    all_links = work.env["crm.google.link"]
    here = [("calendar_id", "=", feed.calendar.id)]
    if feed.full:
        return all_links.search(here)
    # one search for each index: with OR between them, PostgreSQL reads all links of the calendar
    result = all_links.search([*here, *links.OPEN])
    result |= link_keys.of_events(feed.calendar, feed.events)
    if feed.series:
        result |= all_links.search([*here, ("series", "in", list(feed.series))])
    return result | link_keys.of_records(
        feed.calendar, work.sources[feed.calendar.kind].model, hinted
    )


def _is_worth_it(work, feed: Feed, link, event, hinted) -> bool:
    """A link that is set aside waits for a change, a retry, or the user's own run."""
    if link.state == "linked":
        return True
    changed = bool(event) and event.get("etag") != link.etag
    asked = link.res_id in hinted or work.run.trigger == "wizard"
    if link.state == "detached":
        is_news = changed and not (is_gone(event) and link.cause in GONE)
        is_missing = feed.full and event is None and link.cause not in (*GONE, *FINAL)
        may_be_back = link.cause in (*AWAY, "kept")
        return is_news or is_missing or asked or may_be_back
    return changed or asked


def _see(work: Work, feed: Feed, case: Case, event: dict[str, Any] | None) -> bool:
    """Settle what is known of the event's side; False where the case must wait."""
    if event is not None:
        case.event = event
        return attempt(work, case, take_event)
    if case.link.state == "detached" and case.link.cause in GONE:
        case.google = None
    elif case.link.state == "detached" or _must_ask(feed, case):
        case.unknown = True
    else:
        case.google = case.base  # an incremental feed does not name what did not change
    return True


def _must_ask(feed: Feed, case: Case) -> bool:
    """Whether the event's absence from the feed says nothing about it."""
    if not case.base:  # set aside before its record could be made, or to be sent again
        return not case.res_id or bool(case.link.etag)
    return feed.full or case.link.series in feed.series or not case.link.etag


def _new_events(work: Work, feed: Feed) -> list[Case]:
    """Events without a link: made in Google, or ours from before a link was lost."""
    known = set(link_keys.of_events(feed.calendar, feed.events, "event_id").mapped("event_id"))
    source = work.sources[feed.calendar.kind]
    fresh = [e for key, e in feed.events.items() if key not in known and not is_gone(e)]
    fresh = identity.originals_first(identity.not_foreign(work, fresh))
    records = identity.named(source, fresh)
    taken = link_keys.linked(feed.calendar, source.model, set(records.values()))
    names: set[str] = set()
    cases = []
    for event in fresh:
        res_id = records.get(event["id"])
        case = Case(feed.calendar, source, work.env["crm.google.link"], None, event["id"])
        if res_id and res_id not in taken:
            case.res_id = res_id
            taken.add(res_id)
        elif not res_id and identity.lost(source, event) not in names:
            case.identity = identity.lost(source, event) or None
            names.add(case.identity or "")
        if _is_new(work, case, event):
            cases.append(case)
    identity.rejoin(source, cases)
    return cases


def _is_new(work: Work, case: Case, event: dict[str, Any]) -> bool:
    """Whether an event without a link is to be looked at, once it is read."""
    case.event = event
    if not attempt(work, case, take_event):
        return False
    return bool(case.res_id) or work.window.has(case.google)


def _new_records(work: Work, feed: Feed, hinted: set[int], adopted: set) -> list[Case]:
    """Records of the window that have no link yet; all of them, or those that were hinted at.

    adopted: ids of those whose event was just found by its mark.
    """
    if not feed.full and not hinted:
        return []
    source = work.sources[feed.calendar.kind]
    ids = source.in_window(work.window, None if feed.full else hinted)
    ids = _without_series(source, ids, feed)
    taken = link_keys.linked(feed.calendar, source.model, ids)
    no_link = work.env["crm.google.link"]
    return [
        Case(feed.calendar, source, no_link, res_id)
        for res_id in ids
        if res_id not in taken and res_id not in adopted
    ]


def _without_series(source, ids: list[int], feed: Feed) -> list[int]:
    """Meetings of a recurrence go with their series, unless that released them."""
    if source.model != "calendar.event":
        return ids
    bound = source.records.browse(ids).filtered("recurrence_id").ids
    bound = set(bound) - feed.released
    return [each for each in ids if each not in bound]
