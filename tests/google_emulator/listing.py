"""events.list and events.instances: pages, sync tokens, filters, expansion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .context import Context, handles
from .errors import ApiError, bad_request, full_sync_required, invalid
from .event_view import View
from .event_write import Writer
from .expand import Expansion, Item, Window, window_of
from .model import Calendar, Event
from .store import Store
from .times import updated_stamp

NOT_WITH_SYNC = (
    "iCalUID orderBy privateExtendedProperty q sharedExtendedProperty timeMin timeMax updatedMin"
).split()
# may differ from one page to the next, or from one sync to the next
FREE = {"pageToken", "maxResults", "fields", "alt", "prettyPrint", "quotaUser", "key", "userIp"}
MOST = 2500
Position = tuple[int, int]


@dataclass
class Cursor:
    """Where a listing stands: `since` is None in a full one, `first` the version at its start."""

    since: int | None
    first: int
    window: dict[str, str]
    position: Position = (0, 0)


def same_parameters(args: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sorted(args.items()) if name not in FREE}


def sync_parameters(args: dict[str, Any]) -> dict[str, Any]:
    """What a sync token remembers; deletions are in increments whatever showDeleted says."""
    left_out = {*NOT_WITH_SYNC, "syncToken", "showDeleted"}
    return {name: value for name, value in same_parameters(args).items() if name not in left_out}


def read_cursor(store: Store, calendar: Calendar, args: dict[str, Any]) -> Cursor:
    """Where to go on; raises ApiError 400 for misused tokens, 410 for expired ones."""
    token = args.get("syncToken")
    if token is not None:
        refuse_beside_sync(args)
    if args.get("pageToken") is not None:
        return _read_page_token(store, calendar, args)
    if token is None:
        given = {str(name): args[name] for name in ("timeMin", "timeMax") if name in args}
        return Cursor(None, len(calendar.log), given)
    _, cal_id, epoch, version, params, window = _unseal(store, token, "s", 6)
    if cal_id != calendar.id or params != sync_parameters(args):
        raise invalid("Sync token does not belong to this calendar and parameters.", "syncToken")
    if epoch != calendar.epoch:
        raise full_sync_required()
    return Cursor(version, version, window)


def refuse_beside_sync(args: dict[str, Any]) -> None:
    for name in NOT_WITH_SYNC:
        if name in args:
            raise bad_request(f"Sync token cannot be combined with {name}.")
    if args.get("showDeleted") is False:
        raise bad_request("Sync token cannot be combined with showDeleted=false.")


def _read_page_token(store: Store, calendar: Calendar, args: dict[str, Any]) -> Cursor:
    _, epoch, params, since, first, window, i, j = _unseal(store, args["pageToken"], "p", 8)
    if params != same_parameters(args):
        raise invalid("Page token does not fit these parameters.", "pageToken")
    if epoch != calendar.epoch and since is not None:
        raise full_sync_required()
    return Cursor(since, first, window, (i, j))


def _unseal(store: Store, token: str, kind: str, size: int) -> list[Any]:
    name = "syncToken" if kind == "s" else "pageToken"
    try:
        value = store.unseal(token)
    except (ValueError, TypeError):
        raise invalid(f"Invalid {name} value.", name) from None
    if not isinstance(value, list) or len(value) != size or value[0] != kind:
        raise invalid(f"Invalid {name} value.", name)
    return value


@handles("calendar.events.list")
def list_events(ctx: Context) -> dict[str, Any]:
    calendar, args = ctx.calendar(), ctx.args
    if args.get("orderBy") == "startTime" and not args.get("singleEvents"):
        message = "The requested ordering is not available for the particular query."
        raise ApiError(400, "badRequest", message, "orderBy")
    cursor = read_cursor(ctx.store, calendar, args)
    window = window_of(cursor.window)
    expansion = Expansion(ctx.store, calendar, args, window, cursor.since is not None)
    answer = collection(ctx, calendar)
    page, following = _page(ctx, calendar, expansion, cursor)
    view = View(calendar, ctx.person.email, ctx.base_url, args.get("timeZone", ""))
    answer["items"] = [expansion.show(view, item) for item in page]
    if following is not None:
        answer["nextPageToken"] = _page_token(ctx, calendar, cursor, following)
    elif not _unsyncable(args):
        answer["nextSyncToken"] = _sync_token(ctx, calendar, cursor)
    return answer


def _page(
    ctx: Context, calendar: Calendar, expansion: Expansion, cursor: Cursor
) -> tuple[list[Item], Position | None]:
    if ctx.store.settings.empty_pages and "pageToken" not in ctx.args:
        return [], cursor.position
    return cut(_walk(calendar, expansion, cursor), page_size(ctx))


def page_size(ctx: Context) -> int:
    asked = int(ctx.args.get("maxResults", 250))
    return min(asked, MOST, ctx.store.settings.page_size)


def cut(items: Iterator[tuple[Position, Item]], size: int) -> tuple[list[Item], Position | None]:
    """One page and the position of the item after it, None when there is none."""
    page: list[Item] = []
    for position, item in items:
        if len(page) == size:
            return page, position
        page.append(item)
    return page, None


def _walk(
    calendar: Calendar, expansion: Expansion, cursor: Cursor
) -> Iterator[tuple[Position, Item]]:
    """All items from the cursor's position on, each with its own position."""
    first, skip = cursor.position
    if expansion.ordered:
        items = expansion.sorted([e for e in calendar.order if calendar.holds(e)])
        yield from (((i, 0), items[i]) for i in range(first, len(items)))
        return
    for i, event in _source(calendar, cursor, first):
        for j, item in enumerate(expansion.items(event)):
            if i > first or j >= skip:
                yield (i, j), item


def _source(calendar: Calendar, cursor: Cursor, first: int) -> Iterator[tuple[int, Event]]:
    if cursor.since is None:
        for i in range(first, len(calendar.order)):
            if calendar.holds(calendar.order[i]):
                yield i, calendar.order[i]
        return
    for i in range(max(first, cursor.since), len(calendar.log)):
        event = calendar.events[calendar.log[i]]
        if event.version == i + 1 and calendar.holds(event):  # its latest change only
            yield i, event


def _page_token(ctx: Context, calendar: Calendar, cursor: Cursor, following: Position) -> str:
    params = same_parameters(ctx.args)
    head = ["p", calendar.epoch, params, cursor.since, cursor.first, cursor.window]
    return ctx.store.seal([*head, *following])


def _sync_token(ctx: Context, calendar: Calendar, cursor: Cursor) -> str:
    version = cursor.first if cursor.since is None else len(calendar.log)
    params = sync_parameters(ctx.args)
    return ctx.store.seal(["s", calendar.id, calendar.epoch, version, params, cursor.window])


def _unsyncable(args: dict[str, Any]) -> bool:
    return any(name in args for name in NOT_WITH_SYNC if name not in ("timeMin", "timeMax"))


def collection(ctx: Context, calendar: Calendar) -> dict[str, Any]:
    """What every list of events says about its calendar."""
    shown = ctx.person.shown.get(calendar.id, {})
    about = {
        "kind": "calendar#events",
        "etag": f'"p{len(calendar.log):014d}{calendar.etag[1:-1]}"',
        "summary": calendar.summary,
        "description": calendar.description,
        "updated": updated_stamp(calendar.updated),
        "timeZone": ctx.args.get("timeZone", calendar.time_zone),
        "accessRole": calendar.role_of(ctx.person.email),
        "defaultReminders": shown.get("defaultReminders", []),
    }
    return {name: value for name, value in about.items() if value != ""}


@handles("calendar.events.instances")
def instances(ctx: Context) -> dict[str, Any]:
    """The occurrences of one series; an occurrence's own id gives just that one."""
    calendar, args = ctx.calendar(), ctx.args
    target = Writer(ctx.store, calendar, ctx.person.email).find(args["eventId"])
    window = Window.of(args.get("timeMin"), args.get("timeMax"), inclusive=True)
    expansion = Expansion(ctx.store, calendar, args | {"singleEvents": True}, window, False)
    offset = _unseal_offset(ctx)
    if target.master is not None:
        found = iter([Item(target.event or target.master, target.original)])
        found = (item for item in found if not target.cancelled or args.get("showDeleted"))
    else:
        assert target.event is not None
        found = expansion.items(target.event)
    view = View(calendar, ctx.person.email, ctx.base_url, args.get("timeZone", ""))
    numbered = (((i, 0), item) for i, item in enumerate(found) if i >= offset)
    page, following = cut(numbered, page_size(ctx))
    answer = collection(ctx, calendar)
    answer["items"] = [expansion.show(view, item) for item in page]
    wanted = args.get("originalStart")
    if wanted:
        answer["items"] = [it for it in answer["items"] if _starts(it, wanted)]
    if following is not None:
        answer["nextPageToken"] = ctx.store.seal(["i", args["eventId"], following[0]])
    return answer


def _starts(item: dict[str, Any], wanted: str) -> bool:
    return wanted in item.get("originalStartTime", {}).values()


def _unseal_offset(ctx: Context) -> int:
    if "pageToken" not in ctx.args:
        return 0
    _, event_id, offset = _unseal(ctx.store, ctx.args["pageToken"], "i", 3)
    if event_id != ctx.args["eventId"]:
        raise invalid("Page token does not fit these parameters.", "pageToken")
    return int(offset)


def expire_sync_tokens(calendar: Calendar) -> None:
    """From now on every token given so far is answered with 410 fullSyncRequired."""
    calendar.epoch += 1
