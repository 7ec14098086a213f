"""Undo of what a run did to series."""

from google_emulator import Fault

from .lives import LivesMixin
from .series import EdgeCase


class TestSeriesUndo(LivesMixin, EdgeCase):
    def undo(self, run):
        run.with_user(self.user).action_undo()
        self.work()
        undo = self.env["crm.google.run"].search([("undo_of", "=", run.id)])
        self.assertEqual((undo.state, undo.set_aside), ("done", 0), undo.message)
        again = self.run_()  # nothing comes back by itself
        self.assertIn("nothing had to be changed", again.summary)
        return undo

    def test_a_change_of_all_and_of_one_is_taken_back(self):
        event, ids = self.series()
        before = self.crm_spans()
        self.google.edit("Events", event["id"], location="There")
        self.shift_occurrence(ids[1], hours=2)
        self.google.delete_occurrence("Events", ids[3])
        self.undo(self.run_())
        self.assertEqual((self.crm_spans(), self.google_spans()), (before, before))

    def test_a_change_here_is_taken_back(self):
        self.recurrence("Jour fixe")
        self.run_()
        before = self.crm_spans()
        self.shift(self.row(2), hours=3)
        self.row(4).unlink()
        self.undo(self.run_())
        self.assertEqual((self.crm_spans(), self.google_spans()), (before, before))

    def test_changes_of_both_sides_are_taken_back(self):
        event, _ids = self.series()
        before = self.crm_spans()
        self.google.edit("Events", event["id"], location="There")
        self.row(1).name = "Mine"
        self.undo(self.run_())
        self.assertEqual((self.crm_spans(), self.google_spans()), (before, before))

    def test_what_was_changed_since_is_left_alone(self):
        event, _ids = self.series()
        self.google.edit("Events", event["id"], location="There")
        run = self.run_()
        self.google.edit("Events", event["id"], description="Newest")
        run.with_user(self.user).action_undo()
        self.work()
        self.run_()
        self.assert_same()
        self.assertEqual(set(self.meetings().mapped("location")), {"There"})

    def test_so_is_a_series_of_which_one_was_changed_since(self):
        """Also where Google kept nothing of that one before, whatever was done to it."""
        edits = (
            lambda one: self.google.edit_occurrence("Events", one, summary="Newest"),
            lambda one: self.google.delete_occurrence("Events", one),
            lambda one: self.shift_occurrence(one, hours=2),
        )
        for edit in edits:
            for cursor in (True, False):
                with self.subTest(cursor=cursor), self.one_life():
                    event, ids = self.series()
                    self.google.edit("Events", event["id"], location="There")
                    run = self.run_()
                    edit(ids[2])
                    wanted = self.google_spans()
                    if not cursor:
                        self.account.calendar_ids.write({"cursor": False})
                    run.with_user(self.user).action_undo()
                    self.work()
                    self.assertEqual(self.google_spans(), wanted)
                    self.settled(sum(wanted.values()))
                    self.assertEqual(self.crm_spans(), wanted)
                    undo = self.env["crm.google.run"].search([("undo_of", "=", run.id)])
                    self.assertIn("Nothing was undone", undo.summary)

    def test_what_is_left_alone_is_told(self):
        event, ids = self.series()
        other = self.make_series("Other", "FREQ=WEEKLY;COUNT=3")
        self.run_()
        for each in (event, other):
            self.google.edit("Events", each["id"], location="There")
        run = self.run_()
        self.google.edit_occurrence("Events", ids[2], summary="Newest")
        run.with_user(self.user).action_undo()
        self.work()
        self.assertEqual(
            self.env["crm.google.run"].search([("undo_of", "=", run.id)]).summary,
            "The run was undone. 1 changed in the CRM, 1 changed in Google, 1 left alone: changed "
            "or removed meanwhile.",
        )

    def test_an_undo_goes_on_where_google_could_not_be_reached(self):
        event, _ids = self.series()
        before = self.crm_spans()
        self.google.edit("Events", event["id"], location="There")
        run = self.run_()
        self.emulator.faults.script("events.list", Fault(503, "backendError"))
        run.with_user(self.user).action_undo()
        self.work()
        undo = self.env["crm.google.run"].search([("undo_of", "=", run.id)])
        self.assertTrue(undo.resume_at)
        undo.resume_at = False
        self.work()
        self.assertEqual((undo.state, self.crm_spans()), ("done", before))
        self.settled(6)

    def test_a_series_that_was_created_here_goes_and_stays_in_google(self):
        self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=6")
        self.undo(self.run_())
        self.assertFalse(self.meetings())
        self.assertEqual(len(self.google_spans()), 6)

    def test_a_series_that_was_created_in_google_goes_and_stays_here(self):
        rows = self.recurrence("Jour fixe")
        self.undo(self.run_())
        self.assertEqual((len(rows.exists()), len(self.google_spans())), (6, 0))
        self.assertEqual(self.series_link().state, "detached")

    def test_and_also_where_the_answer_is_lost(self):
        self.archiving()
        rows = self.recurrence("Jour fixe")
        run = self.run_()
        self.emulator.faults.script("events.delete", Fault.lost_answer())
        run.with_user(self.user).action_undo()
        self.work()
        self.env["crm.google.run"].search([("undo_of", "=", run.id)]).resume_at = False
        self.work()
        self.run_()
        self.assertEqual((len(self.meetings()), len(self.google_spans())), (6, 0))
        self.assertEqual((self.series_link().cause, rows[0].active), ("undone", True))

    def test_a_series_that_was_deleted_in_google_by_the_run_comes_back(self):
        self.recurrence("Jour fixe")
        self.run_()
        before = self.crm_spans()
        self.row(0).action_mass_deletion("all_events")
        run = self.run_()
        run.with_user(self.user).action_undo()
        self.work()
        self.settled(6)
        self.assertEqual(self.google_spans(), before)

    def test_a_series_that_was_archived_by_the_run_is_sent_again(self):
        event, _ids = self.series()
        before = self.crm_spans()
        self.google.delete("Events", event["id"])
        run = self.run_()
        self.assertFalse(self.meetings())
        run.with_user(self.user).action_undo()
        self.work()
        self.settled(6)
        self.assertEqual(self.google_spans(), before)
