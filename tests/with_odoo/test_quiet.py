"""Accounts where nothing changed are asked and ended many at a time, and miss nothing."""

from contextlib import closing
from types import SimpleNamespace
from unittest.mock import patch

from odoo.addons.crm_google_calendar.bridge import slices, worker
from odoo.addons.crm_google_calendar.bridge.grant import google_of, keep_access_token

from google_emulator import Fault

from .common import SAM, GoogleCase


class TestQuiet(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.meeting("One")
        self.sync(self.account)
        self.sync(self.account, "auto")  # hears the echo of what was just written
        self.emulator.log.clear()

    def _auto(self):
        """An hourly pass; returns how many queries and slices it took."""
        before = self.env.cr.sql_log_count
        with patch.object(worker, "work_on", wraps=slices.work_on) as work_on:
            self.account._nudge("auto")
            self.work()
        return self.env.cr.sql_log_count - before, work_on.call_count

    def _second_account(self):
        eve = self.new_user("eve", "eve@example.com")
        self.emulator.add_user("eve@example.com", "Eve", "Europe/Berlin")
        account = self.connected(eve, "eve@example.com")
        self.sync(account)
        self.sync(account, "auto")
        self.emulator.log.clear()
        return account

    def test_an_idle_pass_takes_two_calls_few_queries_and_no_slice(self):
        self._auto()
        self.emulator.log.clear()
        queries, slices_given = self._auto()
        self.assertEqual((self.emulator.count(), slices_given), (2, 0))
        self.assertLessEqual(queries, 25)
        self.assertFalse(self.env["crm.google.run"].search([("trigger", "=", "auto")]))

    def test_an_idle_pass_remembers_when_it_was_and_where_to_go_on(self):
        before = self.account.calendar_ids.mapped("cursor")
        self.account.last_sync = False
        self.google.add_event("primary", "Not ours", "2026-01-06T12:00", "2026-01-06T13:00")
        self._auto()
        self.assertTrue(self.account.last_sync)
        self.assertEqual(len(self.account.calendar_ids.mapped("cursor")), len(before))

    def test_what_changed_in_google_is_asked_for_once(self):
        day = self.soon().date()
        self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00")
        self.assertEqual(self._auto()[1], 1)
        self.assertEqual(sorted(self.meetings().mapped("name")), ["Lunch", "One"])
        self.assertEqual(self.emulator.count("events.list"), 2)

    def test_a_hint_is_enough_for_a_slice(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.auto_sync", "True")
        self.meeting("Two")
        self.account._nudge("auto")
        self.work()
        self.assertEqual(sorted(self.events()), ["One", "Two"])

    def test_a_link_with_something_open_is_enough_for_a_slice(self):
        link = self.env["crm.google.link"].search([("account_id", "=", self.account.id)])
        for values in ({"pending": link.base}, {"base": False}, {"etag": False}):
            link.write(values)
            self.assertEqual(self._auto()[1], 1, values)
            self.assertEqual(list(self.events()), ["One"])
            self._auto()  # the echo

    def test_an_expired_cursor_is_no_reason_to_fail(self):
        self.emulator.expire_sync_tokens()
        self._auto()
        self.assertEqual(self.account.run_ids.filtered(lambda run: run.state == "failed").ids, [])
        self.assertEqual(list(self.events()), ["One"])

    def test_a_refreshed_access_token_is_kept(self):
        self.emulator.expire_access_tokens(SAM)
        before = self.account.access_token
        self._auto()
        self.assertEqual(self.emulator.count("refresh"), 1)
        self.assertNotEqual(self.account.access_token, before)
        self._auto()
        self.assertEqual(self.emulator.count("refresh"), 1)

    def test_a_new_access_token_that_ends_with_the_old_one_is_kept(self):
        ends = self.account.access_expires
        new = SimpleNamespace(token="new", expiry=ends)
        keep_access_token(self.account, SimpleNamespace(credentials=new))
        with closing(google_of(self.account)) as google:
            self.assertEqual(google.credentials.token, "new")

    def test_many_accounts_end_together(self):
        hers = self._second_account()
        for account in (self.account, hers):
            account.last_sync = False
        (self.account | hers)._nudge("auto")
        with patch.object(worker, "work_on") as work_on:
            self.work()
        self.assertFalse(work_on.called)
        self.assertTrue(self.account.last_sync and hers.last_sync)
        self.assertEqual(self.emulator.count("events.list"), 4)

    def test_an_account_that_google_refuses_ends_no_other(self):
        hers = self._second_account()
        self.emulator.kill_grants(SAM)
        self.emulator.expire_access_tokens(SAM)
        hers.last_sync = False
        (self.account | hers)._nudge("auto")
        self.work()
        self.assertEqual((self.account.state, hers.state), ("reconnect", "connected"))
        self.assertTrue(hers.last_sync)

    def test_what_passes_is_tried_again_later(self):
        self.emulator.faults.script("events.list", [Fault(status=503, reason="backendError")])
        self._auto()
        run = self.account.run_ids[:1]
        self.assertEqual((run.trigger, run.state, run.tries), ("auto", "running", 1))
        run.resume_at = False
        self.work()
        self.assertFalse(run.exists())

    def test_who_disconnects_meanwhile_is_left_alone(self):
        self.account._nudge("auto")
        self.account.with_user(self.user).action_revoke()
        self.work()
        self.assertEqual(self.account.state, "disconnected")

    def test_a_nudge_makes_one_run_for_each_account(self):
        hers = self._second_account()
        both = self.account | hers
        both._nudge("auto")
        both._nudge("auto")
        runs = self.env["crm.google.run"].search([("trigger", "=", "auto")])
        self.assertEqual(runs.account_id, both)
        self.assertEqual(len(runs), 2)
        self.work()
