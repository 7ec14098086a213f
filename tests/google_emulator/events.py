"""The methods of the events resource, except listing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .context import Context, handles
from .errors import ApiError, invalid, not_found, required
from .event_view import View
from .event_write import Target, Writer
from .model import Event


def writer(ctx: Context) -> Writer:
    calendar = ctx.calendar("writer")
    return Writer(ctx.store, calendar, ctx.person.email, ctx.args.get("sendUpdates", ""))


def view(ctx: Context) -> View:
    return View(ctx.calendar(), ctx.person.email, ctx.base_url, ctx.args.get("timeZone", ""))


def show(ctx: Context, target: Target) -> dict[str, Any]:
    """A single resource: deleted events still have their details here, occurrences too."""
    seen = view(ctx)
    if target.event is None:
        assert target.master is not None and target.original is not None
        shown = seen.instance(target.master, target.original)
        return shown | ({"status": "cancelled"} if target.cancelled else {})
    if target.event.master_id and target.cancelled:  # or its whole series was deleted
        return seen.cancelled_instance(target.event)
    return seen.event(target.event)


@handles("calendar.events.get")
def get(ctx: Context) -> dict[str, Any]:
    target = Writer(ctx.store, ctx.calendar(), ctx.person.email).find(ctx.args["eventId"])
    ctx.check_none_match(target.etag)
    return show(ctx, target)


@handles("calendar.events.insert")
def insert(ctx: Context) -> dict[str, Any]:
    return view(ctx).event(writer(ctx).insert(ctx.body, ctx.args))


@handles("calendar.events.import")
def import_(ctx: Context) -> dict[str, Any]:
    """Adds a private copy; another import of the same iCalUID changes the first."""
    uid = ctx.body.get("iCalUID")
    if not uid:
        raise required("Missing iCalUID.", "iCalUID")
    if ctx.body.get("eventType", "default") != "default":
        raise ApiError(400, "eventTypeRestriction", "Only default events can be imported.")
    hand = writer(ctx)
    hand.send_updates = "none"  # import has no sendUpdates
    for event in hand.calendar.order:
        if event.ical_uid == uid and not event.master_id:
            changes = ctx.body | {"status": ctx.body.get("status", "confirmed"), "id": None}
            return view(ctx).event(hand.update(Target(event), changes, ctx.args))
    return view(ctx).event(hand.insert(ctx.body, ctx.args))


@handles("calendar.events.quickAdd")
def quick_add(ctx: Context) -> dict[str, Any]:
    """The text becomes the title of the next full hour; Google would read times in it."""
    hour = ctx.store.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    times = [(hour + timedelta(hours=n)).isoformat() for n in (0, 1)]
    data = {"start": {"dateTime": times[0]}, "end": {"dateTime": times[1]}}
    return view(ctx).event(writer(ctx).insert(data | {"summary": ctx.args["text"]}, {}))


@handles("calendar.events.patch")
def patch(ctx: Context) -> dict[str, Any]:
    hand = writer(ctx)
    target = hand.find(ctx.args["eventId"])
    ctx.check_match(target.etag)
    return _changed(ctx, hand.patch(target, ctx.body, ctx.args))


@handles("calendar.events.update")
def update(ctx: Context) -> dict[str, Any]:
    hand = writer(ctx)
    target = hand.find(ctx.args["eventId"])
    ctx.check_match(target.etag)
    return _changed(ctx, hand.update(target, ctx.body, ctx.args))


def _changed(ctx: Context, event: Event) -> dict[str, Any]:
    return view(ctx).event(event)


@handles("calendar.events.delete")
def delete(ctx: Context) -> None:
    hand = writer(ctx)
    target = hand.find(ctx.args["eventId"])
    ctx.check_match(target.etag)
    hand.delete(target)


@handles("calendar.events.move")
def move(ctx: Context) -> dict[str, Any]:
    """Takes the event, under its id, to another calendar; the source keeps a cancelled one."""
    hand = writer(ctx)
    there = ctx.calendar("writer", "destination")
    event = hand.find(ctx.args["eventId"]).event
    if event is None or event.master_id or event.cancelled:
        raise not_found()
    ctx.check_match(event.etag)
    if event.data.get("eventType", "default") != "default":
        raise ApiError(400, "eventTypeRestriction", "Only default events can be moved.")
    if event.id in there.events:
        raise invalid("The event is on that calendar already.", "destination")
    copy = Writer(ctx.store, there, ctx.person.email, hand.send_updates)
    moved = copy.create(event.id, dict(event.data))
    moved.ical_uid = event.ical_uid
    hand.delete(Target(event))
    return View(there, ctx.person.email, ctx.base_url).event(moved)
