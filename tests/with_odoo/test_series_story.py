"""Random lives of series, on both sides at once: whatever happens, both sides end up equal."""

import os
import random

from .common import GoogleCase
from .lives import LivesMixin, seeds
from .series import SeriesMixin
from .series_hands import SeriesHands

ROUNDS = int(os.environ.get("SERIES_ROUNDS", "6"))
SEEDS = seeds("SERIES_SEEDS", "1-3")
RULES = (
    "FREQ=WEEKLY;COUNT=6",
    "FREQ=DAILY;COUNT=6",
    "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=7",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=4",
    "FREQ=MONTHLY;COUNT=3",
    "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=4",
)


class TestSeriesStory(SeriesHands, LivesMixin, SeriesMixin, GoogleCase):
    def test_both_sides_end_up_equal(self):
        self.archiving()
        self.env["ir.config_parameter"].set_param("crm_google_calendar.ceiling_number", "9999")
        account = self.connected()
        for seed in SEEDS:
            with self.subTest(seed=seed), self.one_life():
                self.chance = random.Random(seed)
                self._begin(seed)
                for number in range(ROUNDS):
                    self._round(account, seed, number)

    def _begin(self, seed):
        for number, rule in enumerate(RULES):
            self.make_series(f"Series {seed}.{number}", rule, self.soon(days=number + 1))
        for number in range(3):
            rule = ({"rrule_type": "daily"}, {}, {"interval": 2})[number]
            self.recurrence(
                f"Recurrence {seed}.{number}", self.soon(days=number + 1, hour=6), **rule
            )

    def _round(self, account, seed, number):
        for _edit in range(5):
            self.chance.choice((self._edit_google, self._edit_here))(f"{seed}.{number}")
        mails = self.env["mail.mail"].search_count([])
        for trigger in self.chance.choice(
            (("auto", "auto"), ("wizard", "auto"), ("auto", "wizard"))
        ):
            run = self.sync(account, trigger=trigger, last=self.soon(days=250).date())
            self.assertEqual((run.state or "done", run.cause), ("done", False), run.message)
        run = self.sync(account, last=self.soon(days=250).date())
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assert_same()
        again = self.sync(account, last=self.soon(days=250).date())
        told = again.line_ids.mapped(lambda line: (line.side, line.verb, line.title, line.reason))
        self.assertIn("nothing had to be changed", again.summary, told)
