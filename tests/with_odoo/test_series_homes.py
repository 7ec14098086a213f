"""A series shown singly whose occurrences change their keys: its records go along, at once."""

from datetime import timedelta

from .series import EdgeCase

ODD = "FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=6"  # a rule that Odoo has no fields for


class TestSeriesHomes(EdgeCase):
    def test_one_that_becomes_one_event_again_keeps_no_stale_meeting(self):
        event, _ids = self.series(ODD)
        self.assertEqual(len(self.meetings()), 6)
        first = self.row(0)
        self.google.edit("Events", event["id"], recurrence=None)
        self.run_("auto")
        self.assertEqual(self.meetings(), self.env["calendar.event"].browse(first.id))
        self.settled(1)

    def test_one_that_becomes_one_event_at_another_time_is_moved(self):
        event, _ids = self.series(ODD)
        first = self.row(0)
        self.google.edit("Events", event["id"], recurrence=None)
        self.shift_series(event["id"], days=2, hours=1)
        self.run_("auto")
        self.assertEqual(self.meetings(), self.env["calendar.event"].browse(first.id))
        self.settled(1)

    def test_one_with_changed_occurrences_becomes_one_event_again(self):
        event, ids = self.series(ODD)
        self.google.edit_occurrence("Events", ids[0], summary="First")
        self.google.edit_occurrence("Events", ids[2], summary="Third")
        self.google.delete_occurrence("Events", ids[3])
        self.run_("auto")
        self.google.edit("Events", event["id"], recurrence=None)
        self.run_("auto")
        self.assertEqual(len(self.meetings()), 1)
        self.settled(1)

    def test_one_that_is_moved_as_a_whole_moves_its_meetings(self):
        event, _ids = self.series(ODD)
        before = self.meetings()
        self.shift_series(event["id"], hours=2)
        self.run_("auto")
        self.assertEqual(self.meetings(), before)
        self.settled(6)

    def test_one_that_ends_earlier_keeps_no_stale_meeting(self):
        event, _ids = self.series(ODD)
        rule = [f"RRULE:{ODD.replace('6', '3')}"]
        self.google.edit("Events", event["id"], recurrence=rule)
        self.run_("auto")
        self.settled(3)

    def test_one_made_in_the_crm_that_outgrows_odoo_by_a_move_moves_its_meetings(self):
        start = self.soon(days=2)
        start += timedelta(days=(1 - start.weekday()) % 7)
        days = {"mon": False, "wed": False, "thu": False, "fri": False, "sat": False}
        rows = self.recurrence("Jour fixe", start, interval=2, **days, tue=True, sun=True)
        self.run_()
        [master] = self.masters()
        self.shift_series(master["id"], hours=2)
        self.run_("auto")
        self.assertEqual(self.meetings().ids, rows.sorted().ids)
        self.settled(6)
