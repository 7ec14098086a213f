"""The keys of a link: in one calendar the id of its event, or the model and id of its record.

An id alone says nothing: a meeting and a recurrence may have the same one. So links are found by
these functions only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

LINK = "crm.google.link"


def of_events(calendars: Any, event_ids: Iterable[str], *fetch: str, among: Any = ()) -> Any:
    """The links of these events; `fetch`: the only fields that are needed of them."""
    return _find(calendars, [*among, ("event_id", "in", list(event_ids))], fetch)


def of_records(calendars: Any, model: str, ids: Iterable[int], *fetch: str) -> Any:
    """The links that these calendars have to records of one model."""
    mine = [("model", "=", model), ("res_id", "in", list(ids))]
    return _find(calendars, mine, fetch)


def of_everybody(env: Any, model: str, ids: Iterable[int], *fetch: str) -> Any:
    """The links that any user has to records of one model; `fetch`: as in `of_events`."""
    links, wanted = env[LINK], [("model", "=", model), ("res_id", "in", list(ids))]
    return links.search_fetch(wanted, list(fetch)) if fetch else links.search(wanted)


def linked(calendars: Any, model: str, ids: Iterable[int]) -> set[int]:
    """Which of these records have a link in one of these calendars."""
    return set(of_records(calendars, model, ids, "res_id").mapped("res_id"))


def _find(calendars: Any, wanted: list[Any], fetch: tuple[str, ...]) -> Any:
    links = calendars.env[LINK]
    if not wanted[-1][2]:
        return links.browse()
    domain = [("calendar_id", "in", calendars.ids), *wanted]
    return links.search_fetch(domain, list(fetch)) if fetch else links.search(domain)
