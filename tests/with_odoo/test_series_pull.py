"""Series made in Google, in the CRM: compared occurrence by occurrence."""

from datetime import timedelta

from .common import GoogleCase
from .series import SeriesMixin


class TestSeriesPull(SeriesMixin, GoogleCase):
    def test_a_weekly_series_becomes_a_recurrence(self):
        account = self.connected()
        self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=6")
        self.sync(account)
        self.assertEqual(len(self.recurrences()), 1)
        self.assertEqual(len(self.meetings()), 6)
        self.assert_same()

    def test_exceptions_come_along(self):
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=6")
        ids = self.google.occurrences("Events", series["id"])
        self.google.delete_occurrence("Events", ids[1])
        self.shift_occurrence(ids[3], hours=26)
        self.google.edit_occurrence("Events", ids[4], summary="Special")
        self.sync(account)
        self.assertEqual(len(self.meetings()), 5)
        self.assert_same()

    def test_a_second_run_is_silent(self):
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=6")
        ids = self.google.occurrences("Events", series["id"])
        self.shift_occurrence(ids[3], hours=26)
        self.sync(account)
        run = self.sync(account)
        self.assertIn("nothing had to be changed", run.summary)
        self.assertEqual(self.emulator.count("events.instances"), 0)
        self.assertEqual(self.emulator.count("events.patch"), 0)

    def test_an_occurrence_moved_later_is_moved_here(self):
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=6")
        self.sync(account)
        ids = self.google.occurrences("Events", series["id"])
        self.shift_occurrence(ids[2], hours=3)
        self.google.edit_occurrence("Events", ids[4], location="Elsewhere")
        self.sync(account, trigger="auto")
        self.assert_same()
        self.assertEqual(len(self.meetings()), 6)

    def test_all_of_a_series_is_edited_in_google(self):
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=6")
        ids = self.google.occurrences("Events", series["id"])
        self.shift_occurrence(ids[2], hours=3)
        self.sync(account)
        before = self.meetings().ids
        self.google.edit("Events", series["id"], summary="New name")
        self.sync(account, trigger="auto")
        self.assert_same()
        self.assertEqual(self.meetings().ids, before)

    def test_all_of_a_series_is_moved_in_google(self):
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=6")
        self.sync(account)
        before = set(self.meetings().ids)
        self.shift_series(series["id"], hours=1)
        self.sync(account, trigger="auto")
        self.assert_same()
        self.assertEqual(set(self.meetings().ids), before)

    def test_a_split_in_google_moves_the_later_meetings_to_a_new_recurrence(self):
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=8")
        self.sync(account)
        before = set(self.meetings().ids)
        ids = self.google.occurrences("Events", series["id"])
        self.google.split_series("Events", ids[3], summary="Later")
        self.sync(account, trigger="auto")
        self.assert_same()
        self.assertEqual(len(self.recurrences()), 2)
        self.assertEqual(set(self.meetings().ids), before)

    def test_a_series_deleted_in_google_is_detached(self):
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=8")
        self.sync(account)
        self.google.delete("Events", series["id"])
        self.sync(account, trigger="auto")
        self.assertEqual(len(self.meetings()), 8)
        self.assertEqual(self.series_link().state, "detached")

    def test_an_occurrence_deleted_in_google_is_detached(self):
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=8")
        self.sync(account)
        ids = self.google.occurrences("Events", series["id"])
        self.google.delete_occurrence("Events", ids[2])
        self.sync(account, trigger="auto")
        self.assertEqual(len(self.meetings()), 8)
        own = self.env["crm.google.link"].search([("model", "=", "calendar.event")])
        self.assertEqual((own.state, own.cause), ("detached", "deleted_there"))
        self.assertIn("nothing had to be changed", self.sync(account).summary)
        self.google.restore("Events", ids[2])
        self.sync(account, trigger="auto")
        self.assertFalse(own.exists())
        self.assert_same()

    def test_with_the_policy_to_archive_a_deleted_occurrence_goes(self):
        self.archiving()
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=8")
        self.sync(account)
        ids = self.google.occurrences("Events", series["id"])
        self.google.delete_occurrence("Events", ids[2])
        self.sync(account, trigger="auto")
        self.assertEqual(len(self.meetings()), 7)
        self.assert_same()
        self.google.restore("Events", ids[2])
        self.sync(account, trigger="auto")
        self.assertEqual(len(self.meetings()), 8)
        self.assert_same()

    def test_whole_days(self):
        account = self.connected()
        first = self.soon(days=2).date()
        self.google.add_event(
            "Events",
            "Trip",
            first,
            first + timedelta(days=2),
            recurrence=["RRULE:FREQ=MONTHLY;COUNT=3"],
        )
        self.sync(account)
        self.assertEqual(len(self.recurrences()), 1)
        self.assert_same()

    def test_a_rule_that_odoo_misreads_becomes_single_meetings(self):
        account = self.connected()
        self.make_series("Odd", "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=6")
        self.sync(account, last=self.soon(days=300).date())
        self.assertFalse(self.recurrences())
        self.assert_same()
        links = self.env["crm.google.link"].search([])
        self.assertEqual(set(links.mapped("state")), {"linked"})
        self.assertEqual(len(set(links.mapped("series"))), 1)
        self.assertEqual(self.emulator.count("events.instances"), 0)

    def test_a_rule_without_end_fills_the_window(self):
        account = self.connected()
        series = self.make_series("Standup", "FREQ=DAILY")
        self.sync(account, last=self.soon(days=40).date())
        self.assertEqual(self.recurrences().count, 720)  # so Odoo keeps "forever"
        self.assertEqual(len(self.meetings()), 39)
        self.sync(account, last=self.soon(days=80).date())
        self.assertEqual(len(self.meetings()), 79)
        self.meetings()[5].unlink()
        self.sync(account, last=self.soon(days=80).date())
        self.assertEqual(len(self.meetings()), 78)
        live = [e for e in self.google.events("Events") if e.get("recurringEventId")]
        self.assertEqual(live, [])
        gone = self.google_spans(series["id"], 79)
        self.assertEqual(len(gone), 78)

    def test_a_single_event_that_becomes_a_series_keeps_its_meeting(self):
        account = self.connected()
        start = self.soon(days=2)
        event = self.google.add_event(
            "Events",
            "Lunch",
            start.isoformat() + "Z",
            (start + timedelta(hours=1)).isoformat() + "Z",
        )
        self.sync(account)
        meeting = self.meetings()
        self.google.edit("Events", event["id"], recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"])
        self.sync(account, trigger="auto")
        self.assertEqual(len(self.meetings()), 4)
        self.assertIn(meeting, self.meetings())
        self.assert_same()
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_a_series_that_becomes_a_single_event(self):
        self.archiving()
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=8")
        self.sync(account)
        self.google.edit("Events", series["id"], recurrence=None)
        self.sync(account, trigger="auto")
        self.assertEqual(len(self.meetings()), 1)
        self.assert_same()

    def test_a_rule_that_becomes_one_odoo_misreads(self):
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=4")
        self.sync(account)
        rule = "RRULE:FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=4"
        self.google.edit("Events", series["id"], recurrence=[rule])
        self.archiving()
        self.sync(account, last=self.soon(days=300).date())
        self.assertFalse(self.recurrences())
        self.assert_same()
