"""A run that meets Google's quota goes on at Google's pace, and says how long that takes."""

from unittest.mock import patch

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import status
from odoo.addons.crm_google_calendar.gcal import pace

from .common import SAM, GoogleCase

QUOTA = 20


class TestPacing(GoogleCase):
    def setUp(self):
        super().setUp()
        for name, value in (("USUAL", QUOTA), ("PROBE", 2), ("LEAST", 5)):
            self.startPatcher(patch.object(pace, name, value))
        self.account = self.connected()
        self.account.pace = False
        self.emulator.configure(quota_per_minute=QUOTA)
        for number in range(30):
            self.meeting(f"Meeting {number}", start=self.soon(days=number + 1))
        self.run = self.sync(self.account)

    def _a_minute_later(self):
        values = pace.Pace.from_json(self.account.pace)
        values.calls = [(moment - pace.WINDOW, number) for moment, number in values.calls]
        self.account.pace = values.to_json()
        self.emulator.store.people[SAM].calls.clear()
        self.run.resume_at = False
        self.work()

    def test_the_run_waits_for_the_window_and_loses_nothing(self):
        self.assertEqual((self.run.state, self.run.google_created), ("running", QUOTA - 2))
        seconds = (self.run.resume_at - fields.Datetime.now()).total_seconds()
        self.assertTrue(0 < seconds <= pace.WINDOW, seconds)
        self._a_minute_later()
        self.assertEqual((self.run.state, self.run.google_created), ("done", 30))
        self.assertEqual(len(self.events()), 30)

    def test_only_a_probe_is_refused(self):
        refused = [call for call in self.emulator.requests if call.status == 403]
        self.assertEqual(len(refused), 2)
        self._a_minute_later()
        refused = [call for call in self.emulator.requests if call.status == 403]
        self.assertEqual(len(refused), 2)

    def test_the_time_left_is_that_of_googles_pace(self):
        shown = status.of_user(self.env(user=self.user))["run"]
        self.assertTrue(45 <= shown["left_seconds"] <= 75, shown)
        self.assertFalse(shown["waiting_until"])

    def test_keeping_to_the_pace_is_no_failed_try(self):
        self.assertEqual(self.run.tries, 0)

    def test_the_next_run_knows_the_pace(self):
        self.assertEqual(pace.Pace.from_json(self.account.pace).limit, QUOTA)
