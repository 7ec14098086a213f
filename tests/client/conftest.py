"""A running emulator of Google for the client's tests, and a client that Sam has connected."""

import pytest
from overheard import listening, told

from crm_google_calendar.gcal import endpoints, oauth
from crm_google_calendar.gcal.client import Google
from google_emulator.fixtures import SAM, clock, emulator  # noqa: F401


@pytest.fixture(autouse=True)
def google_is_the_emulator(emulator, monkeypatch):
    monkeypatch.setenv("CRM_GOOGLE_BASE_URL", emulator.url)


@pytest.fixture(autouse=True)
def no_log_tells_anything(emulator):
    with listening() as texts:
        yield
    assert told(texts, emulator) == []


@pytest.fixture
def grant(emulator):
    return emulator.grant(SAM)


@pytest.fixture
def google(grant):
    client = oauth.Client(grant["client_id"], grant["client_secret"])
    connected = Google(oauth.credentials(client, grant["refresh_token"], grant["access_token"]))
    yield connected
    connected.close()


@pytest.fixture
def events(google, emulator):
    """The id of a calendar of ours, with an empty log of calls."""
    made = google.create_calendar("Company Events", "made here", "Europe/Berlin")
    emulator.log.clear()
    return made["id"]


@pytest.fixture
def http():
    transport = endpoints.http()
    yield transport
    transport.close()
