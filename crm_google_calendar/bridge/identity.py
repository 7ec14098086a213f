"""Which record a mark names: by a random name that the record got when it was made.

A number is not enough: once a database was restored from a backup, another record gets it. What
the restored database has lost comes back as a new record, which gets the name of the old one: so
other guests' events of it lead there too.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import psycopg2

from ..gcal.translate import Event, Mark, is_own_id, mark_of, moment_of
from .settings import database_uuid
from .work import Case, Work
from .zones import naive

_logger = logging.getLogger(__name__)
SLACK = timedelta(minutes=1)  # between the clocks of the server and of Google


def mark_for(work: Work, case: Case) -> Mark:
    """The mark of a case's event."""
    learn([case])
    return Mark(database_uuid(work.env), case.source.model, case.res_id or 0, case.identity or "")


def learn(cases: Iterable[Any]) -> None:
    """Read the names of the cases' records, as far as they are not known."""
    unknown: dict[Any, list[Any]] = defaultdict(list)
    for case in cases:
        if case.identity is None and case.res_id:
            unknown[case.source].append(case)
    for source, mine in unknown.items():
        names = source.identities([case.res_id for case in mine])
        for case in mine:
            case.identity = names.get(case.res_id) or ""


def named(source: Any, events: Iterable[Event]) -> dict[str, int]:
    """The records that the marks of these events name, by the events' ids."""
    marks = {event["id"]: mark for event in events if (mark := _mark(source, event))}
    by_name = source.by_identity({mark.identity for mark in marks.values() if mark.identity})
    old = {mark.record for mark in marks.values() if not mark.identity}
    made = source.made(old) if old else {}
    found = {}
    for event in events:
        mark = marks.get(event["id"])
        if mark and mark.identity in by_name:
            found[event["id"]] = by_name[mark.identity]
        elif mark and not mark.identity and _is_older(made.get(mark.record), event):
            found[event["id"]] = mark.record
    return found


def not_foreign(work: Work, events: Iterable[Event]) -> list[Event]:
    """Without another database's entries, a copy's or an original's: hands off those."""
    ours = database_uuid(work.env)
    marks = [(event, mark_of(event)) for event in events]
    return [event for event, mark in marks if not mark or mark.database == ours]


def rejoin(source: Any, cases: Iterable[Any]) -> None:
    """Let the user take part in what another guest's event has brought back.

    What has another id than its mark says was made again for a record that was lost.
    """
    for case in cases:
        if case.res_id and _is_stand_in(case):
            try:
                with source.env.cr.savepoint():
                    source.rejoin(case.res_id)
                    source.env.flush_all()
            except psycopg2.OperationalError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever Odoo refuses concerns one record
                source.env.invalidate_all()
                _logger.info("record %s cannot be joined: %s", case.res_id, type(error).__name__)


def _is_stand_in(case: Any) -> bool:
    mark = mark_of(case.event)
    return bool(mark and mark.identity and mark.record != case.res_id)


def pass_on(source: Any, cases: Iterable[Any]) -> None:
    """Let records that were just made have the names of those that they stand for."""
    names = {}
    for case in cases:
        case.identity = case.identity or case.link.identity or None
        if case.identity:
            names[case.res_id] = case.identity
    source.rename(names)


def _mark(source: Any, event: Event) -> Mark | None:
    mark = mark_of(event)
    return mark if mark and mark.model == source.model else None


def _is_older(made: Any, event: Event) -> bool:
    """Whether a record may be that of an event whose mark, of an earlier version, has no name: it
    was not made after that. An event of the user's own got its mark with a later change."""
    marked = moment_of(event, "created" if is_own_id(event["id"]) else "updated")
    return bool(made and marked) and made <= naive(marked) + SLACK


def lost(source: Any, event: Event) -> str:
    """The name of the record that an event was made of; empty where no record made it."""
    mark = _mark(source, event)
    return mark.identity if mark else ""


def originals_first(events: Iterable[Event]) -> list[Event]:
    """A user's copy of an event carries its mark, too, but not an id of ours."""
    return sorted(events, key=lambda event: not is_own_id(event["id"]))
