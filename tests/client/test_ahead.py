"""Many accounts are asked at once: nobody waits for a slow or dead one."""

import threading
from unittest.mock import patch

import pytest

from crm_google_calendar.gcal import endpoints, oauth
from crm_google_calendar.gcal.ahead import Ahead
from crm_google_calendar.gcal.errors import Cause, CursorExpired, GoogleError, Lapsed, error
from google_emulator import Fault
from google_emulator.fixtures import SAM

from .values import insert, name


@pytest.fixture
def ahead():
    asking = Ahead(threads=2)
    yield asking
    asking.close()


@pytest.fixture
def cursor(google, events):
    return events, google.changes(events).cursor


def credentials(grant):
    client = oauth.Client(grant["client_id"], grant["client_secret"])
    return oauth.credentials(client, grant["refresh_token"], grant["access_token"])


@pytest.fixture
def transports():
    """Every transport made meanwhile."""
    made, make = [], endpoints.http
    with patch.object(endpoints, "http", lambda *args: made.append(make(*args)) or made[-1]):
        yield made


def open_ones(transports):
    connections = [each for http in transports for each in http.connections.values()]
    return [connection for connection in connections if connection.sock is not None]


def heard(ahead, key):
    answers = {}
    while key not in answers:
        answers.update(ahead.answers(10))
    return answers[key]


def test_what_changed_is_heard_in_a_thread(ahead, grant, google, events, cursor):
    google.send(events, [insert(0)])
    ahead.ask(1, credentials(grant), [cursor])
    said = heard(ahead, 1)
    assert [event["id"] for event in said.news[cursor].events] == [name(0)]
    assert not said.nothing_new
    assert ahead.keys == []


def test_nothing_new_is_one_call_for_each_calendar(ahead, grant, emulator, cursor):
    emulator.log.clear()
    ahead.ask(1, credentials(grant), [cursor])
    said = heard(ahead, 1)
    assert (said.nothing_new, said.refreshed) == (True, False)
    assert emulator.methods() == ["events.list"]


def test_a_new_access_token_comes_back(ahead, grant, emulator, cursor):
    emulator.expire_access_tokens(SAM)
    ahead.ask(1, credentials(grant), [cursor])
    assert heard(ahead, 1).refreshed


@pytest.mark.parametrize(
    ("harm", "kind"),
    [("kill_grants", Lapsed), ("expire_sync_tokens", CursorExpired)],
)
def test_a_failure_is_part_of_what_is_heard(ahead, grant, emulator, cursor, harm, kind):
    getattr(emulator, harm)()
    emulator.expire_access_tokens()
    ahead.ask(1, credentials(grant), [cursor])
    said = heard(ahead, 1)
    assert isinstance(said.news[cursor], kind)
    assert not said.nothing_new


def test_after_a_failure_the_other_calendar_is_not_asked(ahead, grant, emulator, cursor):
    emulator.faults.script("events.list", [Fault(status=503, reason="backendError")])
    ahead.ask(1, credentials(grant), [cursor, ("another", "cursor")])
    said = heard(ahead, 1)
    assert isinstance(said.news[cursor], GoogleError)
    assert len(said.news) == 1


def test_a_slow_account_delays_no_other(ahead, grant, emulator, cursor):
    goes_on = threading.Event()
    emulator.api.pause = lambda seconds: goes_on.wait(10)
    emulator.faults.script("events.list", [Fault.slow(5)])
    ahead.ask(1, credentials(grant), [cursor])
    while emulator.faults.left():
        ahead.answers(0.01)
    ahead.ask(2, credentials(grant), [cursor])
    assert heard(ahead, 2).nothing_new
    assert ahead.keys == [1]
    goes_on.set()
    assert heard(ahead, 1).nothing_new


def test_one_connection_serves_one_account_after_another(ahead, grant, cursor, transports):
    for key in (1, 2):
        ahead.ask(key, credentials(grant), [cursor])
        heard(ahead, key)
    assert len(open_ones(transports)) == 1


def test_no_connection_stays_open(ahead, grant, cursor, transports):
    ahead.ask(1, credentials(grant), [cursor])
    heard(ahead, 1)
    ahead.close()
    assert transports
    assert not open_ones(transports)


def test_who_still_listens_closes_his_connection_himself(
    ahead, grant, emulator, cursor, transports
):
    goes_on = threading.Event()
    emulator.api.pause = lambda seconds: goes_on.wait(10)
    emulator.faults.script("events.list", [Fault.slow(5)])
    ahead.ask(1, credentials(grant), [cursor])
    while emulator.faults.left():
        ahead.answers(0.01)
    ahead.close()
    assert len(open_ones(transports)) == 1
    goes_on.set()
    heard(ahead, 1)
    assert not open_ones(transports)


def test_what_a_thread_heard_answers_the_next_question(grant, google, emulator, cursor):
    known = google.changes(*cursor)
    emulator.log.clear()
    google.remember({cursor: known})
    assert google.changes(*cursor) is known
    assert emulator.methods() == []
    google.changes(*cursor)
    assert emulator.methods() == ["events.list"]


def test_what_a_thread_heard_may_be_a_refusal(google, cursor):
    google.remember({cursor: error(Cause.CURSOR_EXPIRED)})
    with pytest.raises(CursorExpired):
        google.changes(*cursor)
