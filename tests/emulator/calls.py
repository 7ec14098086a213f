"""Short ways to speak to the emulator through Google's own client library."""

from __future__ import annotations

import json

import httplib2
import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from google_emulator import Emulator

SAM = "sam@example.com"
APP_CREATED = "https://www.googleapis.com/auth/calendar.app.created"
GOOGLE = "https://www.googleapis.com"
OPEN: list[AuthorizedHttp] = []


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
    OPEN.append(http)
    return build("calendar", "v3", http=http, static_discovery=True, cache_discovery=False)


def timed(day: int = 6, hour: int = 10, **fields):
    """An hour of January 2026, in UTC."""
    times = [f"2026-01-{day:02}T{hour + n:02}:00:00Z" for n in (0, 1)]
    body = {"summary": "Call", "start": {"dateTime": times[0]}, "end": {"dateTime": times[1]}}
    return body | fields


def all_day(first: str = "2026-01-06", end: str = "2026-01-07", **fields):
    return {"summary": "Trip", "start": {"date": first}, "end": {"date": end}} | fields


def weekly(rule: str = "RRULE:FREQ=WEEKLY;COUNT=5", **fields):
    """Tuesdays 10:00 in Berlin from 6 January 2026."""
    zone = "Europe/Berlin"
    start = {"dateTime": "2026-01-06T10:00:00", "timeZone": zone}
    end = {"dateTime": "2026-01-06T11:00:00", "timeZone": zone}
    return {"summary": "Jour fixe", "start": start, "end": end, "recurrence": [rule]} | fields


def refusal(request, **headers) -> tuple[int, str]:
    """Status and reason of a call that must fail."""
    request.headers.update(headers)
    with pytest.raises(HttpError) as caught:
        request.execute()
    error = json.loads(caught.value.content or b'{"error": {"errors": [{"reason": ""}]}}')["error"]
    return caught.value.status_code, error["errors"][0]["reason"]


class Events:
    """The events of one calendar, with short calls."""

    def __init__(self, service, calendar: str) -> None:
        self.service = service
        self.calendar = calendar

    def __getattr__(self, name):
        method = getattr(self.service.events(), name)
        return lambda **args: method(calendarId=self.calendar, **args)

    def add(self, **body):
        return self.insert(body=body).execute()

    def ids(self, **args):
        return [item["id"] for item in self.list(**args).execute()["items"]]

    def token(self, **args):
        """A sync token that knows everything there is."""
        answer = self.list(**args).execute()
        while "nextPageToken" in answer:
            answer = self.list(**args, pageToken=answer["nextPageToken"]).execute()
        return answer["nextSyncToken"]

    def since(self, token, **args):
        return self.list(syncToken=token, **args).execute()["items"]
