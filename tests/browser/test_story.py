"""The demo's whole story, as a salesperson lives it in a browser, with an administrator's help."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from .crm_pages import (
    CRM_CALENDAR,
    TASKS,
    TODAY,
    CalendarPage,
    Preferences,
    Record,
    assert_nothing_is_cut,
    notification,
    number,
    soon,
)

MANY = 300  # more than are sent between two looks at the progress
# of the week that the calendar shows, from Monday on, each at an hour in UTC
WEEK = (
    ("Offer for Deco Addict", 8),
    ("Lunch with Gemini Furniture", 11),
    ("Negotiation with Ready Mat", 9),
    ("Site visit at Wood Corner", 13),
    ("Review of the quarter", 8),
    ("Demo for Lumber Inc", 10),
)
SHOWN = "connect wizard progress calendar tasks record preferences revoked".split()
KICK_OFF = "Kick-off with Azure Interior"


@pytest.fixture(params=["desktop", "phone"])
def story(request, crm, google, pictures):
    """A salesperson with a full diary, on a large screen and on a phone."""
    person = crm.demo if request.param == "desktop" else crm.hire()
    person.address = google.account(person.name)
    yield Story(request.getfixturevalue(request.param), person, google, pictures)
    crm.settings(crm_google_auto_sync=False)


class Story:
    """The salesperson, his page, and a look into his Google."""

    def __init__(self, open_page, person, google, pictures):
        self.person = person
        self.google = google
        self.pictures = pictures
        self.page = open_page(person.login)
        self.calendar = CalendarPage(self.page)
        self.there = google.open(self.page, person.address)

    def entries(self, kind):
        """What stands in one of the calendars in Google."""
        return self.there.entries(self.person.calendar(kind))

    def picture(self, name):
        """Take a picture of the page, on which nothing may be cut off."""
        assert_nothing_is_cut(self.page)
        take = self.pictures.take if name in SHOWN else self.pictures.keep
        take(self.page, name)

    def picture_of_google(self, name):
        """Take a picture of Google's page, where it has one."""
        if self.there.page:
            self.entries("event")
            self.pictures.take(self.there.page, name)


def test_the_whole_story(story, desktop):
    meetings = fill_diary(story.person)
    connect(story)
    synchronize(story)
    change_both_sides(story, meetings)
    finish_a_task(story)
    switch_auto_sync_on(desktop("admin"), story.pictures)
    save_and_look_at_google(story, meetings)
    follow_the_record(story, meetings)
    revoke(story, meetings)


def fill_diary(person):
    """Meetings around today, and many in the weeks to come."""
    sunday = TODAY - timedelta(days=TODAY.isoweekday() % 7)
    for each, (name, hour) in enumerate(WEEK, 1):
        # the wizard offers whole months, from this one on
        person.meet(name, max(sunday + timedelta(days=each), TODAY.replace(day=1)), hour)
    for first in range(0, MANY, 25):
        names = [f"Visit {each + 1}" for each in range(first, first + 25)]
        person.meet_often(names, TODAY + timedelta(days=25 + first // 25))
    return person.meet(KICK_OFF, TODAY, 6, location="Show room", description="<p>Samples!</p>")


def connect(story):
    calendar = story.calendar.open(CRM_CALENDAR)
    story.picture("connect")
    calendar.connect(story.google, story.person.address)
    expect(story.page).to_have_url(re.compile(f"{CRM_CALENDAR}$"))
    expect(calendar.address).to_contain_text(story.person.address)
    story.picture("connected")
    for kind, word in (("event", "Events"), ("task", "Tasks")):
        title = story.there.title(story.person.calendar(kind))
        assert re.fullmatch(rf"YourCompany {word} \(created: \d{{4}}-\d\d-\d\d\)", title)


def synchronize(story):
    calendar = story.calendar
    dialog = calendar.open_wizard()
    story.picture("wizard")
    is_slow = story.google.slow(1000)
    calendar.start(dialog)
    calendar.progress.wait_for()
    if is_slow:
        expect(calendar.counts).to_have_text(re.compile(r"[1-9]\d* of \d+, .* left"))
    story.picture("progress")
    story.google.slow(0)
    expect(calendar.result).to_contain_text("Synchronized with Google.")
    story.picture("result")
    names = {name for name, _hour in WEEK} | {KICK_OFF, "Visit 1", f"Visit {MANY}"}
    assert number(calendar.result.inner_text(), "created in Google") > MANY + len(WEEK)
    assert names <= set(story.entries("event"))
    story.picture_of_google("google")


def change_both_sides(story, meeting):
    person, there = story.person, story.there
    Record(story.page, f"/odoo/calendar/{meeting}").rename("Kick-off, with samples")
    there.rename(person.calendar("event"), "Offer for Deco Addict", "Better offer for Deco Addict")
    there.delete(person.calendar("event"), "Visit 7")
    there.add(person.calendar("task"), "Call the printer", TODAY + timedelta(days=2))
    result = story.calendar.open().synchronize()
    assert number(result, "changed in Google") == 1
    assert number(result, "changed in the CRM") == 1
    assert number(result, "created in the CRM") == 1
    assert "Kick-off, with samples" in story.entries("event")
    names = person.titles("calendar.event")
    assert {"Better offer for Deco Addict", "Visit 7"} <= set(names)  # deleted there, kept here
    story.picture("calendar")


def finish_a_task(story):
    page = story.page
    page.goto(TASKS)
    task = page.locator(".o_data_row, .o_kanban_record").filter(has_text="Call the printer")
    expect(task).to_be_visible()
    story.picture("tasks")
    task.get_by_text("Done").click()
    expect(task).to_be_hidden()
    story.calendar.open().synchronize()
    assert "✓ Call the printer" in story.entries("task")


def switch_auto_sync_on(page, pictures):
    page.goto("/odoo/settings#calendar")
    switch = page.get_by_role("checkbox", name="Sync with Google Calendar")
    switch.check()
    expect(page.get_by_text("minutes (5 to 1,440)")).to_be_visible()
    assert_nothing_is_cut(page)
    pictures.take(page, "settings")
    with page.expect_navigation():  # once it is saved the page is loaded anew
        page.get_by_role("button", name="Save").click()


def save_and_look_at_google(story, meeting):
    record = Record(story.page, f"/odoo/calendar/{meeting}")
    is_slow = story.google.slow(1000)
    record.rename("Kick-off, saved a moment ago")
    if is_slow:
        expect(record.line).to_contain_text("On its way to Google.")
    story.google.slow(0)
    soon(lambda: "Kick-off, saved a moment ago" in story.entries("event"))
    expect(record.line).to_contain_text("The same in Google")  # without loading the page anew


def follow_the_record(story, meeting):
    path = f"/odoo/calendar/{meeting}"
    record = Record(story.page, path)
    expect(record.line).to_contain_text("The same in Google")
    story.picture("record")
    with story.page.context.expect_page() as opened:
        record.press("Open in Google")
    story.google.check_entry(opened.value, "Kick-off, saved a moment ago")
    opened.value.close()
    story.there.delete(story.person.calendar("event"), "Kick-off, saved a moment ago")
    story.calendar.open().synchronize()
    record = Record(story.page, path)
    expect(record.line).to_contain_text("It was deleted in Google.")
    story.picture("record-detached")
    record.press("Push again")
    soon(lambda: "Kick-off, saved a moment ago" in story.entries("event"))


def revoke(story, meeting):
    calendars = [story.person.calendar(kind) for kind in ("event", "task")]
    story.calendar.open()
    preferences = Preferences(story.page)
    story.picture("preferences")
    question = preferences.revoke()
    expect(question).to_contain_text("stay as they are")
    story.picture("revoke")
    question.get_by_role("button", name="Revoke Access").click()
    notification(story.page, "Access is revoked.").hover()  # and it stays for the picture
    story.picture("revoked")
    expect(story.calendar.link("Configure with Google")).to_be_visible()
    assert [story.there.title(calendar) for calendar in calendars] == [None, None]
    assert meeting in story.person.rpc.call("calendar.event", "search", [])
