"""Users read what happened in their own language, whoever wrote it down and when."""

from odoo import Command
from odoo.tools import get_lang

from google_emulator import Fault

from .common import GoogleCase
from .series import SeriesMixin


class TestLanguages(SeriesMixin, GoogleCase):
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
        self.assertIn("Google hat", self.link(meeting).with_context(lang="de_DE").reason)
        theirs = meeting.with_user(self.user).with_context(lang="de_DE")
        self.assertIn("Google hat", theirs.crm_google_line()["text"])

    def test_why_is_told_in_the_language_of_who_reads_it_later(self):
        meeting = self.meeting("Demo")
        self.emulator.faults.script("events.insert", Fault(status=400, reason="invalid"))
        self.sync(self.account)
        self.user.lang = "en_US"
        line = meeting.with_user(self.user).with_context(lang="en_US").crm_google_line()
        self.assertIn("Google refused this entry", line["text"])
        self.assertIn("(invalid)", line["text"])
        self.emulator.kill_grants(self.user.email)
        run = self.sync(self.account)
        self.assertIn("Google no longer", run.with_context(lang="en_US").summary)
        self.assertNotIn("Google no longer", run.with_context(lang="de_DE").summary)

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

    def _speak(self, lang):
        self.user.lang = lang
        return self.sync(self.account)

    def test_another_language_of_the_user_rewrites_nothing(self):
        self.user.lang = "en_US"
        bea = self.env["res.partner"].create({"name": "Bea"})
        guests = {"partner_ids": [Command.set((self.user.partner_id | bea).ids)]}
        meeting, task, untitled = self.meeting("Demo", **guests), self.task("Write"), self.task("")
        self.recurrence("Jour fixe", **guests)
        self.sync(self.account)
        stood = {**self.events(), **self.events("task")}
        held = (meeting.name, meeting.description, task.summary, task.note, untitled.summary)
        for lang in ("de_DE", "en_US", "de_DE"):
            self.assertIn("nothing had to be changed", self._speak(lang).summary)
        self.assertEqual({**self.events(), **self.events("task")}, stood)
        after = (meeting.name, meeting.description, task.summary, task.note, untitled.summary)
        self.assertEqual(after, held)

    def test_what_is_said_of_an_entry_is_in_the_new_language_once_it_says_something_new(self):
        self.user.lang = "en_US"
        meeting, task = self.meeting("Demo"), self.task("Write")
        self.sync(self.account)
        self._speak("de_DE")
        meeting.name = "Show"
        self.sync(self.account)
        self.assertIn("In the CRM: ", self.events()["Show"]["description"])
        meeting.partner_ids |= self.env["res.partner"].create({"name": "Bea"})
        task.activity_type_id = self.env.ref("mail.mail_activity_data_email")
        self.sync(self.account)
        self.assertIn("Im CRM: ", self.events()["Show"]["description"])
        [event] = self.events("task").values()
        self.assertIn("Im CRM: ", event["description"])
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)

    def test_an_edit_in_google_after_it_changes_no_words_of_ours(self):
        self.user.lang = "en_US"
        task = self.task("Write")
        self.sync(self.account)
        self._speak("de_DE")
        event = self.events("task")["Call: Write"]
        self.google.edit("Tasks", event["id"], summary="Call: Write again")
        self.sync(self.account)
        self.assertEqual(task.summary, "Write again")
        self.assertEqual(list(self.events("task")), ["Call: Write again"])
