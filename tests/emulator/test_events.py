"""Events: ids, fields, times, deletion, versions."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from .calls import SAM, all_day, refusal, service_for, timed

ID = "abcde01"


def test_an_inserted_event_is_read_back_as_it_was_written(events):
    body = timed(description="a\nb <b>c</b>", location="Köln ☕", id=ID, colorId="5")
    made = events.add(**body)
    assert made | body | {"start": made["start"], "end": made["end"]} == made
    assert events.get(eventId=ID).execute() == made


def test_times_are_shown_in_the_zone_of_the_calendar(events):
    made = events.add(**timed())
    assert made["start"] == {"dateTime": "2026-01-06T11:00:00+01:00", "timeZone": "Europe/Berlin"}


def test_times_are_shown_in_the_zone_that_was_asked_for(events):
    events.add(**timed(id=ID))
    shown = events.get(eventId=ID, timeZone="America/New_York").execute()
    assert shown["start"]["dateTime"] == "2026-01-06T05:00:00-05:00"


@pytest.mark.parametrize(
    "event_id", ["abcd", "wxyz1", "ABCDE", "abc-def", "abc_def", "a" * 1025, "äbcde"]
)
def test_ids_are_base32hex_of_5_to_1024(events, event_id):
    assert refusal(events.insert(body=timed(id=event_id))) == (400, "invalid")


def test_an_id_is_taken_once(events):
    events.add(**timed(id=ID))
    assert refusal(events.insert(body=timed(id=ID))) == (409, "duplicate")


def test_a_deleted_id_stays_taken(events):
    events.add(**timed(id=ID))
    events.delete(eventId=ID).execute()
    assert refusal(events.insert(body=timed(id=ID))) == (409, "duplicate")


def test_an_id_is_taken_in_its_own_calendar_only(events, service):
    events.add(**timed(id=ID))
    other = service.calendars().insert(body={"summary": "Tasks"}).execute()["id"]
    assert service.events().insert(calendarId=other, body=timed(id=ID)).execute()["id"] == ID


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"colour": "red"}, "badRequest"),
        ({"summary": 5}, "invalid"),
        ({"attendees": "a@example.com"}, "invalid"),
        ({"start": None}, "required"),
        ({"end": None}, "required"),
        ({"start": {}}, "required"),
        ({"start": {"date": "2026-01-06", "dateTime": "2026-01-06T10:00:00Z"}}, "invalid"),
        ({"start": {"date": "2026-01-06"}}, "invalid"),
        ({"start": {"dateTime": "2026-01-06 10:00"}}, "badRequest"),
        ({"start": {"dateTime": "2026-01-06T10:00:00"}}, "required"),
        ({"start": {"dateTime": "2026-01-06T10:00:00", "timeZone": "CET+1"}}, "invalid"),
        ({"start": {"dateTime": "2026-01-06T10:00:00Z", "timeZone": "Nowhere"}}, "invalid"),
        ({"start": {"dateTime": "2026-01-06T12:00:00Z"}}, "timeRangeEmpty"),
        (all_day("2026-01-06", "2026-01-06"), "timeRangeEmpty"),
        (all_day("2026-01-06", "2026-1-7"), "invalid"),
        (all_day("2026-01-06", "2026-02-30"), "invalid"),
        ({"transparency": "free"}, "invalid"),
        ({"visibility": "secret"}, "invalid"),
        ({"status": "cancelled"}, "invalid"),
        ({"status": "done"}, "invalid"),
        ({"colorId": "12"}, "badRequest"),
        ({"sequence": 3}, "invalid"),
        ({"description": "x" * 8193}, "invalid"),
        ({"attendees": [{"email": "nobody"}]}, "invalid"),
        ({"source": {"title": "CRM", "url": "ftp://example.com"}}, "invalid"),
        ({"id": ID, "iCalUID": "x@example.com"}, "invalid"),
        ({"eventType": "focusTime"}, "eventTypeRestriction"),
        ({"eventType": "fromGmail"}, "eventTypeRestriction"),
        ({"reminders": {"useDefault": False, "overrides": [{"method": "sms"}]}}, "invalid"),
        ({"extendedProperties": {"private": {f"k{n}": "" for n in range(301)}}}, "invalid"),
        ({"extendedProperties": {"private": {"k": 5}}}, "invalid"),
    ],
)
def test_bad_bodies_are_refused(events, change, reason):
    assert refusal(events.insert(body=timed() | change)) == (400, reason)


@pytest.mark.parametrize(
    "reminders",
    [
        {"useDefault": True, "overrides": [{"method": "popup", "minutes": 5}]},
        {"useDefault": False, "overrides": [{"method": "popup", "minutes": 40321}]},
        {"useDefault": False, "overrides": [{"method": "popup", "minutes": -1}]},
        {"useDefault": False, "overrides": [{"method": "popup", "minutes": n} for n in range(6)]},
    ],
)
def test_reminders_have_limits(events, reminders):
    assert refusal(events.insert(body=timed(reminders=reminders)))[0] == 400


def test_a_timed_event_may_have_no_length(events):
    made = events.add(**timed() | {"end": timed()["start"]})
    assert made["start"] == made["end"]


def test_fractions_and_offsets_are_read(events):
    start = {"dateTime": "2026-01-06T05:00:00.250-05:00"}
    assert events.add(**timed(start=start))["start"]["dateTime"] == "2026-01-06T11:00:00+01:00"


def test_read_only_fields_are_ignored(events):
    body = timed(etag='"x"', htmlLink="http://x", creator={"email": "x@example.com"}, kind="x")
    made = events.add(**body)
    assert made["creator"] == {"email": "sam@example.com"}
    assert made["kind"] == "calendar#event"


def test_the_organizer_on_a_secondary_calendar_is_the_calendar(events):
    organizer = events.add(**timed())["organizer"]
    assert organizer == {"email": events.calendar, "displayName": "Acme Events", "self": True}


def test_long_keys_are_dropped_and_long_values_cut(events):
    private = {"k" * 45: "x", "k" * 44: "y" * 1025}
    made = events.add(**timed(extendedProperties={"private": private}))
    assert made["extendedProperties"] == {"private": {"k" * 44: "y" * 1024}}


def test_meet_blocks_are_removed_from_descriptions(events):
    edge = "-::~:~::~:~:~:~:~:~:~:~::~:~::-"
    made = events.add(**timed(description=f"Before\n\n{edge}\nJoin here\n{edge}"))
    assert made["description"] == "Before"


def test_conference_data_needs_its_version(events):
    conference = {"conferenceId": "abc"}
    assert "conferenceData" not in events.add(**timed(conferenceData=conference))
    made = events.insert(body=timed(conferenceData=conference), conferenceDataVersion=1).execute()
    assert made["conferenceData"] == conference


def test_defaults_are_not_shown(events):
    made = events.add(**timed(transparency="opaque", visibility="default", description=""))
    assert not {"transparency", "visibility", "description"} & made.keys()


# -- the rest ------------------------------------------------------------------------------


@pytest.mark.mails
def test_guests_get_mail_unless_sendupdates_is_none(events, emulator):
    guests = [{"email": "guest@example.com"}]
    events.insert(body=timed(attendees=guests), sendUpdates="none").execute()
    assert emulator.mails == []
    events.add(**timed(attendees=guests))
    assert [mail["to"] for mail in emulator.mails] == [["guest@example.com"]]


def test_import_updates_what_it_imported(events):
    first = events.__getattr__("import_")(body=timed(iCalUID="u@example.com")).execute()
    second = events.__getattr__("import_")(
        body=timed(iCalUID="u@example.com", summary="New")
    ).execute()
    assert (second["id"], second["summary"]) == (first["id"], "New")


def test_move_leaves_a_cancelled_event_behind(emulator, sam):
    service = service_for(emulator, scopes="https://www.googleapis.com/auth/calendar")
    there = service.calendars().insert(body={"summary": "There"}).execute()["id"]
    made = service.events().insert(calendarId="primary", body=timed()).execute()
    call = service.events().move(calendarId="primary", eventId=made["id"], destination=there)
    assert call.execute()["organizer"]["email"] == there
    gone = service.events().get(calendarId="primary", eventId=made["id"]).execute()
    assert gone["status"] == "cancelled"


def test_quick_add_takes_the_text_as_title(events):
    assert events.quickAdd(text="Lunch").execute()["summary"] == "Lunch"


def test_fields_choose_what_is_answered(events):
    events.add(**timed(id=ID))
    assert events.get(eventId=ID, fields="id,start/timeZone").execute() == {
        "id": ID,
        "start": {"timeZone": "Europe/Berlin"},
    }
    answer = events.list(fields="items(id,status),nextSyncToken").execute()
    assert answer["items"] == [{"id": ID, "status": "confirmed"}]
    assert answer.keys() == {"items", "nextSyncToken"}


@pytest.mark.parametrize("mask", ["items(id", "nonsense", "items/nonsense", "items(),id", ","])
def test_bad_field_masks_are_refused(events, mask):
    assert refusal(events.list(fields=mask)) == (400, "invalidParameter")


def test_of_two_inserts_at_once_one_wins(emulator, calendar):
    """Seen live: 200 and 409."""
    url = f"{emulator.url}/calendar/v3/calendars/{calendar}/events"
    headers = {"Authorization": "Bearer " + emulator.grant(SAM)["access_token"]}

    def insert(_):
        answer = requests.post(url, json=timed(id=ID), headers=headers, timeout=5)
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(insert, range(8)))
    assert statuses == [200] + [409] * 7
