"""Calendars, the user's list of them, and the small resources."""

import pytest

from .calls import all_day, refusal, service_for, timed

ALL = "https://www.googleapis.com/auth/calendar"


def create(service, **body):
    return service.calendars().insert(body={"summary": "Acme"} | body).execute()


def test_a_new_calendar_belongs_to_its_maker(service, sam):
    made = create(service, description="mark", timeZone="Asia/Tokyo")
    assert made["id"].endswith("@group.calendar.google.com")
    assert made["dataOwner"] == "sam@example.com"
    assert (made["timeZone"], made["description"]) == ("Asia/Tokyo", "mark")
    assert "Acme" in [calendar.summary for calendar in sam.calendars()]


def test_a_calendar_made_twice_is_two(service, sam):
    create(service)
    create(service)
    assert len(sam.calendars()) == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"summary": ""}, "required"),
        ({"summary": None}, "required"),
        ({"timeZone": "Mars"}, "invalid"),
        ({"color": "red"}, "badRequest"),
        ({"summary": "x" * 255}, "invalid"),
    ],
)
def test_bad_calendars_are_refused(service, change, reason):
    call = service.calendars().insert(body={"summary": "Acme"} | change)
    assert refusal(call) == (400, reason)


def test_only_so_many_calendars_can_be_made(service, emulator, clock):
    emulator.configure(calendar_limit=2)
    for _ in range(2):
        made = create(service)["id"]
        service.calendars().delete(calendarId=made).execute()
    again = service.calendars().insert(body={"summary": "Acme"})
    assert refusal(again) == (403, "quotaExceeded")  # deleting gave nothing back
    clock.advance(hours=7)
    assert create(service)


def test_a_calendar_is_patched_and_updated(service):
    made = create(service, description="mark")
    call = service.calendars().patch(calendarId=made["id"], body={"summary": "New"})
    patched = call.execute()
    assert (patched["summary"], patched["description"]) == ("New", "mark")
    assert patched["etag"] != made["etag"]
    stale = service.calendars().update(calendarId=made["id"], body={"summary": "Newer"})
    assert refusal(stale, **{"If-Match": made["etag"]}) == (412, "conditionNotMet")
    updated = service.calendars().update(calendarId=made["id"], body={"summary": "Newer"})
    assert "description" not in updated.execute()


def test_a_deleted_calendar_is_not_found(service, calendar, sam):
    service.calendars().delete(calendarId=calendar).execute()
    for call in (
        service.calendars().get(calendarId=calendar),
        service.calendars().delete(calendarId=calendar),
        service.events().list(calendarId=calendar),
        service.events().insert(calendarId=calendar, body=timed()),
        service.calendarList().get(calendarId=calendar),
    ):
        assert refusal(call) == (404, "notFound")
    assert len(sam.calendars()) == 1


def test_a_calendar_the_user_deleted_is_not_found(service, calendar, sam):
    sam.delete_calendar("Acme")
    assert refusal(service.calendars().get(calendarId=calendar)) == (404, "notFound")


def test_the_primary_calendar_stays(emulator):
    service = service_for(emulator, scopes=ALL)
    call = service.calendars().delete(calendarId="primary")
    assert refusal(call) == (403, "cannotDeletePrimaryCalendar")


def test_the_look_of_a_calendar_is_on_the_list(service, calendar):
    before = service.calendarList().get(calendarId=calendar).execute()
    assert "selected" not in before  # made by a program: not shown at first
    look = {"selected": True, "colorId": "7", "defaultReminders": []}
    shown = service.calendarList().patch(calendarId=calendar, body=look).execute()
    assert (shown["selected"], shown["colorId"]) == (True, "7")
    assert shown["summary"] == "Acme Events"


def test_default_reminders_come_with_the_events(service, calendar):
    reminders = [{"method": "popup", "minutes": 15}]
    body = {"defaultReminders": reminders}
    service.calendarList().patch(calendarId=calendar, body=body).execute()
    listed = service.events().list(calendarId=calendar).execute()
    assert listed["defaultReminders"] == reminders


def test_colors_need_their_format(service, calendar):
    body = {"backgroundColor": "#ff0000", "foregroundColor": "#000000"}
    call = service.calendarList().patch(calendarId=calendar, body=body)
    assert refusal(call) == (400, "invalid")
    call = service.calendarList().patch(calendarId=calendar, body=body, colorRgbFormat=True)
    assert call.execute()["backgroundColor"] == "#ff0000"


def test_the_owner_cannot_take_a_calendar_off_the_list(service, calendar):
    call = service.calendarList().delete(calendarId=calendar)
    assert refusal(call) == (403, "forbidden")


def test_the_list_shows_everything_with_its_own_scope(emulator, service, calendar):
    reader = service_for(emulator, scopes=ALL + ".calendarlist.readonly")
    shown = reader.calendarList().list().execute()["items"]
    assert [item["id"] for item in shown] == ["sam@example.com", calendar]
    assert shown[0]["primary"] is True


def test_colors(service):
    answer = service.colors().get().execute()
    assert set(answer["event"]) == {str(n) for n in range(1, 12)}


def test_settings_and_busy_times(emulator, sam):
    service = service_for(emulator, scopes=ALL)
    assert service.settings().get(setting="timezone").execute()["value"] == "Europe/Berlin"
    primary = sam.person.email
    for body in (timed(hour=9), timed(), timed(hour=20, transparency="transparent"), all_day()):
        if body["summary"] == "Call":
            service.events().insert(calendarId=primary, body=body).execute()
    asked = {"timeMin": "2026-01-06T00:00:00Z", "timeMax": "2026-01-07T00:00:00Z"}
    asked["items"] = [{"id": primary}, {"id": "nobody@example.com"}]
    found = service.freebusy().query(body=asked).execute()["calendars"]
    span = {"start": "2026-01-06T09:00:00Z", "end": "2026-01-06T11:00:00Z"}
    assert found[primary]["busy"] == [span]
    assert found["nobody@example.com"]["errors"][0]["reason"] == "notFound"
