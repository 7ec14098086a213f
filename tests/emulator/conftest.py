"""A running emulator, and Google's own client library speaking to it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import httplib2
import pytest
from google.oauth2.credentials import Credentials
from google_emulator import Emulator
from google_emulator.fixtures import SAM, clock, emulator  # noqa: F401
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build

GOOGLE = "https://www.googleapis.com"


def pytest_configure(config):
    config.addinivalue_line("markers", "mails: the test lets Google send mail")


class Http(httplib2.Http):
    """Speaks to the emulator wherever the library says www.googleapis.com."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def request(self, uri, *args, **kwargs):
        return super().request(uri.replace(GOOGLE, self.base_url), *args, **kwargs)


def service_for(emulator: Emulator, email: str = SAM, **grant):
    given = emulator.grant(email, **grant)
    credentials = Credentials(
        given["access_token"],
        refresh_token=given["refresh_token"],
        token_uri=emulator.url + "/token",
        client_id=given["client_id"],
        client_secret=given["client_secret"],
    )
    http = AuthorizedHttp(credentials, http=Http(emulator.url))
    return build("calendar", "v3", http=http, static_discovery=True, cache_discovery=False)


@pytest.fixture
def service(emulator):  # noqa: F811
    return service_for(emulator)


@pytest.fixture
def calendar(service) -> str:
    body = {"summary": "Acme Events", "timeZone": "Europe/Berlin"}
    return service.calendars().insert(body=body).execute()["id"]
