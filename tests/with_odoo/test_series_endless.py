"""Series without an end, of which the CRM holds the meetings of the window: what is deleted stays
deleted, and what is moved into the window is shown."""

from collections import Counter
from datetime import timedelta
from itertools import product

from odoo import Command, fields

from odoo.addons.crm_google_calendar.bridge import settings

from .lives import LivesMixin
from .series import EdgeCase, _day

EVA = "eva@example.com"
RULES = ("FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=760")


class EndlessCase(LivesMixin, EdgeCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")

    def series(self, rule="FREQ=WEEKLY", **values):
        """Made in Google; the CRM holds the meetings of the wider dates of background runs."""
        if "COUNT=760" in rule:  # more than Odoo makes of one rule, but not from the window on
            values["start"] = self.soon(days=2 - 7 * 100)
        event, _ids = super().series(rule, **values)
        self.account.calendar_ids.full_pass = False
        self.run_("auto")
        return event, self.google.occurrences("Events", event["id"], most=150)

    def within(self, spans, first=None, last=None):
        today = fields.Date.today()
        low = (first or today - timedelta(days=60)) + timedelta(days=1)
        high = (last or today + timedelta(days=120)) - timedelta(days=1)
        return Counter({span: n for span, n in spans.items() if low <= _day(span[1]) <= high})

    def assert_equal_within(self, first=None, last=None):
        """Both sides hold the same within these dates, and the next run is silent."""
        crm, google = (
            self.within(spans, first, last) for spans in (self.crm_spans(), self.google_spans())
        )
        self.maxDiff = None
        self.assertEqual((sorted(crm - google), sorted(google - crm)), ([], []))
        aside = self.env["crm.google.link"].search([("state", "=", "set_aside")])
        self.assertEqual(aside.mapped("reason"), [])
        run = self.sync(self.account, first=first, last=last)
        self.assertIn("nothing had to be changed", run.summary)
        self.assertEqual(run.done, 0)
        self.assertEqual(self.within(self.crm_spans(), first, last), crm)

    def ordered(self):
        rows = self.meetings().sorted("start")
        return rows.with_user(self.user).with_context(no_mail_to_attendees=True)

    def is_endless(self):
        [master] = self.masters()
        return not any("UNTIL=" in line or "COUNT=" in line for line in master["recurrence"])

    def cancelled(self):
        [master] = self.masters()
        calendar = self.google.calendar("Events (created")
        events = map(calendar.events.get, calendar.exceptions.get(master["id"], {}).values())
        return sum(event.cancelled for event in events)


class TestDeletedHere(EndlessCase):
    def test_what_is_deleted_or_archived_stays_so_wherever_it_stands(self):
        spots = (slice(-1, None), slice(-3, None), slice(0, 1), slice(0, 3), slice(4, 6))
        for rule, spot, how, trigger in product(
            RULES, spots, ("unlink", "action_archive"), ("auto", "wizard")
        ):
            if (rule, trigger) == (RULES[1], "wizard"):
                continue
            with self.subTest(rule=rule, spot=spot, how=how, trigger=trigger), self.one_life():
                self.series(rule)
                rows = self.ordered()
                gone = rows[spot]
                left, number = len(rows - gone), len(gone)
                getattr(gone, how)()
                self.run_(trigger)
                self.assertEqual(self.cancelled(), number)
                self.assertEqual(len(self.meetings()), left)
                self.assert_equal_within()

    def test_one_after_the_other(self):
        self.series("FREQ=WEEKLY")
        number = len(self.meetings())
        for gone in (1, 2, 3):
            self.ordered()[-1].unlink()
            self.run_("auto")
            self.assertEqual((self.cancelled(), len(self.meetings())), (gone, number - gone))
        self.assert_equal_within()

    def test_deleted_last_and_then_the_window_moves_on(self):
        today = fields.Date.today()
        settings.put(self.env, "auto_sync", "False")
        near = today + timedelta(days=40)
        self.make_series("Jour fixe", "FREQ=WEEKLY")
        self.sync(self.account, last=near)
        self.ordered()[-2:].unlink()
        number = len(self.meetings())
        self.sync(self.account)
        self.assertEqual(self.cancelled(), 2)
        self.assertGreater(len(self.meetings()), number)
        self.assert_equal_within()

    def test_deleted_last_and_then_narrower_dates(self):
        today = fields.Date.today()
        self.series("FREQ=WEEKLY")
        self.ordered()[-2:].unlink()
        self.sync(self.account, first=today, last=today + timedelta(days=20))
        self.assertEqual(self.cancelled(), 2)
        self.assert_equal_within()

    def test_archived_and_opened_again(self):
        self.series("FREQ=WEEKLY")
        number = len(self.meetings())
        gone = self.ordered()[-2:]
        self.assertEqual(len(gone), 2)
        gone.action_archive()
        self.run_("auto")
        self.assertEqual(self.cancelled(), 2)
        gone.action_unarchive()
        self.run_("auto")
        self.assertEqual((self.cancelled(), len(self.meetings())), (0, number))
        self.assert_equal_within()

    def test_an_edit_in_google_beats_the_deletion_of_the_last(self):
        _event, ids = self.series("FREQ=WEEKLY")
        number = len(self.meetings())
        self.ordered()[-1].unlink()
        self.google.edit_occurrence("Events", ids[number - 1], location="There")
        self.run_("auto")
        self.assertEqual(self.ordered()[-1].location, "There")
        self.assert_equal_within()

    def test_this_and_following_deleted_ends_the_rule(self):
        for rule, place in product((*RULES, "FREQ=WEEKLY;COUNT=9"), (1, 3)):
            with self.subTest(rule=rule, place=place), self.one_life():
                self.series(rule)
                row = self.ordered()[place]
                start = row.start
                row.action_mass_deletion("future_events")
                self.run_("auto")
                self.assertEqual(len(self.meetings()), place)
                self.assertFalse([s for s in self.google_spans() if s[1] >= start])
                self.sync(self.account, last=fields.Date.today() + timedelta(days=400))
                self.assertEqual(len(self.meetings()), place)
                self.assert_equal_within()

    def test_this_and_following_archived_ends_the_rule(self):
        self.series("FREQ=WEEKLY")
        row = self.ordered()[3]
        start = row.start
        row.action_mass_archive("future_events")
        self.run_("auto")
        self.assertEqual(len(self.meetings()), 3)
        self.assertFalse([span for span in self.google_spans() if span[1] >= start])
        self.assert_equal_within()

    def test_this_and_following_from_the_first_deletes_the_series(self):
        self.series("FREQ=WEEKLY")
        self.ordered()[0].action_mass_deletion("future_events")
        self.run_("auto")
        self.assertFalse(self.masters())
        self.assert_equal_within()

    def test_all_deleted(self):
        self.series("FREQ=WEEKLY")
        self.ordered()[0].action_mass_deletion("all_events")
        self.run_("auto")
        self.assertFalse(self.masters())
        self.assert_equal_within()

    def test_the_only_meeting_of_the_window_is_one_occurrence(self):
        for how in ("unlink", "action_archive"):
            with self.subTest(how=how), self.one_life():
                self.series("FREQ=YEARLY")
                getattr(self.ordered(), how)()
                self.run_("auto")
                self.assertTrue(self.is_endless())
                self.assertEqual(self.cancelled(), 1)
                self.assert_equal_within()
                later = fields.Date.today() + timedelta(days=500)
                self.sync(self.account, last=later)
                self.assertEqual(len(self.meetings()), 1)
                self.assert_equal_within(last=later)

    def test_every_meeting_of_the_window_one_by_one(self):
        self.series("FREQ=MONTHLY")
        for row in self.ordered():
            row.unlink()
        self.run_("auto")
        self.assertFalse(self.meetings())
        self.assertTrue(self.is_endless())
        self.assert_equal_within()

    def test_of_a_series_made_in_the_crm(self):
        for place in (5, 717, 719):
            with self.subTest(place=place), self.one_life():
                self.recurrence(end_type="forever")
                self.run_()
                rows = self.ordered()
                rows[place:].unlink()
                self.run_("auto")
                self.assertEqual(len(self.meetings()), place)
                self.assertLess(self.emulator.count("events.delete"), 5)
                self.assert_equal_within()
                self.assertEqual(len(self.meetings()), place)

    def test_all_of_a_series_made_in_the_crm(self):
        self.recurrence(end_type="forever")
        self.run_()
        self.ordered().unlink()
        self.run_("auto")
        self.assertFalse(self.masters())

    def test_with_two_guests(self):
        self.emulator.add_user(EVA, "Eva", "Europe/Berlin")
        eva = self.new_user("eva", EVA)
        hers = self.connected(eva, EVA)
        self.series("FREQ=WEEKLY")
        self.ordered().write({"partner_ids": [Command.link(eva.partner_id.id)]})
        self.sync(hers)
        self.run_()
        self.ordered()[-2:].unlink()
        number = len(self.meetings())
        for account in (hers, self.account, hers):
            self.sync(account, "auto")
        self.assertEqual(len(self.meetings()), number)
        mine = self.google
        for email, account in ((EVA, hers), ("sam@example.com", self.account)):
            self.google = self.emulator.user(email)
            self.assertEqual(self.cancelled(), 2)
            self.assertIn("nothing had to be changed", self.sync(account).summary)
        self.google = mine
        self.assert_equal_within()


class TestMovedIntoTheWindow(EndlessCase):
    def test_an_occurrence_from_far_away_is_shown(self):
        for rule, (number, days), trigger in product(
            ("FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=1MO,3MO"),
            ((70, -480), (1, 400)),
            ("auto", "wizard"),
        ):
            start = self.soon(days=2 - (398 if days > 0 else 0))
            with self.subTest(rule=rule, days=days, trigger=trigger), self.one_life():
                _event, ids = self.series(rule, start=start)
                before = len(self.meetings())
                occurrence = self.google.event("Events", ids[number])
                there = occurrence["start"]["dateTime"][:10]
                target = self.soon(days=9, hour=17)
                by = target.date() - fields.Date.to_date(there)
                self.shift_occurrence(ids[number], days=by.days, hours=3)
                self.run_(trigger)
                self.assertEqual(len(self.meetings()), before + 1)
                self.assert_equal_within()
                self.google.delete_occurrence("Events", ids[number])
                self.run_(trigger)
                self.assertEqual(len(self.meetings()), before)
                self.assert_equal_within()

    def test_and_of_a_series_that_enters_with_it(self):
        _event = self.make_series("Jour fixe", "FREQ=WEEKLY")
        ids = self.google.occurrences("Events", _event["id"])
        self.shift_occurrence(ids[40], days=-7 * 38 + 1)
        self.run_()
        self.assert_equal_within()

    def test_moved_out_of_the_window_it_stays_in_sync(self):
        _event, ids = self.series("FREQ=WEEKLY")
        number = len(self.meetings())
        self.shift_occurrence(ids[2], days=400)
        self.run_("auto")
        self.assertEqual(len(self.meetings()), number)
        self.assert_equal_within()
        self.shift_occurrence(ids[2], days=-399)
        self.run_("auto")
        self.assertEqual(len(self.meetings()), number)
        self.assert_equal_within()

    def test_moved_into_the_window_and_edited_here(self):
        _event, ids = self.series("FREQ=WEEKLY")
        self.shift_occurrence(ids[70], days=-7 * 68 + 1)
        self.run_("auto")
        row = self.ordered().filtered(lambda row: row.start.weekday() != self.soon(2).weekday())
        self.assertEqual(len(row), 1)
        row.location = "Here"
        self.run_("auto")
        self.assertEqual(self.google.event("Events", ids[70])["location"], "Here")
        row.unlink()
        self.run_("auto")
        self.assertEqual(self.cancelled(), 1)
        self.assert_equal_within()
