"""Another Google account than before: the user decides, the worker does it, nothing is lost."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from odoo.addons.crm_google_calendar.bridge import connect, switch, vault
from odoo.addons.crm_google_calendar.gcal.errors import Cause, GoogleError

from google_emulator import OK, Fault

from .common import SAM
from .connecting import BOB, ConnectCase


class SwitchCase(ConnectCase):
    def setUp(self):
        super().setUp()
        self.emulator.add_user(BOB, "Bob")

    def synced(self):
        """A connection with a meeting far off, a task, and an entry that was made in Google."""
        self.consent()
        self.record, self.todo = self.meeting("Demo", self.soon(100)), self.task("Call")
        day = self.soon().date()
        self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00")
        self.sync(self.account)
        self.lunch = self.meetings().filtered(lambda meeting: meeting.name == "Lunch")

    def chosen_bob(self, dead=True):
        """Sam reconnects, and chooses Bob's Google account on Google's page."""
        self.synced()
        if dead:
            self.emulator.kill_grants()
            self.emulator.expire_access_tokens()
            self.sync(self.account)
        else:
            self.account.state = "reconnect"
        self.consent(BOB)
        self.assertState("choosing", "Click Finish with Google")

    def choose(self, choice):
        action = self.accounts.action_configure()
        self.assertEqual(action["res_model"], "crm.google.switch.wizard")
        wizard = self.env["crm.google.switch.wizard"].with_user(self.user)
        wizard.create({"choice": choice}).action_continue()
        self.work()

    def come_back(self):
        """Let the worker try again what waits for Google."""
        self.account.resume_at = fields.Datetime.now() - timedelta(seconds=1)
        self.work()

    def titles(self, email):
        return sorted([*self.events("event", email), *self.events("task", email)])

    def assertForgotten(self):
        for name in ("other_grant", "other_email", "other_until", "choice"):
            self.assertFalse(self.account[name], name)

    def grants_alive(self, email):
        tokens = self.emulator.grants.tokens.values()
        return any(
            token.alive and token.grant.alive and token.grant.person.email == email
            for token in tokens
        )


class TestChoice(SwitchCase):
    def test_the_new_grant_waits_sealed_and_nothing_happens_before_the_choice(self):
        self.chosen_bob()
        self.assertEqual((self.in_google(BOB), len(self.in_google())), ([], 2))
        self.assertEqual((self.account.email, self.account.other_email), (SAM, BOB))
        self.assertNotIn("refresh_token", self.account.other_grant)
        self.assertNotIn("grant", " ".join(self.accounts.get_status()))
        self.emulator.log.clear()
        self.account._nudge("auto")
        self.work()
        self.assertEqual(self.emulator.count(), 0)

    def test_moved_entries_stand_in_the_new_account_once_and_the_old_calendars_are_gone(self):
        self.chosen_bob(dead=False)
        before = self.record.read(["name", "start", "write_date"])
        self.choose("move")
        self.assertState("connected")
        self.assertEqual((self.account.email, self.in_google()), (BOB, []))
        self.assertEqual(len(self.in_google(BOB)), 2)
        self.assertEqual(self.titles(BOB), ["Call: Call", "Demo", "Lunch"])
        self.assertEqual(self.record.read(["name", "start", "write_date"]), before)
        self.sync(self.account)
        self.assertEqual(self.titles(BOB), ["Call: Call", "Demo", "Lunch"])
        self.assertEqual(len(self.meetings()), 2)
        self.assertForgotten()

    def test_moved_with_a_dead_grant_the_old_calendars_are_named_to_be_deleted_by_hand(self):
        self.chosen_bob()
        names = ", ".join(self.account.calendar_ids.mapped("name"))
        self.choose("move")
        self.assertState("connected", f"delete them by hand: {names}.")
        self.assertIn(SAM, self.account.message)
        self.assertEqual(self.titles(BOB), ["Call: Call", "Demo", "Lunch"])
        self.assertEqual(len(self.in_google()), 2)

    def test_a_calendar_with_news_that_the_crm_has_not_seen_is_not_deleted_by_a_move(self):
        self.chosen_bob(dead=False)
        self.google.edit("Events", self.link(self.record).event_id, summary="Seen by nobody")
        self.choose("move")
        self.assertState("connected", "1 entries that stand nowhere else")
        self.assertEqual([name.split()[1] for name in self.in_google()], ["Events"])
        self.assertEqual(self.titles(BOB), ["Call: Call", "Demo", "Lunch"])

    def test_what_the_user_has_deleted_in_google_is_not_moved(self):
        self.synced()
        self.google.delete("Events", self.link(self.lunch).event_id)
        self.sync(self.account)
        self.account.state = "reconnect"
        self.consent(BOB)
        self.choose("move")
        self.assertEqual(self.titles(BOB), ["Call: Call", "Demo"])
        self.assertEqual(self.link(self.lunch).state, "detached")

    def test_left_calendars_stay_as_they_are_and_the_links_are_closed(self):
        self.chosen_bob(dead=False)
        self.choose("leave")
        self.assertState("connected", f"These calendars stay in {SAM}")
        self.assertEqual(self.titles(SAM), ["Call: Call", "Demo", "Lunch"])
        self.assertEqual((self.titles(BOB), len(self.in_google(BOB))), ([], 2))
        self.assertFalse(self.link(self.record))
        self.record.name = "Changed"
        self.sync(self.account)
        self.assertIn("Demo", self.titles(SAM))
        self.assertEqual(self.titles(BOB), ["Call: Call", "Changed", "Lunch"])

    def test_deleted_calendars_are_gone_with_all_that_stands_there(self):
        self.chosen_bob(dead=False)
        self.google.edit("Events", self.link(self.record).event_id, summary="Seen by nobody")
        self.choose("delete")
        self.assertState("connected")
        self.assertEqual((self.in_google(), len(self.in_google(BOB))), ([], 2))
        self.assertFalse(self.env["crm.google.link"].search([("user_id", "=", self.user.id)]))
        self.assertTrue(self.record.exists() and self.lunch.exists() and self.todo.exists())

    def test_the_old_account_is_kept_and_works_on(self):
        self.chosen_bob(dead=False)
        link = self.link(self.record)
        self.choose("keep")
        self.assertConnected()
        self.assertEqual((self.account.email, self.link(self.record)), (SAM, link))
        self.assertFalse(self.grants_alive(BOB))
        self.assertForgotten()

    def test_the_old_account_is_kept_and_asks_to_reconnect_where_its_grant_is_dead(self):
        self.chosen_bob()
        self.choose("keep")
        self.assertState("reconnect", "Click Reconnect with Google")
        self.assertForgotten()
        self.consent()
        self.assertConnected()


class TestStart(SwitchCase):
    """From a connection that works, begun in the preferences."""

    def start(self):
        return self.user.with_user(self.user).action_crm_google_switch()

    def test_it_leads_over_googles_page_to_the_choice_and_the_new_account(self):
        self.synced()
        self.assertIn("another=1", self.start()["url"])
        self.consent(BOB, another=True)
        self.assertState("choosing", "Click Finish with Google")
        self.choose("move")
        self.assertState("connected")
        self.assertEqual((self.account.email, self.in_google()), (BOB, []))
        self.assertEqual(self.titles(BOB), ["Call: Call", "Demo", "Lunch"])

    def test_until_google_has_answered_the_old_connection_works_on(self):
        self.synced()
        self.start()
        self.meeting("New")
        self.sync(self.account)
        self.assertIn("New", self.titles(SAM))

    def test_the_old_account_may_be_kept_after_all(self):
        self.synced()
        self.consent(BOB, another=True)
        self.choose("keep")
        self.assertConnected()
        self.meeting("New")
        self.sync(self.account)
        self.assertIn("New", self.titles(SAM))

    def test_the_same_account_again_changes_nothing(self):
        self.synced()
        notices = self.notices()
        self.consent(another=True)
        self.assertConnected()
        self.assertIn("connected already: sam@example.com", notices[-1]["message"])
        self.meeting("New")
        self.sync(self.account)
        self.assertIn("New", self.titles(SAM))

    def test_a_code_that_google_refuses_leaves_the_connection_as_it_was(self):
        self.synced()
        notices = self.notices()
        self.account._receive_code("4/0-wrong", "verifier", another=True)
        self.work()
        self.assertConnected()
        self.assertIn("You stay connected with sam@example.com.", notices[-1]["message"])
        self.assertIn("Click Use another Google account again", notices[-1]["message"])

    def test_a_page_that_was_declined_leaves_the_connection_as_it_was(self):
        self.synced()
        notices = self.notices()
        self.account._consent_failed(GoogleError(Cause.DECLINED))
        self.assertConnected()
        self.assertIn("You did not allow access", notices[-1]["message"])

    def test_a_grant_that_died_meanwhile_is_taken_over_by_the_new_one(self):
        self.synced()
        with patch.object(type(self), "work"):
            self.consent(BOB, another=True)
        connect.lapse(self.account)
        self.work()
        self.work()
        self.assertState("choosing", "Click Finish with Google")

    def test_who_revokes_meanwhile_is_not_asked(self):
        self.synced()
        with patch.object(type(self), "work"):
            self.consent(BOB, another=True)
        self.account.with_user(self.user).action_revoke()
        self.work()
        self.assertEqual(self.account.state, "disconnected")
        self.assertForgotten()

    def test_only_the_owner_starts_it(self):
        self.synced()
        eve = self.new_user("eve", "eve@example.com")
        for record in (self.account, self.user):
            name = "action_switch" if record == self.account else "action_crm_google_switch"
            with self.assertRaises(AccessError):
                getattr(record.with_user(eve), name)()


class TestForgetting(SwitchCase):
    def test_a_choice_that_is_not_made_within_a_day_keeps_the_old_account(self):
        self.chosen_bob()
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.work()
        self.assertState("reconnect", "Reconnect")
        self.assertForgotten()

    def test_with_the_access_the_new_grant_is_forgotten(self):
        self.chosen_bob()
        self.account.with_user(self.user).action_revoke()
        self.work()
        self.assertEqual(self.account.state, "disconnected")
        self.assertForgotten()

    def test_the_new_account_of_another_user_here_stays_permitted(self):
        eve = self.new_user("eve", "eve@example.com")
        self.chosen_bob(dead=False)
        hers = self.connected(eve, BOB)
        grant = vault.opened(self.account, "other_grant")
        hers.sub = switch.json.loads(grant)["sub"]
        self.choose("keep")
        self.assertTrue(self.grants_alive(BOB))

    def test_a_new_grant_of_another_server_cannot_be_read_and_nothing_is_deleted(self):
        self.chosen_bob(dead=False)
        self.account.other_grant = "gAAAAnothers"
        self.choose("delete")
        self.assertState("reconnect", "Reconnect with Google")
        self.assertEqual(len(self.in_google()), 2)
        self.assertForgotten()

    def test_a_choice_counts_once(self):
        self.chosen_bob()
        wizard = self.env["crm.google.switch.wizard"].with_user(self.user).create({})
        self.choose("keep")
        with self.assertRaisesRegex(UserError, "no longer open"):
            wizard.action_continue()

    def test_the_wizard_is_for_the_owner_only(self):
        self.chosen_bob()
        eve = self.new_user("eve", "eve@example.com")
        wizards = self.env["crm.google.switch.wizard"].with_user(eve)
        with self.assertRaisesRegex(UserError, "Only its owner"):
            wizards.create({"account_id": self.account.id, "choice": "delete"})


class TestSwitchWithFaults(SwitchCase):
    def assertMoved(self):
        self.assertEqual(self.account.state, "connected", self.account.message)
        self.assertEqual((self.in_google(), len(self.in_google(BOB))), ([], 2))
        self.assertEqual(self.titles(BOB), ["Call: Call", "Demo", "Lunch"])

    def test_lost_answers_of_the_deletion_are_tried_again(self):
        self.chosen_bob(dead=False)
        self.emulator.faults.script("calendars.delete", [Fault.lost_answer(), OK])
        self.choose("move")
        self.assertEqual((self.account.state, self.in_google(BOB)), ("connecting", []))
        self.work()  # too early
        self.assertEqual(self.emulator.count("calendars.insert"), 2)
        self.come_back()
        self.assertMoved()

    def test_a_lost_answer_while_the_new_calendars_are_made_makes_no_third(self):
        self.chosen_bob()
        self.emulator.faults.script("calendars.insert", Fault.lost_answer())
        self.choose("move")
        self.assertState("incomplete", "may or may not stand")
        self.assertEqual(len(self.in_google(BOB)), 1)

    def test_a_kill_at_any_step_carries_on(self):
        for step in range(1, 12):
            with self.subTest(step=step):
                self.begin_anew()
                self.chosen_bob(dead=False)
                self.account._choose("move")
                self.killed_at(step)
                self.work()
                self.say_what_stands()
                self.assertMoved()

    def begin_anew(self):
        self.account.with_user(self.user).action_revoke()
        self.work()
        self.meetings().unlink()
        self.env["mail.activity"].search([("user_id", "=", self.user.id)]).unlink()
        for email in (SAM, BOB):
            hands = self.emulator.user(email)
            for each in hands.calendars():
                if "(created: " in each.summary:
                    hands.delete_calendar(each.id)

    def say_what_stands(self):
        """Killed right before a calendar was made, the user alone can see that it is not there."""
        for calendar in self.account.calendar_ids:
            calendar._answer(False, False)
        self.work()

    def killed_at(self, number):
        """Let the worker die right after what the checkpoint of that number made last."""
        steps = iter(range(1, 100))

        def checkpoint():
            self.checkpoint()
            if next(steps) == number and self.account.state == "connecting":
                raise KeyboardInterrupt

        try:
            with self.watch.working():
                connect.connect(self.account, checkpoint)
        except KeyboardInterrupt:
            self.env.invalidate_all()

    def test_an_error_that_nobody_foresaw_keeps_the_choice_for_the_next_click(self):
        self.chosen_bob(dead=False)
        self.startPatcher(patch.object(self.env.cr, "rollback"))
        worker = "odoo.addons.crm_google_calendar.bridge.worker"
        with (
            patch.object(switch, "_take_the_place", side_effect=KeyError),
            self.assertLogs(worker, "ERROR"),
        ):
            self.choose("move")
        self.assertState("incomplete", "Something unexpected happened")
        self.click()
        self.assertMoved()
