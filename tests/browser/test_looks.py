"""The pages on small screens, for the keyboard, for weak eyes, and while something takes time."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from .conftest import DESKTOP, PHONE
from .crm_pages import TODAY, CalendarPage, Preferences, Record, assert_nothing_is_cut
from .looks import focused_without_a_sign, leaves_room, too_faint

ZOOMED = {"viewport": {"width": 640, "height": 400}}  # 1280 by 800 at 200 %
LANDSCAPE = {"viewport": {"width": 844, "height": 390}, "has_touch": True, "is_mobile": True}
SMALL_PHONE = {**PHONE, "viewport": {"width": 360, "height": 640}}
SCREENS = {"phone": PHONE, "small": SMALL_PHONE, "landscape": LANDSCAPE, "zoomed": ZOOMED}
PERCENTS = """
() => {
    window.percents = [];
    const bar = () => document.querySelector(".o_crm_google_progress [role=progressbar]");
    const note = () => bar() && percents.push(Number(bar().ariaValueNow));
    new MutationObserver(note).observe(document.body, {
        subtree: true, childList: true, attributes: true, attributeFilter: ["aria-valuenow"],
    });
}
"""


@pytest.fixture
def connected(salesperson, google):
    """Opens the calendar of a salesperson who is connected: `connected(open_page, screen)`."""
    salesperson.meet("Review", TODAY)

    def connected_(open_page, screen=DESKTOP):
        calendar = CalendarPage(open_page(screen, salesperson.login)).open()
        calendar.connect(google, salesperson.address)
        return calendar

    return connected_


def test_who_has_connected_is_told_what_stands_where_and_goes_on(
    connected, open_page, google, salesperson, pictures
):
    calendar = connected(open_page)
    hint = calendar.page.locator(".o_crm_google_hint.alert-success")
    expect(hint).to_contain_text(re.compile(r"YourCompany Events .*, YourCompany Tasks "))
    pictures.keep(calendar.page, "hint")
    with calendar.page.expect_popup() as opened:
        hint.get_by_role("link", name="Open Google Calendar").click()
    if google.open(calendar.page, salesperson.address).page:
        expect(opened.value.get_by_role("heading", name="YourCompany Events")).to_be_visible()
    hint.get_by_role("button", name="Synchronize now").click()
    expect(calendar.result).to_contain_text("1 created in Google")
    expect(calendar.last_sync).to_have_text(
        re.compile(r"Last sync (just now|\d+ seconds ago) · automatic sync is off")
    )


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS.keys())
def test_the_calendar_keeps_half_of_a_small_screen(screen, connected, open_page, pictures):
    calendar = connected(open_page, screen)
    page = calendar.page
    expect(page.locator(".o_calendar_widget")).to_be_visible()
    name = "x".join(map(str, screen["viewport"].values()))
    pictures.keep(page, f"small-{name}")
    assert leaves_room(page)
    calendar.details.click()
    expect(page.locator(".o_crm_google_hint")).to_be_visible()
    expect(page.get_by_text("automatic sync is off").filter(visible=True).first).to_be_visible()
    pictures.keep(page, f"small-open-{name}")
    assert_nothing_is_cut(page)
    calendar.details.click()
    calendar.start(calendar.open_wizard())
    expect(calendar.link("Synchronize with Google")).to_be_enabled()
    assert leaves_room(page)


def test_everything_of_ours_can_be_read_and_reached_by_the_keyboard(
    connected, open_page, desktop, salesperson, pictures
):
    calendar = connected(open_page)
    page = calendar.page
    ours = page.locator(".o_crm_google_panel button, .o_crm_google_news :is(a, button)")
    assert (too_faint(page), focused_without_a_sign(page, ours)) == ([], [])
    pictures.keep(page, "focus")
    dialog = calendar.open_wizard()
    buttons = dialog.locator(".btn[class*=o_crm_google_]")
    assert (too_faint(page), focused_without_a_sign(page, buttons)) == ([], [])
    dialog.get_by_role("button", name="Discard").click()
    preferences = Preferences(page).dialog
    buttons = preferences.locator(".btn[class*=o_crm_google_]")
    assert (too_faint(page), focused_without_a_sign(page, buttons)) == ([], [])
    calendar.open()
    calendar.synchronize()
    assert (too_faint(page), focused_without_a_sign(page, ours)) == ([], [])
    own = [("user_id", "=", salesperson.id)]
    [meeting] = salesperson.rpc.call("calendar.event", "search", own)
    record = Record(page, f"/odoo/calendar/{meeting}")
    expect(record.line).to_contain_text("The same in Google · ")
    button = record.line.get_by_role("button")
    assert (too_faint(page), focused_without_a_sign(page, button)) == ([], [])
    admin = desktop("admin")
    admin.goto("/odoo/settings#calendar")
    test = admin.locator(".o_crm_google_test_client")
    expect(test).to_be_visible()
    assert (too_faint(admin), focused_without_a_sign(admin, test)) == ([], [])


@pytest.mark.own_google
def test_progress_begins_at_nothing_and_only_moves_forward(
    connected, open_page, salesperson, google
):
    for day in range(4):
        names = [f"Visit {day}-{number}" for number in range(30)]
        salesperson.meet_often(names, TODAY + timedelta(days=day))
    calendar = connected(open_page)
    calendar.page.evaluate(PERCENTS)
    google.slow(300)
    calendar.start(calendar.open_wizard())
    expect(calendar.result).to_be_visible()
    google.slow(0)
    percents = calendar.page.evaluate("percents")
    assert percents[0] == 0
    assert percents == sorted(percents)
    assert len(set(percents)) > 1


@pytest.mark.own_google
def test_a_run_that_is_told_to_stop_says_so_at_once(connected, open_page, google, pictures):
    calendar = connected(open_page)
    google.slow(2000)
    calendar.start(calendar.open_wizard())
    stop = calendar.page.locator(".o_crm_google_stop")
    stop.click()
    expect(stop).to_have_text("Stopping…")
    expect(stop).to_be_disabled()
    pictures.keep(calendar.page, "stopping")
    google.slow(0)
    expect(calendar.result).to_contain_text("Stopped.")


@pytest.mark.own_google
def test_a_fault_says_when_the_next_try_comes(connected, open_page, google, pictures):
    calendar = connected(open_page)
    google.fail("events.list", *[{"status": 503, "reason": "backendError"}] * 3)
    calendar.start(calendar.open_wizard())
    expect(calendar.counts).to_have_text(
        re.compile(r"Google cannot be reached\. Next try in \d+ seconds?\.")
    )
    pictures.keep(calendar.page, "unreachable")
    expect(calendar.result).to_contain_text("Synchronized with Google.")


def test_a_preview_is_a_page_whose_rows_open_and_which_can_be_carried_out(
    connected, open_page, pictures
):
    calendar = connected(open_page)
    page = calendar.page
    calendar.open_wizard().get_by_role("button", name="Preview").click()
    calendar.result.get_by_role("button", name="See the list").click()
    title = page.locator(".o_breadcrumb")
    expect(title).to_contain_text("Preview of ")
    pictures.keep(page, "preview-page")
    page.locator(".o_data_row").filter(has_text="Review").click()
    expect(page.locator(".o_field_widget[name=name] :is(input, textarea)")).to_have_value("Review")
    page.go_back()
    page.get_by_role("button", name="Synchronize now").click()
    expect(calendar.result).to_contain_text("1 created in Google")


def test_from_right_to_left_nothing_is_cut(phone, desktop, crm, salesperson, google, pictures):
    salesperson.meet("Review", TODAY)
    calendar = CalendarPage(phone(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    calendar.synchronize()
    crm.speak(salesperson, "ar_001")
    for page in (calendar.page, desktop(salesperson.login)):
        CalendarPage(page).open()
        expect(page.locator(".o_crm_google_result")).to_be_visible()
        pictures.keep(page, "arabic")
        assert_nothing_is_cut(page)
        expect(page.locator("body.o_rtl")).to_have_count(1)
