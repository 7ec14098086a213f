"""Users read what happened in their own language, whoever wrote it down and when."""

from odoo.tools import get_lang

from google_emulator import Fault

from .common import GoogleCase


class TestLanguages(GoogleCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("de_DE")
        self.user.lang = "de_DE"
        self.account = self.connected()
        self.assertEqual(get_lang(self.env).code, "en_US")  # as the worker's own

    def test_why_an_entry_is_set_aside(self):
        meeting = self.meeting("Demo")
        self.emulator.faults.script("events.insert", Fault(status=400, reason="invalid"))
        self.sync(self.account)
        self.assertIn("Google hat", self.link(meeting).reason)
        self.assertIn("Google hat", meeting.with_user(self.user).crm_google_line()["text"])

    def test_how_a_run_ended(self):
        self.meeting("Demo")
        run = self.sync(self.account)
        self.assertIn("Mit Google synchronisiert", run.with_context(lang="de_DE").summary)
        self.assertIn("Synchronized with Google", run.summary)

    def test_why_a_run_failed(self):
        self.emulator.kill_grants(self.user.email)
        run = self.sync(self.account)
        self.assertNotIn("Google no longer", run.message)
        self.assertEqual(run.message, run.with_context(lang="de_DE").summary)

    def test_another_language_is_told_to_google_once_and_changes_no_record(self):
        self.user.lang = "en_US"
        meeting, task = self.meeting("Demo"), self.task("Call back")
        self.sync(self.account)
        held = (meeting.name, meeting.description, task.summary, task.note)
        self.user.lang = "de_DE"
        self.sync(self.account)
        self.assertIn("Im CRM: ", self.events()["Demo"]["description"])
        self.assertEqual((meeting.name, meeting.description, task.summary, task.note), held)
        run = self.sync(self.account)
        self.assertIn("nothing had to be changed", run.summary)
