"""What the tests of the connection share: a user at the link and at Google's consent page."""

from unittest.mock import patch

from odoo.addons.crm_google_calendar.bridge import settings
from odoo.addons.crm_google_calendar.gcal import oauth

from .common import SAM, GoogleCase

BOB = "bob@example.com"


class ConnectCase(GoogleCase):
    """A user at the link on the calendar page, and at Google's consent page."""

    def setUp(self):
        super().setUp()
        self.account = self.env["crm.google.account"]._of_user(self.user)
        self.accounts = self.env["crm.google.account"].with_user(self.user)

    def click(self):
        """Click the link; returns the action, once the worker did what was asked."""
        action = self.accounts.action_configure("/odoo/crm")
        self.work()
        return action

    def consent(self, email=SAM, another=False, **answer):
        """Answer Google's consent page; the worker takes it from there."""
        client, address = settings.client(self.env), settings.redirect_uri(self.env)
        consent = oauth.consent(client, address)
        location = self.emulator.consent(consent.url, email, **answer)
        code = dict(part.split("=") for part in location.split("?")[1].split("&"))["code"]
        self.account._receive_code(code.replace("%2F", "/"), consent.verifier, another)
        self.work()

    def in_google(self, email=SAM):
        """The names of the calendars that stand in Google, but for the user's own."""
        names = [each.summary for each in self.emulator.user(email).calendars()]
        return sorted(name for name in names if "(created: " in name)

    def assertState(self, state, words=""):
        self.assertEqual(self.account.state, state, self.account.message)
        self.assertIn(words, self.account.message or "")
        self.assertEqual(bool(words), bool(self.account.message))

    def assertConnected(self):
        self.assertState("connected")
        self.assertEqual(len(self.in_google()), 2)
        self.assertEqual(self.account.calendar_ids.mapped("state"), ["ready", "ready"])

    def is_ticked(self, calendar):
        """Whether a calendar is ticked in the user's list in Google."""
        return self.emulator.store.people[SAM].shown[calendar.google_id].get("selected")

    def notices(self):
        """What the user is told from now on."""
        return self.sent("notice")

    def sent(self, what):
        """What pages are sent under this name from now on."""
        sent = []
        users = type(self.env["res.users"])
        original = users._bus_send

        def bus_send(user, channel, payload, **kwargs):
            sent.extend(filter(None, [payload.get(what)]))
            return original(user, channel, payload, **kwargs)

        self.startPatcher(patch.object(users, "_bus_send", bus_send))
        return sent
