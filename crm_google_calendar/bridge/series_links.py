"""The link rows of series, and the ways from a series to single events and back."""

from __future__ import annotations

from typing import Any

from ..engine.entry import from_json, to_json
from ..engine.series import Series, key_of, to_text
from ..engine.series_merge import heal
from ..gcal.series import instance_id
from ..gcal.translate import is_gone, is_own_id, receipt_of
from . import apply, link_keys, links, series_homes
from .series_feed import News, spread_out
from .series_held import keep_read
from .series_rule import mark_of_rule
from .series_state import MODEL, Memory, SeriesCase
from .series_write import free_meetings
from .work import Work


def settle(work: Work, case: SeriesCase) -> None:
    """Write that both sides now hold this series; makes the link when there is none yet."""
    if case.back:
        take_back(case)
    before, case.base, case.pending = case.base, case.action.result, None
    _memorize(case)
    keep_read(case, before)
    values = {
        "base": to_text(case.base),
        "held": False,
        "pending": False,
        "receipt": False,
        "occurrences": case.memory.to_text(),
        "state": "linked",
        "cause": False,
        "detail": False,
        "series": False,
        "last_sync": work.odoo_now,
        "etag": case.etag,
        **links.from_event(case.event),
    }
    links.write(work, case, values)


def remember(work: Work, case: SeriesCase) -> None:
    """Keep what was learned on the way of a series that needs nothing."""
    values: dict[str, Any] = {}
    if case.crm_series:
        _memorize(case)
    text = case.memory.to_text()
    if text != (case.link.occurrences or ""):
        values["occurrences"] = text
    if case.google and case.etag and case.etag != case.link.etag:
        values["etag"] = case.etag
    if case.link.pending:
        values |= {"pending": False, "receipt": False}  # not wanted any more, or arrived
    if case.base and to_text(case.base) != case.link.base:
        values["base"] = to_text(case.base)
    if values or case.link.model != MODEL or case.link.res_id != (case.res_id or 0):
        links.write(work, case, values)


def refused(work: Work, case: SeriesCase, error: Exception) -> None:
    """Set a series aside that Odoo refused."""
    apply.refused(work, case, error)
    keep_news(case)


def keep_news(case: SeriesCase) -> None:
    """Which occurrences Google keeps by themselves, for a retry: no feed will say it again."""
    memory = Memory.of(case.link)
    told = {key: [event["id"], event.get("etag") or ""] for key, event in case.asked.items()}
    memory.held = memory.held | case.memory.held | told
    case.link.occurrences = memory.to_text()


def set_pending(work: Work, cases: list[SeriesCase]) -> None:
    """Store what is about to be sent, so that a lost answer can be healed."""
    for case in cases:
        values: dict[str, Any] = {"model": MODEL, "res_id": case.res_id}
        if case.action.result and not case.removes:
            adopted = case.base is None and case.google is not None
            case.base = case.google if adopted else case.base
            case.pending = case.action.result
            text = to_text(case.pending)
            values |= {"pending": text, "receipt": links.receipt_for(case.link, text)}
            # a meeting that is gone stays in memory until Google has heard of it
            case.memory.rows = case.memory.rows | _ids(case)
            values |= {"base": to_text(case.base), "occurrences": case.memory.to_text()}
        if case.removes:
            # the etag, too: whoever meets another one knows that the user was there since
            values |= {"cause": links.REMOVING, "etag": case.etag}
        links.write(work, case, values)


def follow(work: Work, case: SeriesCase) -> None:
    """As `links.follow`: other users, too, go on with the recurrence and meetings made anew."""
    others = links.follow(work, case, case.link.res_id)
    for link in others:
        memory = Memory.of(link)
        memory.rows = _ids(case)
        link.occurrences = memory.to_text()
    case.source.invite(case.source.records.concat(*case.rows.active.values()), others.user_id)


def _ids(case: SeriesCase) -> dict[str, int]:
    return {key: row.id for key, row in case.rows.active.items()}


def _memorize(case: SeriesCase) -> None:
    case.memory.rows = _ids(case)
    case.memory.rule = mark_of_rule(case.recurrence) if case.recurrence else ""
    case.memory.start = ""


def heed_removal(case: SeriesCase) -> bool:
    """Find out what became of a deletion of ours; True where the user brought the series back, or
    touched it, since.

    One that arrived is no deletion by the user, and the meetings may have come back since.
    """
    if case.link.state != "linked" or case.link.cause != links.REMOVING:
        return False
    if case.google is None:
        case.base, case.memory.held = None, {}
        gone = dict.fromkeys(("cause", "base", "pending", "receipt"), False)
        case.link.write({**gone, "occurrences": case.memory.to_text()})
        return False
    if case.crm_series:
        case.link.cause = False
    return case.etag != case.link.etag


def was_deleted_unheard(case: SeriesCase) -> bool:
    """Whether the user deleted the series before we heard that its insertion had arrived."""
    event = case.event
    return bool(event and is_gone(event)) and links.was_inserted(case.link, receipt_of(event))


def heal_pending(case: SeriesCase) -> None:
    """Find out how much of a write that was cut off has arrived."""
    if not (case.pending and case.google and case.event):
        return
    arrived = receipt_of(case.event) == case.link.receipt
    case.base = heal(case.base, case.google, case.pending, arrived)


def rename(work: Work, feed) -> None:
    """Single events that the user made series of, where the CRM shows their occurrences singly."""
    for old, new in feed.becomes.items():
        link = link_keys.of_events(feed.calendar, [old])
        if link.model != MODEL:
            link_keys.of_events(feed.calendar, [new]).unlink()
            link.write({"event_id": new, "series": old, "etag": False})
    series_homes.move(feed)


def adopt_single(case: SeriesCase, link) -> None:
    """Go on with the link of a single event, or a single meeting, that was made a series."""
    case.link, case.event_id = link, link.event_id
    entry = from_json(link.base)
    case.base = Series(entry) if entry else None
    if case.base and link.res_id:
        case.memory.rows = {key_of(entry.when): link.res_id}


def detach_meeting(work: Work, case: SeriesCase, key: str, row) -> None:
    """Give a meeting whose occurrence was deleted in Google a link of its own, detached."""
    link = _own_link(work, case, key, row)
    links.detach(link, "deleted_there")


def take_back(case: SeriesCase) -> None:
    """Meetings that came back to their series have no link of their own any more; what the series
    had no place for is archived."""
    rows = case.source.records.concat(*case.back.values())
    domain = [("calendar_id", "=", case.calendar.id), ("model", "=", rows._name)]
    case.link.search([*domain, ("res_id", "in", rows.ids), ("state", "=", "detached")]).unlink()
    used = set(case.rows.active.values())
    left = [row for row in case.from_part if row not in used]
    case.source.archive(case.source.records.concat(*left))


def _own_link(work: Work, case: SeriesCase, key: str, row, event_id: str = ""):
    held = case.memory.held.get(key)
    known = case.base or case.crm_series
    values = {
        "calendar_id": case.calendar.id,
        "model": row._name,
        "res_id": row.id,
        "event_id": event_id or (held[0] if held else instance_id(case.event_id, key)),
        "series": False if event_id else case.event_id,
        "from_google": not is_own_id(case.event_id),
        "base": to_json(known.occurrence(key)) if known else False,
        "held": False,
        "last_sync": work.odoo_now,
    }
    mine = link_keys.of_records(case.calendar, row._name, row.ids)
    other = link_keys.of_events(case.calendar, [values["event_id"]]) - mine
    if mine:
        other.unlink()  # of a meeting that was this occurrence's before
    link = mine or other
    if link:
        link.write(values)
        return link
    return work.env["crm.google.link"].create(values)


def take_apart(work: Work, feed, case: SeriesCase) -> None:
    """A rule that Odoo cannot hold: from now on each meeting is linked by itself."""
    case.link.unlink()
    series, recurrence = case.google, case.recurrence
    single = "" if series.rules else key_of(series.entry.when)
    for key, row in case.rows.active.items():
        if case.base.occurrence(key):
            _own_link(work, case, key, row, case.event_id if key == single else "")
    free_meetings(case.source.records.concat(*case.rows.active.values()))
    if recurrence and not recurrence.calendar_event_ids:
        recurrence.unlink()
    feed.series.add(case.event_id)
    if series.rules:
        spread_out(work, feed, case.event_id, News(case.event, case.events, True), series)
    else:
        feed.events[case.event_id] = case.event
    series_homes.rehome(feed)
    series_homes.move(feed)
