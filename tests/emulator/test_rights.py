"""Who may do what at the API."""

import pytest
import requests
from google.auth.exceptions import RefreshError

from .calls import SAM, Events, refusal, service_for, timed


def test_an_expired_access_token_is_refreshed_by_the_library(emulator, service, clock):
    clock.advance(hours=1)
    service.colors().get().execute()
    assert emulator.methods() == ["colors.get", "refresh", "colors.get"]


def test_a_killed_grant_cannot_be_refreshed(emulator, service):
    emulator.kill_grants(SAM)
    with pytest.raises(RefreshError) as caught:
        service.colors().get().execute()
    assert caught.value.args[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("header", "reason"), [({}, "required"), ({"Authorization": "Bearer x"}, "authError")]
)
def test_calls_need_a_live_token(emulator, header, reason):
    answer = requests.get(emulator.url + "/calendar/v3/colors", headers=header, timeout=5)
    assert answer.status_code == 401
    assert answer.json()["error"]["errors"][0]["reason"] == reason


def test_scopes_are_checked_per_method(emulator, service):
    for call in (
        service.calendarList().list(),
        service.settings().list(),
        service.freebusy().query(body={}),
        service.acl().list(calendarId="primary"),
    ):
        assert refusal(call) == (403, "insufficientPermissions")


def test_app_created_sees_only_what_this_client_made(emulator, service, sam):
    by_hand = sam.create_calendar("By hand").id
    made = service.calendars().insert(body={"summary": "Made"}).execute()["id"]
    for name in ("primary", by_hand):
        assert refusal(service.calendars().get(calendarId=name)) == (404, "notFound")
        assert refusal(service.events().list(calendarId=name)) == (404, "notFound")
    other = service_for(emulator, client_id="other-client")
    assert refusal(other.calendars().get(calendarId=made)) == (404, "notFound")
    again = service_for(emulator)  # a new grant to the same client
    assert again.calendars().get(calendarId=made).execute()["id"] == made


def test_another_user_sees_nothing_of_it(emulator, calendar):
    emulator.add_user("ann@example.com", "Ann")
    ann = service_for(
        emulator, "ann@example.com", scopes="https://www.googleapis.com/auth/calendar"
    )
    assert refusal(ann.calendars().get(calendarId=calendar)) == (404, "notFound")


def test_an_account_without_calendar(emulator, service):
    emulator.store.people[SAM].has_calendar = False
    call = service.calendars().insert(body={"summary": "x"})
    assert refusal(call) == (403, "notACalendarUser")


def test_a_project_without_the_api(emulator, service):
    emulator.configure(api_enabled=False)
    assert refusal(service.colors().get()) == (403, "accessNotConfigured")


def test_lost_write_access(emulator, service, calendar, sam):
    sam.share(calendar, SAM, "reader")
    events = Events(service, calendar)
    assert refusal(events.insert(body=timed())) == (403, "requiredAccessLevel")
    assert events.list().execute()["accessRole"] == "reader"
