"""Series, their occurrences and exceptions."""

import pytest

from .calls import all_day, refusal, timed, weekly

ID = "serie1"
FIRST, SECOND, THIRD = (f"{ID}_202601{day:02}T090000Z" for day in (6, 13, 20))


@pytest.fixture
def series(events):
    return events.add(**weekly(id=ID))


def occurrences(events, event_id=ID, **args):
    return events.instances(eventId=event_id, **args).execute()["items"]


def starts(items):
    return [item["start"].get("dateTime", item["start"].get("date")) for item in items]


def test_a_series_keeps_its_wall_clock_over_dst(events):
    events.add(**weekly("RRULE:FREQ=MONTHLY;COUNT=4", id=ID))
    assert [text[11:] for text in starts(occurrences(events))] == ["10:00:00+01:00"] * 3 + [
        "10:00:00+02:00"
    ]


def test_occurrences_name_series_and_original_start(events, series):
    found = occurrences(events)
    assert [item["id"] for item in found][:3] == [FIRST, SECOND, THIRD]
    assert {item["recurringEventId"] for item in found} == {ID}
    assert found[1]["originalStartTime"] == found[1]["start"]
    assert "recurrence" not in found[1]
    assert found[1]["iCalUID"] == series["iCalUID"]


def test_all_day_occurrences_are_named_by_day(events):
    events.add(**all_day(id=ID, recurrence=["RRULE:FREQ=DAILY;COUNT=2"]))
    assert [item["id"] for item in occurrences(events)] == [f"{ID}_20260106", f"{ID}_20260107"]


@pytest.mark.parametrize(
    "lines",
    [
        ["RRULE:FREQ=WEEKLY;UNTIL=20260113T090000Z"],
        ["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/Berlin:20260120T100000"],
        ["RRULE:FREQ=WEEKLY;COUNT=1", "RDATE:20260113T090000Z"],
        ["RDATE;TZID=Europe/Berlin:20260113T100000"],
        ["RRULE:FREQ=WEEKLY;COUNT=4", "EXRULE:FREQ=WEEKLY;INTERVAL=1;BYMONTHDAY=20,27"],
    ],
)
def test_rules_dates_and_exceptions_make_the_set(events, lines):
    events.add(**weekly(id=ID) | {"recurrence": lines})
    assert [item["id"] for item in occurrences(events)] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "FREQ=WEEKLY",
        "DTSTART:20260106T100000",
        "RRULE:FREQ=HOURLY",
        "RRULE:FREQ=WEEKLY;COUNT=2;UNTIL=20260113T090000Z",
        "RRULE:FREQ=WEEKLY;UNTIL=20260113",
        "RRULE:FREQ=WEEKLY;UNTIL=20260113T090000",
        "RRULE:FREQ=WEEKLY;BYDAY=XX",
        "RRULE:INTERVAL=2",
        "EXDATE;VALUE=DATE:20260113",
        "EXDATE:20260113T100000",
        "RRULE:FREQ=WEEKLY;UNTIL=20250101T090000Z",
    ],
)
def test_bad_rules_are_refused(events, line):
    assert refusal(events.insert(body=weekly(line))) == (400, "invalid")


@pytest.mark.parametrize(
    "line", ["RRULE:FREQ=DAILY;UNTIL=20260113T090000Z", "EXDATE:20260113T000000Z"]
)
def test_all_day_series_need_dates(events, line):
    assert refusal(events.insert(body=all_day(recurrence=[line]))) == (400, "invalid")


def test_timed_series_need_a_zone(events):
    body = timed(recurrence=["RRULE:FREQ=DAILY"])
    assert refusal(events.insert(body=body)) == (400, "required")


def test_changing_one_occurrence_makes_an_exception(events, series):
    token = events.token()
    made = events.patch(eventId=SECOND, body={"summary": "Special"}).execute()
    assert (made["id"], made["recurringEventId"]) == (SECOND, ID)
    assert [item["id"] for item in events.since(token)] == [SECOND]
    assert events.ids() == [ID, SECOND]
    assert [item["summary"] for item in occurrences(events)][:2] == ["Jour fixe", "Special"]


def test_a_moved_occurrence_keeps_its_original_start(events, series):
    moved = {
        "start": {"dateTime": "2026-01-14T10:00:00+01:00"},
        "end": {"dateTime": "2026-01-14T12:00:00+01:00"},
    }
    made = events.patch(eventId=SECOND, body=moved).execute()
    assert made["start"]["dateTime"] == "2026-01-14T10:00:00+01:00"
    assert made["originalStartTime"]["dateTime"] == "2026-01-13T10:00:00+01:00"


def test_an_exception_takes_over_what_it_did_not_set(events, series):
    events.patch(eventId=SECOND, body={"summary": "Special"}).execute()
    events.patch(eventId=ID, body={"summary": "Weekly", "location": "Here"}).execute()
    made = events.get(eventId=SECOND).execute()
    assert (made["summary"], made["location"]) == ("Special", "Here")


@pytest.mark.parametrize("how", ["delete", "patch"])
def test_a_cancelled_occurrence_is_all_but_empty(events, series, how):
    token = events.token()
    if how == "delete":
        events.delete(eventId=SECOND).execute()
    else:
        events.patch(eventId=SECOND, body={"status": "cancelled"}).execute()
    [gone] = events.since(token)
    assert gone.keys() == {
        "kind",
        "etag",
        "id",
        "status",
        "recurringEventId",
        "originalStartTime",
    }
    assert SECOND in events.ids()  # also without showDeleted
    assert SECOND not in [item["id"] for item in occurrences(events)]
    assert SECOND in [item["id"] for item in occurrences(events, showDeleted=True)]
    assert refusal(events.delete(eventId=SECOND)) == (410, "deleted")


def test_a_cancelled_occurrence_is_in_filtered_increments(events, series):
    token = events.token(eventTypes="default")
    events.delete(eventId=SECOND).execute()
    assert [item["id"] for item in events.since(token, eventTypes="default")] == [SECOND]


def test_a_cancelled_occurrence_can_come_back(events, series):
    events.delete(eventId=SECOND).execute()
    events.patch(eventId=SECOND, body={"status": "confirmed"}).execute()
    assert SECOND in [item["id"] for item in occurrences(events)]


def test_an_occurrence_that_is_none_is_not_found(events, series):
    assert refusal(events.get(eventId=f"{ID}_20260107T090000Z")) == (404, "notFound")


def test_an_untouched_occurrence_can_be_read(events, series):
    assert events.get(eventId=SECOND).execute()["start"]["dateTime"].startswith("2026-01-13T10")


def test_if_match_on_an_untouched_occurrence_means_the_series(events, series):
    events.patch(eventId=ID, body={"summary": "x"}).execute()
    call = events.patch(eventId=SECOND, body={"summary": "y"})
    assert refusal(call, **{"If-Match": series["etag"]}) == (412, "conditionNotMet")


def test_deleting_the_series_deletes_all(events, series):
    events.patch(eventId=SECOND, body={"summary": "Special", "status": "confirmed"}).execute()
    token = events.token()
    events.delete(eventId=ID).execute()
    assert [(item["id"], item["status"]) for item in events.since(token)] == [(ID, "cancelled")]
    assert events.ids() == []
    assert events.ids(singleEvents=True) == []
    assert events.get(eventId=SECOND).execute()["status"] == "cancelled"
    assert refusal(events.patch(eventId=SECOND, body={"summary": "x"}))[0] in (403, 404)


def test_a_changed_rule_cancels_exceptions_it_no_longer_knows(events, series):
    events.patch(eventId=THIRD, body={"summary": "Special"}).execute()
    events.patch(eventId=ID, body={"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]}).execute()
    assert [item["id"] for item in occurrences(events)] == [FIRST, SECOND]


def test_occurrences_come_in_pages(events, series):
    first = events.instances(eventId=ID, maxResults=3).execute()
    last = events.instances(eventId=ID, maxResults=3, pageToken=first["nextPageToken"]).execute()
    assert (len(first["items"]), len(last["items"])) == (3, 2)
    assert "nextPageToken" not in last


def test_an_occurrence_of_an_occurrence_is_itself(events, series):
    assert [item["id"] for item in occurrences(events, SECOND)] == [SECOND]
    events.delete(eventId=SECOND).execute()
    assert occurrences(events, SECOND) == []


def test_an_original_start_finds_its_occurrence(events, series):
    found = occurrences(events, originalStart="2026-01-13T10:00:00+01:00")
    assert [item["id"] for item in found] == [SECOND]


def test_an_endless_series_ends_somewhere(events):
    events.add(**weekly("RRULE:FREQ=WEEKLY", id=ID))
    assert 100 < len(occurrences(events, maxResults=2500)) < 120


def test_a_window_shows_series_that_reach_into_it(events, series):
    assert events.ids(timeMin="2026-02-01T00:00:00Z") == [ID]
    assert events.ids(timeMin="2026-02-04T00:00:00Z") == []
    limits = {"timeMin": "2026-01-12T00:00:00Z", "timeMax": "2026-01-19T00:00:00Z"}
    assert events.ids(**limits, singleEvents=True) == [SECOND]


def test_an_increment_of_single_events_expands_the_series(events, series):
    token = events.token(singleEvents=True)
    events.patch(eventId=ID, body={"summary": "x"}).execute()
    assert len(events.since(token, singleEvents=True)) == 5
    events.delete(eventId=ID).execute()
    gone = events.since(token, singleEvents=True)
    assert {item["status"] for item in gone} == {"cancelled"}


def test_a_split_by_the_user_makes_a_second_series(events, series, sam):
    events.patch(eventId=THIRD, body={"summary": "Special"}).execute()
    token = events.token()
    new = sam.split_series(events.calendar, SECOND, summary="Later")
    assert new["id"] == f"{ID}_R20260113T090000"
    assert [item["id"] for item in events.since(token)] == [ID, new["id"]]
    assert [item["id"] for item in occurrences(events)] == [FIRST]
    later = occurrences(events, new["id"])
    assert [item["id"] for item in later][:2] == [SECOND, THIRD]
    assert {item["recurringEventId"] for item in later} == {new["id"]}
    assert {item["summary"] for item in later} == {"Later"}
    assert len(later) == 4


def test_a_split_series_is_changed_by_patch_and_not_by_put_with_its_id(events, series, sam):
    new = sam.split_series(events.calendar, SECOND)
    assert refusal(events.update(eventId=new["id"], body=new)) == (400, "invalid")
    changed = events.patch(eventId=new["id"], body={"summary": "y"}).execute()
    assert changed["summary"] == "y"
    one = events.patch(eventId=THIRD, body={"summary": "z"}).execute()
    assert one["recurringEventId"] == new["id"]


def test_an_ended_series_loses_its_rest(events, series, sam):
    sam.end_series(events.calendar, THIRD)
    assert [item["id"] for item in occurrences(events)] == [FIRST, SECOND]
    sam.end_series(events.calendar, FIRST)
    assert events.ids() == []
