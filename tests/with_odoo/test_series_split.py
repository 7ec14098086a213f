"""The same series split on both sides at once: in the end both sides are equal, and stay so."""

import os
from collections import Counter
from datetime import timedelta
from itertools import product

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import settings

from google_emulator import Fault

from .lives import LivesMixin
from .series import EdgeCase

ALL = os.environ.get("SPLITS") == "all"
PLACES = list(product(range(1, 6), range(1, 6))) if ALL else [(2, 2), (1, 4), (4, 1)]
THERE = ({"summary": "Theirs"}, {"location": "There"}, {"summary": "Theirs", "later": 2})
HERE = ({"name": "Ours"}, {"name": "Ours", "later": 0.5}, {"privacy": "private"})
EDITS = list(product(THERE, HERE)) if ALL else [(THERE[0], HERE[0]), (THERE[2], HERE[1])]


class TestSeriesSplit(LivesMixin, EdgeCase):
    def setUp(self):
        super().setUp()
        self.series()

    def split_there(self, place, later=0, **words):
        """In Google, from that occurrence on."""
        [master] = self.masters()
        occurrence = self.google.occurrences("Events", master["id"])[place]
        new = self.google.split_series("Events", occurrence, **words)
        if later:
            self.shift_series(new["id"], hours=later)

    def split_here(self, place, later=0, **words):
        row = self.row(place)
        if later:
            by = timedelta(hours=later)
            words |= {"start": row.start + by, "stop": row.stop + by}
        row.write({**words, "recurrence_update": "future_events"})

    def split(self, there, here, edits=(THERE[0], HERE[0])):
        self.split_there(there, **edits[0])
        self.split_here(here, **edits[1])

    def assert_settled(self):
        """Two runs at most; then the third is silent."""
        self.run_()
        self.assert_same()
        self.assertIn("nothing had to be changed", self.run_().summary)
        days = Counter(moment.date() for moment in self.starts())
        self.assertEqual((len(days), max(days.values())), (6, 1))

    def test_no_occurrence_is_missing_or_doubled(self):
        for winner, (there, here), edits in product(("crm", "google", "newest"), PLACES, EDITS):
            if winner == "newest" and (there, here) == (2, 2) and not ALL:
                continue
            with self.subTest(w=winner, there=there, here=here, edits=edits), self.one_life():
                settings.put(self.env, "clash_winner", winner)
                self.split(there, here, edits)
                self.run_("auto")
                self.assert_settled()

    def test_changes_of_different_fields_are_merged(self):
        self.split(2, 2, (THERE[1], HERE[1]))
        self.assert_settled()
        later = self.meetings().filtered(lambda row: row.location == "There")
        self.assertEqual(later.mapped("name"), ["Ours"] * 4)
        self.assertEqual({row.start.minute for row in later}, {30})

    def test_what_loses_is_told(self):
        self.split(1, 4)
        run = self.run_()
        self.assertIn("Title: Theirs", " ".join(run.line_ids.filtered("lost").mapped("lost")))

    def test_meetings_stay_the_same(self):
        for winner, (there, here) in product(("crm", "google"), PLACES):
            with self.subTest(w=winner, there=there, here=here), self.one_life():
                settings.put(self.env, "clash_winner", winner)
                self.split(there, here)
                before = self.meetings()  # Odoo makes most of those anew that it splits off
                self.assert_settled()
                self.assertEqual(self.meetings(), before)

    def test_a_split_that_changes_nothing_else(self):
        for there, here in PLACES:
            with self.subTest(there=there, here=here), self.one_life():
                self.split_there(there)
                self.split_here(here, name="Ours")
                self.row(here).write({"name": "Jour fixe", "recurrence_update": "future_events"})
                self.assert_settled()

    def test_one_that_was_moved_and_one_that_is_gone(self):
        for there, here in PLACES:
            with self.subTest(there=there, here=here), self.one_life():
                self.shift(self.row(1), hours=3)
                self.run_()
                self.split(there, here)
                [_old, new] = sorted(self.masters(), key=lambda event: event["start"]["dateTime"])
                last = self.google.occurrences("Events", new["id"])[-1]
                self.google.edit_occurrence("Events", last, location="Last")
                self.assert_settled()
                self.assertIn("Last", self.meetings().mapped("location"))

    def test_killed_anywhere(self):
        for point, (there, here) in product(range(1, 12), PLACES if ALL else PLACES[1:2]):
            with self.subTest(point=point, there=there, here=here), self.one_life():
                self.split(there, here)
                today = fields.Date.today()
                window = {"date_from": today - timedelta(days=60)}
                window |= {"date_to": today + timedelta(days=120)}
                self.account._start_run("wizard", full=True, **window)
                self.die(point)
                self.assert_settled()

    def test_answers_that_are_lost(self):
        places = PLACES if ALL else PLACES[2:]
        for method, (there, here) in product(("batch", "events.patch"), places):
            with self.subTest(method=method, there=there, here=here), self.one_life():
                self.split(there, here)
                self.emulator.faults.script(method, Fault.lost_answer())
                self.sync(self.account)
                runs = self.env["crm.google.run"].search([("state", "in", ("queued", "running"))])
                runs.resume_at = False
                self.work()
                self.assert_settled()
