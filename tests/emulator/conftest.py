"""A running emulator, and Google's own client library speaking to it."""

import pytest

from google_emulator.fixtures import clock, emulator, pytest_configure  # noqa: F401

from .calls import OPEN, SAM, Events, service_for


@pytest.fixture(autouse=True)
def _close_connections():
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def events(service, calendar) -> Events:
    return Events(service, calendar)


@pytest.fixture
def sam(emulator):
    return emulator.user(SAM)


@pytest.fixture
def service(emulator):
    return service_for(emulator)


@pytest.fixture
def calendar(service) -> str:
    body = {"summary": "Acme Events", "timeZone": "Europe/Berlin"}
    return service.calendars().insert(body=body).execute()["id"]
