"""Reading and writing the link rows."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Any

import psycopg2

from ..engine.decide import Reason
from ..engine.entry import Entry, to_json
from ..gcal.translate import is_own_id, series_of
from . import link_keys
from .held import carried_over, to_keep
from .identity import learn
from .rows import insert
from .work import Case, Work

_logger = logging.getLogger(__name__)
# links in sync that a run has to look at, although nothing changed; they have an index
OPEN = [
    ("state", "=", "linked"),
    *("|", "|", ("base", "=", False), ("etag", "=", False), ("pending", "!=", False)),
]
# causes of a link in sync whose event we are deleting, until the answer comes
REMOVING, UNDOING = "removing", "undoing"
PATIENCE = 5  # slices in a row that could not be completed


def settle(work: Work, case: Case, entry: Entry, event: dict[str, Any] | None) -> None:
    """Write that both sides now hold this entry; makes the link when there is none yet."""
    values = {
        "base": to_json(entry),
        "held": to_keep(case, entry),
        "pending": False,
        "receipt": False,
        "state": "linked",
        "cause": False,
        "detail": False,
        "last_sync": work.odoo_now,
        **from_event(event),
    }
    write(work, case, values)


def settle_new(work: Work, cases: list[Case]) -> None:
    """Make the links of records just created from events, all at once."""
    rows = [
        {
            **_identity(case),
            "base": to_json(case.action.result),
            "held": to_keep(case, case.action.result),
            "state": "linked",
            "last_sync": work.odoo_now,
            **from_event(case.event),
        }
        for case in cases
    ]
    for case, link in zip(cases, insert(work.env["crm.google.link"], rows), strict=True):
        case.link = link


def each_alone(work: Work, cases: list[Any], act: Callable[[list[Any]], None]) -> list[Any]:
    """Let `act` write the links of these cases, all at once, or each by itself where the database
    refuses one of them; returns the cases whose links were written."""
    if not cases:
        return []
    held = [case.link for case in cases]
    try:
        with work.env.cr.savepoint():
            act(cases)
            work.env.flush_all()
    except psycopg2.IntegrityError as refusal:
        work.env.invalidate_all()
        for case, link in zip(cases, held, strict=True):
            case.link = link
        if len(cases) > 1:
            middle = len(cases) // 2
            first = each_alone(work, cases[:middle], act)
            return first + each_alone(work, cases[middle:], act)
        _stop_trying(work, cases[0], refusal)
        return []
    return cases


def _stop_trying(work: Work, case: Any, refusal: Exception) -> None:
    """Another link has the event or the record of this one: leave both as they are."""
    what = (case.event_id, case.calendar.id, type(refusal).__name__)
    _logger.warning("the link of event %s in calendar %s is refused: %s", *what)
    if case.link:
        case.link.write({"state": "set_aside", "cause": "odoo_refused", "detail": False})


def set_pending(work: Work, cases: list[Case]) -> None:
    """Store what is about to be sent, so that a lost answer can be healed."""
    new = [case for case in cases if not case.link]
    rows = [_identity(case) for case in new]
    for case, link in zip(new, work.env["crm.google.link"].create(rows), strict=True):
        case.link = link
    for case in cases:
        if case.action.result:
            _set_pending(case, to_json(case.action.result))
        else:
            case.link.cause = UNDOING if case.action.reason is Reason.UNDONE else REMOVING


def _set_pending(case: Case, pending: str) -> None:
    case.pending = case.action.result
    receipt = receipt_for(case.link, pending)
    linked = {"state": "linked", "cause": False, "detail": False, **_record(case)}
    case.link.write({"pending": pending, "receipt": receipt, **linked})


def receipt_for(link, pending: str) -> str:
    """The receipt belongs to what is sent: a repeated call is the same write once more.

    All tries of one insertion begin alike, so that whichever arrived is known for ours.
    """
    fresh = uuid.uuid4().hex[:16]
    if not (link.receipt and link.pending):
        return fresh
    if link.pending == pending:
        return link.receipt
    return fresh if link.base else f"{_stem(link.receipt)}.{fresh}"


def was_inserted(link, receipt: str) -> bool:
    """Whether an event's receipt proves that the insertion under way, or a try of it, arrived."""
    return bool(receipt and link.receipt and not link.base) and _stem(receipt) == _stem(
        link.receipt
    )


def _stem(receipt: str) -> str:
    return receipt.partition(".")[0]


def heal(case: Case) -> None:
    """Take what was being sent for the base: the event's receipt proves that it arrived."""
    before, case.base, case.pending = case.base, case.pending, None
    held = carried_over(case.link.held, before, case.base)
    values = {"base": to_json(case.base), "held": held, "pending": False, "receipt": False}
    if case.google == case.base:
        values |= from_event(case.event)
    case.link.write(values)


def set_aside(work: Work, case: Case, cause: str, detail: str = "") -> None:
    """Stop trying this link until its cause is dealt with; visible to the user, with a reason."""
    values = {"state": "set_aside", "cause": cause, "detail": detail}
    each_alone(work, [case], lambda _cases: write(work, case, values))
    work.counts["set_aside"] = work.counts.get("set_aside", 0) + 1


def mend(case: Case) -> None:
    """Write that nothing is wrong any more with an entry of which nothing is to be done."""
    if case.link.state == "set_aside" and case.base:
        well = {"state": "linked", "cause": False, "detail": False}
        case.link.write({**well, **from_event(case.event)})


def put_off(work: Work, cases: list[Any]) -> None:
    """Leave to the next slice what Google kept calling outdated, until that has led nowhere."""
    if work.run.tries < PATIENCE:
        work.complete = work.complete and not cases
        return
    for case in cases:
        _logger.info("link %s set aside: outdated in %s slices", case.link.id, work.run.tries)
        set_aside(work, case, "restless")


def detach(links, cause: str) -> None:
    """Keep both sides as they are and sync them no more."""
    nothing_sent = {"pending": False, "receipt": False}
    links.write({"state": "detached", "cause": cause, "detail": False, **nothing_sent})


def take_up(work: Work, case: Case) -> None:
    """Make the link of an event and a record that had none."""
    write(work, case, from_event(case.event))


def name_events(work: Work, cases: list[Any], feed: Any = None) -> None:
    """Give the events that new records get their ids; never one that stands in Google, or that
    some link has, which may have been handed on with it."""
    learn(cases)
    while cases:
        for case in cases:
            words = (case.source.model, case.res_id, case.generation, case.identity)
            case.event_id = work.account._event_id(*words)
        calendars = cases[0].calendar.concat(*(case.calendar for case in cases))
        ids = [case.event_id for case in cases]
        used = {*link_keys.of_events(calendars, ids, "event_id").mapped("event_id")}
        used |= {*ids} & {*feed.events, *feed.fresh} if feed else set()
        cases = [case for case in cases if case.event_id in used]
        for case in cases:
            case.generation += 1


def follow(work: Work, case: Case, gone: int | None) -> Any:
    """Let other users' links of a record that was deleted lead to the one that has come back;
    returns those links. Else each edit of theirs would bring back one more."""
    known = link_keys.of_everybody(work.env, case.source.model, [gone] if gone else [])
    others = known.filtered(lambda link: link.state == "linked") - case.link
    others.res_id = case.res_id
    return others


def write(work: Work, case: Case, values: dict[str, Any]) -> None:
    """Write to the case's link, and say which record it is of; makes the link if there is none.

    A link of another kind becomes one of this kind, as a whole.
    """
    if case.link:
        shape = case.shape() if case.link.model != case.source.model else {}
        case.link.write({**shape, **_record(case), **values})
    else:
        case.link = work.env["crm.google.link"].create({**_identity(case), **values})


def _identity(case: Case) -> dict[str, Any]:
    calendar = case.calendar
    return {
        "calendar_id": calendar.id,
        # known here, so that Odoo need not find them out and write each row a second time
        "account_id": calendar.account_id.id,
        "kind": calendar.kind,
        "model": case.source.model,
        "res_id": case.res_id,
        "identity": case.identity or False,  # in any case: many rows are made by one statement
        "event_id": case.event_id,
        "generation": case.generation,
        "from_google": not is_own_id(case.event_id),
    }


def _record(case: Case) -> dict[str, Any]:
    known = {} if case.identity is None else {"identity": case.identity}
    return {"model": case.source.model, "res_id": case.res_id, **known}


def from_event(event: dict[str, Any] | None) -> dict[str, Any]:
    """What a link keeps of its event as Google shows it."""
    if not event:
        return {}
    return {
        "etag": event.get("etag"),
        "url": event.get("htmlLink"),
        "series": series_of(event) or False,
    }
