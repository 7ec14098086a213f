"""Push channels."""

import pytest

from google_emulator.hook import Hook

from .calls import Events, refusal, service_for, timed


@pytest.fixture
def listener(emulator):
    emulator.configure(allow_http_channels=True)
    hook = Hook()
    hook.address = f"{hook.url}/hook?x=1"
    yield hook
    hook.close()


def channel(listener, **change):
    return {
        "id": "channel-1",
        "type": "web_hook",
        "address": listener.address,
        "token": "t",
    } | change


def states(emulator, listener):
    emulator.channels.drain()
    return [message["x-goog-resource-state"] for message in listener.got]


def test_a_channel_tells_of_every_change(emulator, events, listener):
    made = events.watch(body=channel(listener)).execute()
    events.add(**timed())
    emulator.user("sam@example.com").add_event("Acme", "x", "2026-01-06", "2026-01-07")
    assert states(emulator, listener) == ["sync", "exists", "exists"]
    first = listener.got[0]
    assert first["x-goog-channel-id"] == "channel-1"
    assert first["x-goog-channel-token"] == "t"
    assert first["x-goog-resource-id"] == made["resourceId"]
    assert first["x-goog-message-number"] == "1"
    assert (first["content-type"], first["content-length"]) == ("application/json; utf-8", "0")
    assert first["x-goog-channel-expiration"] == "Mon, 12 Jan 2026 09:00:00 GMT"
    assert int(made["expiration"]) == 1768208400000


def test_a_stopped_channel_is_silent(emulator, events, service, listener):
    made = events.watch(body=channel(listener)).execute()
    body = {"id": made["id"], "resourceId": made["resourceId"]}
    other = service_for(emulator, client_id="other")
    assert refusal(other.channels().stop(body=body)) == (404, "notFound")
    service.channels().stop(body=body).execute()
    events.add(**timed())
    assert states(emulator, listener) == ["sync"]
    assert refusal(service.channels().stop(body=body)) == (404, "notFound")


def test_a_channel_ends_by_itself(emulator, events, listener, clock):
    made = events.watch(body=channel(listener, params={"ttl": "60"})).execute()
    assert int(made["expiration"]) == (int(clock().timestamp()) + 60) * 1000
    clock.advance(seconds=60)
    events.add(**timed())
    assert states(emulator, listener) == ["sync"]


def test_a_channel_lives_seven_days_at_most(events, listener, clock):
    late = str(int(clock().timestamp() * 1000) + 10**10)
    made = events.watch(body=channel(listener, expiration=late)).execute()
    assert int(made["expiration"]) == (int(clock().timestamp()) + 604800) * 1000


def test_other_calendars_are_not_told_of(emulator, service, events, listener):
    events.watch(body=channel(listener)).execute()
    other = service.calendars().insert(body={"summary": "Other"}).execute()["id"]
    Events(service, other).add(**timed())
    assert states(emulator, listener) == ["sync"]


def test_channel_ids_are_used_once(events, listener):
    events.watch(body=channel(listener)).execute()
    assert refusal(events.watch(body=channel(listener))) == (400, "channelIdNotUnique")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": "x" * 65}, "badRequest"),
        ({"id": "a b"}, "badRequest"),
        ({"id": None}, "badRequest"),
        ({"type": "mail"}, "badRequest"),
        ({"address": None}, "required"),
        ({"address": "http://crm.example.com/hook"}, "push.webhookUrlNotHttps"),
        ({"token": "t" * 257}, "badRequest"),
    ],
)
def test_bad_channels_are_refused(events, listener, change, reason):
    assert refusal(events.watch(body=channel(listener, **change))) == (400, reason)


def test_http_is_refused_by_default(emulator, events, listener):
    emulator.configure(allow_http_channels=False)
    assert refusal(events.watch(body=channel(listener)))[1] == "push.webhookUrlNotHttps"


def test_messages_for_a_site_go_where_the_test_says(emulator, events, listener):
    emulator.configure(allow_http_channels=False, sites={"https://crm.example.com": listener.url})
    events.watch(body=channel(listener, address="https://crm.example.com/hook?y=2")).execute()
    assert states(emulator, listener) == ["sync"]
    assert listener.paths == ["/hook?y=2"]


def test_nobody_there_is_no_harm(emulator, events):
    emulator.configure(allow_http_channels=True)
    body = {"id": "c", "type": "web_hook", "address": "http://127.0.0.1:9/hook"}
    events.watch(body=body).execute()
    emulator.channels.drain()
    assert emulator.channels.answers == [0]
