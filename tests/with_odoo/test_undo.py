"""Undo of a run, as far as both sides still hold what it wrote."""

from odoo.exceptions import UserError

from google_emulator import Fault

from .common import GoogleCase
from .lives import LivesMixin


class TestUndo(LivesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()

    def _undo(self, run):
        run.with_user(self.user).action_undo()
        self.work()
        undo = self.env["crm.google.run"].search([("undo_of", "=", run.id)], limit=1)
        self.assertEqual(undo.state, "done", undo.message)
        self.sync(self.account)  # nothing comes back by itself
        return undo

    def test_changes_get_their_old_values_back_on_both_sides(self):
        meeting = self.meeting("Old", location="Here")
        self.sync(self.account)
        meeting.name = "New"
        self.google.edit("Events", self.link(meeting).event_id, location="There")
        self._undo(self.sync(self.account))
        self.assertEqual((meeting.name, meeting.location), ("Old", "Here"))
        self.assertEqual(self.events()["Old"]["location"], "Here")

    def test_what_was_changed_since_is_left_alone(self):
        meeting = self.meeting("Old")
        self.sync(self.account)
        meeting.name = "New"
        run = self.sync(self.account)
        self.google.edit("Events", self.link(meeting).event_id, summary="Newest")
        self.assertIn("Nothing was undone", self._undo(run).summary)
        self.assertEqual(meeting.name, "Newest")

    def test_nor_is_what_the_other_side_was_given_since(self):
        meeting = self.meeting("Old")
        self.sync(self.account)
        self.google.edit("Events", self.link(meeting).event_id, summary="New")
        run = self.sync(self.account)
        self.google.edit("Events", self.link(meeting).event_id, location="There")
        self._undo(run)
        self.assertEqual((meeting.name, meeting.location), ("New", "There"))

    def test_a_record_that_was_created_goes_and_its_event_stays(self):
        day = self.soon().date()
        self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00")
        self._undo(self.sync(self.account))
        self.assertFalse(self.meetings())
        self.assertEqual(list(self.events()), ["Lunch"])

    def test_an_event_that_was_created_goes_and_its_record_stays(self):
        meeting = self.meeting("Demo")
        undo = self._undo(self.sync(self.account))
        self.assertEqual(undo.summary, "The run was undone. 1 removed in Google.")
        self.assertTrue(meeting.exists())
        self.assertEqual(self.events(), {})
        self.assertEqual(self.link(meeting).state, "detached")

    def test_what_was_deleted_in_google_by_the_run_comes_back(self):
        meeting = self.meeting("Demo")
        self.sync(self.account)
        meeting.unlink()
        self._undo(self.sync(self.account))
        self.assertEqual(self.meetings().mapped("name"), ["Demo"])
        self.assertEqual(list(self.events()), ["Demo"])

    def test_what_was_detached_by_the_run_is_sent_again(self):
        meeting = self.meeting("Demo")
        self.sync(self.account)
        self.google.delete("Events", self.link(meeting).event_id)
        self._undo(self.sync(self.account))
        self.assertEqual(list(self.events()), ["Demo"])

    def test_a_deletion_is_undone_once_however_often_one_asks(self):
        meeting = self.meeting("Demo")
        self.sync(self.account)
        meeting.unlink()
        run = self.sync(self.account)
        for _time in range(2):
            self._undo(run)
        self.assertEqual(self.meetings().mapped("name"), ["Demo"])

    def test_a_clash_is_taken_back_on_both_sides_at_once(self):
        meeting = self.meeting("Old")
        self.sync(self.account)
        meeting.name = "Ours"
        self.google.edit("Events", self.link(meeting).event_id, summary="Theirs", location="There")
        run = self.sync(self.account)
        run.with_user(self.user).action_undo()
        self.work()
        self.assertEqual((meeting.name, meeting.location), ("Theirs", False))
        self.assertNotIn("location", self.events()["Theirs"])

    def test_an_undone_creation_whose_answer_is_lost_does_not_come_back(self):
        meeting = self.meeting("Demo")
        run = self.sync(self.account)
        self.emulator.faults.script("events.delete", Fault.lost_answer())
        run.with_user(self.user).action_undo()
        self.work()
        self.env["crm.google.run"].search([]).resume_at = False
        self.work()
        self.sync(self.account)
        self.assertEqual((self.events(), self.link(meeting).cause), ({}, "undone"))

    def test_killed_at_any_step_an_undone_creation_does_not_come_back(self):
        meeting = self.meeting("Demo")
        run = self.sync(self.account)
        for point in range(1, 9):
            with self.one_life():
                run.with_user(self.user).action_undo()
                self.die(point)
                self.work()
                self.sync(self.account)
                self.assertEqual((self.events(), self.link(meeting).cause), ({}, "undone"), point)

    def test_another_undo_while_one_waits_is_not_lost_silently(self):
        self.meeting("Demo")
        first, second = self.sync(self.account), self.sync(self.account)
        first.with_user(self.user).action_undo()
        first.with_user(self.user).action_undo()  # the same one: a second click
        with self.assertRaisesRegex(UserError, "under way"):
            second.with_user(self.user).action_undo()
