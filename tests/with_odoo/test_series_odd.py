"""Series among people, zones and languages, and rules that Odoo has no fields for."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import Command

from google_emulator import recurrence as google_rules

from .oracle import starts_of, wall_of
from .series import EdgeCase

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
EVE = "eve@example.com"
FAR = date(9000, 1, 1)


class TestPeople(EdgeCase):
    def test_a_user_far_from_the_series_zone(self):
        self.user.tz = "Pacific/Auckland"
        start = self.soon(days=2, hour=23)
        _event, ids = self.series("FREQ=WEEKLY;COUNT=40", start=start, time_zone=NEW_YORK)
        rule = ["RRULE:FREQ=WEEKLY;COUNT=40"]
        meant = starts_of(rule, wall_of(start, NEW_YORK), NEW_YORK, start.date(), FAR)
        self.assertEqual(self.starts(), meant)
        self.shift(self.row(1), hours=1)
        self.google.delete_occurrence("Events", ids[3])
        self.settled(39)
        self.shift(self.row(0), "all_events", hours=1)
        self.settled()

    def test_whole_days_of_a_user_far_away(self):
        self.user.tz = "Pacific/Auckland"
        day = self.soon(days=2).date()
        rule = ["RRULE:FREQ=WEEKLY;COUNT=5"]
        event = self.google.add_event("Events", "Trip", day, day + timedelta(2), recurrence=rule)
        self.run_()
        ids = self.google.occurrences("Events", event["id"])
        self.google.delete_occurrence("Events", ids[1])
        moved = day + timedelta(days=15)
        self.google.edit_occurrence("Events", ids[2], start=moved, end=moved + timedelta(2))
        self.row(0).location = "There"
        self.settled(4)

    def test_every_first_day_of_the_week(self):
        language = self.env["res.lang"]._activate_lang(self.user.lang or "en_US")
        rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST={};COUNT=10"
        for first, name in (("7", "MO"), ("1", "SU"), ("6", "SA")):
            with self.subTest(language=first, series=name):
                language.week_start = first
                start = self.soon(days=2)
                start += timedelta(days=-start.weekday() % 7)
                self.series(rule.format(name), start=start)
                [line] = self.masters()[0]["recurrence"]
                meant = starts_of([line], wall_of(start, BERLIN), BERLIN, start.date(), FAR)
                self.assertEqual(self.starts(), meant)
                self.settled(10)
                self.google.delete("Events", self.masters()[0]["id"])
                self.run_()
                self.settled(0)

    def test_a_series_of_a_colleague_who_is_not_connected(self):
        eve = self.new_user("eve", EVE)
        guests = [Command.set((self.user | eve).partner_id.ids)]
        rows = self.recurrence("Hers", user=eve, partner_ids=guests)
        self.assertEqual(rows.user_id, eve)
        self.settled(6)
        [master] = self.masters()
        ids = self.google.occurrences("Events", master["id"])
        self.shift_occurrence(ids[1], hours=1)
        self.google.edit_occurrence("Events", ids[2], location="There")
        self.settled(6)
        self.assertEqual((rows.exists().user_id, rows[2].location), (eve, "There"))

    def test_a_guest_declines_one_meeting(self):
        eve = self.new_user("eve", EVE)
        guests = [Command.set((self.user | eve).partner_id.ids)]
        rows = self.recurrence("Ours", partner_ids=guests)
        self.run_()
        rows[2].attendee_ids.filtered(lambda each: each.partner_id == eve.partner_id).do_decline()
        self.settled(6)
        rows[2].attendee_ids.filtered(
            lambda each: each.partner_id == self.user.partner_id
        ).do_decline()
        self.run_()
        self.assertEqual(len(self.google_spans()), 6)

    def test_the_user_leaves_one_meeting_and_comes_back(self):
        eve = self.new_user("eve", EVE)
        guests = (self.user | eve).partner_id
        rows = self.recurrence("Ours", user=eve, partner_ids=[Command.set(guests.ids)])
        self.run_()
        rows[2].partner_ids = eve.partner_id
        self.run_()
        self.assertEqual(len(self.google_spans()), 6)
        rows[2].partner_ids = guests
        self.run_()
        self.assert_same()


class TestOddRules(EdgeCase):
    def test_an_hourly_rule_comes_as_single_meetings(self):
        with patch.object(google_rules, "FREQUENCIES", {"HOURLY"}):
            start = self.soon()
            event = self.make_series("Pills", "FREQ=HOURLY;INTERVAL=6;COUNT=9", start)
            self.run_()
            meant = [start + timedelta(hours=6 * number) for number in range(9)]
            self.assertEqual(self.starts(), meant)
            self.assertFalse(self.recurrences())
            ids = self.google.occurrences("Events", event["id"])
            self.google.delete_occurrence("Events", ids[1])
            self.row(4).location = "Here"
            self.settled(8)

    def test_an_infinite_recurrence_is_one_call_and_ends_in_google(self):
        """Odoo makes 720 meetings of it, after 2037 by the wrong clock: none is an exception."""
        day = self.soon(days=2)
        summer = day.replace(month=7, day=6, year=day.year + (day.month > 6))
        yearly = {"rrule_type": "yearly", "start": summer}
        for rule in ({}, yearly):
            with self.subTest(str(rule)):
                self.emulator.log.clear()
                rows = self.recurrence("Jour fixe", end_type="forever", **rule)
                self.sync(self.account, last=self.soon(days=400).date())
                self.assertEqual(self.emulator.count("events.insert"), 1)
                self.assertEqual(self.emulator.count("events.patch"), 0)
                [master] = self.masters()
                self.assertNotIn("COUNT", str(master["recurrence"]))
                ids = self.google.occurrences("Events", master["id"])
                self.google.end_series("Events", ids[2])
                self.settled(2)
                rows[0].action_mass_deletion("all_events")
                self.settled(0)

    def test_a_rule_that_changes_its_kind_again_and_again(self):
        event, _ids = self.series("FREQ=WEEKLY;COUNT=6")
        for rule in (
            "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=6",
            "FREQ=DAILY;COUNT=6",
            "FREQ=DAILY;BYHOUR=9,15;COUNT=6",
            "FREQ=WEEKLY;COUNT=6",
        ):
            with self.subTest(rule):
                self.google.edit("Events", event["id"], recurrence=[f"RRULE:{rule}"])
                self.sync(self.account, last=self.soon(days=300).date())
                self.assert_same()
                self.assertEqual(len(self.meetings()), 6)

    def test_timed_becomes_whole_days_and_back(self):
        event, ids = self.series()
        self.shift_occurrence(ids[1], hours=2)
        self.run_()
        day = self.soon(days=2).date()
        self.google.edit("Events", event["id"], start=day, end=day + timedelta(days=1))
        self.settled(6)
        start = datetime.combine(day, datetime.min.time()) + timedelta(hours=10)
        self.google.edit("Events", event["id"], start=start, end=start + timedelta(hours=1))
        self.settled(6)

    def test_a_counted_rule_with_exceptions_keeps_its_count(self):
        _event, ids = self.series("FREQ=DAILY;COUNT=10")
        for number in (0, 4, 9):
            self.google.delete_occurrence("Events", ids[number])
        self.shift_occurrence(ids[5], days=30)
        self.settled(7)
        [master] = self.masters()
        self.assertIn("COUNT=10", master["recurrence"][0])
        self.row(1).location = "Here"
        self.settled(7)
        self.assertIn("COUNT=10", self.masters()[0]["recurrence"][0])
