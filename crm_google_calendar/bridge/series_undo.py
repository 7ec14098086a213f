"""Undo of what a run did to series, from its log; by the same rules as for single entries.

A series is put back as a whole, with the meetings that the run dropped, or left alone as a whole.
What was split off it in that run is one family with it; see `series_family`.
"""

from __future__ import annotations

from collections.abc import Callable

from ..engine.decide import Policy, Reason, Verb
from ..engine.merge import Side
from ..engine.series import Series, key_of
from ..engine.series_merge import SeriesAction, merge_series
from ..gcal.errors import GoogleError
from ..gcal.expand import has
from . import link_keys, links, series_links
from .feed import ask_feed, note_failure
from .series_events import ask
from .series_family import give_back, join, lost_meetings, splits_of
from .series_feed import parts_of
from .series_records import choose, own_links
from .series_run import read_again
from .series_state import MODEL, SERIES, Memory, SeriesCase, as_series, to_hold
from .series_write import create_series
from .undo import LET_GO, UNDONE, Story, lines_to_undo, undo_alone
from .work import Work

NOTHING = SeriesAction(Verb.NOTHING, Reason.SETTLED)


def undo_series(work: Work) -> list[SeriesCase]:
    """Carry out what concerns the CRM alone; returns the cases that Google must hear of too."""
    stories = _stories(work)
    if stories is None:
        return []
    splits = splits_of(stories)
    for story in stories:
        story.case.action = _for_both(story)
    for part, whole in splits:
        join(part.case, whole.case, as_series(part.last.after))
    for story in stories:
        case = story.case
        here = _for_crm(story)
        if case.action.verb is Verb.NOTHING and here and not case.is_part:
            undo_alone(work, story, here)
        elif case.action.verb is Verb.SETTLE:
            lost_meetings(work, case, as_series(story.last.after))
            if case.back:  # from here on the series is read with them
                read_again(work, case, own_links(work, [case]))
            case.wanted = to_hold(work, case, case.action.result)
    work.checkpoint()
    both = [story.case for story in stories if story.case.action.verb is not Verb.NOTHING]
    return [*both, *_send_again(work)]


def _stories(work: Work) -> list[Story] | None:
    """Those whose series is known on both sides; None where Google cannot answer now."""
    if not work.account.calendar_ids.filtered(_has_series):
        return []
    found = lines_to_undo(work, [MODEL])
    news = _news(work) if found else {}
    if news is None:
        return None
    stories = [Story(lines, _case(work, lines[-1])) for lines in found]
    stories = [story for story in stories if story.case]
    for story in stories:
        story.case.asked = dict(news.get(story.case.event_id, {}))
    ask(work, [story.case for story in stories])
    stories = [story for story in stories if not story.case.unknown]
    own = own_links(work, [story.case for story in stories])
    stories = [story for story in stories if read_again(work, story.case, own)]
    for story in stories:
        _hear_late(work, story.case)
    return stories


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
    """Keep the recurrences whose series were taken back from being sent again."""
    for case in cases:
        if case.action.verb is not Verb.DELETE or case.link.exists():
            continue
        if case.is_part:
            give_back(case)
        elif case.crm_series:
            case.link = case.link.browse()
            series_links.settle(work, case)
            links.detach(case.link, UNDONE)
    work.checkpoint()


def _hear_late(work: Work, case: SeriesCase) -> None:
    """An earlier slice took the series back from Google, and the answer was lost."""
    if case.google is None and case.link.state == "linked" and case.link.cause == links.REMOVING:
        work.note(case, Side.GOOGLE, "remove", Reason.UNDONE)
        links.detach(case.link, UNDONE)


def _case(work: Work, line) -> SeriesCase | None:
    calendar = work.account.calendar_ids.filtered(_has_series)
    link = link_keys.of_events(calendar, [line.event_id])
    if link and link.model != MODEL:
        return None  # its event is a single meeting's by now
    return SeriesCase(
        calendar=calendar,
        source=work.sources[SERIES],
        link=link,
        res_id=link.res_id or line.res_id or None,
        event_id=line.event_id,
        base=as_series(link.base),
        unknown=True,
        memory=Memory.of(link),
    )


# --- what goes the usual way -----------------------------------------------------------------


def _for_both(story: Story) -> SeriesAction:
    """Old values for both sides, or a deletion in Google."""
    case, after = story.case, as_series(story.last.after)
    if story.did("google", "create") and case.google and case.google == after:
        return SeriesAction(Verb.DELETE, Reason.UNDONE, case.crm_series, write_google=True)
    writes = all(line.verb == "write" and line.before for line in story.lines)
    if not (writes and case.crm_series and case.google):
        return NOTHING
    before, held = _before(story), (case.crm_series, case.google)
    if any(series not in (before, after) for series in held):
        return NOTHING
    here, there = (series != before for series in held)
    return SeriesAction(Verb.SETTLE, Reason.UNDONE, before, here, there)


def _before(story: Story) -> Series:
    """What stood before a run; where it wrote both sides, without what it brought to either."""
    after = as_series(story.last.after)
    olds = {line.side: as_series(line.before) for line in reversed(story.lines)}
    if len(olds) == 1:
        return olds.popitem()[1]
    return merge_series(after, olds["crm"], olds["google"], Policy(), has).result


# --- what concerns the CRM alone -------------------------------------------------------------


def _for_crm(story: Story) -> Callable[[Work, Story], None] | None:
    """How to take a story back in the CRM, where it stands as the run left it."""
    case, last = story.case, story.last
    if story.did("crm", "create", "reopen"):
        undo = _drop if story.did("crm", "create") else _close
        after = as_series(last.after)
        return undo if case.crm_series and case.crm_series == after else None
    gone = not case.google and not case.crm_series and not case.out_of_sight
    if (last.side, last.verb) == ("google", "remove") and last.before:
        return _bring_back if gone and case.link.state != "linked" else None
    if last.side == "crm" and last.verb in LET_GO:
        return _take_up if case.link.state == "detached" and not case.out_of_sight else None
    return None


def _rows(case: SeriesCase):
    return case.source.records.concat(*case.rows.active.values())


def _drop(work: Work, story: Story) -> None:
    """What was created in the CRM goes; its event stays."""
    _rows(story.case).unlink()
    links.detach(story.case.link, UNDONE)
    work.note(story.case, Side.CRM, "remove", Reason.UNDONE)


def _close(work: Work, story: Story) -> None:
    """What was opened again, since it came back in Google, is archived; its event stays."""
    case = story.case
    case.source.archive(_rows(case))
    links.detach(case.link, UNDONE)
    work.note(case, Side.CRM, "archive", Reason.UNDONE)


def _bring_back(work: Work, story: Story) -> None:
    """A series that the run removed in Google is opened, or made again, and goes there again."""
    case, before = story.case, as_series(story.last.before)
    archived = _archived(case, before)
    if archived:
        archived.action_unarchive()
        work.note(case, Side.CRM, "reopen", Reason.UNDONE)
    else:
        case.action = SeriesAction(Verb.CREATE, Reason.UNDONE, before, write_crm=True)
        case.wanted = to_hold(work, case, before)
        create_series(case.source, [case])
        work.note(case, Side.CRM, "create", Reason.UNDONE)
        case.action = NOTHING
        story.last.res_id = case.res_id
    case.link.unlink()
    case.link, case.event_id = case.link.browse(), ""
    links.name_events(work, [case])
    links.write(work, case, {})


def _archived(case: SeriesCase, before: Series):
    """Archived meetings that are occurrences of the series as it was."""
    rows = case.source.recurrences.browse(case.res_id or []).exists()
    rows = rows.with_context(active_test=False).calendar_event_ids
    rows = rows.filtered(lambda row: not row.active and case.source._is_mine(row))
    starts = {entry.when for entry in before.exceptions.values() if entry}
    return rows.filtered(
        lambda row: (
            (when := case.source._read_when(row)) in starts
            or (has(before, key := key_of(when)) and key not in before.exceptions)
        )
    )


def _take_up(work: Work, story: Story) -> None:
    """What the run let go is synchronized again: with its event where that stands."""
    case = story.case
    known = case.source.records.browse(case.memory.rows.values()).exists()
    archived = known.filtered(lambda row: not row.active)
    archived.action_unarchive()
    work.note(case, Side.CRM, "reopen" if archived else "attach", Reason.UNDONE)
    if case.google:
        case.link.write({"state": "linked", "cause": False, "detail": False, "etag": False})
    else:
        case.link._start_over()


# --- what goes to Google again ---------------------------------------------------------------


def _send_again(work: Work) -> list[SeriesCase]:
    """The cases of the series that this undo has brought back, in whichever of its slices."""
    lines = work.run.line_ids.search(
        [("run_id", "=", work.run.id), ("side", "=", "crm"), ("model", "=", MODEL)]
    )
    domain = [("account_id", "=", work.account.id), ("model", "=", MODEL), *links.OPEN]
    found = work.env["crm.google.link"].search([*domain, ("res_id", "in", lines.mapped("res_id"))])
    cases = [
        SeriesCase(link.calendar_id, work.sources[SERIES], link, link.res_id, link.event_id)
        for link in found
        if not (link.base or link.etag)
    ]
    own = own_links(work, cases)
    cases = [case for case in cases if read_again(work, case, own)]
    for case in cases:
        choose(work, case)
    return [case for case in cases if case.action.verb is Verb.INSERT]
