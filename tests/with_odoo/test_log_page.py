"""The page of a run: its title, what its rows open, and what a preview offers."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import GoogleCase
from .series import SeriesMixin


class TestLogPage(SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()

    def line(self, run):
        self.assertEqual(len(run.line_ids), 1)
        return run.line_ids.with_user(self.user)

    def test_a_run_is_called_by_its_moment_in_the_users_zone(self):
        run = self.account._start_run("wizard")
        run.started = "2026-11-28 22:34:00"
        run = run.with_context(lang="en_US", tz="Europe/Berlin")
        with freeze_time("2026-12-01"):
            self.assertEqual(run.display_name, "Sync of November 28, 11:34\u202fPM")
            self.assertEqual(run.action_open()["name"], run.display_name)
            run.trigger = "preview"
            self.assertTrue(run.display_name.startswith("Preview of November 28"))
        with freeze_time("2027-01-01"):
            run.invalidate_recordset()
            self.assertIn("November 28, 2026", run.display_name)

    def test_a_run_that_has_not_begun_is_called_by_when_it_was_asked_for(self):
        run = self.account._start_run("wizard")
        self.assertTrue(run.display_name.startswith("Sync of "))

    def test_a_row_opens_its_record(self):
        meeting = self.meeting("Demo")
        action = self.line(self.sync(self.account)).action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), (meeting._name, meeting.id))

    def test_a_series_is_opened_by_its_first_meeting(self):
        meetings = self.recurrence()
        action = self.line(self.sync(self.account)).action_open_record()
        base = meetings.recurrence_id.base_event_id
        self.assertEqual((action["res_model"], action["res_id"]), (base._name, base.id))

    def test_what_is_gone_or_hidden_is_said_to_be(self):
        meeting = self.meeting("Demo", privacy="private")
        line = self.line(self.sync(self.account))
        eve = self.new_user("eve", "eve@example.com")
        with self.assertRaises(UserError):
            line.with_user(eve).action_open_record()
        meeting.unlink()
        with self.assertRaisesRegex(UserError, "no longer in the CRM"):
            line.action_open_record()

    def preview(self, last):
        run = self.account._start_run("preview", full=True, date_to=last)
        run.state = "done"
        return run

    def test_a_preview_is_done_with_one_click_for_the_same_dates(self):
        self.meeting("Demo")
        day = fields.Date.today() + timedelta(days=9)
        self.preview(day).with_user(self.user).action_synchronize()
        self.work()
        run = self.account.run_ids[:1]
        self.assertEqual((run.trigger, run.state, run.date_to), ("wizard", "done", day))
        self.assertEqual(list(self.events()), ["Demo"])

    def test_nobody_starts_a_sync_of_somebody_elses(self):
        preview = self.preview(fields.Date.today())
        with self.assertRaises(AccessError):
            preview.with_user(self.env.ref("base.user_admin")).action_synchronize()
