"""Push channels, as the client opens and ends them."""

from datetime import datetime, timedelta, timezone

import pytest

from crm_google_calendar.gcal.errors import Cause, GoogleError
from google_emulator import Fault
from google_emulator.hook import Hook

SITE = "https://crm.example.com"
ADDRESS = f"{SITE}/crm_google_calendar/notify"


@pytest.fixture
def hook(emulator):
    made = Hook()
    emulator.configure(sites={SITE: made.url})
    yield made
    made.close()


def watch(google, calendar, channel_id="one", address=ADDRESS):
    return google.watch(calendar, channel_id, "a secret", address)


def states(emulator, hook):
    emulator.channels.drain()
    return [message["x-goog-resource-state"] for message in hook.got]


def test_a_watched_calendar_tells_of_changes_until_it_is_stopped(emulator, google, events, hook):
    resource, ends = watch(google, events)
    assert ends == datetime(2026, 1, 12, 9, tzinfo=timezone.utc)
    emulator.user("sam@example.com").add_event(events, "x", "2026-01-06", "2026-01-07")
    assert states(emulator, hook) == ["sync", "exists"]
    assert {message["x-goog-channel-token"] for message in hook.got} == {"a secret"}
    google.stop_watching("one", resource)
    emulator.user("sam@example.com").add_event(events, "y", "2026-01-06", "2026-01-07")
    assert states(emulator, hook) == ["sync", "exists"]


def test_what_has_ended_can_be_ended_again(google, events, hook):
    resource, _ends = watch(google, events)
    google.stop_watching("one", resource)
    google.stop_watching("one", resource)


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (Fault(401, "push.webhookUrlUnauthorized"), Cause.ADDRESS_REFUSED),
        (Fault(400, "pushNotSupportedForRequestedResource"), Cause.ADDRESS_REFUSED),
        (Fault(403, "forbidden"), Cause.NO_ACCESS),
        (Fault(404), Cause.CALENDAR_GONE),
        (Fault(429, retry_after=7), Cause.RATE_LIMITED),
        (Fault(503), Cause.TRANSIENT),
    ],
)
def test_a_refusal_has_its_cause(emulator, google, events, fault, cause):
    emulator.faults.script("events.watch", [fault] * 3)  # 401 is asked again, with new tokens
    with pytest.raises(GoogleError) as refusal:
        watch(google, events)
    assert refusal.value.cause is cause
    emulator.faults.clear()


def test_a_site_without_https_is_refused_by_google_too(google, events):
    with pytest.raises(GoogleError) as refusal:
        watch(google, events, address="http://crm.example.com/notify")
    assert refusal.value.cause is Cause.ADDRESS_REFUSED


def test_google_may_keep_silent_about_the_end(google, events, monkeypatch):
    monkeypatch.setattr(google, "_do", lambda request, **_: {"resourceId": "r"})
    assert watch(google, events) == ("r", None)


def test_a_lost_answer_leaves_it_open_whether_it_watches(emulator, google, events, hook):
    emulator.faults.script("events.watch", Fault.lost_answer())
    with pytest.raises(GoogleError) as refusal:
        watch(google, events)
    assert refusal.value.uncertain
    assert states(emulator, hook) == ["sync"]


def test_the_end_is_seven_days_off_at_most(google, events, hook, clock):
    _resource, ends = watch(google, events)
    assert ends - clock() == timedelta(days=7)
