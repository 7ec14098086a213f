"""Whole series that were deleted: ours is told apart from the user's, whatever was lost."""

from datetime import timedelta

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import settings

from google_emulator import Fault

from .lives import LivesMixin
from .series import EdgeCase

LOST, RESET = Fault.lost_answer(), Fault.reset()


class TestSeriesDeleted(LivesMixin, EdgeCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")
        self.recurrence()
        self.run_()
        self.event_id = self.series_link().event_id
        self.before = self.crm_spans()

    def begin(self, fault, how="unlink"):
        """A run whose deletion of the series fails on its way to Google, or back."""
        self.rows_ = self.meetings()
        if how == "unlink":
            self.row(0).action_mass_deletion("all_events")
        else:
            self.rows_.with_user(self.user).action_archive()
        self.emulator.faults.script("events.delete", fault)
        self.sync(self.account, "auto")

    def go_on(self):
        for _number in range(4):
            runs = self.env["crm.google.run"].search([("state", "in", ("queued", "running"))])
            runs.resume_at = fields.Datetime.now() - timedelta(seconds=1)
            self.work()
        self.assertFalse(runs.exists().filtered(lambda run: run.state != "done"))

    def assert_back(self, number=6):
        """It stands once on both sides."""
        self.go_on()
        self.settled(number)
        self.assertEqual(len(self.masters()), 1)
        self.assertEqual(self.series_link().mapped("state"), ["linked"])

    def assert_gone(self):
        self.go_on()
        self.settled(0)
        self.assertFalse(self.masters())

    def test_an_answer_that_is_lost_changes_nothing(self):
        for fault in (LOST, RESET):
            for how in ("unlink", "archive"):
                with self.subTest(fault=fault, how=how), self.one_life():
                    self.begin(fault, how)
                    self.assert_gone()
                    self.assertFalse(self.series_link())

    def test_a_series_that_the_user_takes_out_of_the_bin_meanwhile(self):
        for how in ("unlink", "archive"):
            with self.subTest(how=how), self.one_life():
                self.begin(LOST, how)
                self.google.restore("Events", self.event_id)
                self.assert_back()
                self.assertEqual(self.crm_spans(), self.before)

    def test_and_that_he_edits_then(self):
        self.begin(LOST)
        self.google.restore("Events", self.event_id)
        self.google.edit("Events", self.event_id, location="There")
        self.assert_back()
        self.assertEqual(set(self.meetings().mapped("location")), {"There"})

    def test_an_edit_while_our_deletion_has_not_arrived(self):
        ids = self.google.occurrences("Events", self.event_id)
        edits = (
            lambda: self.google.edit("Events", self.event_id, location="There"),
            lambda: self.google.edit_occurrence("Events", ids[1], location="There"),
        )
        for edit in edits:
            for how in ("unlink", "archive"):
                with self.subTest(how=how), self.one_life():
                    self.begin(RESET, how)
                    edit()
                    self.assert_back()
                    self.assertIn("There", self.meetings().mapped("location"))

    def test_a_deletion_by_the_user_while_ours_is_under_way(self):
        self.begin(RESET)
        self.google.delete("Events", self.event_id)
        self.assert_gone()
        self.assertFalse(self.series_link())

    def test_meetings_that_are_opened_again_meanwhile_are_sent_again(self):
        for policy in ("archive", "detach"):
            for fault in (LOST, RESET):
                with self.subTest(policy=policy, fault=fault), self.one_life():
                    settings.put(self.env, "gone_in_google", policy)
                    self.begin(fault, "archive")
                    self.rows_.with_user(self.user).action_unarchive()
                    self.assert_back()
                    self.assertEqual(self.meetings(), self.rows_)

    def test_and_changed(self):
        self.begin(LOST, "archive")
        self.rows_.with_user(self.user).action_unarchive()
        self.row(2).location = "Here"
        self.assert_back()
        self.assertIn("Here", self.meetings().mapped("location"))

    def test_both_are_brought_back(self):
        self.begin(LOST, "archive")
        self.google.restore("Events", self.event_id)
        self.google.edit("Events", self.event_id, location="There")
        self.rows_.with_user(self.user).action_unarchive()
        self.row(2).name = "Mine"
        self.assert_back()
        self.assertEqual(set(self.meetings().mapped("location")), {"There"})
        self.assertIn("Mine", self.meetings().mapped("name"))

    def test_a_deletion_by_the_user_after_ours_was_given_up(self):
        """Deleted here, not arrived, opened again; then the user deletes it there."""
        self.begin(RESET, "archive")
        self.rows_.with_user(self.user).action_unarchive()
        self.go_on()
        self.google.delete("Events", self.event_id)
        self.sync(self.account, "auto")
        self.assertFalse(self.meetings())
        self.assertEqual(self.series_link().state, "detached")
        self.settled(0)

    def test_a_series_that_the_user_deletes_before_we_heard_that_it_had_arrived(self):
        other = self.recurrence("Other", self.soon(days=3))
        self.emulator.faults.script("events.insert", LOST)
        self.sync(self.account, "auto")
        [master] = [event for event in self.masters() if event["summary"] == "Other"]
        self.google.delete("Events", master["id"])
        self.go_on()
        self.assertEqual({event["summary"] for event in self.masters()}, {"Jour fixe"})
        link = self.link(other.recurrence_id)
        self.assertEqual((link.state, link.cause), ("detached", "deleted_there"))
        run = self.run_()
        self.assertIn("nothing had to be changed", run.summary)

    def test_an_archived_series_that_is_restored_in_google_is_opened_again(self):
        """Whether it was archived here, or by a deletion there."""
        for act in (
            lambda: self.meetings().with_user(self.user).action_archive(),
            lambda: self.google.delete("Events", self.event_id),
        ):
            with self.subTest(), self.one_life():
                rows = self.meetings()
                act()
                self.settled(0)
                self.google.restore("Events", self.event_id)
                self.settled(6)
                self.assertEqual(self.meetings(), rows)
