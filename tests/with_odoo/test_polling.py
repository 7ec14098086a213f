"""Accounts in which nothing happens are asked less often, where the administrator allows it."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError

from odoo.addons.crm_google_calendar.bridge import channels, polling, settings

from .common import GoogleCase


class PollingCase(GoogleCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")
        settings.put(self.env, "longest", "480")
        self.account = self.connected()
        self.meeting("One")
        self.sync(self.account)
        self.sync(self.account, "auto")  # hears the echo
        self.emulator.log.clear()

    def quiet_for(self, **by):
        """Let nothing have happened for this long; it was asked just now."""
        self.account.lively = fields.Datetime.now() - timedelta(**by)
        self.account.last_sync = fields.Datetime.now()

    def later(self, **by):
        """Let this much time pass since the account was last asked."""
        self.account.last_sync -= timedelta(**by)
        self.account.lively -= timedelta(**by)

    def tick(self):
        """The scheduled action comes; returns whether Google was asked."""
        before = self.emulator.count("events.list")
        self.env["crm.google.account"]._cron_auto_sync()
        self.work()
        return self.emulator.count("events.list") > before

    def visit(self):
        self.env["crm.google.account"].with_user(self.user).get_status()
        self.work()


class TestPolling(PollingCase):
    def test_without_the_administrators_leave_everybody_is_asked_at_each_interval(self):
        settings.put(self.env, "longest", "0")
        self.quiet_for(days=90)
        self.assertTrue(self.tick())
        settings.put(self.env, "longest", "30")  # less than the interval: the interval counts
        self.quiet_for(days=90)
        self.assertTrue(self.tick())

    def test_a_quiet_account_waits_and_is_asked_before_the_bound(self):
        settings.put(self.env, "longest", "470")  # minutes
        self.quiet_for(days=9)
        asked = []
        for hour in range(1, 17):
            self.later(hours=1)
            if self.tick():
                asked.append(hour)
        self.assertEqual(asked, [7, 14])

    def test_a_pass_that_finds_nothing_leaves_it_quiet(self):
        self.quiet_for(days=9)
        self.later(hours=8)
        before = self.account.lively
        self.assertTrue(self.tick())
        self.assertEqual(self.account.lively, before)
        self.later(hours=1)
        self.assertFalse(self.tick())

    def test_a_change_in_google_brings_it_back(self):
        self.quiet_for(days=9)
        self.later(hours=8)
        day = self.soon().date()
        self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00")
        self.assertTrue(self.tick())
        self.later(hours=1)
        self.assertTrue(self.tick())

    def test_a_save_brings_it_back(self):
        self.quiet_for(days=9)
        self.meeting("Two")
        self.work()
        self.assertIn("Two", self.events())
        self.later(hours=1)
        self.assertTrue(self.tick())

    def test_a_visit_asks_at_once_and_brings_it_back(self):
        self.quiet_for(days=9)
        self.later(hours=3)
        day = self.soon().date()
        self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00")
        self.visit()
        self.assertIn("Lunch", self.meetings().mapped("name"))
        self.assertEqual(self.account.run_ids[0].trigger, "visit")
        self.later(hours=1)
        self.assertTrue(self.tick())

    def test_a_visit_that_finds_nothing_brings_it_back_too(self):
        self.quiet_for(days=9)
        self.later(hours=3)
        self.visit()
        self.assertFalse(self.account.run_ids.filtered(lambda run: run.trigger == "visit"))
        self.assertEqual(self.emulator.count("events.list"), 2)
        self.later(hours=1)
        self.assertTrue(self.tick())

    def test_visits_ask_once_and_only_who_was_waiting(self):
        self.quiet_for(days=9)
        self.visit()
        self.later(hours=3)
        self.env["crm.google.account"].with_user(self.user).get_status()
        self.visit()
        self.visit()
        self.assertEqual(self.emulator.count("events.list"), 2)

    def test_one_that_google_tells_waits_as_long_as_it_was_quiet(self):
        self.quiet_for(hours=6)
        with patch.object(channels, "watched", lambda accounts: accounts):
            for hour in range(1, 6):
                self.later(hours=1)
                self.assertFalse(self.tick(), hour)
        self.assertTrue(self.tick())  # its channel has ended

    def test_the_daily_comparison_of_everything_comes_all_the_same(self):
        self.quiet_for(days=9)
        self.assertFalse(self.tick())
        for calendar in self.account.calendar_ids:
            calendar.full_pass -= timedelta(days=1, minutes=1)
        self.assertTrue(self.tick())

    def test_one_that_was_never_asked_has_its_turn(self):
        self.quiet_for(days=9)
        self.account.last_sync = False
        self.assertEqual(polling.due(self.env), self.account)


class TestSettings(PollingCase):
    def save(self, **values):
        page = self.env["res.config.settings"].with_user(self.env.ref("base.user_admin"))
        page.create({f"crm_google_{name}": value for name, value in values.items()}).execute()

    def test_the_bound_is_the_administrators(self):
        self.save(longest=120)
        self.assertEqual(polling._bounds(self.env)[1], timedelta(hours=2))
        for outside in (1441, -1):
            with self.assertRaisesRegex(ValidationError, "from 0 to 1,440"):
                self.save(longest=outside)

    def test_it_is_off_at_first(self):
        self.env["ir.config_parameter"].search([("key", "like", "%.longest")]).unlink()
        self.assertEqual(*polling._bounds(self.env))
