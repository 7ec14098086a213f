"""Changing and deleting events."""

import pytest

from .calls import all_day, refusal, timed

ID = "abcde01"


def test_a_patch_leaves_the_rest_alone(events):
    events.add(**timed(id=ID, location="Here", colorId="3"))
    made = events.patch(eventId=ID, body={"summary": "New", "location": None}).execute()
    assert (made["summary"], made.get("location"), made["colorId"]) == ("New", None, "3")


def test_an_update_replaces_everything(events):
    events.add(**timed(id=ID, location="Here", colorId="3"))
    made = events.update(eventId=ID, body=timed(summary="New")).execute()
    assert not {"location", "colorId"} & made.keys()


def test_an_update_needs_start_and_end(events):
    events.add(**timed(id=ID))
    assert refusal(events.update(eventId=ID, body={"summary": "x"})) == (400, "required")


def test_a_patch_merges_objects_and_replaces_arrays(events):
    reminders = {"useDefault": False, "overrides": [{"method": "popup", "minutes": 5}]}
    private = {"a": "1", "b": "2"}
    body = timed(id=ID, reminders=reminders, extendedProperties={"private": private})
    events.add(**body)
    changes = {
        "reminders": {"overrides": [{"method": "email", "minutes": 9}]},
        "extendedProperties": {"private": {"a": None, "c": "3"}},
    }
    made = events.patch(eventId=ID, body=changes).execute()
    assert made["extendedProperties"]["private"] == {"b": "2", "c": "3"}
    assert made["reminders"]["overrides"] == [{"method": "email", "minutes": 9}]
    assert made["reminders"]["useDefault"] is False


def test_a_patch_to_all_day_needs_nulls(events):
    events.add(**timed(id=ID))
    dates = {"start": {"date": "2026-01-06"}, "end": {"date": "2026-01-07"}}
    assert refusal(events.patch(eventId=ID, body=dates)) == (400, "invalid")
    for value in dates.values():
        value |= {"dateTime": None, "timeZone": None}
    assert events.patch(eventId=ID, body=dates).execute()["start"] == {"date": "2026-01-06"}


def test_a_patch_to_timed_needs_nulls(events):
    events.add(**all_day(id=ID))
    times = {name: timed()[name] for name in ("start", "end")}
    assert refusal(events.patch(eventId=ID, body=times)) == (400, "invalid")
    for value in times.values():
        value["date"] = None
    assert "dateTime" in events.patch(eventId=ID, body=times).execute()["start"]


def test_an_update_changes_all_day_and_timed_freely(events):
    events.add(**timed(id=ID))
    assert events.update(eventId=ID, body=all_day()).execute()["start"] == {"date": "2026-01-06"}


def test_every_change_changes_the_etag(events):
    first = events.add(**timed(id=ID))
    second = events.patch(eventId=ID, body={"summary": "x"}).execute()
    assert first["etag"] != second["etag"]


def test_updated_moves_with_main_data_only(events, clock):
    first = events.add(**timed(id=ID))
    clock.advance(minutes=5)
    reminders = {"useDefault": False, "overrides": []}
    quiet = events.patch(eventId=ID, body={"reminders": reminders}).execute()
    assert quiet["updated"] == first["updated"]
    assert quiet["etag"] != first["etag"]
    assert events.patch(eventId=ID, body={"summary": "x"}).execute()["updated"] > first["updated"]


def test_the_sequence_grows_with_the_time_only(events):
    events.add(**timed(id=ID))
    assert events.patch(eventId=ID, body={"summary": "x"}).execute()["sequence"] == 0
    moved = {"end": {"dateTime": "2026-01-06T12:00:00Z"}}
    assert events.patch(eventId=ID, body=moved).execute()["sequence"] == 1
    assert refusal(events.patch(eventId=ID, body={"sequence": 0})) == (400, "invalid")


def test_the_id_never_changes(events):
    events.add(**timed(id=ID))
    assert refusal(events.patch(eventId=ID, body={"id": "abcde02"})) == (400, "invalid")


def test_a_stale_etag_is_refused(events):
    old = events.add(**timed(id=ID))["etag"]
    new = events.patch(eventId=ID, body={"summary": "x"}).execute()["etag"]
    for call in (
        events.patch(eventId=ID, body={"summary": "y"}),
        events.update(eventId=ID, body=timed()),
        events.delete(eventId=ID),
    ):
        assert refusal(call, **{"If-Match": old}) == (412, "conditionNotMet")
    good = events.patch(eventId=ID, body={"summary": "y"})
    good.headers["If-Match"] = new
    assert good.execute()["summary"] == "y"


def test_an_unchanged_event_is_304(events):
    etag = events.add(**timed(id=ID))["etag"]
    assert refusal(events.get(eventId=ID), **{"If-None-Match": etag})[0] == 304


# -- deleting ------------------------------------------------------------------------------


def test_a_deleted_event_is_kept_as_cancelled(events):
    events.add(**timed(id=ID))
    assert events.delete(eventId=ID).execute() == ""
    kept = events.get(eventId=ID).execute()
    assert (kept["status"], kept["summary"]) == ("cancelled", "Call")


def test_deleting_again_is_gone(events):
    events.add(**timed(id=ID))
    events.delete(eventId=ID).execute()
    assert refusal(events.delete(eventId=ID)) == (410, "deleted")


def test_a_deleted_event_takes_no_change(events):
    events.add(**timed(id=ID))
    events.delete(eventId=ID).execute()
    assert refusal(events.patch(eventId=ID, body={"summary": "x"})) == (403, "forbidden")
    assert refusal(events.update(eventId=ID, body=timed())) == (403, "forbidden")


@pytest.mark.parametrize("verb", ["patch", "update"])
def test_a_deleted_event_is_revived_by_its_status(events, verb):
    events.add(**timed(id=ID))
    events.delete(eventId=ID).execute()
    body = timed(summary="Again", status="confirmed")
    assert getattr(events, verb)(eventId=ID, body=body).execute()["status"] == "confirmed"
    assert events.ids() == [ID]


def test_revival_can_be_refused(events, emulator):
    emulator.configure(refuse_revival=True)
    events.add(**timed(id=ID))
    events.delete(eventId=ID).execute()
    body = timed(status="confirmed")
    assert refusal(events.patch(eventId=ID, body=body)) == (403, "forbidden")


def test_a_patch_can_delete(events):
    events.add(**timed(id=ID))
    assert events.patch(eventId=ID, body={"status": "cancelled"}).execute()["status"] == "cancelled"
    assert events.ids() == []


def test_deleted_events_disappear_some_day_but_not_their_ids(events, emulator):
    events.add(**timed(id=ID))
    events.delete(eventId=ID).execute()
    emulator.purge_deleted()
    assert refusal(events.get(eventId=ID)) == (404, "notFound")
    assert events.ids(showDeleted=True) == []
    assert refusal(events.insert(body=timed(id=ID))) == (409, "duplicate")


def test_an_unknown_event_is_not_found(events):
    for call in (events.get(eventId=ID), events.delete(eventId=ID)):
        assert refusal(call) == (404, "notFound")
