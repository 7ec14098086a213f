"""What the pages say and offer beside the main story: answers, reasons, menus, empty lists."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from .conftest import DESKTOP, PHONE
from .crm_pages import (
    CRM_CALENDAR,
    TASKS,
    TODAY,
    CalendarPage,
    Preferences,
    Record,
    assert_nothing_is_cut,
    notification,
)

LONG = "Vereinigte Maschinenbau- und Anlagenvertriebsgesellschaft Norddeutschland mbH & Co. KG"


@pytest.fixture
def long_company(crm):
    """A company whose name is longer than any line."""
    (company,) = crm.admin.call("res.company", "search_read", [], ["name"], limit=1)
    crm.admin.call("res.company", "write", [company["id"]], {"name": LONG})
    yield LONG
    crm.admin.call("res.company", "write", [company["id"]], {"name": company["name"]})


@pytest.fixture
def low_ceiling(crm):
    """A site that asks before it deletes more than one entry."""
    crm.settings(crm_google_ceiling_number=1, crm_google_ceiling_percent=1)
    yield
    crm.settings(crm_google_ceiling_number=50, crm_google_ceiling_percent=20)


def test_the_crm_menu_holds_the_calendar_and_the_tasks(desktop, salesperson, pictures):
    page = desktop(salesperson.login)
    page.goto("/odoo/crm")
    page.get_by_role("button", name="Sales").click()
    pictures.keep(page, "menu")
    page.get_by_role("menuitem", name="Calendar").click()
    calendar = CalendarPage(page)
    expect(calendar.link("Configure with Google")).to_be_visible()
    calendar.link("My Tasks").click()
    expect(page.get_by_text("No task of yours is open")).to_be_visible()
    pictures.keep(page, "no-tasks")


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.usefixtures("long_company")
def test_long_names_stay_on_the_screen(screen, open_page, crm, google, pictures):
    person = crm.hire("Maximiliane-Alexandra von Schleswig-Holstein-Sonderburg-Glücksburg")
    person.address = google.account(person.name)
    calendar = CalendarPage(open_page(screen, person.login)).open(CRM_CALENDAR)
    calendar.connect(google, person.address)
    pictures.keep(calendar.page, "long-names")
    assert_nothing_is_cut(calendar.page)
    preferences = Preferences(calendar.page)
    expect(preferences.dialog).to_contain_text(LONG)
    pictures.keep(calendar.page, "long-names-preferences")
    assert_nothing_is_cut(calendar.page)
    preferences.press("Last runs")
    expect(calendar.page.get_by_text("No run yet")).to_be_visible()


def test_a_wrong_range_is_explained(desktop, salesperson, google, pictures):
    calendar = CalendarPage(desktop(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    dialog = calendar.open_wizard()
    dialog.get_by_label("From – to").check()
    for name, day in (("date_from", "12/31/2030"), ("date_to", "01/01/2030")):
        field = dialog.locator(f".o_field_widget[name={name}]")
        field.get_by_role("button").click()  # it becomes an input
        field.locator("input").fill(day)
        field.locator("input").press("Enter")
    expect(dialog.get_by_text("The first date is after the last one.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Synchronize")).to_be_disabled()
    pictures.keep(calendar.page, "range")
    dialog.get_by_label("This month and the next two").check()
    expect(dialog.get_by_text("The first date is after the last one.")).to_be_hidden()
    calendar.start(dialog)


def test_a_connection_can_be_checked(desktop, salesperson, google):
    calendar = CalendarPage(desktop(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    Preferences(calendar.page).press("Check connection")
    expect(notification(calendar.page, "Succeeded: the connection works")).to_be_visible()


def test_an_administrator_sees_all_accounts_and_runs(desktop, salesperson, google, pictures):
    salesperson.meet("Review", TODAY)
    calendar = CalendarPage(desktop(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    calendar.synchronize()
    page = desktop("admin")
    for menu, words in (("Accounts", "Connected"), ("Runs", "1 created in Google")):
        page.goto("/odoo/crm")
        page.get_by_role("button", name="Configuration").click()
        page.get_by_role("menuitem", name=menu, exact=True).click()
        row = page.locator(".o_data_row").filter(has_text=salesperson.name)
        expect(row).to_contain_text(words)
        pictures.keep(page, menu.lower())
        row.click()
        expect(page.locator(".o_form_view")).to_contain_text(salesperson.name)
        pictures.keep(page, f"{menu.lower()}-form")


def test_a_client_is_tested_as_it_is_typed_and_nothing_is_lost(desktop, crm, pictures):
    page = desktop("admin")
    page.goto("/odoo/settings#calendar")
    secret = page.get_by_label("Client secret")
    verdict = page.locator(".o_crm_google_verdict")
    page.get_by_role("button", name="Test client").click()
    expect(verdict).to_have_text("Succeeded: Google knows this client ID and secret.")
    page.locator("#crm_google_auto_sync").get_by_role("checkbox").check()
    secret.fill("a wrong one")
    page.get_by_role("button", name="Test client").click()
    expect(verdict).to_contain_text("Google does not know this client ID and secret.")
    pictures.keep(page, "client-test")
    expect(secret).to_have_value("a wrong one")
    expect(page.locator("#crm_google_auto_sync").get_by_role("checkbox")).to_be_checked()
    page.get_by_label("Client ID").fill("")
    page.get_by_role("button", name="Test client").click()
    expect(verdict).to_contain_text("Enter both the client ID and the client secret")
    page.get_by_role("button", name="Discard").click()
    assert crm.client_id()


def test_bounds_are_explained(desktop, pictures):
    page = desktop("admin")
    page.goto("/odoo/settings#calendar")
    page.get_by_label("more than", exact=True).fill("500")
    page.get_by_role("button", name="Save").click()
    answer = page.get_by_role("dialog")
    expect(answer).to_contain_text("enter a number from 0 to 100.")
    pictures.keep(page, "bounds")


@pytest.mark.own_google
def test_what_was_set_aside_is_one_click_away(desktop, salesperson, google, pictures):
    meeting = salesperson.meet("Refused once", TODAY)
    calendar = CalendarPage(desktop(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    google.fail("events.insert", {"status": 400, "reason": "invalid"})
    assert "1 set aside" in calendar.synchronize()
    pictures.keep(calendar.page, "set-aside")
    calendar.result.get_by_role("button", name="See what was set aside").click()
    row = calendar.page.locator(".o_data_row").filter(has_text="Refused once")
    expect(row).to_contain_text("Google refused this entry.")
    pictures.keep(calendar.page, "set-aside-list")
    record = Record(calendar.page, f"/odoo/calendar/{meeting}")
    expect(record.line).to_contain_text("Google refused this entry.")
    pictures.keep(calendar.page, "set-aside-record")
    record.press("Retry")
    expect(record.line).to_contain_text("The same in Google")  # by itself, once the run has ended
    pictures.keep(calendar.page, "in-sync-record")
    calendar.open()
    expect(calendar.result).to_contain_text("1 created in Google")
    there = google.open(calendar.page, salesperson.address)
    assert there.entries(salesperson.calendar("event")) == ["Refused once"]


@pytest.mark.own_google
def test_a_phone_shows_why_something_was_set_aside(phone, salesperson, google, pictures):
    salesperson.meet(LONG, TODAY)
    calendar = CalendarPage(phone(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    google.fail("events.insert", {"status": 400, "reason": "invalid"})
    calendar.synchronize()
    calendar.result.get_by_role("button", name="See what was set aside").click()
    card = calendar.page.locator(".o_kanban_record").filter(has_text=LONG)
    expect(card).to_contain_text("Google refused this entry.")
    expect(card.get_by_role("button", name="Retry")).to_be_in_viewport()
    pictures.keep(calendar.page, "set-aside-card")


@pytest.mark.usefixtures("low_ceiling")
def test_many_deletions_wait_for_an_answer(desktop, salesperson, google, pictures):
    salesperson.meet_often(["First", "Second", "Third"], TODAY + timedelta(days=1))
    calendar = CalendarPage(desktop(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    calendar.synchronize()
    there = google.open(calendar.page, salesperson.address)
    for title in ("First", "Second"):
        there.delete(salesperson.calendar("event"), title)
    assert "Deleted in Google: 2 meetings. In the CRM they wait" in calendar.synchronize()
    pictures.keep(calendar.page, "held")
    calendar.result.get_by_role("button", name="Stop synchronizing 2").click()
    question = calendar.page.get_by_role("dialog")
    expect(question).to_contain_text("2 entries stay in the CRM")
    pictures.keep(calendar.page, "held-question")
    question.get_by_role("button", name="Cancel").click()
    calendar.result.get_by_role("button", name="Keep them").click()
    expect(calendar.result.get_by_role("button", name="Keep them")).to_be_hidden()
    assert {"First", "Second", "Third"} <= set(salesperson.titles("calendar.event"))


def test_a_task_shows_its_state_in_google(phone, salesperson, google, pictures):
    task = salesperson.must("Send the offer", TODAY)
    calendar = CalendarPage(phone(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    calendar.synchronize()
    record = Record(calendar.page, f"{TASKS}/{task}")
    expect(record.line).to_contain_text("The same in Google")
    pictures.keep(calendar.page, "task")
    assert_nothing_is_cut(calendar.page)


def test_a_run_can_be_seen_before_and_undone_after(desktop, salesperson, google, pictures):
    salesperson.meet("Review", TODAY)
    calendar = CalendarPage(desktop(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    there = google.open(calendar.page, salesperson.address)
    calendar.open_wizard().get_by_role("button", name="Preview").click()
    expect(calendar.result).to_contain_text("Preview, nothing was written.")
    pictures.keep(calendar.page, "preview")
    assert there.entries(salesperson.calendar("event")) == []
    calendar.synchronize()
    assert there.entries(salesperson.calendar("event")) == ["Review"]
    calendar.result.get_by_role("button", name="See the log").click()
    page = calendar.page
    expect(page.locator(".o_form_view")).to_contain_text("Review")
    page.get_by_role("button", name="Undo").click()
    pictures.keep(page, "undo")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Ok|Undo")).click()
    calendar.open()
    expect(calendar.result).to_contain_text("The run was undone. 1 removed in Google")
    pictures.keep(page, "undone")
    assert there.entries(salesperson.calendar("event")) == []
    assert "Review" in salesperson.titles("calendar.event")
    calendar.synchronize()
    expect(calendar.result).to_contain_text("1 entry is no longer synchronized.")
    pictures.keep(page, "apart")
    calendar.result.get_by_role("button", name="See them").click()
    expect(page.locator(".o_list_view, .o_kanban_view")).to_contain_text("Review")
    pictures.keep(page, "apart-list")
    calendar.open()
    calendar.result.get_by_role("button", name="Synchronize them again").click()
    expect(calendar.result).to_contain_text("1 created in Google")
    assert there.entries(salesperson.calendar("event")) == ["Review"]
