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


class TestTasksHomes(EdgeCase):
    def setUp(self):
        super().setUp()
        day = self.soon(days=2).date()
        rule = ["RRULE:FREQ=DAILY;COUNT=4"]
        self.event = self.google.add_event(
            "Tasks", "Report", day, day + timedelta(days=1), recurrence=rule
        )
        self.day = day
        self.run_()

    def todos(self):
        return self.env["mail.activity"].search([("user_id", "=", self.user.id)])

    def days(self):
        return sorted((day - self.day).days for day in self.todos().mapped("date_deadline"))

    def test_tasks_that_are_moved_as_a_whole_move_their_activities(self):
        before = self.todos()
        start, end = self.day + timedelta(days=2), self.day + timedelta(days=3)
        self.google.edit("Tasks", self.event["id"], start=start, end=end)
        self.run_("auto")
        self.assertEqual((self.days(), self.todos()), ([2, 3, 4, 5], before))
        self.assertIn("nothing had to be changed", self.run_().summary)

    def test_tasks_that_become_one_again_go_on_with_one_activity(self):
        """The others were deleted in Google; what was deleted there is not done here."""
        self.google.edit("Tasks", self.event["id"], recurrence=None)
        self.run_("auto")
        self.assertEqual(self.days(), [0, 1, 2, 3])
        links = self.env["crm.google.link"].search([("model", "=", "mail.activity")])
        self.assertEqual(
            links.filtered(lambda link: link.state == "linked").event_id, self.event["id"]
        )
        self.assertEqual(links.mapped("state").count("detached"), 3)
        self.assertIn("nothing had to be changed", self.run_().summary)
        self.assertEqual(self.days(), [0, 1, 2, 3])

    def test_several_at_once_lock_no_row_while_google_is_asked(self):
        day = self.day
        rule = ["RRULE:FREQ=DAILY;COUNT=3"]
        made = [
            self.google.add_event("Tasks", name, day, day + timedelta(days=1), recurrence=rule)
            for name in ("One", "Two", "Three")
        ]
        self.run_()
        for event in [self.event, *made]:
            start, end = self.day + timedelta(days=1), self.day + timedelta(days=2)
            self.google.edit("Tasks", event["id"], start=start, end=end)
        self.run_("auto")
        self.assertEqual(self.days(), [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4])
