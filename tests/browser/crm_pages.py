"""The CRM's pages: where things are, and what a user does there."""

import re
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

ZONE = "Europe/Berlin"  # of the users, whatever the machine's is
TODAY = datetime.now(ZoneInfo(ZONE)).date()
CALENDAR = "/odoo/calendar"
CRM_CALENDAR = "/odoo/crm-calendar"
TASKS = "/odoo/crm-tasks"

# what of ours ends beyond the right edge
WIDE = """
[...document.querySelectorAll("[class*=o_crm_google_]")]
    .filter((node) => node.offsetParent && node.getBoundingClientRect().right > innerWidth + 1)
    .map((node) => node.className)
"""


class CalendarPage:
    """A page of the CRM with a calendar and the link to Google above it."""

    def __init__(self, page):
        self.page = page
        self.panel = page.locator(".o_crm_google_panel")
        self.address = page.locator(".o_crm_google_email")
        self.last_sync = self.panel.locator(".o_crm_google_last")
        self.details = self.panel.get_by_role("button", name="Details")
        self.progress = page.get_by_role("progressbar", name="Synchronization with Google")
        self.counts = page.locator(".o_crm_google_progress_text")
        self.result = page.locator(".o_crm_google_result")
        self.message = page.locator(".o_crm_google_message")

    def open(self, path=CALENDAR):
        """Go there; returns itself."""
        self.page.goto(path)
        expect(self.page.locator(".o_calendar_view")).to_be_visible()
        expect(self.panel).to_be_visible()
        return self

    def link(self, name):
        """The link to Google, if it reads so."""
        return self.panel.get_by_role("button", name=name)

    def ask_google(self):
        """Click Configure (or Reconnect) and wait for Google's page."""
        here = self.page.evaluate("origin")
        with self.page.expect_navigation(url=lambda url: not url.startswith(here)):
            self.panel.locator(".o_crm_google_configure, .o_crm_google_reconnect").click()

    def connect(self, google, address):
        """Connect with Google and wait until both calendars stand there."""
        self.ask_google()
        google.consent(self.page, address)
        expect(self.link("Synchronize with Google")).to_be_enabled()

    def open_wizard(self):
        """Click Synchronize; returns the dialog."""
        self.link("Synchronize with Google").click()
        dialog = self.page.get_by_role("dialog")
        expect(dialog.get_by_text("No mail is sent to anybody.")).to_be_visible()
        return dialog

    def start(self, dialog):
        """Start what the wizard offers."""
        dialog.get_by_role("button", name="Synchronize").click()
        expect(dialog).to_be_hidden()

    def synchronize(self):
        """Synchronize what the wizard offers by itself, to the end; returns what it says."""
        if self.result.count():  # of an earlier run
            self.result.get_by_role("button", name="Dismiss").click()
            expect(self.result).to_be_hidden()
        self.start(self.open_wizard())
        expect(self.result).to_be_visible()
        return self.result.inner_text()


class Record:
    """The form of one record."""

    def __init__(self, page, path):
        self.page = page
        # Odoo shows a form as the browser remembers it, and puts the server's answer into it later
        with page.expect_response(lambda answer: answer.url.endswith("/web_read")):
            page.goto(path)
        expect(page.locator(".o_form_view")).to_be_visible()
        self.line = page.locator(".o_crm_google_line")

    def rename(self, title, name="name"):
        """Change the title and save."""
        field = self.page.locator(f".o_field_widget[name={name}]").locator("input, textarea").first
        field.fill(title)
        field.press("Tab")
        self.page.locator(".o_form_button_save").click()
        expect(self.page.locator(".o_form_saved")).to_be_visible()

    def press(self, name):
        """Click one of the links to Google."""
        self.line.get_by_role("button", name=name).click()


class Preferences:
    """The user's own preferences, at the page of his Google account."""

    def __init__(self, page):
        self.page = page
        page.locator(".o_user_menu button, .o_mobile_menu_toggle").filter(visible=True).click()
        page.get_by_text("My Preferences").click()
        self.dialog = page.get_by_role("dialog").filter(has_text="My Preferences")
        self.dialog.get_by_role("tab", name="Google Calendar").click()

    def revoke(self):
        """Revoke the access; returns the question that comes first."""
        self.dialog.get_by_role("button", name="Revoke Access").click()
        return self.page.get_by_role("dialog").filter(has_text="Revoke access to Google Calendar?")

    def press(self, name):
        """Click another button."""
        self.dialog.get_by_role("button", name=name).click()


def notification(page, text):
    """A message that appears by itself."""
    return page.locator(".o_notification").filter(has_text=text)


def number(text, words):
    """The number that stands before these words in a result; 0 where they do not occur."""
    found = re.search(rf"([\d,]+) {words}", text)
    return int(found.group(1).replace(",", "")) if found else 0


def assert_nothing_is_cut(page):
    """Nothing reaches out of the screen, and no text of ours out of its box."""
    assert page.evaluate(WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def soon(happened, seconds=20):
    """Look again and again until something has happened in the background."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
