"""The methods of the calendarList resource: how one person sees his calendars."""

from __future__ import annotations

import re
from typing import Any

from .calendars import show as show_calendar
from .context import Context, handles, merge
from .errors import ApiError, invalid, not_found
from .event_rules import without_nulls
from .model import Calendar, Person, at_least

WRITABLE = (
    "summaryOverride colorId backgroundColor foregroundColor selected hidden "
    "defaultReminders notificationSettings"
).split()
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
FROM_CALENDAR = ("summary", "description", "location", "timeZone", "dataOwner", "id")


def show(person: Person, calendar: Calendar) -> dict[str, Any]:
    entry = person.shown[calendar.id]
    about = show_calendar(calendar)
    shown = {name: about[name] for name in FROM_CALENDAR if name in about}
    shown |= {
        "kind": "calendar#calendarListEntry",
        "accessRole": calendar.role_of(person.email),
        "backgroundColor": "#9fe1e7",
        "foregroundColor": "#000000",
    }
    return shown | {name: value for name, value in entry.items() if value is not False}


def check(body: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
    """The writable part of an entry; raises ApiError 400."""
    data = {name: value for name, value in body.items() if name in WRITABLE}
    colors = [data[name] for name in ("backgroundColor", "foregroundColor") if data.get(name)]
    if colors and not args.get("colorRgbFormat"):
        raise invalid("Setting RGB colors needs colorRgbFormat=true.", "colorRgbFormat")
    if not all(COLOR.fullmatch(color) for color in colors):
        raise invalid("Invalid RGB color.", "backgroundColor")
    if data.get("colorId") and data["colorId"] not in {str(n) for n in range(1, 25)}:
        raise invalid("Invalid color id.", "colorId")
    for item in data.get("defaultReminders") or []:
        if item.get("method") not in ("email", "popup") or not 0 <= item["minutes"] <= 40320:
            raise invalid("Invalid default reminder.", "defaultReminders")
    return data


def _entry(ctx: Context) -> tuple[Calendar, dict[str, Any]]:
    calendar = ctx.calendar()
    if calendar.id not in ctx.person.shown:
        raise not_found()
    return calendar, ctx.person.shown[calendar.id]


@handles("calendar.calendarList.list")
def list_(ctx: Context) -> dict[str, Any]:
    """Everything on one page; sync tokens of this list are not emulated."""
    if "syncToken" in ctx.args:
        raise invalid("Invalid sync token value.", "syncToken")
    person, items = ctx.person, []
    for cal_id in person.shown:
        calendar = ctx.store.calendars[cal_id]
        shown = show(person, calendar)
        role = ctx.args.get("minAccessRole", "freeBusyReader")
        if at_least(shown["accessRole"], role) and (
            ctx.args.get("showHidden") or not shown.get("hidden")
        ):
            items.append(shown)
    token = ctx.store.seal(["l", person.email, ctx.store.number()])
    kind = "calendar#calendarList"
    return {"kind": kind, "etag": '"p1"', "nextSyncToken": token, "items": items}


@handles("calendar.calendarList.get")
def get(ctx: Context) -> dict[str, Any]:
    calendar, entry = _entry(ctx)
    ctx.check_none_match(entry["etag"])
    return show(ctx.person, calendar)


@handles("calendar.calendarList.insert")
def insert(ctx: Context) -> dict[str, Any]:
    ctx.args["calendarId"] = ctx.body.get("id") or ""
    calendar = ctx.calendar()
    entry = ctx.store.show(ctx.person, calendar)
    entry |= without_nulls(check(ctx.body, ctx.args))
    return show(ctx.person, calendar)


@handles("calendar.calendarList.patch")
def patch(ctx: Context) -> dict[str, Any]:
    calendar, entry = _entry(ctx)
    return _write(ctx, calendar, merge(entry, check(ctx.body, ctx.args)))


@handles("calendar.calendarList.update")
def update(ctx: Context) -> dict[str, Any]:
    calendar, entry = _entry(ctx)
    kept = {name: entry[name] for name in ("primary", "colorId") if name in entry}
    return _write(ctx, calendar, kept | without_nulls(check(ctx.body, ctx.args)))


def _write(ctx: Context, calendar: Calendar, entry: dict[str, Any]) -> dict[str, Any]:
    ctx.check_match(ctx.person.shown[calendar.id]["etag"])
    entry["etag"] = ctx.store.next_etag()
    ctx.person.shown[calendar.id] = entry
    return show(ctx.person, calendar)


@handles("calendar.calendarList.delete")
def delete(ctx: Context) -> None:
    """The data owner cannot take his calendar off his list (release notes of 2025-10-27)."""
    calendar, _ = _entry(ctx)
    if calendar.owner == ctx.person.email:
        raise ApiError(403, "forbidden", "The data owner cannot remove the calendar.")
    del ctx.person.shown[calendar.id]
