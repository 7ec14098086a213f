"""HTML of the emulator's own Google Calendar: accounts, calendars, entries, forms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from html import escape, unescape
from typing import Any

from .markup import card, field, hidden, initial, link, page
from .model import Calendar, Person

DONE = ("✓", "✔", "☑", "✅")
SCOPES = (("this", "This event"), ("following", "This and following"), ("all", "All events"))
REPEATS = (
    ("", "Does not repeat"),
    ("RRULE:FREQ=DAILY;COUNT=10", "Daily, 10 times"),
    ("RRULE:FREQ=WEEKLY;COUNT=10", "Weekly, 10 times"),
    ("RRULE:FREQ=MONTHLY;COUNT=6", "Monthly, 6 times"),
)


def accounts(people: Iterable[Person]) -> str:
    rows = "".join(
        f'<a class="row" href="{link("/", user=person.email)}">{initial(person.name)}'
        f'<span class="grow">{escape(person.name)}<br>'
        f'<span class="muted">{escape(person.email)}</span></span></a>'
        for person in people
    )
    text = '<p class="muted">This stands in for Google Calendar in tests and in the demo.</p>'
    return page("Calendar", card(f"<h1>Calendar</h1>{text}<div>{rows}</div>", narrow=True))


def overview(person: Person, calendars: list[tuple[Calendar, list[dict[str, Any]]]]) -> str:
    """`calendars` with their entries, sorted."""
    head = (
        f'<div class="row">{initial(person.name)}<span class="grow"><b>{escape(person.name)}</b>'
        f'<br><span class="muted">{escape(person.email)}</span></span>'
        f'<a href="/">Switch account</a></div>'
    )
    cards = "".join(calendar_card(person, calendar, items) for calendar, items in calendars)
    return page(f"Calendar of {person.name}", card(head) + cards + apps_card(person))


def calendar_card(person: Person, calendar: Calendar, items: list[dict[str, Any]]) -> str:
    add = link("/ui/entry", user=person.email, calendar=calendar.id)
    rows = "".join(row(person, calendar, item) for item in items)
    count = "1 entry" if len(items) == 1 else f"{len(items)} entries"
    body = (
        f"<h2>{escape(calendar.summary)}</h2>"
        f'<p class="muted">{escape(calendar.time_zone)} · {count}</p>'
        f"<div>{rows or '<p class=muted>Nothing here.</p>'}</div>"
        f'<div class="buttons"><a class="button plain" href="{add}">Add an entry</a></div>'
    )
    if not calendar.primary:
        body += (
            f'<details><summary class="muted">Settings</summary>'
            f'<form method="post" action="/ui/calendar">'
            f"{hidden(user=person.email, calendar=calendar.id)}"
            '<div class="buttons"><button class="red">Delete this calendar</button></div>'
            "</form></details>"
        )
    return card(body)


def row(person: Person, calendar: Calendar, item: dict[str, Any]) -> str:
    title = item.get("summary") or "(No title)"
    target = link("/ui/entry", user=person.email, calendar=calendar.id, event=item["id"])
    more = " · ".join(x for x in (item.get("location", ""), brief(item)) if x)
    repeats = ' <span class="chip">repeats</span>' if "recurringEventId" in item else ""
    free = ' <span class="chip">free</span>' if item.get("transparency") else ""
    return (
        f'<a class="row{" done" if title.startswith(DONE) else ""}" href="{target}">'
        f'<span class="when">{escape(when(item))}</span><span class="grow">'
        f'<span class="title">{escape(title)}</span>{repeats}{free}'
        f'<br><span class="muted">{escape(more)}</span></span></a>'
    )


def brief(item: dict[str, Any]) -> str:
    text = " ".join(as_text(item.get("description", "")).split())
    return text if len(text) < 120 else text[:119] + "…"


def as_text(html: str) -> str:
    """A description as the editor shows it."""
    lines = re.sub(r"<(br|/p|/li|/div|/ul)\b[^>]*>", "\n", html)
    return unescape(re.sub(r"<[^>]+>", "", lines))


def when(item: dict[str, Any]) -> str:
    start, end = item["start"], item["end"]
    if "date" in start:
        first = date.fromisoformat(start["date"])
        last = date.fromisoformat(end["date"]) - timedelta(days=1)
        return _day(first) if first == last else f"{_day(first)} – {_day(last)}"
    first_time, last_time = (_local(value["dateTime"]) for value in (start, end))
    until = f"{last_time:%H:%M}"
    if first_time.date() != last_time.date():
        until = f"{_day(last_time.date())} {until}"
    return f"{_day(first_time.date())} {first_time:%H:%M} – {until}"


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _day(value: date) -> str:
    return f"{value:%a} {value.day} {value:%b %Y}"


def apps_card(person: Person) -> str:
    return card(
        "<h2>Third-party access</h2>"
        '<p class="muted">What Google Account → Security → Connections would do.</p>'
        f'<form method="post" action="/ui/access">{hidden(user=person.email)}'
        '<div class="buttons"><button class="plain">Remove all access</button></div></form>'
    )


def entry_form(
    person: Person, calendar: Calendar, item: dict[str, Any] | None, day: date, error: str = ""
) -> str:
    """The page of one entry, or of a new one on `day`."""
    known = item or {}
    event_id = known.get("id", "")
    title = "Edit entry" if item else f"New entry in {calendar.summary}"
    back = link("/", user=person.email)
    body = (
        f'<p><a href="{back}">← All calendars</a></p><h1>{escape(title)}</h1>'
        + (f'<p class="error">{escape(error)}</p>' if error else "")
        + f'<form method="post" action="/ui/entry">'
        f"{hidden(user=person.email, calendar=calendar.id, event=event_id)}"
        + field("Title", "summary", known.get("summary", ""), extra="autofocus")
        + _times(known, day)
        + field("Place", "location", known.get("location", ""))
        + '<label for="description">Description</label>'
        f'<textarea id="description" name="description" rows="6">'
        f"{escape(as_text(known.get('description', '')))}</textarea>"
        + _choice(known, bool(item))
        # Enter in a field presses the first button of a form
        + '<div class="buttons reversed"><button name="action" value="save">Save</button>'
        + ('<button class="red" name="action" value="delete">Delete</button>' if item else "")
        + "</div></form>"
    )
    return page(title, card(body))


def _times(item: dict[str, Any], day: date) -> str:
    all_day = "date" in item.get("start", {})
    values = [day.isoformat(), "09:00", day.isoformat(), "10:00"]
    if all_day:
        last = date.fromisoformat(item["end"]["date"]) - timedelta(days=1)
        values = [item["start"]["date"], "09:00", last.isoformat(), "10:00"]
    elif item:
        times = [item[name]["dateTime"] for name in ("start", "end")]
        values = [part for text in times for part in (text[:10], text[11:16])]
    names = ("start_date", "start_time", "end_date", "end_time")
    labels = ("First day", "From", "Last day", "To")
    kinds = ("date", "time", "date", "time")
    fields = "".join(map(field, labels, names, values, kinds))
    tick = " checked" if all_day else ""
    return (
        f'<label class="tick"><input type="checkbox" name="all_day" value="1"{tick}>'
        f'<span>All day</span></label><div class="two">{fields}</div>'
    )


def _choice(item: dict[str, Any], existing: bool) -> str:
    """How a new entry repeats; which occurrences a change is meant for."""
    if not existing:
        return _select("Repeat", "repeat", REPEATS)
    return _select("Apply to", "scope", SCOPES) if "recurringEventId" in item else ""


def _select(label: str, name: str, options: Iterable[tuple[str, str]]) -> str:
    shown = "".join(f'<option value="{escape(v)}">{escape(text)}</option>' for v, text in options)
    return f'<label for="{name}">{label}</label><select id="{name}" name="{name}">{shown}</select>'


def gone(text: str) -> str:
    return page("Not here", card(f'<h1>{escape(text)}</h1><p><a href="/">Calendar</a></p>', True))
