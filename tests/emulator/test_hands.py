"""The user's own hands, on the page and over HTTP."""

from datetime import date, datetime

import pytest
import requests

from .calls import timed

SAM = "sam@example.com"


@pytest.fixture
def lunch(sam, calendar):
    return sam.add_event("Acme", "Lunch", "2026-01-06T12:00", "2026-01-06T13:00", location="Bistro")


def page(emulator, path="/", **args):
    return requests.get(emulator.url + path, params=args, timeout=5)


def submit(emulator, calendar, action="save", event="", **change):
    form = {"user": SAM, "calendar": calendar, "event": event, "action": action}
    form |= {"summary": "Dinner", "start_date": "2026-01-07", "end_date": "2026-01-07"}
    form |= {"start_time": "19:00", "end_time": "21:00", "location": "", "description": ""}
    return requests.post(emulator.url + "/ui/entry", data=form | change, timeout=5)


def ui(emulator, action, **args):
    body = {"user": SAM, "action": action} | args
    return requests.post(emulator.url + "/emulator/ui", json=body, timeout=5).json()


# -- from Python ---------------------------------------------------------------------------


def test_hands_work_in_the_zone_of_the_calendar(lunch, sam):
    assert lunch["start"]["dateTime"] == "2026-01-06T12:00:00+01:00"
    assert sam.find("Acme", "Lunch")["location"] == "Bistro"


def test_dates_and_datetimes_are_taken(sam, calendar):
    made = sam.add_event("Acme", "Trip", date(2026, 1, 6), date(2026, 1, 8))
    assert made["end"] == {"date": "2026-01-08"}
    made = sam.edit("Acme", made["id"], start=datetime(2026, 1, 6, 9), end=datetime(2026, 1, 6, 10))
    assert made["start"] == {"dateTime": "2026-01-06T09:00:00+01:00", "timeZone": "Europe/Berlin"}


def test_the_editor_makes_html_of_descriptions(lunch, sam):
    made = sam.edit("Acme", lunch["id"], description="a & b\nhttps://example.com")
    link = '<a href="https://example.com">https://example.com</a>'
    assert made["description"] == f"a &amp; b<br>{link}"


def test_the_hands_changes_come_with_the_next_increment(events, sam):
    token = events.token()
    made = sam.add_event("Acme", "Lunch", "2026-01-06", "2026-01-07")
    sam.edit("Acme", made["id"], colorId="3")
    sam.delete("Acme", made["id"])
    assert [item["status"] for item in events.since(token)] == ["cancelled"]
    sam.restore("Acme", made["id"])
    assert [item["colorId"] for item in events.since(token)] == ["3"]


def test_a_copy_keeps_the_properties_under_a_new_id(events, sam):
    private = {"private": {"crm": "1"}}
    first = events.add(**timed(extendedProperties=private))
    copy = sam.duplicate("Acme", first["id"])
    assert copy["id"] != first["id"]
    assert copy["extendedProperties"] == private


def test_a_move_is_a_deletion_and_a_new_event(events, sam):
    sam.create_calendar("Other")
    first = events.add(**timed())
    sam.move("Acme", first["id"], to="Other")
    assert sam.events("Acme") == []
    assert [event["id"] for event in sam.events("Other")] == [first["id"]]


def test_a_calendar_is_found_by_its_title(sam, calendar):
    assert sam.calendar("Acme").id == sam.calendar(calendar).id == calendar
    with pytest.raises(LookupError):
        sam.calendar("Nothing")


# -- on the page ---------------------------------------------------------------------------


def test_the_page_shows_accounts_calendars_and_entries(emulator, lunch):
    assert SAM in page(emulator).text
    shown = page(emulator, user=SAM).text
    for text in ("Acme Events", "Lunch", "Bistro", "Tue 6 Jan 2026 12:00 – 13:00"):
        assert text in shown


def test_an_event_links_to_its_page(emulator, lunch):
    assert 'value="Lunch"' in requests.get(lunch["htmlLink"], timeout=5).text


def test_entries_are_added_changed_and_deleted_on_the_page(emulator, sam, calendar):
    assert submit(emulator, calendar, description="a\r\nb").status_code == 200
    made = sam.find("Acme", "Dinner")
    assert made["start"]["dateTime"] == "2026-01-07T19:00:00+01:00"
    assert made["description"] == "a<br>b"
    submit(emulator, calendar, event=made["id"], summary="Supper", all_day="1", description="a\nb")
    changed = sam.find("Acme", "Supper")
    assert (changed["start"], changed["end"]) == ({"date": "2026-01-07"}, {"date": "2026-01-08"})
    assert changed["description"] == "a<br>b"
    submit(emulator, calendar, "delete", event=made["id"])
    assert sam.events("Acme") == []


def test_saving_an_unchanged_entry_changes_nothing(emulator, calendar, sam):
    submit(emulator, calendar)
    before = sam.find("Acme", "Dinner")
    submit(emulator, calendar, event=before["id"])
    assert sam.find("Acme", "Dinner")["etag"] == before["etag"]


def test_a_bad_entry_is_shown_again_with_the_reason(emulator, calendar):
    answer = submit(emulator, calendar, end_time="18:00")
    assert answer.status_code == 400
    assert "time range is empty" in answer.text


@pytest.mark.parametrize(("scope", "left"), [("this", 9), ("following", 2), ("all", 0)])
def test_a_series_is_deleted_in_part_on_the_page(emulator, calendar, sam, scope, left, events):
    submit(emulator, calendar, repeat="RRULE:FREQ=DAILY;COUNT=10")
    [master] = sam.events("Acme")
    third = sam.occurrences("Acme", master["id"])[2]
    assert "Apply to" in page(emulator, "/ui/entry", user=SAM, calendar=calendar, event=third).text
    submit(emulator, calendar, "delete", event=third, scope=scope)
    assert len(events.ids(singleEvents=True)) == left


@pytest.mark.parametrize(("scope", "changed"), [("this", 1), ("following", 8), ("all", 10)])
def test_a_series_is_changed_in_part_on_the_page(emulator, calendar, sam, scope, changed, events):
    submit(emulator, calendar, repeat="RRULE:FREQ=DAILY;COUNT=10")
    [master] = sam.events("Acme")
    third = sam.occurrences("Acme", master["id"])[2]
    day = {"start_date": "2026-01-09", "end_date": "2026-01-09"}
    submit(emulator, calendar, event=third, scope=scope, summary="Late", **day)
    shown = events.list(singleEvents=True).execute()["items"]
    assert [item["summary"] for item in shown].count("Late") == changed
    assert len(shown) == 10


def test_a_calendar_is_deleted_and_access_removed_on_the_page(emulator, service, calendar, sam):
    form = {"user": SAM, "calendar": calendar}
    requests.post(emulator.url + "/ui/calendar", data=form, timeout=5)
    assert len(sam.calendars()) == 1
    requests.post(emulator.url + "/ui/access", data=form, timeout=5)
    assert emulator.grants.consented == {}


def test_texts_are_escaped(emulator, sam, calendar):
    sam.add_event("Acme", "<script>x</script>", "2026-01-06", "2026-01-07")
    assert "<script>" not in page(emulator, user=SAM).text


def test_what_is_not_there_is_404(emulator, calendar):
    assert page(emulator, "/nothing").status_code == 404
    assert page(emulator, user="nobody@example.com").status_code == 404
    missing = page(emulator, "/ui/entry", user=SAM, calendar=calendar, event="nothing")
    assert missing.status_code == 404


# -- from another process ------------------------------------------------------------------


def test_everything_can_be_done_over_http(emulator, calendar):
    made = ui(
        emulator, "add_event", calendar="Acme", summary="x", start="2026-01-06", end="2026-01-07"
    )
    assert ui(emulator, "edit", calendar="Acme", event_id=made["id"], summary="y")["summary"] == "y"
    assert len(ui(emulator, "events", calendar="Acme")["result"]) == 1
    assert ui(emulator, "create_calendar", summary="New")["summary"] == "New"
    state = page(emulator, "/emulator/state").json()["users"][SAM]
    assert [item["summary"] for item in state] == [SAM, "Acme Events", "New"]
    assert "error" in ui(emulator, "fly")
    assert "error" in ui(emulator, "edit", calendar="Acme", event_id="nothing")


def test_faults_log_and_switches_over_http(emulator):
    def post(path, **body):
        return requests.post(f"{emulator.url}/emulator/{path}", json=body, timeout=5)

    script = [{"status": 503, "reason": "backendError"}, "lost_answer", {"slow": 1}]
    assert post("faults", method="events.insert", faults=script).status_code == 200
    assert len(page(emulator, "/emulator/faults").json()["left"]) == 3
    requests.delete(emulator.url + "/emulator/faults", timeout=5)
    assert emulator.faults.left() == []
    assert post("settings", page_size=2).json()["page_size"] == 2
    assert post("settings", nonsense=2).status_code == 400
    assert post("faults", method="nonsense", faults=[]).status_code == 400
    token = post("grant", email=SAM).json()["access_token"]
    headers = {"Authorization": "Bearer " + token}
    colors = emulator.url + "/calendar/v3/colors"
    assert requests.get(colors, headers=headers, timeout=5).status_code == 200
    assert page(emulator, "/emulator/requests", method="colors.get").json()["requests"]
    post("expire", what="grants", email=SAM)
    assert requests.get(colors, headers=headers, timeout=5).status_code == 401
    post("users", email="ann@example.com", has_calendar=False)
    assert emulator.store.people["ann@example.com"].has_calendar is False
    post("clients", id="c", secret="s", redirects=["https://crm.example.com/cb"])
    assert emulator.store.clients["c"].redirects == ("https://crm.example.com/cb",)
    post("reset", users=[{"email": "zoe@example.com", "name": "Zoe"}])
    assert list(emulator.store.people) == ["zoe@example.com"]


def test_consent_can_be_given_without_a_browser(emulator):
    url = f"{emulator.url}/o/oauth2/v2/auth?client_id=c&response_type=code&scope=openid"
    url += "&redirect_uri=https%3A%2F%2Fcrm.example.com%2Fcb&state=s"
    assert emulator.consent(url, SAM).startswith("https://crm.example.com/cb?state=s&code=")
    with pytest.raises(RuntimeError, match="invalid_scope"):
        emulator.consent(url.replace("openid", "nonsense"), SAM)
