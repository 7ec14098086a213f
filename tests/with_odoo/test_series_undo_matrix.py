"""Whatever a run can do to a series is taken back by its undo, once, and stays so."""

from odoo.addons.crm_google_calendar.bridge import settings

from .lives import LivesMixin
from .series import EdgeCase


class TestSeriesUndoMatrix(LivesMixin, EdgeCase):
    def undo(self, run):
        run.with_user(self.user).action_undo()
        self.work()
        undo = self.env["crm.google.run"].search([("undo_of", "=", run.id)], limit=1)
        self.assertEqual((undo.state, undo.set_aside), ("done", 0), undo.message)
        return undo

    def sides(self):
        self.env.invalidate_all()
        return self.crm_spans(), self.google_spans()

    def assert_undone(self, run, before, ids=None):
        first = self.undo(run)
        for side, then in zip(self.sides(), before, strict=True):
            self.assertEqual(sorted(side.elements()), sorted(then.elements()), first.summary)
        self.assertNotIn("Nothing", first.summary)
        if ids:
            self.assertEqual(set(self.meetings().ids), ids)
        self.assertIn("nothing had to be changed", self.run_().summary)
        self.assertIn("Nothing was undone", self.undo(run).summary)
        self.assertEqual(self.sides(), before)
        self.assertIn("nothing had to be changed", self.run_().summary)

    def each(self, test):
        """Let a test live once with a series of either side, under each policy."""
        for policy in ("detach", "archive"):
            for origin in (self.in_crm, self.in_google):
                with self.subTest(policy=policy, origin=origin.__name__), self.one_life():
                    settings.put(self.env, "gone_in_google", policy)
                    origin()
                    [master] = self.masters()
                    ids = self.google.occurrences("Events", master["id"])
                    test(master, ids, set(self.meetings().ids))

    def in_crm(self):
        self.recurrence("Jour fixe")
        self.run_()

    def in_google(self):
        self.series()

    def test_a_rule_that_was_shortened_in_google(self):
        def test(master, _ids, rows):
            before = self.sides()
            self.google.edit("Events", master["id"], recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"])
            self.assert_undone(self.run_(), before, rows)

        self.each(test)

    def test_this_and_following_deleted_in_google(self):
        def test(_master, ids, rows):
            before = self.sides()
            self.google.end_series("Events", ids[3])
            self.assert_undone(self.run_(), before, rows)

        self.each(test)

    def test_one_occurrence_deleted_in_google(self):
        def test(_master, ids, rows):
            before = self.sides()
            self.google.delete_occurrence("Events", ids[2])
            self.assert_undone(self.run_(), before, rows)

        self.each(test)

    def test_one_occurrence_that_was_moved_is_deleted_in_google(self):
        def test(_master, ids, rows):
            self.shift_occurrence(ids[2], hours=3)
            self.run_()
            before = self.sides()
            self.google.delete_occurrence("Events", ids[2])
            self.assert_undone(self.run_(), before, rows)

        self.each(test)

    def test_one_occurrence_changed_in_google(self):
        def test(_master, ids, rows):
            before = self.sides()
            self.google.edit_occurrence("Events", ids[2], summary="Other")
            self.shift_occurrence(ids[4], days=1)
            self.assert_undone(self.run_(), before, rows)

        self.each(test)

    def test_all_moved_and_renamed_in_google(self):
        def test(master, _ids, rows):
            before = self.sides()
            self.google.edit("Events", master["id"], summary="Other")
            self.shift_series(master["id"], hours=2)
            self.assert_undone(self.run_(), before, rows)

        self.each(test)

    def test_the_series_deleted_in_google(self):
        def test(master, _ids, rows):
            before = self.sides()
            self.google.delete("Events", master["id"])
            self.assert_undone(self.run_(), before, rows)

        self.each(test)

    def test_a_series_that_came_back_from_googles_bin(self):
        def test(master, _ids, _rows):
            self.google.delete("Events", master["id"])
            self.run_()
            self.google.restore("Events", master["id"])
            before = self.sides()
            run = self.run_()
            if run.line_ids:  # where only the link changed there is nothing to take back
                self.assert_undone(run, before)

        self.each(test)

    def test_this_and_following_renamed_in_google(self):
        def test(_master, ids, rows):
            before = self.sides()
            self.google.split_series("Events", ids[3], summary="Later")
            self.assert_undone(self.run_(), before, rows)

        self.each(test)

    def test_the_series_deleted_in_the_crm(self):
        def test(_master, _ids, _rows):
            before = self.sides()
            self.row(0).action_mass_deletion("all_events")
            self.assert_undone(self.run_(), before)

        self.each(test)

    def test_the_series_archived_in_the_crm(self):
        def test(_master, _ids, rows):
            before = self.sides()
            self.meetings().with_user(self.user).action_archive()
            run = self.run_()
            self.assertFalse(self.google_spans())
            self.assert_undone(run, before, rows)

        self.each(test)

    def test_one_meeting_deleted_archived_or_moved_in_the_crm(self):
        for edit in (
            lambda row: row.unlink(),
            lambda row: row.action_archive(),
            lambda row: self.shift(row, hours=2),
        ):

            def test(_master, _ids, _rows, edit=edit):
                before = self.sides()
                edit(self.row(2))
                self.assert_undone(self.run_(), before)

            self.each(test)

    def test_this_and_following_deleted_in_the_crm(self):
        def test(_master, _ids, _rows):
            before = self.sides()
            self.row(3).action_mass_deletion("future_events")
            self.assert_undone(self.run_(), before)

        self.each(test)

    def test_this_and_following_renamed_in_the_crm(self):
        def test(_master, _ids, _rows):
            before = self.sides()
            self.row(3).write({"name": "Later", "recurrence_update": "future_events"})
            self.assert_undone(self.run_(), before)

        self.each(test)

    def test_all_renamed_or_moved_in_the_crm(self):
        def test(_master, _ids, _rows):
            before = self.sides()
            self.row(0).write({"name": "Other", "recurrence_update": "all_events"})
            self.shift(self.row(0), "all_events", hours=1)
            self.assert_undone(self.run_(), before)

        self.each(test)

    def test_a_part_that_was_changed_since_is_left_alone_with_its_series(self):
        for where in ("crm", "google"):
            with self.subTest(where), self.one_life():
                _event, ids = self.series()
                self.google.split_series("Events", ids[3], summary="Later")
                run = self.run_()
                if where == "crm":
                    self.row(4).location = "Newest"
                else:
                    self.google.edit_occurrence("Events", ids[4], location="Newest")
                self.undo(run)
                self.settled(6)
                self.assertIn("Newest", self.meetings().mapped("location"))
