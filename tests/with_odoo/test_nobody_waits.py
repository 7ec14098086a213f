"""No request of a user waits for Google, and no row is locked while Google is asked.

`GoogleCase` watches every call of every test; here Google is a door that nobody opens.
"""

import os
import socket
from contextlib import closing
from unittest.mock import patch

from odoo.addons.crm_google_calendar.bridge import status
from odoo.addons.crm_google_calendar.bridge.grant import google_of

from .test_oauth_controllers import CALLBACK, HttpConnectCase


class TestNobodyWaits(HttpConnectCase):
    def setUp(self):
        super().setUp()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.door.setblocking(False)
        self.addCleanup(self.door.close)
        self.closed = f"http://127.0.0.1:{self.door.getsockname()[1]}"

    def silent(self):
        """From here on Google lets everybody in and answers nobody."""
        self.startPatcher(patch.dict(os.environ, CRM_GOOGLE_BASE_URL=self.closed))

    def assertNobodyKnocked(self):
        self.env.flush_all()
        self.assertRaises(BlockingIOError, self.door.accept)

    def test_connecting(self):
        with patch.dict(os.environ, CRM_GOOGLE_BASE_URL=self.emulator.url):
            location = self.consent_page(self.to_google())
        self.silent()
        self.accounts.action_configure("/odoo/crm")
        self.to_google()
        self.came_back(location)
        self.came_back(f"{CALLBACK}?state=unknown&error=access_denied")
        self.assertEqual(self.account.state, "connecting")
        self.assertNobodyKnocked()

    def test_saving(self):
        self.connected()
        self.env["ir.config_parameter"].set_param("crm_google_calendar.auto_sync", "True")
        self.silent()
        meeting, task = self.meeting("Saved"), self.task("Saved")
        meeting.name = task.summary = "Saved again"
        task.action_feedback()
        meeting.unlink()
        self.env.cr.precommit.run()
        self.assertNobodyKnocked()

    def test_runs_and_links(self):
        account = self.connected()
        meeting = self.meeting("One")
        run = self.sync(account).with_user(self.user)
        self.silent()
        for name in ("action_start", "action_preview"):
            wizard = self.env["crm.google.sync.wizard"].with_user(self.user).create({})
            getattr(wizard, name)()
        run.action_undo()
        run.action_stop()
        link = self.link(meeting).with_user(self.user)
        link.action_push_again()
        link.action_retry()
        self.accounts.get_status()
        self.env["crm.google.account"]._cron_auto_sync()
        self.assertNobodyKnocked()

    def test_the_connection(self):
        account = self.connected().with_user(self.user)
        self.silent()
        self.get(status.connect_path("/odoo/crm"))
        self.env["res.config.settings"].crm_google_test_client("an id", "a secret")
        account.action_check()
        account.action_rename()
        self.calendar(account).sudo().state = "gone"
        account.action_create_again()
        account.action_revoke()
        self.assertNobodyKnocked()


class TestWatch(HttpConnectCase):
    """What the watch notices; an unnoticed complaint would fail the test that made it."""

    def _complaints(self):
        noticed, self.watch.complaints = self.watch.complaints, []
        return noticed

    def test_a_call_outside_the_worker_is_noticed(self):
        account = self.connected()
        with closing(google_of(account)) as google:
            google.calendar(self.calendar(account).google_id)
        self.assertIn("a user waits for", self._complaints()[0])

    def test_a_lock_held_over_a_call_is_noticed(self):
        account = self.connected()
        calendar = self.calendar(account)
        with closing(google_of(account)) as google, self.watch.working():
            google.calendar(calendar.google_id)
            self.assertFalse(self._complaints())
            account.message = "written"
            account.flush_recordset()
            google.calendar(calendar.google_id)
            self.assertIn("rows are locked by ['UPDATE", self._complaints()[0])
            self.checkpoint()
            google.calendar(calendar.google_id)
            self.assertFalse(self._complaints())
