"""Whoever follows pages and sync tokens ends at the server's state."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from google_emulator import Emulator

from .calls import Events, service_for


def ask(events, state, **args):
    """One list call; what it shows goes into `state`, the next call's token comes back."""
    answer = events.list(**args).execute()
    for item in answer["items"]:
        state.pop(item["id"], None)
        if item["status"] != "cancelled":
            state[item["id"]] = item["etag"]
    return answer


OPS = st.lists(
    st.tuples(st.sampled_from(["add", "edit", "delete", "sync", "page"]), st.integers(0, 5)),
    max_size=25,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ops=OPS, size=st.integers(1, 3))
def test_whoever_follows_the_tokens_knows_what_there_is(shared_events, ops, size):
    """Pages and increments in any order, with changes in between, end at the server's state."""
    events, sam = shared_events()
    state, args = {}, {"maxResults": size}
    asked = dict(args)
    for op, n in [*ops, ("sync", 0)]:
        event_id = f"event{n}"
        live = {e["id"] for e in sam.events(events.calendar)}
        if op == "add" and event_id not in sam.calendar(events.calendar).events:
            sam.add_event(events.calendar, "x", "2026-01-06", "2026-01-07", id=event_id)
        elif op == "edit" and event_id in live:
            sam.edit(events.calendar, event_id, summary="y")
        elif op == "delete" and event_id in live:
            sam.delete(events.calendar, event_id)
        elif op == "page":
            asked = follow(ask(events, state, **asked), asked, args)
        elif op == "sync":
            asked = sync(events, state, asked, args)
            sync(events, state, asked, args)
    assert state == {e["id"]: e["etag"] for e in sam.events(events.calendar)}


def follow(answer, asked, args):
    if "nextPageToken" in answer:
        return asked | {"pageToken": answer["nextPageToken"]}
    return args | {"syncToken": answer["nextSyncToken"]}


def sync(events, state, asked, args):
    while True:
        asked = follow(ask(events, state, **asked), asked, args)
        if "pageToken" not in asked:
            return asked


@pytest.fixture(scope="module")
def shared_events():
    """A new calendar on an emulator that lives as long as this file's tests."""
    with Emulator() as emulator:
        sam = emulator.add_user("sam@example.com")
        emulator.configure(calendar_limit=None)
        service = service_for(emulator)

        def fresh():
            made = service.calendars().insert(body={"summary": "x"}).execute()
            return Events(service, made["id"]), sam

        yield fresh
