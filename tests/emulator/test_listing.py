"""Lists, pages and sync tokens."""

import pytest

from .calls import Events, all_day, refusal, timed, weekly


def add(events, *ids):
    for event_id in ids:
        events.add(**timed(id=event_id))


def test_a_list_says_what_calendar_it_shows(events):
    answer = events.list().execute()
    known = {name: answer[name] for name in ("summary", "timeZone", "accessRole", "kind")}
    assert known == {
        "summary": "Acme Events",
        "timeZone": "Europe/Berlin",
        "accessRole": "owner",
        "kind": "calendar#events",
    }
    assert {"etag", "updated", "defaultReminders", "nextSyncToken"} <= answer.keys()


def test_pages_follow_each_other(events):
    add(events, "aaaaa", "bbbbb", "ccccc")
    first = events.list(maxResults=2).execute()
    assert [e["id"] for e in first["items"]] == ["aaaaa", "bbbbb"]
    assert "nextSyncToken" not in first
    last = events.list(maxResults=2, pageToken=first["nextPageToken"]).execute()
    assert [e["id"] for e in last["items"]] == ["ccccc"]
    assert "nextPageToken" not in last and last["nextSyncToken"]


def test_the_server_may_cut_pages_shorter(events, emulator):
    emulator.configure(page_size=1)
    add(events, "aaaaa", "bbbbb")
    assert events.ids(maxResults=2500) == ["aaaaa"]


def test_a_page_may_be_empty_and_yet_not_the_last(events, emulator):
    emulator.configure(empty_pages=True)
    add(events, "aaaaa")
    first = events.list().execute()
    assert first["items"] == []
    assert events.ids(pageToken=first["nextPageToken"]) == ["aaaaa"]


def test_other_parameters_make_a_page_token_useless(events):
    add(events, "aaaaa", "bbbbb")
    token = events.list(maxResults=1).execute()["nextPageToken"]
    assert refusal(events.list(maxResults=1, pageToken=token, showDeleted=True)) == (400, "invalid")


def test_a_sync_token_gives_what_changed_since(events):
    add(events, "aaaaa", "bbbbb")
    token = events.token()
    assert events.since(token) == []
    events.patch(eventId="bbbbb", body={"summary": "x"}).execute()
    events.patch(eventId="bbbbb", body={"summary": "y"}).execute()
    assert [e["summary"] for e in events.since(token)] == ["y"]
    assert len(events.since(token)) == 1  # a token may be used again


def test_deleted_events_come_bare(events):
    add(events, "aaaaa")
    token = events.token()
    events.delete(eventId="aaaaa").execute()
    [gone] = events.since(token)
    assert gone.keys() == {"kind", "etag", "id", "status"}
    assert events.ids() == []


def test_deleted_events_can_be_asked_for(events):
    add(events, "aaaaa")
    events.delete(eventId="aaaaa").execute()
    [shown] = events.list(showDeleted=True).execute()["items"]
    assert (shown["status"], shown["summary"]) == ("cancelled", "Call")


def test_increments_have_pages_too(events):
    token = events.token()
    add(events, "aaaaa", "bbbbb", "ccccc")
    first = events.list(syncToken=token, maxResults=2).execute()
    last = events.list(syncToken=token, maxResults=2, pageToken=first["nextPageToken"]).execute()
    assert [e["id"] for e in first["items"] + last["items"]] == ["aaaaa", "bbbbb", "ccccc"]
    assert events.since(last["nextSyncToken"]) == []


def test_a_change_while_paging_is_not_missed(events):
    add(events, "aaaaa", "bbbbb")
    first = events.list(maxResults=1).execute()
    events.patch(eventId="aaaaa", body={"summary": "late"}).execute()
    last = events.list(maxResults=1, pageToken=first["nextPageToken"]).execute()
    assert [e["summary"] for e in events.since(last["nextSyncToken"])] == ["late"]


@pytest.mark.parametrize(
    "args",
    [
        {"timeMin": "2026-01-01T00:00:00Z"},
        {"timeMax": "2026-01-01T00:00:00Z"},
        {"updatedMin": "2026-01-01T00:00:00Z"},
        {"orderBy": "updated"},
        {"q": "x"},
        {"iCalUID": "x"},
        {"privateExtendedProperty": "a=b"},
        {"sharedExtendedProperty": "a=b"},
        {"showDeleted": False},
    ],
)
def test_some_parameters_cannot_stand_beside_a_sync_token(events, args):
    assert refusal(events.list(syncToken=events.token(), **args)) == (400, "badRequest")


@pytest.mark.parametrize("args", [{"singleEvents": True}, {"eventTypes": "default"}])
def test_a_sync_token_belongs_to_its_parameters(events, args):
    assert refusal(events.list(syncToken=events.token(), **args)) == (400, "invalid")
    assert events.since(events.token(**args), **args) == []


def test_a_sync_token_belongs_to_its_calendar(events, service):
    other = service.calendars().insert(body={"summary": "Other"}).execute()["id"]
    token = Events(service, other).token()
    assert refusal(events.list(syncToken=token)) == (400, "invalid")


@pytest.mark.parametrize("token", ["x", "", "c29tZXRoaW5n"])
def test_made_up_tokens_are_refused(events, token):
    assert refusal(events.list(syncToken=token)) == (400, "invalid")
    assert refusal(events.list(pageToken=token)) == (400, "invalid")


def test_an_expired_sync_token_asks_for_a_full_sync(events, emulator):
    token = events.token()
    emulator.expire_sync_tokens(events.calendar)
    assert refusal(events.list(syncToken=token)) == (410, "fullSyncRequired")
    assert events.token()


def test_sharing_a_calendar_expires_its_sync_tokens(events, sam):
    token = events.token()
    sam.share(events.calendar, "ann@example.com", "reader")
    assert refusal(events.list(syncToken=token)) == (410, "fullSyncRequired")


@pytest.mark.parametrize(
    "args", [{"q": "x"}, {"orderBy": "updated"}, {"updatedMin": "2026-01-01T00:00:00Z"}]
)
def test_searches_give_no_sync_token(events, args):
    assert "nextSyncToken" not in events.list(**args).execute()


def test_time_limits_are_baked_into_the_sync_token(events):
    limits = {"timeMin": "2026-01-06T00:00:00Z", "timeMax": "2026-01-07T00:00:00Z"}
    token = events.token(**limits)
    events.add(**timed(day=6, id="aaaaa"))
    events.add(**timed(day=8, id="bbbbb"))
    assert [e["id"] for e in events.since(token)] == ["aaaaa"]


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        ("2026-01-06T10:59:59Z", None, True),
        ("2026-01-06T11:00:00Z", None, False),
        (None, "2026-01-06T10:00:00Z", False),
        (None, "2026-01-06T10:00:01Z", True),
    ],
)
def test_limits_mean_the_end_and_the_start(events, low, high, found):
    add(events, "aaaaa")
    limits = {n: v for n, v in {"timeMin": low, "timeMax": high}.items() if v}
    assert bool(events.ids(**limits)) == found


def test_all_day_events_begin_at_midnight_of_the_calendar(events):
    events.add(**all_day(id="aaaaa"))
    assert events.ids(timeMax="2026-01-05T23:00:00Z") == []
    assert events.ids(timeMax="2026-01-05T23:00:01Z") == ["aaaaa"]


@pytest.mark.parametrize("limit", ["2026-01-06", "2026-01-06T10:00:00"])
def test_limits_need_an_offset(events, limit):
    assert refusal(events.list(timeMin=limit)) == (400, "badRequest")


def test_an_empty_range_is_refused(events):
    limits = {"timeMin": "2026-01-06T10:00:00Z", "timeMax": "2026-01-06T10:00:00Z"}
    assert refusal(events.list(**limits)) == (400, "timeRangeEmpty")


def test_filters(events):
    events.add(**timed(id="aaaaa", extendedProperties={"private": {"crm": "1", "n": "2"}}))
    events.add(**timed(id="bbbbb", location="Bistro"))
    assert events.ids(privateExtendedProperty="crm=1") == ["aaaaa"]
    assert events.ids(privateExtendedProperty=["crm=1", "n=3"]) == []
    assert events.ids(q="bistro") == ["bbbbb"]
    assert events.ids(iCalUID="bbbbb@google.com") == ["bbbbb"]
    assert events.ids(eventTypes=["default"]) == ["aaaaa", "bbbbb"]
    assert events.ids(eventTypes=["birthday"]) == []


def test_updated_min_gives_deleted_events_too(events, clock):
    add(events, "aaaaa", "bbbbb")
    clock.advance(hours=1)
    events.delete(eventId="aaaaa").execute()
    assert events.ids(updatedMin="2026-01-05T09:30:00Z") == ["aaaaa"]
    too_old = refusal(events.list(updatedMin="2025-01-05T09:30:00Z"))
    assert too_old == (410, "updatedMinTooLongAgo")


def test_start_order_needs_single_events(events):
    assert refusal(events.list(orderBy="startTime")) == (400, "badRequest")
    events.add(**timed(day=8, id="aaaaa"))
    events.add(**timed(day=7, id="bbbbb"))
    assert events.ids(orderBy="startTime", singleEvents=True) == ["bbbbb", "aaaaa"]


def test_an_unknown_parameter_is_refused(events):
    request = events.list()
    request.uri += "&colour=red"
    assert refusal(request) == (400, "badRequest")


def test_a_long_list_call_goes_as_a_post(events):
    add(events, "aaaaa")
    assert events.ids(q="call", privateExtendedProperty=["k=" + "x" * 2500]) == []


def test_a_series_is_one_item(events):
    made = events.add(**weekly())
    assert events.ids() == [made["id"]]
    assert len(events.ids(singleEvents=True)) == 5
