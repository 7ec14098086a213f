"""Every few weeks on several days, made in the CRM: Odoo begins the week as its reader does."""

import os
from datetime import timedelta
from itertools import combinations, product

from odoo import fields

from .common import GoogleCase
from .lives import LivesMixin
from .series import EdgeCase, SeriesMixin

ALL = os.environ.get("WEEKS") == "all"
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PAIRS = list(combinations(NAMES, 2)) if ALL else [("tue", "sun"), ("thu", "sat"), ("sat", "sun")]
INTERVALS = (1, 2, 3, 4) if ALL else (2, 3)
LANGUAGES = ("1", "6", "7")  # the first day of the week, from Monday


class TestSeriesWeeks(LivesMixin, EdgeCase):
    def make(self, pair, interval, **end):
        start = self.soon(days=2)
        start += timedelta(days=(NAMES.index(pair[0]) - start.weekday()) % 7)
        days = dict.fromkeys(NAMES, False) | dict.fromkeys(pair, True)
        title = f"{'+'.join(pair)} every {interval}"
        return self.recurrence(title, start, interval=interval, **days, **end)

    def test_several_days_every_few_weeks_live_on_after_edits_of_both_sides(self):
        until = self.soon(days=60).date()
        ends = ({"count": 6}, {"end_type": "end_date", "until": until}, {"end_type": "forever"})
        for first, end in product(LANGUAGES, ends):
            is_endless = end.get("end_type") == "forever"
            if is_endless and first != "7" and not ALL:
                continue
            pairs = [("tue", "sun")] if is_endless and not ALL else PAIRS
            with self.subTest(week=first, **end), self.one_life():
                self._begin_week(first)
                titles = []
                for pair, interval in product(pairs, INTERVALS):
                    titles.append(self.make(pair, interval, **end)[0].name)
                self._live(titles)

    def test_such_a_series_is_moved_as_a_whole_and_split_on_both_sides(self):
        for first in LANGUAGES:
            with self.subTest(week=first), self.one_life():
                self._begin_week(first)
                titles = [self.make(*each, count=6)[0].name for each in product(PAIRS, INTERVALS)]
                self._settled(6 * len(titles))
                for title in titles:
                    self.shift(self._rows(title)[0], "all_events", hours=1)
                self._settled(6 * len(titles))
                for title in titles:
                    self.shift(self._rows(title)[3], "future_events", hours=1)
                self._settled(6 * len(titles))
                for master in self.masters():
                    self.shift_series(master["id"], hours=2)
                self._settled(6 * len(titles))

    def _begin_week(self, day):
        language = self.env["res.lang"]._activate_lang(self.user.lang or "en_US")
        language.week_start = day

    def _live(self, titles):
        self._settled()
        number = len(self.meetings())
        masters = {event["summary"]: event["id"] for event in self.masters()}
        self.assertEqual(set(masters), set(titles))
        ids = {t: self.google.occurrences("Events", masters[t]) for t in titles}
        for title in titles:
            self.google.edit_occurrence("Events", ids[title][1], location="There")
            self.shift_occurrence(ids[title][2], hours=1)
        self._settled(number)
        self.assertEqual(len(self.masters()), len(titles))
        self.assertEqual(len(self.meetings().filtered("location")), len(titles))
        for title in titles:
            self._rows(title)[3].location = "Here"
            self.shift(self._rows(title)[1], hours=2)
        self._settled(number)
        for title in titles:
            self._rows(title)[0].write({"description": "All", "recurrence_update": "all_events"})
        self._settled(number)

    def _settled(self, number=None):
        """As `settled`; after 2037 Odoo knows no change of the clocks."""
        self.run_()
        last = fields.Date.today() + timedelta(days=2000)
        spans = (self.crm_spans(), self.google_spans(most=1000))
        crm, google = (self.in_window(each, fields.Date.today(), last) for each in spans)
        self.maxDiff = None
        self.assertEqual((sorted(crm - google), sorted(google - crm)), ([], []))
        self.assertIn("nothing had to be changed", self.run_().summary)
        if number is not None:
            self.assertEqual(len(self.meetings()), number)

    def _rows(self, title):
        rows = self.meetings().filtered(lambda row: row.name == title).sorted("start")
        return rows.with_user(self.user).with_context(no_mail_to_attendees=True)


class TestShortRules(SeriesMixin, GoogleCase):
    """Odoo miscounts a rule that begins late in a week and has fewer meetings than that week."""

    def test_a_counted_rule_that_odoo_miscounts_is_held_by_its_last_day(self):
        account = self.connected()
        friday = self.soon() + timedelta(days=(4 - self.soon().weekday()) % 7)
        self.make_series("Days", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=3", friday)
        self.sync(account)
        [recurrence] = self.recurrences()
        self.assertEqual((recurrence.end_type, len(recurrence.calendar_event_ids)), ("end_date", 3))
        self.assert_same()
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_one_that_was_ended_early_stays_a_series(self):
        account = self.connected()
        friday = self.soon() + timedelta(days=(4 - self.soon().weekday()) % 7)
        rule = "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=10"
        series = self.make_series("Days", rule, friday)
        self.sync(account)
        ids = self.google.occurrences("Events", series["id"])
        self.google.split_series("Events", ids[3], location="Later")
        self.sync(account)
        self.assert_same()
        self.assertEqual(len(self.recurrences()), 2)
        self.assertIn("nothing had to be changed", self.sync(account).summary)
