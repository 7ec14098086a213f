"""Sorting a feed: which events belong to series, and which series the CRM shows as such.

A series that Odoo cannot hold as it is meant is taken apart here: its occurrences within the
window go on as single events, each linked by itself, under the id of their series.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg2

from ..engine.entry import Kind
from ..engine.series import Series, key_of
from ..gcal.client import Call
from ..gcal.errors import Cause, GoogleError
from ..gcal.expand import first_keys, has, keys_between
from ..gcal.series import instance, instance_id, key_of_event, split_from, split_root, to_series
from ..gcal.translate import is_gone, is_series, read_when, series_of
from . import link_keys, series_homes, series_refused
from .series_parts import heirs
from .series_rule import MOST, fields_of
from .series_state import MODEL, SERIES, is_windowed, moved_in, of_window, span
from .work import Work

Event = dict[str, Any]


@dataclass
class News:
    """What a feed tells of one series: its master, if it changed, and occurrences by key.

    whole: nothing that Google keeps of the series is missing here.
    """

    master: Event | None
    exceptions: dict[str, Event] = field(default_factory=dict)
    whole: bool = False


def sort_out(work: Work, feed) -> None:
    """Move what belongs to series out of the feed's events; may ask Google."""
    if SERIES not in work.sources:
        return
    parts = parts_of(feed)
    again = _again(work, feed, parts)
    masters = {key: event for key, event in feed.events.items() if is_series(event)}
    linked = _linked(feed, {*parts, *feed.events}) - set(again)
    apart = _taken_apart(work, feed, {*parts, *masters, *feed.events, *again})
    apart |= {key for key in masters if split_from(key) in apart}
    for key in linked:
        feed.news[key] = _news(feed, key, parts)
    orphans = set(parts) - set(masters) - linked - apart
    orphans |= set(again) - set(feed.events)
    masters |= _ask_for_masters(work, feed, orphans)
    feed.heirs = heirs(work, feed, set(masters), linked)
    for key, master in masters.items():
        if key in linked:
            continue
        feed.events.pop(key, None)
        if not is_gone(master):
            _try_to_take_in(work, feed, key, master, parts, key in apart)
    series_homes.rehome(feed)
    for key in apart & set(feed.events):
        if not is_gone(feed.events[key]):
            series_homes.become_single(feed, key)
    _drop(feed, parts, set(feed.refused) - apart)
    told = masters | feed.events
    _end(work, feed, {key for key in apart if key in told and is_gone(told[key])})


def _again(work: Work, feed, parts) -> list[str]:
    """Series whose dates Google refused before, and that are tried again; the others wait."""
    found = series_refused.unread(work, feed, {*parts, *feed.events})
    feed.unread = found.filtered(lambda link: series_refused.is_worth_it(feed, link, parts))
    for link in found - feed.unread:
        feed.events.pop(link.event_id, None)
        feed.series.add(link.event_id)
    return feed.unread.mapped("event_id")


def _drop(feed, parts, keys: set[str]) -> None:
    for key in keys:
        for event in parts.get(key, {}).values():
            feed.events.pop(event["id"], None)


def _end(work: Work, feed, keys: set[str]) -> None:
    """With a series its occurrences are deleted, also those that Google may still show by
    themselves."""
    domain = [("calendar_id", "=", feed.calendar.id), ("series", "in", list(keys))]
    domain += [("model", "!=", MODEL), ("state", "!=", "detached")]
    links = work.env["crm.google.link"].search_fetch(domain, ["event_id"]) if keys else ()
    for link in links:
        feed.events[link.event_id] = {"id": link.event_id, "status": "cancelled"}


def parts_of(feed) -> dict[str, dict[str, Event]]:
    """The changed occurrences in the feed: by series, then by key."""
    found: dict[str, dict[str, Event]] = defaultdict(dict)
    for event in feed.events.values():
        series = series_of(event)
        if not series:
            continue
        with suppress(ValueError):  # of one that nobody can place: it stands for itself
            found[series][key_of_event(event, feed.zone)] = event
    return found


def _linked(feed, ids: set[str]) -> set[str]:
    series = [("model", "=", MODEL)]
    known = link_keys.of_events(feed.calendar, ids, "event_id", among=series)
    return set(known.mapped("event_id"))


def _taken_apart(work: Work, feed, ids: set[str]) -> set[str]:
    ids |= {split_from(key) for key in ids}  # what was split off keeps its occurrences' ids
    domain = [
        ("calendar_id", "=", feed.calendar.id),
        ("series", "in", list(ids)),
        ("model", "!=", MODEL),
        ("state", "!=", "detached"),
    ]
    return set(work.env["crm.google.link"].search_fetch(domain, ["series"]).mapped("series"))


def _news(feed, key: str, parts: dict[str, dict[str, Event]]) -> News:
    exceptions = parts.get(key, {})
    for event in exceptions.values():
        del feed.events[event["id"]]
    return News(feed.events.pop(key, None), exceptions, feed.full)


def _ask_for_masters(work: Work, feed, ids: set[str]) -> dict[str, Event]:
    """The masters of changed occurrences whose series was never taken in."""
    if not ids:
        return {}
    calls = [Call(key=each, verb="get", event_id=each) for each in sorted(ids)]
    answers = work.google.send(feed.calendar.google_id, calls)
    for key, answer in answers.items():
        if answer.error and answer.error.cause is not Cause.GONE:
            series_refused.take(work, feed, key, {}, answer.error)
    events = {key: answer.event for key, answer in answers.items() if answer.event}
    return {key: event for key, event in events.items() if is_series(event)}


def _try_to_take_in(work: Work, feed, key: str, master: Event, parts, apart: bool) -> None:
    try:
        _take_in(work, feed, key, master, parts, apart)
    except GoogleError as refusal:
        series_refused.take(work, feed, key, master, refusal)
    except psycopg2.Error:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is odd about one series concerns it alone
        series_refused.take_unreadable(feed, key, master, error)


def _take_in(work: Work, feed, key: str, master: Event, parts, apart: bool) -> None:
    source = work.sources[feed.calendar.kind]
    whole = feed.full or (not apart and _is_fresh(feed, master))
    news = News(master, dict(parts.get(key, {})), whole)
    try:
        series = to_series(master, news.exceptions, source.kind, feed.zone, None)
    except ValueError:
        _become_occurrence(work, feed, key, key_of(read_when(master, feed.zone)[0]))
        _take_apart_by_google(work, feed, key)
        return
    if apart or source.kind is not Kind.EVENT:
        spread_out(work, feed, key, news, series)
        return
    if not news.whole:
        _become_first(work, feed, key, series)  # so that it stays in sync if Google refuses
        _complete(work, feed, key, news, series)
        feed.becomes.pop(key, None)
        series = to_series(master, news.exceptions, source.kind, feed.zone, None)
    is_in = enters(work, series) or key in feed.heirs
    if not is_in and not _is_single(feed, key):
        _drop(feed, parts, {key})
    elif fits(work, source, series):
        _drop(feed, parts, {key})
        feed.fresh[key] = news
    else:
        spread_out(work, feed, key, news, series)


def _is_fresh(feed, master: Event) -> bool:
    """Whether it was made since the cursor, so that the feed has all its occurrences.

    Both stamps are Google's; `created` has whole seconds only.
    """
    seen = feed.calendar.seen
    return bool(seen) and str(master.get("created") or "")[:19] > seen[:19]


def enters(work: Work, series: Series) -> bool:
    """Whether some occurrence touches the window."""
    first, after = span(work, series)
    keys = {*keys_between(series, first, after), *series.exceptions}
    entries = (series.occurrence(key) for key in keys)
    return any(work.window.has(entry) for entry in entries if entry)


def fits(work: Work, source, series: Series) -> bool:
    """Whether an Odoo recurrence has exactly the occurrences of this series, or it has none."""
    held = sorted(of_window(work, series)) if is_windowed(series) else first_keys(series, MOST)
    held = held or first_keys(series, 1)
    first = next((key for key in held if series.occurrence(key)), None)
    return not first or fields_of(source.env, series, first) is not None


def _is_single(feed, key: str) -> bool:
    return bool(link_keys.of_events(feed.calendar, [key], among=[("model", "!=", MODEL)]))


def _complete(work: Work, feed, key: str, news: News, series: Series) -> None:
    """Ask for the occurrences of a series that entered late: the feed names no old exceptions."""
    first, after = span(work, series)
    first = first or series.starts
    found = work.google.instances(feed.calendar.google_id, key, first, after)
    for event in found:
        if event.get("etag") != news.master.get("etag"):
            news.exceptions[key_of_event(event, feed.zone)] = event
    listed = {key_of_event(event, feed.zone) for event in found}
    for each in keys_between(series, first, after):
        if each not in listed and each not in news.exceptions:
            news.exceptions[each] = {"id": instance_id(key, each), "status": "cancelled"}
    news.whole = True


def spread_out(work: Work, feed, key: str, news: News, series: Series) -> None:
    """Put the occurrences of the window, and all that are linked, among the single events."""
    feed.series.add(key)
    feed.shown[key] = series
    _become_first(work, feed, key, series)
    if not news.whole:
        _take_apart_by_google(work, feed, key)
        return
    first, after = span(work, series)
    wanted = {*keys_between(series, first, after), *moved_in(work, series)}
    wanted |= _linked_keys(work, feed, key, series)
    for each in sorted(wanted):
        event = news.exceptions.get(each) or instance(news.master, series, each)
        feed.events.setdefault(event["id"], event)


def _take_apart_by_google(work: Work, feed, key: str) -> None:
    """As Google itself expands it: for rules that only Google reads, and changed series."""
    feed.series.add(key)
    start = work.window.start or work.now - timedelta(days=730)
    end = work.window.end or work.now + timedelta(days=730)
    for event in work.google.instances(feed.calendar.google_id, key, start, end):
        feed.events.setdefault(event["id"], event)


def _linked_keys(work: Work, feed, key: str, series: Series) -> set[str]:
    """The keys of occurrences that are linked, also by what the series was split off."""
    family = {key, *(each for each in feed.series if split_root(each) == split_root(key))}
    family.add(split_root(key))
    domain = [("calendar_id", "=", feed.calendar.id), ("series", "in", list(family))]
    links = work.env["crm.google.link"].search_fetch(domain, ["event_id"])
    keys = {link.event_id.rpartition("_")[2] for link in links}
    return {each for each in keys if has(series, each)}


def _become_first(work: Work, feed, key: str, series: Series) -> None:
    for start in keys_between(series, series.starts, series.ends)[:1]:
        _become_occurrence(work, feed, key, start)


def _become_occurrence(work: Work, feed, key: str, start: str) -> None:
    """A single event that the user made a series of is its first occurrence from now on."""
    if _is_single(feed, key):
        feed.becomes[key] = instance_id(key, start)
