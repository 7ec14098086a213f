"""The routes of the emulator's own Google Calendar pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from . import pages
from .errors import ApiError
from .event_view import View
from .expand import Expansion, Window
from .hands import Hands
from .model import Calendar
from .times import stamp
from .wire import Call, Reply, html_reply, redirect

if TYPE_CHECKING:
    from .emulator import Emulator

BACK, AHEAD = timedelta(days=60), timedelta(days=200)


def answer(emulator: Emulator, call: Call) -> Reply:
    route = ROUTES.get((call.verb, call.path))
    try:
        if route:
            return route(emulator, call)
    except (LookupError, ApiError) as error:
        return html_reply(pages.gone(f"Not found: {error}"), 404)
    return html_reply(pages.gone("Not found"), 404)


def home(emulator: Emulator, call: Call) -> Reply:
    email = call.args.get("user") or call.args.get("authuser")
    if email is None:
        return html_reply(pages.accounts(emulator.store.people.values()))
    hands = emulator.user(email)
    with emulator.store.lock:
        shown = [(calendar, entries(emulator, hands, calendar)) for calendar in hands.calendars()]
    # what was made last is what a visitor looks for; the user's own calendar comes at the end
    return html_reply(pages.overview(hands.person, shown[1:] + shown[:1]))


def entries(emulator: Emulator, hands: Hands, calendar: Calendar) -> list[dict[str, Any]]:
    """Single events and occurrences around now, by start."""
    now = emulator.store.now()
    window = Window.of(stamp(now - BACK), stamp(now + AHEAD))
    args = {"singleEvents": True, "orderBy": "startTime"}
    expansion = Expansion(emulator.store, calendar, args, window, False)
    view = View(calendar, hands.person.email, emulator.url)
    live = [event for event in calendar.order if calendar.holds(event)]
    return [expansion.show(view, item) for item in expansion.sorted(live)]


def show_entry(emulator: Emulator, call: Call) -> Reply:
    args = call.args
    hands = emulator.user(args["user"])
    calendar = hands.calendar(args["calendar"])
    item = hands.event(calendar.id, args["event"]) if args.get("event") else None
    if item and item["status"] == "cancelled":
        return html_reply(pages.gone("This event was deleted."), 404)
    today = emulator.store.now().date()
    return html_reply(pages.entry_form(hands.person, calendar, item, today))


def linked_entry(emulator: Emulator, call: Call) -> Reply:
    """Where an event's htmlLink leads: the entry, as its calendar's owner sees it."""
    calendar = emulator.store.calendars[call.args["cid"]]
    args = {"user": calendar.owner, "calendar": calendar.id, "event": call.args["eid"]}
    return show_entry(emulator, Call("GET", "/ui/entry", list(args.items())))


def save_entry(emulator: Emulator, call: Call) -> Reply:
    form = call.form()
    hands = emulator.user(form["user"])
    calendar, event_id = hands.calendar(form["calendar"]), form.get("event", "")
    try:
        if form.get("action") == "delete":
            delete(hands, calendar, event_id, form.get("scope", "this"))
        else:
            save(hands, calendar, event_id, form)
    except (ApiError, ValueError) as error:
        item = hands.event(calendar.id, event_id) if event_id else None
        today = emulator.store.now().date()
        text = pages.entry_form(hands.person, calendar, item, today, str(error))
        return html_reply(text, 400)
    return redirect(f"/?user={form['user']}")


def save(hands: Hands, calendar: Calendar, event_id: str, form: dict[str, str]) -> None:
    fields: dict[str, Any] = times(form)
    fields |= {name: form.get(name) or None for name in ("summary", "location")}
    text = form.get("description", "").replace("\r\n", "\n")
    if not event_id:
        if form.get("repeat"):
            fields["recurrence"] = [form["repeat"]]
        hands.add_event(calendar.id, **fields, description=text or None)
        return
    shown = hands.event(calendar.id, event_id)
    if text != pages.as_text(shown.get("description", "")):
        fields["description"] = text or None
    change(hands, calendar, shown, fields, form.get("scope", "this"))


def change(
    hands: Hands, calendar: Calendar, shown: dict[str, Any], fields: dict[str, Any], scope: str
) -> None:
    """Sends only what differs; the times of a whole series stay those of its first occurrence."""
    for name in ("start", "end"):
        if fields[name] == (shown[name].get("date") or shown[name]["dateTime"][:16]):
            del fields[name]
    fields = {name: value for name, value in fields.items() if value != shown.get(name)}
    if scope == "following":
        hands.split_series(calendar.id, shown["id"], **fields)
    elif scope == "all" and "recurringEventId" in shown:
        fields.pop("start", None)
        fields.pop("end", None)
        hands.edit(calendar.id, shown["recurringEventId"], **fields)
    elif fields:
        hands.edit(calendar.id, shown["id"], **fields)


def times(form: dict[str, str]) -> dict[str, str]:
    if form.get("all_day"):
        last = date.fromisoformat(form["end_date"]) + timedelta(days=1)
        return {"start": form["start_date"], "end": last.isoformat()}
    return {
        name: f"{form[name + '_date']}T{form[name + '_time'] or '00:00'}"
        for name in ("start", "end")
    }


def delete(hands: Hands, calendar: Calendar, event_id: str, scope: str) -> None:
    shown = hands.event(calendar.id, event_id)
    if scope == "following":
        hands.end_series(calendar.id, event_id)
    else:
        whole = scope == "all" and "recurringEventId" in shown
        hands.delete(calendar.id, shown["recurringEventId"] if whole else event_id)


def delete_calendar(emulator: Emulator, call: Call) -> Reply:
    form = call.form()
    emulator.user(form["user"]).delete_calendar(form["calendar"])
    return redirect(f"/?user={form['user']}")


def remove_access(emulator: Emulator, call: Call) -> Reply:
    emulator.kill_grants(call.form()["user"])
    return redirect(f"/?user={call.form()['user']}")


ROUTES = {
    ("GET", "/"): home,
    ("GET", "/ui/entry"): show_entry,
    ("POST", "/ui/entry"): save_entry,
    ("POST", "/ui/calendar"): delete_calendar,
    ("POST", "/ui/access"): remove_access,
    ("GET", "/calendar/event"): linked_entry,
    ("GET", "/calendar/r"): home,
}
