"""Random lives of weekly series, most without end, in which users also choose.

SERIES_CHOICES=1,2,3 names the seeds, SERIES_CHOICES=1-300 a range of them.
"""

import os
import random
import re
from collections import Counter
from datetime import timedelta

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import settings

from google_emulator.event_view import instance_id, length, occurrences, placed

from .choices import ChoicesMixin
from .common import SAM, GoogleCase
from .lives import LivesMixin, seeds
from .series import SeriesMixin, moment_of
from .series_hands import SeriesHands

SEEDS = seeds("SERIES_CHOICES", "1-2")
ROUNDS = int(os.environ.get("SERIES_CHOICE_ROUNDS", "5"))
COMPARED = 40  # days, some less than runs look ahead: edits move meetings by some days


class TestSeriesChoices(ChoicesMixin, SeriesHands, LivesMixin, SeriesMixin, GoogleCase):
    def test_both_sides_end_up_equal_and_a_second_run_is_silent(self):
        settings.put(self.env, "days_ahead", "90")
        self.accounts = {SAM: self.connected()}
        for seed in SEEDS:
            with self.subTest(seed=seed), self.one_life():
                self._live(seed)

    maxDiff = None

    def _live(self, seed):
        self.chance, self.story = random.Random(seed), ["in the beginning"]
        try:
            self._begin(seed)
            self.choose_ceiling()
            for number in range(ROUNDS):
                for _step in range(6):
                    self._step(f"{seed}.{number}")
                self.story.append("settle")
                self.settle_all()
                self._check()
        except BaseException as broken:
            broken.add_note("\n".join([f"seed {seed}", *self.story]))
            raise

    def _begin(self, seed):
        for number, rule in enumerate(("FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=5")):
            word = f"word{number}"
            start = self.soon(days=number + 1)
            self.make_series(f"Series {seed}.{number}", rule, start, description=word)
        for number, rule in enumerate(({"end_type": "forever"}, {"count": 5})):
            start = self.soon(days=number + 3, hour=6)
            rule["description"] = f"<p>word{number + 2}</p>"
            self.recurrence(f"Recurrence {seed}.{number}", start, **rule)

    def _step(self, name):
        act = self.chance.choice(
            (*[self._edit_google, self._edit_here] * 2, self.run_some, self.choose)
        )
        if act == self.choose:
            act()
            return
        self.story.append(act.__name__)
        act(SAM if act == self.run_some else name)

    # -- what must be true once nothing is left to do ---------------------------------------------

    def _check(self):
        self.env.invalidate_all()
        self.assertFalse(any(self.links(SAM).mapped("pending")))
        crm, google = self._here(), self._there()
        self.assertEqual((_told(crm - google), _told(google - crm)), ([], []))
        self.assertEqual([span for span in crm if crm[span] > 1], [], "doubled")

    def _here(self):
        return Counter(
            (row.name, row.start, row.stop, row.location or "", _word(row.description))
            for row in self.meetings()
            if self._is_compared(row.start)
        )

    def _there(self):
        apart = set(self.links(SAM, state="detached").mapped("event_id"))
        calendar, found = self.google.calendar("Events (created"), Counter()
        for event in calendar.order:
            if event.cancelled or event.master_id or event.id in apart:
                continue
            for data, start, end in self._spans(calendar, event, apart):
                if self._is_compared(start):
                    word = _word(data.get("description"))
                    place = data.get("location") or ""
                    found[(data["summary"], start, end, place, word)] += 1
        return found

    def _spans(self, calendar, event, apart):
        if not event.is_master:
            yield event.data, moment_of(event.start), moment_of(event.end)
            return
        for _number, (original, exception) in zip(
            range(30), occurrences(calendar, event), strict=False
        ):
            if instance_id(event, original) in apart:
                continue
            if exception is None:
                end = original.shifted(length(event))
                yield event.data, moment_of(original), moment_of(end)
            elif not exception.cancelled:
                start, end = placed(event, exception)
                yield event.data | exception.data, moment_of(start), moment_of(end)

    def _is_compared(self, moment):
        today = fields.Date.today()
        return today <= moment.date() <= today + timedelta(days=COMPARED)


def _word(text):
    return re.search(r"word\d", str(text))[0]


def _told(found):
    return [" ".join(map(str, span)) for span in sorted(found)]
