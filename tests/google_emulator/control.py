"""Steering over HTTP, for tests that run in another process: JSON under /emulator/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .errors import ApiError
from .faults import from_json
from .wire import Call, Reply, error_reply, json_reply

if TYPE_CHECKING:
    from .emulator import Emulator

Route = Callable[["Emulator", dict[str, Any]], Any]
ROUTES: dict[tuple[str, str], Route] = {}
# what the user's hands can do over HTTP; all of them are methods of Hands
ACTIONS = (
    "create_calendar rename_calendar delete_calendar share events event find add_event edit "
    "delete restore duplicate move occurrences edit_occurrence delete_occurrence split_series"
).split()


def route(verb: str, path: str) -> Callable[[Route], Route]:
    def register(function: Route) -> Route:
        ROUTES[verb, "/emulator/" + path] = function
        return function

    return register


def answer(emulator: Emulator, call: Call) -> Reply:
    """Errors of the caller come as {"error": text} with 400, unknown routes with 404."""
    function = ROUTES.get((call.verb, call.path))
    if function is None:
        return json_reply(
            {"error": f"no {call.verb} {call.path}", "routes": sorted(map(" ".join, ROUTES))}, 404
        )
    try:
        given = call.args | call.json()
        return json_reply(function(emulator, given) or {})
    except ApiError as error:
        return error_reply(error)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return json_reply({"error": f"{type(error).__name__}: {error}"}, 400)


@route("POST", "reset")
def reset(emulator: Emulator, given: dict[str, Any]) -> None:
    """Forgets everything; {"users": [{"email", "name", "time_zone"}]} come anew."""
    emulator.reset()
    for user in given.get("users", ()):
        emulator.add_user(**user)


@route("GET", "users")
def users(emulator: Emulator, given: dict[str, Any]) -> Any:
    return {"users": [{"email": p.email, "name": p.name} for p in emulator.store.people.values()]}


@route("POST", "users")
def add_user(emulator: Emulator, given: dict[str, Any]) -> None:
    """Adds a user, or switches Calendar on and off for one: {"email", "has_calendar": false}."""
    has_calendar = given.pop("has_calendar", True)
    if given["email"] not in emulator.store.people:
        emulator.add_user(**given)
    emulator.store.people[given["email"]].has_calendar = has_calendar


@route("POST", "clients")
def add_client(emulator: Emulator, given: dict[str, Any]) -> None:
    """{"id", "secret", "redirects": [...], "deleted"?}"""
    emulator.register_client(
        given["id"],
        given["secret"],
        *given.get("redirects", ()),
        project=given.get("project", ""),
        deleted=given.get("deleted", False),
    )


@route("POST", "grant")
def grant(emulator: Emulator, given: dict[str, Any]) -> Any:
    return emulator.grant(**given)


@route("POST", "expire")
def expire(emulator: Emulator, given: dict[str, Any]) -> None:
    """{"what": "access" | "grants" | "sync", "email"?, "calendar"?}"""
    what, email = given["what"], given.get("email", "")
    if what == "access":
        emulator.expire_access_tokens(email)
    elif what == "grants":
        emulator.kill_grants(email)
    elif what == "sync":
        emulator.expire_sync_tokens(given.get("calendar", ""))
    else:
        raise ValueError(f"cannot expire {what}")


@route("GET", "faults")
def faults(emulator: Emulator, given: dict[str, Any]) -> Any:
    return {"left": emulator.faults.left()}


@route("POST", "faults")
def script(emulator: Emulator, given: dict[str, Any]) -> None:
    """{"method", "faults": [...], "event"?: only calls for this event id}"""
    event_id = given.get("event")
    when = (lambda request: request.event_id == event_id) if event_id else None
    emulator.faults.script(given["method"], [from_json(raw) for raw in given["faults"]], when)


@route("DELETE", "faults")
def clear_faults(emulator: Emulator, given: dict[str, Any]) -> None:
    emulator.faults.clear()


@route("GET", "requests")
def requests(emulator: Emulator, given: dict[str, Any]) -> Any:
    method = given.get("method", "")
    found = emulator.log.of(method) if method else list(emulator.requests)
    return {"http": emulator.count(), "requests": [asdict(request) for request in found]}


@route("DELETE", "requests")
def clear_requests(emulator: Emulator, given: dict[str, Any]) -> None:
    emulator.log.clear()


@route("GET", "mails")
def mails(emulator: Emulator, given: dict[str, Any]) -> Any:
    return {"mails": emulator.mails}


@route("GET", "settings")
def settings(emulator: Emulator, given: dict[str, Any]) -> Any:
    return asdict(emulator.settings)


@route("POST", "settings")
def configure(emulator: Emulator, given: dict[str, Any]) -> Any:
    emulator.configure(**given)
    return asdict(emulator.settings)


@route("GET", "state")
def state(emulator: Emulator, given: dict[str, Any]) -> Any:
    """Every user's calendars with what stands in them."""
    shown = {}
    for email in list(emulator.store.people):
        hands = emulator.user(email)
        shown[email] = [
            {
                "id": calendar.id,
                "summary": calendar.summary,
                "timeZone": calendar.time_zone,
                "primary": calendar.primary,
                "events": hands.events(calendar.id),
            }
            for calendar in hands.calendars()
        ]
    return {"users": shown}


@route("POST", "ui")
def ui(emulator: Emulator, given: dict[str, Any]) -> Any:
    """{"user", "action", ...}: the rest are the arguments of that method of the user's hands."""
    hands = emulator.user(given.pop("user"))
    action = given.pop("action")
    if action not in ACTIONS:
        raise ValueError(f"no action {action}: use one of {ACTIONS}")
    result = getattr(hands, action)(**given)
    if hasattr(result, "events"):
        return {"id": result.id, "summary": result.summary}
    return result if isinstance(result, dict) else {"result": result}
