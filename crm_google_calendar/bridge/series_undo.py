"""Undo of what a run did to series, from its log; by the same rules as for single entries.

A series is one line for each side, and is put back as a whole, or left alone as a whole.
"""

from __future__ import annotations

from odoo.tools import groupby

from ..engine.decide import Policy, Reason, Verb
from ..engine.merge import Side
from ..engine.series import Series, from_text
from ..engine.series_merge import SeriesAction, merge_series
from ..gcal.errors import GoogleError
from ..gcal.expand import has
from . import link_keys, links, series_links
from .feed import ask_feed, note_failure
from .series_events import ask
from .series_feed import parts_of
from .series_records import own_links, read
from .series_state import MODEL, SERIES, Memory, SeriesCase, to_hold
from .series_write import create_series
from .undo import UNDONE, undo_alone
from .work import Work


def undo_series(work: Work) -> list[SeriesCase]:
    """Carry out what concerns the CRM alone; returns the cases that the run goes on with."""
    lines = work.run.undo_of.line_ids.filtered(lambda line: line.model == MODEL and line.after)
    removed = work.run.undo_of.line_ids.filtered(
        lambda line: line.model == MODEL and line.verb == "remove"
    )
    found = groupby((lines | removed).sorted("id"), key=lambda line: line.event_id)
    news = _news(work) if lines or removed else {}
    if news is None:
        return []
    pairs = [(group, _case(work, group[-1])) for _event_id, group in found]
    pairs = [(group, case) for group, case in pairs if case]
    for _group, case in pairs:
        case.asked = dict(news.get(case.event_id, {}))
    ask(work, [case for _group, case in pairs])
    pairs = [(group, case) for group, case in pairs if not case.unknown]
    own = own_links(work, [case for _group, case in pairs])
    for group, case in pairs:
        read(work, case, own)
        _hear_late(work, case)
        case.action = _choose(group, case)
        if case.action.verb is Verb.NOTHING:
            undo_alone(work, group[-1], case, _undo_in_crm)
        else:
            case.wanted = to_hold(work, case.action.result, case.rows.active)
    work.checkpoint()
    return [case for _group, case in pairs if case.action.verb is not Verb.NOTHING]


def _news(work: Work) -> dict[str, dict] | None:
    """Occurrences that were changed in Google since the last run: by series, then by key.

    Asking for those that we know of would miss any that is an exception only since then. The
    cursor stays, as the next run must hear of them too. None where Google cannot answer now.
    """
    found: dict[str, dict] = {}
    for calendar in work.account.calendar_ids.filtered(_has_series):
        work.checkpoint()
        try:
            feed = ask_feed(work, calendar, calendar.cursor or None)
        except GoogleError as error:
            note_failure(work, calendar, error)
            return None
        found |= parts_of(feed)
    return found


def _has_series(calendar) -> bool:
    return calendar.kind == "event" and calendar.state == "ready"


def finish_series(work: Work, cases: list[SeriesCase]) -> None:
    """Keep the recurrences whose series were taken back from being sent anew."""
    for case in cases:
        if case.action.verb is Verb.DELETE and not case.link.exists() and case.crm_series:
            case.link = case.link.browse()
            series_links.settle(work, case)
            links.detach(work.env, case.link, UNDONE)
    work.checkpoint()


def _hear_late(work: Work, case: SeriesCase) -> None:
    """An earlier slice took the series back from Google, and the answer was lost."""
    if case.google is None and case.link.state == "linked" and case.link.cause == links.REMOVING:
        work.note(case, Side.GOOGLE, "remove", Reason.UNDONE)
        links.detach(work.env, case.link, UNDONE)


def _case(work: Work, line) -> SeriesCase | None:
    calendar = work.account.calendar_ids.filtered(_has_series)
    if not calendar:
        return None
    link = link_keys.of_events(calendar, [line.event_id])
    if link and link.model != MODEL:
        return None
    return SeriesCase(
        calendar=calendar,
        source=work.sources[SERIES],
        link=link,
        res_id=link.res_id or line.res_id or None,
        event_id=line.event_id,
        base=from_text(link.base),
        unknown=True,
        memory=Memory.of(link),
    )


def _choose(group, case: SeriesCase) -> SeriesAction:
    """What goes the usual way: old values for both sides, or a deletion in Google."""
    last = group[-1]
    if not all(_still_holds(line, case) for line in group):
        return SeriesAction(Verb.NOTHING, Reason.OUT_OF_SIGHT)
    if (last.side, last.verb) == ("google", "create"):
        return SeriesAction(Verb.DELETE, Reason.UNDONE, case.crm_series, write_google=True)
    written = [line for line in group if line.verb == "write" and line.before]
    if len(written) < len(group) or not (case.crm_series and case.google):
        return SeriesAction(Verb.NOTHING, Reason.SETTLED)
    before = _before(written)
    write_crm, write_google = before != case.crm_series, before != case.google
    return SeriesAction(Verb.SETTLE, Reason.UNDONE, before, write_crm, write_google)


def _before(lines) -> Series:
    """What stood before a run; where it wrote both sides, without what it brought to either."""
    after, olds = from_text(lines[-1].after), [from_text(line.before) for line in lines]
    if len(olds) == 1:
        return olds[0]
    return merge_series(after, olds[0], olds[1], Policy(), has).result


def _still_holds(line, case: SeriesCase) -> bool:
    if line.verb == "remove":
        return True
    after = from_text(line.after)
    if line.verb == "write":
        return case.crm_series == case.google == after
    held = case.crm_series if line.side == Side.CRM.value else case.google
    return held == after


def _undo_in_crm(work: Work, line, case: SeriesCase) -> None:
    """Take back a creation, or bring back what was removed on either side."""
    if case.action.reason is not Reason.SETTLED and line.verb != "create":
        return
    rows = case.source.records.concat(*case.rows.active.values())
    if (line.side, line.verb) == ("crm", "create") and _still_holds(line, case):
        rows.unlink()
        links.detach(work.env, case.link, UNDONE)
        work.note(case, Side.CRM, "remove", Reason.UNDONE)
    elif (line.side, line.verb) == ("crm", "remove") and case.link.state == "detached":
        known = case.source.records.browse(case.memory.rows.values()).exists()
        known.filtered(lambda row: not row.active).action_unarchive()
        case.link._start_over()
        work.note(case, Side.CRM, "write", Reason.UNDONE)
    elif line.verb == "remove" and line.before and not rows:
        series = from_text(line.before)
        case.action = SeriesAction(Verb.CREATE, Reason.UNDONE, series, write_crm=True)
        case.wanted = to_hold(work, series, {})
        create_series(case.source, [case])
        work.note(case, Side.CRM, "create", Reason.UNDONE)
        case.action = SeriesAction(Verb.NOTHING, Reason.UNDONE)
