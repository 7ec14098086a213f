"""What the calendar page is told, in every state."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time

from odoo.addons.crm_google_calendar.bridge import settings, status

from google_emulator import Fault

from .connecting import ConnectCase


class StatusCase(ConnectCase):
    def status(self, user=None):
        return self.env["crm.google.account"].with_user(user or self.user).get_status()


class TestStatus(StatusCase):
    def test_who_has_never_clicked_has_no_account_row(self):
        eve = self.new_user("eve", "eve@example.com")
        found = self.status(eve)
        self.assertEqual(
            (found["state"], found["email"], found["message"], found["run"]),
            ("disconnected", "", "", None),
        )
        self.assertFalse(self.env["crm.google.account"].search([("user_id", "=", eve.id)]))

    def test_a_company_that_is_not_set_up(self):
        self.assertEqual(self.status()["configured"], True)
        settings.put(self.env, "client_id", "")
        self.assertEqual(self.status()["configured"], False)

    def test_the_administrator_is_told_apart(self):
        self.assertFalse(self.status()["administrator"])
        self.assertTrue(self.status(self.env.ref("base.user_admin"))["administrator"])

    def test_a_connection(self):
        self.consent()
        found = self.status()
        self.assertEqual(
            (found["state"], found["email"], found["last_sync"], found["gone"]),
            ("connected", "sam@example.com", False, False),
        )
        self.sync(self.account)
        self.assertTrue(self.status()["last_sync"])

    def test_every_state_has_its_name_and_sentence(self):
        self.consent()
        for state in ("connecting", "incomplete", "reconnect", "revoking", "disconnected"):
            self.account.write({"state": state, "message": "A sentence."})
            found = self.status()
            self.assertEqual((found["state"], found["message"]), (state, "A sentence."))

    def test_whether_the_next_sync_comes_automatically(self):
        self.assertIs(self.status()["auto_minutes"], False)
        settings.put(self.env, "auto_sync", "True")
        settings.put(self.env, "interval", "15")
        self.assertEqual(self.status()["auto_minutes"], 15)

    def test_the_calendars_names_and_where_they_stand(self):
        self.consent()
        found = self.status()
        self.assertEqual(len(found["calendars"]), 2)
        self.assertTrue(found["calendars"][0].startswith("Acme Events (created"))
        self.assertEqual(
            found["calendar_page"], f"{self.emulator.url}/calendar/r?authuser=sam%40example.com"
        )

    def test_a_calendar_that_is_gone(self):
        self.consent()
        self.calendar(self.account).state = "gone"
        self.assertTrue(self.status()["gone"])

    def test_nothing_but_what_the_page_shows_is_told(self):
        self.consent()
        names = "configured administrator state email message last_sync gone neighbour run"
        self.assertLessEqual(set(names.split()), set(self.status()))
        secret = {"sub", "refresh_token", "access_token", "code", "verifier", "scopes"}
        self.assertTrue(secret.isdisjoint(self.status()))

    def test_the_same_is_sent_to_the_users_browser(self):
        self.consent()
        with patch.object(type(self.user), "_bus_send") as send:
            status.send(self.account, {"type": "info", "message": "Hello"})
        channel, payload = send.call_args.args
        self.assertEqual(channel, "crm_google_calendar/status")
        notice = payload.pop("notice")
        self.assertEqual(payload, self.status())
        self.assertEqual(notice, {"type": "info", "message": "Hello", "sticky": False})


class TestRunInStatus(StatusCase):
    def setUp(self):
        super().setUp()
        self.consent()

    def test_a_run_that_waits_and_works(self):
        run = self.account._start_run("wizard", full=True)
        self.assertEqual(self.status()["run"]["state"], "queued")
        started = fields.Datetime.now() - timedelta(seconds=60)
        run.write({"state": "running", "started": started, "done": 25, "total": 100})
        shown = self.status()["run"]
        self.assertEqual((shown["done"], shown["total"]), (25, 100))
        self.assertAlmostEqual(shown["left_seconds"], 180, delta=5)

    def test_there_is_no_remaining_time_before_there_is_a_pace(self):
        run = self.account._start_run("wizard")
        run.write({"state": "running", "started": fields.Datetime.now(), "total": 9})
        self.assertIs(self.status()["run"]["left_seconds"], False)

    def test_a_run_that_waits_for_google_says_until_when(self):
        run = self.account._start_run("wizard")
        run.write({"state": "running", "tries": 1, "resume_at": "2030-01-01 10:00:00"})
        self.assertEqual(self.status()["run"]["waiting_until"], "2030-01-01 10:00:00")

    def test_a_run_that_waits_says_what_for_until_it_goes_on(self):
        self.emulator.faults.script("events.list", Fault(status=503, reason="backendError"))
        run = self.account._start_run("wizard", full=True)
        self.work()
        shown = self.status()["run"]
        self.assertEqual(shown["waiting_for"], "transient")
        self.assertEqual(shown["waiting_until"], fields.Datetime.to_string(run.resume_at))
        run.resume_at = fields.Datetime.now()
        self.work()
        self.assertEqual((run.state, run.cause), ("done", False))

    def test_a_run_that_is_being_stopped_says_so_after_the_page_is_loaded_again(self):
        run = self.account._start_run("wizard")
        self.assertFalse(self.status()["run"]["stopping"])
        run.with_user(self.user).action_stop()
        self.assertTrue(self.status()["run"]["stopping"])

    def test_a_result_is_news_for_an_hour(self):
        self.meeting("Demo")
        self.sync(self.account)
        self.assertIn("1 created in Google", self.status()["run"]["summary"])
        with freeze_time(fields.Datetime.now() + timedelta(minutes=61)):
            self.assertIsNone(self.status()["run"])

    def test_numbers_are_written_as_in_the_users_language(self):
        run = self.account._start_run("wizard")
        values = {"state": "done", "finished": fields.Datetime.now(), "google_created": 12345}
        run.write({**values, "left_over": 1000})
        summary = run.with_context(lang="en_US").summary
        self.assertEqual(
            summary,
            "Synchronized with Google. 12,345 created in Google, 1,000 left over for the next run.",
        )
        self.env["res.lang"]._activate_lang("de_DE")
        self.assertIn("12.345", run.with_context(lang="de_DE").summary)

    def test_a_failure_has_its_sentence(self):
        run = self.account._start_run("wizard")
        now = fields.Datetime.now()
        run.write({"state": "failed", "finished": now, "message": "It broke. Do this."})
        self.assertEqual(self.status()["run"]["summary"], "It broke. Do this.")


class TestNeighbour(StatusCase):
    """Odoo's own google_calendar; its fields are played here, since it is not installed."""

    def neighbour(self, token, stopped):
        row = {"google_calendar_rtoken": token, "google_synchronization_stopped": stopped}

        class Settings(dict):
            _fields = row
            __getattr__ = dict.__getitem__

        class User:
            res_users_settings_id = Settings(row)

            def sudo(self):
                return self

        return status._syncs_with_odoo_too(type("Env", (), {"user": User()})())

    def test_without_it_nobody_is_warned(self):
        if "google_calendar_rtoken" not in self.env["res.users.settings"]._fields:
            self.assertFalse(self.status()["neighbour"])

    def test_only_who_has_both_active_is_warned(self):
        self.assertTrue(self.neighbour("token", False))
        self.assertFalse(self.neighbour("token", True))
        self.assertFalse(self.neighbour(False, False))
