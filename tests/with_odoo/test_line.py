"""What a form says of its record in Google, asked for as the page does."""

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import settings

from google_emulator import Fault

from .common import GoogleCase


class TestLine(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.record = self.meeting("Demo")

    def line(self, user=None):
        self.env.cr.precommit.run()  # the page asks after the commit of a save
        return self.record.with_user(user or self.user).crm_google_line()

    def test_a_record_without_an_entry_has_none(self):
        self.assertFalse(self.line())

    def test_what_is_in_sync_says_since_when(self):
        self.sync(self.account)
        line = self.line()
        self.assertEqual(line["state"], "linked")
        self.assertEqual(line["text"], "The same in Google")
        # the page makes "2 minutes ago" of it, or the date in the user's zone
        last = fields.Datetime.to_string(self.link(self.record).last_sync)
        self.assertEqual(line["since"], last)

    def test_what_was_saved_is_on_its_way_until_the_worker_has_come_to_it(self):
        self.sync(self.account)
        settings.put(self.env, "auto_sync", "True")
        self.record.name = "Demo, with samples"
        self.assertEqual(self.line(), {"state": "pending", "text": "On its way to Google."})
        self.work()
        self.assertEqual(self.line()["state"], "linked")

    def test_a_task_that_was_saved_is_on_its_way_too(self):
        self.record = self.task("Call back")
        self.sync(self.account)
        settings.put(self.env, "auto_sync", "True")
        self.record.summary = "Call back soon"
        self.assertEqual(self.line()["state"], "pending")

    def test_nothing_is_on_its_way_while_the_connection_is_broken(self):
        self.sync(self.account)
        settings.put(self.env, "auto_sync", "True")
        self.record.name = "Demo, with samples"
        self.account.state = "reconnect"
        self.assertEqual(self.line()["state"], "linked")

    def test_what_is_set_aside_says_why(self):
        self.emulator.faults.script("events.insert", Fault(status=400, reason="invalid"))
        self.sync(self.account)
        line = self.line()
        self.assertEqual(line["state"], "set_aside")
        self.assertIn("Google refused this entry.", line["text"])

    def test_what_is_detached_says_why(self):
        self.sync(self.account)
        self.google.delete("Events", self.link(self.record).event_id)
        self.sync(self.account)
        line = self.line()
        self.assertEqual((line["state"], line["text"]), ("detached", self.link(self.record).reason))

    def test_others_are_told_nothing_of_it(self):
        self.sync(self.account)
        self.assertFalse(self.line(self.env.ref("base.user_admin")))
