"""Revoke Access: at Google and here, and honest about what is left."""

from unittest.mock import patch

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import revoke, vault

from google_emulator import OK, Fault

from .common import SAM
from .connecting import ConnectCase

OUT_OF_REACH = Fault(status=503, reason="backendError")


class RevokeCase(ConnectCase):
    def revoke(self):
        """Revoke, and let the worker come back as often as it wants to."""
        notices = self.notices()
        self.account.with_user(self.user).action_revoke()
        for _try in range(revoke.TRIES):
            self.work()
            self.account.resume_at = self.account.resume_at and fields.Datetime.now()
        return notices[-1]

    def assertForgotten(self):
        self.assertEqual(self.account.state, "disconnected")
        self.assertFalse(self.account.calendar_ids or self.account.tries)
        for name in ("sub", "email", "scopes", "connected_since", "last_sync", "resume_at"):
            self.assertFalse(self.account[name], name)
        for name in ("refresh_token", "access_token", "access_expires", "code", "verifier"):
            self.assertFalse(self.account[name], name)
        for model in ("crm.google.link", "crm.google.hint"):
            self.assertFalse(self.env[model].search([("account_id", "=", self.account.id)]))

    def token_is_alive(self):
        return any(
            token.alive and token.grant.alive and token.grant.person.email == SAM
            for token in self.emulator.grants.tokens.values()
        )


class TestRevoke(RevokeCase):
    def test_everything_goes_at_google_and_here_and_the_records_stay(self):
        self.consent()
        meeting, task = self.meeting("Demo"), self.task()
        self.sync(self.account)
        before = (meeting.read(), task.read(["summary", "date_deadline", "active"]))
        notice = self.revoke()
        self.assertEqual(notice["type"], "success")
        self.assertIn("Both calendars were deleted in Google", notice["message"])
        self.assertForgotten()
        self.assertEqual((self.in_google(), self.token_is_alive()), ([], False))
        after = (meeting.read(), task.read(["summary", "date_deadline", "active"]))
        for old, new in zip(before[0], after[0], strict=True):
            for name in ("crm_google_link_id", "crm_google_state"):
                old.pop(name), new.pop(name)
        self.assertEqual(before, after)

    def test_the_log_keeps_no_title_and_no_text(self):
        self.consent()
        self.meeting("Secret plan", description="Bring the files")
        run = self.sync(self.account)
        self.assertEqual(run.line_ids.mapped("title"), ["Secret plan"])
        self.revoke()
        self.assertEqual((run.google_created, run.line_ids.mapped("verb")), (1, ["create"]))
        for name in ("title", "before", "after", "lost"):
            self.assertFalse(any(run.line_ids.mapped(name)), name)

    def test_after_it_the_link_reads_configure_and_connecting_makes_new_calendars(self):
        self.consent()
        meeting = self.meeting("Demo")
        self.sync(self.account)
        self.revoke()
        self.assertEqual(self.accounts.get_status()["state"], "disconnected")
        self.assertEqual(self.click()["type"], "ir.actions.act_url")
        self.consent()
        self.assertConnected()
        self.sync(self.account)
        self.assertEqual(list(self.events()), ["Demo"])
        self.assertTrue(meeting.exists())

    def test_a_run_under_way_is_stopped(self):
        self.consent()
        run = self.account._start_run("wizard", full=True)
        self.revoke()
        self.assertEqual(run.state, "stopped")

    def test_a_second_click_does_nothing(self):
        self.consent()
        self.revoke()
        self.assertFalse(self.account.with_user(self.user).action_revoke())

    def test_calendars_that_were_deleted_by_hand_are_fine(self):
        self.consent()
        self.google.delete_calendar("Events")
        self.assertEqual(self.revoke()["type"], "success")
        self.assertForgotten()

    def test_a_connection_that_was_never_finished_can_be_revoked(self):
        self.emulator.faults.script("calendars.insert", [OK, Fault.lost_answer()])
        self.consent()
        notice = self.revoke()
        self.assertIn("Delete by hand in Google Calendar: Acme Tasks", notice["message"])
        self.assertForgotten()
        self.assertEqual((len(self.in_google()), self.token_is_alive()), (1, False))


class TestRevokeWithFaults(RevokeCase):
    def test_a_fault_that_passes_is_tried_again(self):
        self.consent()
        self.emulator.faults.script("calendars.delete", [OUT_OF_REACH, Fault.reset(), OK, OK])
        self.assertEqual(self.revoke()["type"], "success")
        self.assertEqual((self.in_google(), self.token_is_alive()), ([], False))

    def test_between_the_tries_google_is_left_alone(self):
        self.consent()
        self.emulator.faults.script("calendars.delete", [OUT_OF_REACH, OUT_OF_REACH])
        self.account.with_user(self.user).action_revoke()
        self.work()
        self.work()
        self.assertEqual(self.account.state, "revoking")
        self.assertGreater(self.account.resume_at, fields.Datetime.now())
        self.assertEqual(self.emulator.count("calendars.delete"), 2)

    def test_a_revocation_that_was_not_answered_counts_as_done(self):
        self.consent()
        self.emulator.faults.script("revoke", Fault.lost_answer())
        self.assertEqual(self.revoke()["type"], "success")
        self.assertForgotten()

    def test_a_dead_grant_names_what_to_remove_by_hand(self):
        self.consent()
        names = self.account.calendar_ids.mapped("name")
        self.emulator.kill_grants()
        self.emulator.expire_access_tokens()
        notice = self.revoke()
        self.assertEqual((notice["type"], notice["sticky"]), ("warning", True))
        self.assertIn(f"Delete by hand in Google Calendar: {', '.join(names)}.", notice["message"])
        self.assertNotIn("myaccount.google.com", notice["message"])
        self.assertForgotten()
        self.assertEqual(self.account.message, notice["message"])

    def test_google_out_of_reach_disconnects_all_the_same(self):
        self.consent()
        self.emulator.faults.script("calendars.delete", [OUT_OF_REACH] * 2 * revoke.TRIES)
        self.emulator.faults.script("revoke", [OUT_OF_REACH])
        notice = self.revoke()
        self.assertIn("Delete by hand in Google Calendar: Acme Events", notice["message"])
        self.assertIn("myaccount.google.com/connections", notice["message"])
        self.assertForgotten()

    def test_the_permission_goes_even_where_a_calendar_must_stay(self):
        self.consent()
        refusal = Fault(status=403, reason="forbidden")
        self.emulator.faults.script("calendars.delete", [refusal, OK])
        notice = self.revoke()
        self.assertIn("Delete by hand in Google Calendar: Acme Events", notice["message"])
        self.assertNotIn("Acme Tasks", notice["message"])
        self.assertFalse(self.token_is_alive())

    def test_tokens_of_another_server_are_forgotten(self):
        self.consent()
        self.account.refresh_token = "gAAAAnothers"
        notice = self.revoke()
        self.assertIn("myaccount.google.com/connections", notice["message"])
        self.assertForgotten()

    def test_an_id_that_a_user_has_typed_is_never_deleted_unproven(self):
        self.consent()
        mine = self.google.create_calendar("Mine")
        self.calendar(self.account).write({"state": "offered", "google_id": mine.id})
        self.revoke()
        self.assertIn("Mine", [each.summary for each in self.google.calendars()])

    def test_an_error_that_nobody_foresaw_lets_the_user_click_again(self):
        self.consent()
        self.startPatcher(patch.object(self.env.cr, "rollback"))
        worker = "odoo.addons.crm_google_calendar.bridge.worker"
        with patch(f"{worker}.revoke", side_effect=KeyError), self.assertLogs(worker, "ERROR"):
            self.account.with_user(self.user).action_revoke()
            self.work()
        self.assertState("incomplete", "Something unexpected happened")
        self.revoke()
        self.assertForgotten()


class TestSharedGoogleAccount(RevokeCase):
    """Google takes a permission back for all connections of one project at once."""

    def setUp(self):
        super().setUp()
        self.consent()
        self.other = self.connected(self.new_user("eve", "eve@example.com"))
        self.other.sub = self.account.sub

    def test_the_other_users_connection_keeps_working(self):
        notice = self.revoke()
        self.assertIn("another user here works with the same account", notice["message"])
        self.assertForgotten()
        self.assertEqual(len(self.in_google()), 2)  # the other's
        self.assertEqual(self.emulator.count("revoke"), 0)
        self.assertEqual(self.sync(self.other).state, "done")

    def test_the_last_one_takes_the_permission_back(self):
        self.revoke()
        self.other.with_user(self.other.user_id).action_revoke()
        self.work()
        self.assertEqual((self.in_google(), self.token_is_alive()), ([], False))

    def test_tokens_are_sealed_each_for_itself(self):
        self.assertNotEqual(self.account.refresh_token, self.other.refresh_token)
        self.assertTrue(vault.opened(self.other, "refresh_token").startswith("1//"))
