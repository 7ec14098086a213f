"""The methods of the calendars resource."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .context import Context, handles, merge
from .errors import ApiError, invalid, quota_exceeded, required
from .model import Calendar, Person
from .store import Store
from .times import zone

LONGEST_SUMMARY = 254  # not documented; keeps names sane
WRITABLE = {
    "summary": "summary",
    "description": "description",
    "location": "location",
    "timeZone": "time_zone",
}


def show(calendar: Calendar) -> dict[str, Any]:
    shown = {
        "kind": "calendar#calendar",
        "etag": calendar.etag,
        "id": calendar.id,
        "summary": calendar.summary,
        "description": calendar.description,
        "location": calendar.location,
        "timeZone": calendar.time_zone,
        "dataOwner": "" if calendar.primary else calendar.owner,
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }
    return {name: value for name, value in shown.items() if value != ""}


def check(body: dict[str, Any]) -> None:
    if not body.get("summary"):
        raise required("Missing title.", "summary")
    if len(body["summary"]) > LONGEST_SUMMARY:
        raise invalid("The summary is too long.", "summary")
    if body.get("timeZone"):
        zone(body["timeZone"])


def count_creation(store: Store, person: Person) -> None:
    """Google's use limit: deleting calendars gives nothing back. Raises ApiError 403."""
    limit, hours = store.settings.calendar_limit, store.settings.calendar_limit_hours
    since = store.now() - timedelta(hours=hours)
    person.calendars_made = [made for made in person.calendars_made if made > since]
    if limit is not None and len(person.calendars_made) >= limit:
        raise quota_exceeded()
    person.calendars_made.append(store.now())


@handles("calendar.calendars.insert")
def insert(ctx: Context) -> dict[str, Any]:
    check(ctx.body)
    count_creation(ctx.store, ctx.person)
    fields = {WRITABLE[name]: value for name, value in ctx.body.items() if name in WRITABLE}
    # the zone of a calendar made without one is not documented: UTC shows who relies on it
    fields["time_zone"] = fields.get("time_zone") or "UTC"
    fields = {name: value for name, value in fields.items() if value is not None}
    return show(ctx.store.add_calendar(ctx.person, made_by=ctx.client, **fields))


@handles("calendar.calendars.get")
def get(ctx: Context) -> dict[str, Any]:
    calendar = ctx.calendar()
    ctx.check_none_match(calendar.etag)
    return show(calendar)


@handles("calendar.calendars.patch")
def patch(ctx: Context) -> dict[str, Any]:
    calendar = ctx.calendar("owner")
    return _write(ctx, calendar, merge(show(calendar), ctx.body))


@handles("calendar.calendars.update")
def update(ctx: Context) -> dict[str, Any]:
    return _write(ctx, ctx.calendar("owner"), ctx.body)


def _write(ctx: Context, calendar: Calendar, body: dict[str, Any]) -> dict[str, Any]:
    ctx.check_match(calendar.etag)
    check(body)
    for name, attribute in WRITABLE.items():
        old = calendar.time_zone if name == "timeZone" else ""
        setattr(calendar, attribute, body.get(name) or old)
    touch(ctx.store, calendar)
    return show(calendar)


def touch(store: Store, calendar: Calendar) -> None:
    calendar.etag = store.next_etag()
    calendar.updated = store.now()


@handles("calendar.calendars.delete")
def delete(ctx: Context) -> None:
    calendar = ctx.calendar("owner")
    if calendar.primary:
        raise ApiError(403, "cannotDeletePrimaryCalendar", "Cannot delete the primary calendar.")
    if calendar.owner != ctx.person.email:
        raise ApiError(403, "forbidden", "Only the data owner can delete this calendar.")
    ctx.check_match(calendar.etag)
    remove(ctx.store, calendar)


def remove(store: Store, calendar: Calendar) -> None:
    """Gone for everybody; its id answers 404 from now on."""
    calendar.deleted = True
    for person in store.people.values():
        person.shown.pop(calendar.id, None)


@handles("calendar.calendars.clear")
def clear(ctx: Context) -> None:
    calendar = ctx.calendar("owner")
    if not calendar.primary:
        raise invalid("Only primary calendars can be cleared.")
    for event in list(calendar.events.values()):
        if not event.cancelled:
            event.data = event.data | {"status": "cancelled"}
            ctx.store.changed(calendar, event)
    calendar.epoch += 1
