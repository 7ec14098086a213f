"""A hundred series with two exceptions each: pulled, edited on both sides, pushed."""

import random
from datetime import timedelta

from .common import GoogleCase
from .series import SeriesMixin

NUMBER = 100
RULES = (
    "FREQ=WEEKLY;COUNT=8",
    "FREQ=DAILY;COUNT=9",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=10",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=6",
    "FREQ=MONTHLY;COUNT=4",
    "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=8",
)


class TestHundredSeries(SeriesMixin, GoogleCase):
    def test_a_hundred_series_lose_nothing(self):
        self.chance = random.Random(11)
        self.archiving()
        account = self.connected()
        masters = self._fill()
        self.emulator.log.clear()
        self._sync(account)
        self.assertEqual(self.emulator.count("events.list"), 2)
        self.assertEqual(self.emulator.count("events.instances"), 0)
        self._edit_in_google(masters)
        self._edit_here()
        self._sync(account)
        self._sync(account)
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_a_hundred_recurrences_lose_nothing(self):
        self.chance = random.Random(12)
        account = self.connected()
        for number in range(NUMBER):
            start = self._start(number)
            rules = ({"rrule_type": "daily"}, {}, {"rrule_type": "monthly", "day": start.day})
            rows = self.recurrence(f"Recurrence {number}", start, **rules[number % 3])
            rows[1].start += timedelta(hours=2)
            rows[3].unlink()
        self.emulator.log.clear()
        self._sync(account)
        self.assertEqual(self.emulator.count("events.insert"), NUMBER)
        changed = self.emulator.count("events.patch") + self.emulator.count("events.delete")
        self.assertEqual(changed, 2 * NUMBER)
        self.assertLess(self.emulator.count("batch"), 10)

    def _sync(self, account):
        mails = self.env["mail.mail"].search_count([])
        self.assertEqual(self.sync(account).state, "done")
        self.assert_same()
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def _start(self, number):
        return self.soon(days=number % 30 - 10, hour=number % 20)

    def _fill(self):
        masters = []
        for number in range(NUMBER):
            rule = RULES[number % len(RULES)]
            masters.append(self.make_series(f"Series {number}", rule, self._start(number)))
            ids = self.google.occurrences("Events", masters[-1]["id"])
            self.google.delete_occurrence("Events", ids[1])
            self.shift_occurrence(ids[2], hours=5)
        return masters

    def _edit_in_google(self, masters):
        for number, master in enumerate(masters[: NUMBER // 2]):
            ids = self.google.occurrences("Events", master["id"])
            edit = number % 5
            if edit == 0:
                self.google.edit("Events", master["id"], summary=f"Renamed {number}")
            elif edit == 1:
                self.shift_series(master["id"], hours=1)
            elif edit == 2:
                self.google.split_series("Events", ids[3], location="Later")
            elif edit == 3:
                self.google.delete_occurrence("Events", ids[0])
            else:
                self.google.edit_occurrence("Events", ids[3], location="There")

    def _edit_here(self):
        links = self.series_link().sorted("id")[NUMBER // 2 :]
        recurrences = self.env["calendar.recurrence"].browse(links.mapped("res_id"))
        for number, recurrence in enumerate(recurrences):
            row = recurrence.calendar_event_ids.sorted("start")[2]
            later = {
                "start": row.start + timedelta(minutes=30),
                "stop": row.stop + timedelta(minutes=30),
            }
            edit = number % 5
            if edit == 0:
                row.write({"name": "All", "recurrence_update": "all_events"})
            elif edit == 1:
                row.write({**later, "recurrence_update": "all_events"})
            elif edit == 2:
                row.write({**later, "recurrence_update": "future_events"})
            elif edit == 3:
                row.write(later)
            else:
                row.unlink()
