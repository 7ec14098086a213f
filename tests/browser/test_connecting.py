"""Connecting with Google, from wherever the user begins, whatever he answers, whatever breaks."""

import re

import pytest
from playwright.sync_api import expect

from .crm_pages import CRM_CALENDAR, TODAY, CalendarPage, assert_nothing_is_cut, notification, soon

CONFIGURE, SYNCHRONIZE = "Configure with Google", "Synchronize with Google"


@pytest.fixture
def no_client(crm):
    """A site whose administrator has not entered the Google client yet."""
    before = crm.client_id()
    crm.settings(crm_google_client_id=False)
    yield
    crm.settings(crm_google_client_id=before)


def test_an_opportunity_leads_to_google_and_back(desktop, salesperson, crm, google):
    page = desktop(salesperson.login)
    page.goto(f"/odoo/crm/{crm.opportunity_of(salesperson)}")
    page.get_by_role("button", name="No Meeting").click()
    page.wait_for_url("**/calendar")
    calendar = CalendarPage(page)
    expect(calendar.link(CONFIGURE)).to_be_visible()
    before = page.url
    calendar.connect(google, salesperson.address)
    assert page.url == before


def test_a_refused_consent_can_be_given_later(phone, salesperson, google, pictures):
    calendar = CalendarPage(phone(salesperson.login)).open()
    calendar.ask_google()
    google.consent(calendar.page, salesperson.address, allow=False)
    expect(calendar.message).to_contain_text("You did not allow access on Google's page")
    pictures.keep(calendar.page, "refused")
    assert_nothing_is_cut(calendar.page)
    calendar.connect(google, salesperson.address)
    expect(calendar.message).to_be_hidden()


def test_an_unticked_box_is_explained(desktop, salesperson, google, pictures):
    calendar = CalendarPage(desktop(salesperson.login)).open(CRM_CALENDAR)
    calendar.ask_google()
    google.consent(calendar.page, salesperson.address, tick=False)
    expect(calendar.message).to_contain_text("leave the box ticked")
    pictures.keep(calendar.page, "unticked")
    calendar.connect(google, salesperson.address)


def test_what_the_page_says_is_not_said_above_it_too(desktop, salesperson, google):
    calendar = CalendarPage(desktop(salesperson.login)).open()
    calendar.ask_google()
    held = {}  # the calendar's first question, so that its page is late
    calendar.page.route("**/calendar.event/search_read*", lambda route: held.update({route: 1}))
    google.consent(calendar.page, salesperson.address, tick=False)
    said = notification(calendar.page, "leave the box ticked")
    expect(said).to_be_visible()
    for route in held:
        route.continue_()
    expect(calendar.message).to_contain_text("leave the box ticked")
    expect(said).to_be_hidden()


@pytest.mark.usefixtures("no_client")
def test_a_user_is_told_whom_to_ask(desktop, salesperson):
    calendar = CalendarPage(desktop(salesperson.login)).open()
    calendar.link(CONFIGURE).click()
    answer = calendar.page.get_by_role("dialog")
    expect(answer).to_contain_text("Ask your administrator to enter the Google client in Settings")


@pytest.mark.usefixtures("no_client")
def test_an_administrator_is_taken_to_the_settings(desktop):
    calendar = CalendarPage(desktop("admin")).open()
    calendar.link(CONFIGURE).click()
    expect(calendar.page.get_by_label("Client ID")).to_be_visible()
    expect(calendar.page.get_by_label("Client ID")).to_have_value("")


@pytest.mark.own_google
def test_two_tabs_make_two_calendars_and_no_third(desktop, salesperson, google, pictures):
    google.fail("token", {"slow": 5})
    first = CalendarPage(desktop(salesperson.login)).open()
    first.ask_google()
    google.consent(first.page, salesperson.address)
    expect(first.panel).to_contain_text("Connecting to Google…")
    pictures.keep(first.page, "connecting")
    second = CalendarPage(first.page.context.new_page()).open(CRM_CALENDAR)
    expect(second.panel).to_contain_text("Connecting to Google…")
    expect(second.link(re.compile("with Google"))).to_have_count(0)
    for calendar in (first, second):
        expect(calendar.link(SYNCHRONIZE)).to_be_visible()
    page = google.open(first.page, salesperson.address).page
    page.goto(f"{google.url}/?user={salesperson.address}")
    expect(page.get_by_role("heading", name=re.compile("YourCompany"))).to_have_count(2)


@pytest.mark.own_google
def test_a_dead_grant_asks_to_reconnect(desktop, salesperson, google, pictures):
    calendar = CalendarPage(desktop(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    google.open(calendar.page, salesperson.address).remove_access()
    calendar.start(calendar.open_wizard())
    expect(calendar.result).to_be_hidden()  # it would say the same
    expect(calendar.link("Reconnect with Google")).to_be_visible()
    expect(calendar.message).to_contain_text("Click Reconnect with Google; nothing is lost.")
    pictures.keep(calendar.page, "reconnect")
    calendar.connect(google, salesperson.address)
    expect(calendar.message).to_be_hidden()


def test_a_calendar_deleted_in_google_is_made_again(phone, salesperson, google, pictures):
    salesperson.meet("Review", TODAY)
    calendar = CalendarPage(phone(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    calendar.synchronize()
    there = google.open(calendar.page, salesperson.address)
    there.delete_calendar(salesperson.calendar("event"))
    calendar.start(calendar.open_wizard())
    gone = calendar.page.locator(".o_crm_google_gone")
    expect(gone).to_contain_text("Nothing was lost here")
    pictures.keep(calendar.page, "gone")
    gone.get_by_role("button", name="Create again").click()
    expect(gone).to_be_hidden()
    expect(calendar.result).to_contain_text("1 created in Google")
    assert there.entries(salesperson.calendar("event")) == ["Review"]


@pytest.mark.own_google
def test_another_google_account_asks_about_the_old_calendars(phone, salesperson, google, pictures):
    salesperson.meet("Review", TODAY)
    calendar = CalendarPage(phone(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    calendar.synchronize()
    old = salesperson.calendar("event")
    google.open(calendar.page, salesperson.address).remove_access()
    calendar.start(calendar.open_wizard())
    expect(calendar.link("Reconnect with Google")).to_be_visible()
    other = google.account("Other Account")
    calendar.ask_google()
    google.consent(calendar.page, other)
    calendar.link("Finish with Google").click()
    question = calendar.page.get_by_role("dialog")
    expect(question).to_contain_text("You chose another Google account than before.")
    pictures.keep(calendar.page, "switch")
    question.get_by_role("button", name="Continue").click()
    expect(calendar.link(SYNCHRONIZE)).to_be_enabled()
    expect(calendar.address).to_contain_text(other)
    pictures.keep(calendar.page, "switched")
    there = google.open(calendar.page, other)
    soon(lambda: there.entries(salesperson.calendar("event")) == ["Review"])
    assert salesperson.calendar("event") != old
