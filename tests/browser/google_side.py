"""Google as its user sees it: the one module that knows which Google the site talks to.

`google_at` answers with `OwnGoogle`, our emulator and its pages; with what CRM_GOOGLE_ADAPTER
names; or with `AnyGoogle`, which needs nothing but Google's protocol and consent pages that name
accounts by their addresses. See "Another emulator" in `tests/google_emulator/README.md`.
"""

import json
import os
import re
import runpy
import urllib.error
import urllib.request
from datetime import timedelta
from urllib.parse import parse_qs, quote, quote_plus, urlencode, urlsplit

from playwright.sync_api import expect

from scripts.demo import EMULATED_CLIENT

ALLOW = re.compile("continue|allow|accept|approve|agree|grant|next|yes", re.IGNORECASE)
CANCEL = re.compile("cancel|deny|refuse|decline|no thanks|back to", re.IGNORECASE)
STEPS = 6  # a consent has fewer pages


def google_at(site, chrome):
    """The Google of a running site."""
    adapter = os.environ.get("CRM_GOOGLE_ADAPTER")
    if adapter:
        return runpy.run_path(adapter)["google_at"](site, chrome)
    try:
        post(f"{site.emulator_url}/emulator/users", None)
    except (urllib.error.HTTPError, ValueError):
        return AnyGoogle(site, chrome)
    return OwnGoogle(site, chrome)


def post(url, values, headers=None, verb=None):
    """Send values as JSON, or ask when there are none; returns the JSON of the answer."""
    body = None if values is None else json.dumps(values).encode()
    headers = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, body, headers, method=verb)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or "{}")


class AnyGoogle:
    """A Google of which only the protocol is known."""

    def __init__(self, site, chrome):
        self.url = site.emulator_url.rstrip("/")
        self.context = chrome.new_context()
        self.redirect = f"{site.url}/crm_google_calendar/callback"

    def close(self):
        """Leave Google."""
        self.context.close()

    def account(self, name):
        """The address of an account; part of it is enough, since it may be any."""
        return os.environ.get("CRM_GOOGLE_ACCOUNT", "@")

    def consent(self, page, address, allow=True, tick=True):
        """Answer the pages on which Google asks, until they lead back."""
        for _ in range(STEPS):
            if not page.url.startswith(self.url):
                return
            answer = page.get_by_role("button", name=ALLOW)
            account = page.locator("a, button, [role=link]").filter(has_text=address)
            answer.or_(account).first.wait_for()
            if not answer.count():
                self._follow(page, account.first)
                continue
            for box in [] if tick else page.get_by_role("checkbox").all():
                box.uncheck()
            self._follow(page, answer.first if allow else page.get_by_role("button", name=CANCEL))
        raise AssertionError(f"Google's pages do not end: {page.url}")

    @staticmethod
    def _follow(page, link):
        with page.expect_navigation():
            link.click()

    def open(self, page, address):
        """The account's calendars, as their owner sees and changes them."""
        return Calls(self, address)

    def slow(self, milliseconds):
        """Let each answer take so long; returns whether we have a say in it."""
        return False

    def check_entry(self, page, title):
        """Whether a page of Google shows this entry; where we know what it looks like."""

    def token(self, address):
        """An access token for all calendars of an account; he would not need one."""
        page = self.context.new_page()
        back = []
        page.on("request", lambda sent: back.append(sent.url))
        client_id, secret = client()
        query = {
            "client_id": client_id,
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": "openid email https://www.googleapis.com/auth/calendar",
            "prompt": "consent select_account",
            "state": "look",
        }
        page.goto(f"{self.url}/o/oauth2/v2/auth?{urlencode(query)}")
        self.consent(page, address)
        page.close()
        (answer,) = [url for url in back if url.startswith(self.redirect)]
        code = parse_qs(urlsplit(answer).query)["code"][0]
        form = {"code": code, "client_id": client_id, "client_secret": secret}
        form |= {"redirect_uri": self.redirect, "grant_type": "authorization_code"}
        with urllib.request.urlopen(f"{self.url}/token", urlencode(form).encode()) as answer:
            return json.load(answer)["access_token"]


def client():
    """The OAuth client that the demo's site uses."""
    chosen = os.environ.get("CRM_GOOGLE_CLIENT_ID"), os.environ.get("CRM_GOOGLE_CLIENT_SECRET")
    return chosen if all(chosen) else EMULATED_CLIENT


class Calls:
    """An account's calendars, seen and changed through the Calendar API."""

    page = None

    def __init__(self, google, address):
        self.google = google
        self.address = address
        self.token = None

    def title(self, calendar):
        """The name of a calendar; None where it does not stand any more."""
        try:
            return self._call(f"calendars/{quote(calendar)}")["summary"]
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                return None
            raise

    def entries(self, calendar):
        """The titles of a calendar's entries."""
        return [event.get("summary", "") for event in self._events(calendar)]

    def add(self, calendar, title, day):
        """Add an all-day entry."""
        times = {"start": {"date": str(day)}, "end": {"date": str(day + timedelta(days=1))}}
        self._call(f"calendars/{quote(calendar)}/events", {"summary": title, **times})

    def rename(self, calendar, title, new):
        """Give an entry another title."""
        self._call(self._path(calendar, title), {"summary": new}, "PATCH")

    def delete(self, calendar, title):
        """Delete an entry."""
        self._call(self._path(calendar, title), None, "DELETE")

    def delete_calendar(self, calendar):
        """Delete a calendar with all that stands in it."""
        self._call(f"calendars/{quote(calendar)}", None, "DELETE")

    def _path(self, calendar, title):
        (event,) = [each for each in self._events(calendar) if each.get("summary") == title]
        return f"calendars/{quote(calendar)}/events/{event['id']}"

    def _events(self, calendar):
        events, query = [], {"maxResults": 2500}
        while True:  # a page may be short, or empty
            answer = self._call(f"calendars/{quote(calendar)}/events?{urlencode(query)}")
            events += answer.get("items", [])
            if "nextPageToken" not in answer:
                return events
            query["pageToken"] = answer["nextPageToken"]

    def _call(self, path, values=None, verb=None, again=True):
        self.token = self.token or self.google.token(self.address)
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            return post(f"{self.google.url}/calendar/v3/{path}", values, headers, verb)
        except urllib.error.HTTPError as error:
            if error.code != 401 or not again:
                raise
        self.token = None  # a revocation ends every grant to the client's project
        return self._call(path, values, verb, again=False)


class OwnGoogle(AnyGoogle):
    """Our emulator, with pages for the user's own hands, and a way to make it fail."""

    def account(self, name):
        """The address of the account of this name; made if needed."""
        address = f"{re.sub(r'[^a-z]+', '.', name.lower())}@example.com"
        post(f"{self.url}/emulator/users", {"email": address, "name": name})
        return address

    def check_entry(self, page, title):
        """Fail unless the page shows this entry."""
        expect(page.get_by_label("Title")).to_have_value(title)

    def open(self, page, address):
        """The account's calendars, in a window as large as the page's."""
        tab = self.context.new_page()  # not beside the page, which would be drawn once a second
        tab.set_viewport_size(page.viewport_size)
        return Tab(self.url, tab, address)

    def slow(self, milliseconds):
        """Let each answer take so long; returns whether we have a say in it."""
        post(f"{self.url}/emulator/settings", {"latency_ms": milliseconds})
        return True

    def deliver(self, sites):
        """Bring the messages for these sites to other addresses."""
        post(f"{self.url}/emulator/settings", {"sites": sites})

    def fail(self, method, *faults):
        """Let the next calls of a method fail so."""
        post(f"{self.url}/emulator/faults", {"method": method, "faults": faults})


class Tab:
    """The emulator's own pages in a tab of the browser."""

    def __init__(self, url, page, address):
        self.url = url
        self.page = page
        self.address = address

    def title(self, calendar):
        """The name of a calendar; None where it does not stand any more."""
        card = self._card(calendar)
        return card.get_by_role("heading").inner_text() if card.count() else None

    def entries(self, calendar):
        """The titles of a calendar's entries."""
        return self._card(calendar).locator(".title").all_inner_texts()

    def add(self, calendar, title, day):
        """Add an all-day entry."""
        self._card(calendar).get_by_text("Add an entry").click()
        self.page.get_by_label("Title").fill(title)
        self.page.get_by_label("All day").check()
        self.page.get_by_label("First day").fill(str(day))
        self.page.get_by_label("Last day").fill(str(day))
        self._press("Save")

    def rename(self, calendar, title, new):
        """Give an entry another title."""
        self._entry(calendar, title).click()
        self.page.get_by_label("Title").fill(new)
        self._press("Save")

    def delete(self, calendar, title):
        """Delete an entry."""
        self._entry(calendar, title).click()
        self._press("Delete")

    def delete_calendar(self, calendar):
        """Delete a calendar with all that stands in it."""
        card = self._card(calendar)
        card.get_by_text("Settings").click()
        card.get_by_role("button", name="Delete this calendar").click()
        self.page.get_by_role("heading", name="Third-party access").wait_for()

    def remove_access(self):
        """Take all permissions from all applications."""
        self.page.goto(f"{self.url}/?user={quote_plus(self.address)}")
        self._press("Remove all access")

    def _press(self, name):
        self.page.get_by_role("button", name=name).click()
        self.page.get_by_role("heading", name="Third-party access").wait_for()

    def _entry(self, calendar, title):
        return self._card(calendar).get_by_text(title, exact=True)

    def _card(self, calendar):
        self.page.goto(f"{self.url}/?user={quote_plus(self.address)}")
        add = self.page.locator(f"a.button[href*='calendar={quote_plus(calendar)}']")
        return self.page.locator("section.card").filter(has=add)
