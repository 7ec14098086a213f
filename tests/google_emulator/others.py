"""Small resources: colors, settings, freebusy, acl."""

from __future__ import annotations

from typing import Any

from .context import Context, handles
from .errors import not_found, required
from .expand import Expansion, Window
from .listing import expire_sync_tokens
from .model import ROLES, Calendar, at_least
from .times import stamp

EVENT_COLORS = (
    "#a4bdfc #7ae7bf #dbadff #ff887c #fbd75b #ffb878 #46d6db #e1e1e1 #5484ed #51b749 #dc2127"
).split()
CALENDAR_COLORS = (
    "#ac725e #d06b64 #f83a22 #fa573c #ff7537 #ffad46 #42d692 #16a765 #7bd148 #b3dc6c #fbe983 "
    "#fad165 #92e1c0 #9fe1e7 #9fc6e7 #4986e7 #9a9cff #b99aff #c2c2c2 #cabdbf #cca6ac #f691b2 "
    "#cd74e6 #a47ae2"
).split()


def palette(colors: list[str]) -> dict[str, dict[str, str]]:
    shown = enumerate(colors, start=1)
    return {str(n): {"background": color, "foreground": "#1d1d1d"} for n, color in shown}


@handles("calendar.colors.get")
def colors(ctx: Context) -> dict[str, Any]:
    return {
        "kind": "calendar#colors",
        "updated": "2012-02-14T00:00:00.000Z",
        "calendar": palette(CALENDAR_COLORS),
        "event": palette(EVENT_COLORS),
    }


def _settings(ctx: Context) -> dict[str, str]:
    own = {"timezone": ctx.person.time_zone, "locale": "en", "weekStart": "1"}
    own |= {"format24HourTime": "true", "defaultEventLength": "60"}
    return own | ctx.person.settings


def _setting(name: str, value: str) -> dict[str, str]:
    return {"kind": "calendar#setting", "etag": '"0"', "id": name, "value": value}


@handles("calendar.settings.get")
def setting(ctx: Context) -> dict[str, str]:
    found = _settings(ctx)
    if ctx.args["setting"] not in found:
        raise not_found()
    return _setting(ctx.args["setting"], found[ctx.args["setting"]])


@handles("calendar.settings.list")
def settings(ctx: Context) -> dict[str, Any]:
    items = [_setting(name, value) for name, value in _settings(ctx).items()]
    return {"kind": "calendar#settings", "etag": '"p0"', "items": items}


@handles("calendar.freebusy.query")
def freebusy(ctx: Context) -> dict[str, Any]:
    texts = [ctx.body.get(name) for name in ("timeMin", "timeMax")]
    if not all(texts):
        raise required("Missing time range.", "timeMin")
    window = Window.of(texts[0], texts[1])
    names = [item["id"] for item in ctx.body.get("items", ())]
    found = {name: _busy(ctx, name, window) for name in names}
    return {"kind": "calendar#freeBusy", "timeMin": texts[0], "timeMax": texts[1]} | {
        "calendars": found
    }


def _busy(ctx: Context, name: str, window: Window) -> dict[str, Any]:
    cal_id = ctx.person.email if name == "primary" else name
    calendar = ctx.store.calendars.get(cal_id)
    if not calendar or calendar.deleted or calendar.role_of(ctx.person.email) == "none":
        return {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
    expansion = Expansion(ctx.store, calendar, {"singleEvents": True}, window, False)
    spans = [
        expansion.span(item)
        for event in calendar.order
        for item in expansion.items(event)
        if expansion.data(item.event).get("transparency") != "transparent"
    ]
    return {"busy": merged(sorted(spans))}


def merged(spans: list[Any]) -> list[dict[str, str]]:
    busy: list[Any] = []
    for start, end in spans:
        if busy and start <= busy[-1][1]:
            busy[-1][1] = max(end, busy[-1][1])
        else:
            busy.append([start, end])
    return [{"start": stamp(start), "end": stamp(end)} for start, end in busy]


def _rule(email: str, role: str) -> dict[str, Any]:
    scope = {"type": "user", "value": email}
    rule = {"kind": "calendar#aclRule", "etag": '"0"', "id": f"user:{email}"}
    return rule | {"scope": scope, "role": role}


@handles("calendar.acl.list")
def acl_list(ctx: Context) -> dict[str, Any]:
    roles = ctx.calendar("owner").roles
    items = [_rule(email, role) for email, role in roles.items()]
    return {"kind": "calendar#acl", "etag": '"p0"', "items": items}


@handles("calendar.acl.get")
def acl_get(ctx: Context) -> dict[str, Any]:
    email = ctx.args["ruleId"].partition(":")[2]
    roles = ctx.calendar("owner").roles
    if email not in roles:
        raise not_found()
    return _rule(email, roles[email])


@handles("calendar.acl.insert")
def acl_insert(ctx: Context) -> dict[str, Any]:
    """Sends a mail unless sendNotifications=false: the default is true here."""
    email, role = ctx.body.get("scope", {}).get("value"), ctx.body.get("role")
    if not email or role not in ROLES:
        raise required("Missing scope or role.", "role")
    calendar = ctx.calendar("owner")
    if ctx.args.get("sendNotifications", True):
        ctx.store.mails.append({"calendar": calendar.id, "event": "", "to": [email]})
    share(calendar, email, role)
    return _rule(email, role)


@handles("calendar.acl.delete")
def acl_delete(ctx: Context) -> None:
    share(ctx.calendar("owner"), ctx.args["ruleId"].partition(":")[2], "none")


def share(calendar: Calendar, email: str, role: str) -> None:
    """Changes access; that makes sync tokens stale (Google's sync guide)."""
    if at_least(role, "freeBusyReader"):
        calendar.roles[email] = role
    else:
        calendar.roles.pop(email, None)
    expire_sync_tokens(calendar)
