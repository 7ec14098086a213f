"""Undo of a split: a series and what was split off it in one run are put together again."""

from __future__ import annotations

from typing import Any

from ..engine.decide import Reason, Verb
from ..engine.series import Series, start_of
from ..engine.series_merge import SeriesAction
from ..gcal.expand import first_keys, has
from ..gcal.series import instance_id, split_root
from .series_rule import MOST
from .series_state import SeriesCase, as_series
from .work import Work


def splits_of(stories: list[Any]) -> list[tuple[Any, Any]]:
    """Which story tells of a part that was split off the series of which other story."""
    made = [
        story for story in stories if story.did("crm", "create") or story.did("google", "create")
    ]
    cut = [story for story in stories if all(line.verb == "write" for line in story.lines)]
    pairs = ((part, next((one for one in cut if _was_cut(part, one)), None)) for part in made)
    return [(part, whole) for part, whole in pairs if whole]


def _was_cut(part, whole) -> bool:
    """Whether one series ends where the other begins: within one step of the rule."""
    if split_root(part.case.event_id) == split_root(whole.case.event_id):
        return True
    series = as_series(part.last.after)
    lost = _lost(as_series(whole.lines[0].before), as_series(whole.last.after))
    return bool(series and lost) and _day(series.starts) in range(lost[0][0], lost[0][1])


def _lost(before: Series | None, after: Series | None):
    """The days from the first occurrence that a rule has lost to the next one, as a range."""
    every = first_keys(before, MOST * 2) if before and after else []
    lost = [key for key in every if not has(after, key)]
    if not lost or any(has(after, key) for key in every if key > lost[0]):
        return []
    days = [_day(start_of(key)) for key in lost[:2]]
    gap = days[1] - days[0] if len(days) > 1 else 7
    return [(days[0] - max(gap, 1) + 1, days[0] + max(gap, 1))]


def _day(moment) -> int:
    return moment.toordinal()


def join(part: SeriesCase, whole: SeriesCase, after: Series | None) -> None:
    """Let the whole take its part's meetings, and the part go from Google; or leave both alone."""
    part.is_part = True
    untouched = all(_plain(held) == _plain(after) for held in (part.crm_series, part.google))
    if whole.action.verb is not Verb.SETTLE or not untouched:
        part.action = whole.action = SeriesAction(Verb.NOTHING, Reason.SETTLED)
        return
    part.action = SeriesAction(Verb.DELETE, Reason.UNDONE, None, write_google=True)
    whole.from_part += [row for _key, row in sorted(part.rows.active.items())]


def _plain(series: Series | None) -> Series | None:
    """Without details, which name a meeting that may have been made anew since."""
    return series and series.with_details("")


def give_back(part: SeriesCase) -> None:
    """The recurrence of a part, once no meeting is left of it."""
    recurrence = part.recurrence.exists()
    if recurrence and not recurrence.with_context(active_test=False).calendar_event_ids:
        recurrence.unlink()


def lost_meetings(work: Work, case: SeriesCase, after: Series | None) -> None:
    """Find the meetings that the run let go, by their own links: they become occurrences again."""
    links_ = work.env["crm.google.link"].search(
        [
            ("calendar_id", "=", case.calendar.id),
            ("series", "=", case.event_id),
            ("state", "=", "detached"),
            ("cause", "=", "deleted_there"),
        ]
    )
    ids = {event_id: key for key, (event_id, _etag) in case.memory.held.items()}
    before = case.action.result
    for link in links_:
        key = ids.get(link.event_id) or link.event_id.rpartition("_")[2]
        known = link.event_id in ids or link.event_id == instance_id(case.event_id, key)
        row = case.source.records.browse(link.res_id).exists()
        if known and row and has(before, key) and before.occurrence(key) and _has_not(after, key):
            case.back[key] = row


def _has_not(after: Series | None, key: str) -> bool:
    return not (after and has(after, key) and after.occurrence(key))
