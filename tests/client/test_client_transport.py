"""The transport: one setting moves everything, and nothing is ever sent twice."""

import pytest

from crm_google_calendar.gcal import endpoints
from crm_google_calendar.gcal.client import Google
from crm_google_calendar.gcal.errors import Cause, GoogleError
from google_emulator import Fault
from google_emulator.fixtures import SAM

from .values import insert


def test_without_the_setting_every_address_is_googles_own(monkeypatch):
    monkeypatch.delenv("CRM_GOOGLE_BASE_URL")
    assert endpoints.endpoint(endpoints.TOKEN) == "https://oauth2.googleapis.com/token"


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8090", "http://127.0.0.1:8090/", " http://127.0.0.1:8090"]
)
def test_the_setting_replaces_scheme_and_host_only(monkeypatch, base):
    monkeypatch.setenv("CRM_GOOGLE_BASE_URL", base)
    url = "https://www.googleapis.com/calendar/v3/calendars?alt=json"
    assert endpoints.endpoint(url) == "http://127.0.0.1:8090/calendar/v3/calendars?alt=json"


def test_building_a_client_needs_no_network(grant, emulator):
    Google(None)
    assert emulator.count() == 0


@pytest.mark.parametrize("fault", [Fault.lost_answer(), Fault.reset(), Fault.half_answer()])
def test_a_call_without_an_answer_is_not_repeated(google, emulator, fault):
    emulator.faults.script("calendars.insert", fault)
    with pytest.raises(GoogleError) as failed:
        google.create_calendar("Events", "", "UTC")
    assert (failed.value.cause, failed.value.uncertain) == (Cause.TRANSIENT, True)
    assert emulator.count("calendars.insert") == 1


def test_after_a_lost_answer_the_next_call_works(google, events, emulator):
    emulator.faults.script("events.list", Fault.reset())
    with pytest.raises(GoogleError):
        google.changes(events)
    assert google.changes(events).full


def test_a_slow_server_is_not_waited_for_without_end(grant, google, emulator):
    impatient = Google(google.credentials, endpoints.http(timeout=0.1))
    emulator.faults.script("calendars.insert", Fault.slow(0.5))
    with pytest.raises(GoogleError) as failed:
        impatient.create_calendar("Events", "", "UTC")
    assert (failed.value.reason, failed.value.uncertain) == ("TimeoutError", True)
    impatient.close()


def test_a_server_that_is_not_there_did_nothing(google, emulator, monkeypatch):
    monkeypatch.setenv("CRM_GOOGLE_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(GoogleError) as failed:
        google.create_calendar("Events", "", "UTC")
    assert (failed.value.cause, failed.value.uncertain) == (Cause.TRANSIENT, False)
    monkeypatch.setenv("CRM_GOOGLE_BASE_URL", emulator.url)
    assert google.create_calendar("Events", "", "UTC")["id"]


def test_an_idle_connection_that_google_closed_is_opened_anew(google, events, emulator):
    """No write may be lost to a connection that was dead before it was sent."""
    google.changes(events)
    emulator.stop()
    emulator._address = ("127.0.0.1", int(emulator.url.rpartition(":")[2]))
    emulator.start()
    assert google.send(events, [insert(1)])["1"].event


def test_all_calls_go_to_the_one_address(google, events, emulator):
    emulator.expire_access_tokens(SAM)
    google.send(events, [insert(1)])
    assert set(emulator.methods()) == {"batch", "refresh", "events.insert"}
