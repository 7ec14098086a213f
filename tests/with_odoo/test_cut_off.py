"""A run in which process after process ends, say for want of memory, harms nobody else."""

from unittest.mock import patch

import pytest

from odoo.addons.crm_google_calendar.bridge import slices, worker

from .common import GoogleCase


class TestCutOff(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.meeting("One")

    def test_it_counts_until_something_is_done(self):
        run = self.account._start_run("wizard", full=True)
        with patch.object(slices, "run_slice", side_effect=KeyboardInterrupt):
            for count in (1, 2):
                with pytest.raises(KeyboardInterrupt):  # Odoo's own assertion would roll back
                    self.work()
                self.assertEqual(run.cut_off, count)
        self.work()
        self.assertEqual((run.state, run.cut_off), ("done", 0))

    def test_others_come_first(self):
        eve = self.new_user("eve", "eve@example.com")
        self.emulator.add_user("eve@example.com", "Eve", "Europe/Berlin")
        hers = self.connected(eve, "eve@example.com")
        self.account._start_run("wizard", full=True).cut_off = 1
        hers._start_run("wizard", full=True)
        with patch.object(worker, "work_on", wraps=slices.work_on) as work_on:
            self.work()
        accounts = [call.args[0].account_id for call in work_on.call_args_list]
        self.assertEqual(accounts, [hers, self.account])

    def test_it_is_given_up_and_told(self):
        run = self.account._start_run("wizard", full=True)
        run.cut_off = slices.TRIES
        with self.assertLogs("odoo.addons.crm_google_calendar.bridge.slices", "ERROR"):
            self.work()
        self.assertEqual((run.state, self.events()), ("failed", {}))
        self.assertTrue(run.message)
