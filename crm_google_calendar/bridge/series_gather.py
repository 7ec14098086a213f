"""From the feed, the links and Odoo's recurrences: the series of one calendar, each decided."""

from __future__ import annotations

import psycopg2

from ..engine.decide import Verb
from ..engine.entry import Kind
from . import links, series_links, series_refused
from .series_events import ask, fresh, linked
from .series_parts import bring_back, relate
from .series_records import (
    choose,
    hinted_recurrences,
    new_recurrences,
    own_links,
    read,
    stays_a_series,
)
from .series_split import pair
from .series_state import SERIES, SeriesCase
from .work import Work


def gather_series(work: Work, feed, hinted) -> list[SeriesCase]:
    """All series of one calendar that need something, decided. Must run before `gather`: it tells
    that which meetings and events are left to stand for themselves.

    hinted: the account's hints, of any model.
    """
    series_links.rename(work, feed)
    series_refused.settle(work, feed)
    source = work.sources.get(SERIES)
    if source is None or feed.calendar.kind != Kind.EVENT.value:
        return []  # a series of tasks is an activity for each occurrence, see `series_feed`
    wanted = hinted_recurrences(source, hinted)
    cases = linked(work, feed, source, wanted) + fresh(work, feed, source)
    ask(work, [case for case in cases if case.unknown])
    cases = [case for case in cases if not case.unknown]
    bring_back(work, feed, cases)
    pair(work, cases)
    cases += new_recurrences(work, feed, source, cases, wanted)
    own = own_links(work, cases)
    relate(cases)
    cases = [case for case in cases if _decided(work, feed, case, own)]
    settled = [case for case in cases if case.link.state != "detached"]
    feed.released |= {row for case in settled for row in case.rows.extra}
    feed.claimed |= {case.event_id for case in cases}
    return [case for case in cases if not case.is_idle]


def _decided(work: Work, feed, case: SeriesCase, own: set[int]) -> bool:
    """Read and decide one series; False where it cannot go on as one."""
    try:
        with work.env.cr.savepoint():
            read(work, case, own)
            if not stays_a_series(work, feed, case):
                return False
            choose(work, case)
            if case.action.verb is Verb.NOTHING:
                links.mend(case)
            return True
    except psycopg2.OperationalError:
        raise  # a serialization failure: the whole slice is repeated
    except Exception as error:  # noqa: BLE001 - whatever is odd about one series concerns it alone
        case.source.env.invalidate_all()
        series_links.refused(work, case, error)
        return False
