"""Series that break other synchronizations, each occurrence compared with dateutil's."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

from odoo import fields

from .common import GoogleCase
from .oracle import starts_of
from .series import SeriesMixin

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
KOLKATA, AUCKLAND = "Asia/Kolkata", "Pacific/Auckland"
YEAR = date.today().year
NEXT = YEAR + 1


def at(year, month, day, hour=9, minute=0):
    return datetime(year, month, day, hour, minute)


# title: (lines, start by the wall clock or first whole day, zone)
RULES = {
    # over changes of the clocks; at times that the clocks leave out, or show twice
    "weekly in Berlin": (["FREQ=WEEKLY;BYDAY=MO;COUNT=60"], at(YEAR, 1, 5), BERLIN),
    "daily in New York": (["FREQ=DAILY;COUNT=200"], at(YEAR, 9, 1, 20), NEW_YORK),
    "2:30 in New York": (["FREQ=WEEKLY;BYDAY=SU;COUNT=60"], at(YEAR, 9, 6, 2, 30), NEW_YORK),
    "1:30 in New York": (["FREQ=DAILY;COUNT=100"], at(YEAR, 9, 1, 1, 30), NEW_YORK),
    "2:30 in Berlin": (["FREQ=WEEKLY;BYDAY=SU"], at(YEAR, 9, 6, 2, 30), BERLIN),
    # another day there than for the user, and than in UTC
    "early in Auckland": (["FREQ=WEEKLY;BYDAY=MO,TH;COUNT=40"], at(YEAR, 11, 2, 8), AUCKLAND),
    "early in Kolkata": (["FREQ=MONTHLY;BYMONTHDAY=1;COUNT=14"], at(YEAR, 11, 1, 4), KOLKATA),
    "late in New York": (["FREQ=MONTHLY;BYDAY=1MO;COUNT=12"], at(YEAR, 11, 2, 22), NEW_YORK),
    # whole days
    "whole days weekly": (["FREQ=WEEKLY;BYDAY=FR;COUNT=30"], date(YEAR, 11, 6), BERLIN),
    "whole days until": ([f"FREQ=DAILY;UNTIL={NEXT}0310"], date(NEXT, 3, 1), BERLIN),
    "whole days, some out": (
        ["FREQ=DAILY;COUNT=20", f"EXDATE;VALUE=DATE:{NEXT}0303,{NEXT}0305"],
        date(NEXT, 3, 1),
        BERLIN,
    ),
    # the numbered, the last, the chosen ones
    "2nd Tuesday": (["FREQ=MONTHLY;BYDAY=2TU;COUNT=12"], at(YEAR, 11, 10), BERLIN),
    "last Friday": (["FREQ=MONTHLY;BYDAY=-1FR;COUNT=12"], at(YEAR, 11, 27), BERLIN),
    "5th Saturday": (["FREQ=MONTHLY;BYDAY=5SA;COUNT=6"], at(YEAR, 10, 31), BERLIN),
    "1st and 3rd": (["FREQ=MONTHLY;BYDAY=1MO,3WE;COUNT=20"], at(YEAR, 11, 2), BERLIN),
    "last working day": (
        ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=12"],
        at(YEAR, 11, 30),
        BERLIN,
    ),
    "two of a set": (["FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,-1;COUNT=14"], at(YEAR, 11, 2), BERLIN),
    # days that not every month, or year, has
    "the 31st": (["FREQ=MONTHLY;BYMONTHDAY=31;COUNT=8"], at(YEAR, 10, 31), BERLIN),
    "the 31st, from its start": (["FREQ=MONTHLY;COUNT=8"], at(YEAR, 10, 31), BERLIN),
    "the last day": (["FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=9"], at(YEAR, 10, 31), BERLIN),
    "the 1st and 15th": (["FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=15"], at(YEAR, 11, 1), BERLIN),
    "29 February": (["FREQ=YEARLY"], at(2024, 2, 29), BERLIN),
    "29 February, whole": (["FREQ=YEARLY;COUNT=9"], date(2024, 2, 29), BERLIN),
    "every quarter": (
        ["FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=1;COUNT=9"],
        at(YEAR, 12, 1),
        BERLIN,
    ),
    "Thanksgiving": (["FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"], at(2022, 11, 24), NEW_YORK),
    "the 20th week": (["FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO"], at(2024, 5, 13), BERLIN),
    "the 100th day": (["FREQ=YEARLY;BYYEARDAY=100"], at(2024, 4, 9), BERLIN),
    # steps and first days of the week
    "every 2nd week": (["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;COUNT=25"], at(YEAR, 11, 3), BERLIN),
    "week from Sunday": (
        ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=25"],
        at(YEAR, 11, 3),
        BERLIN,
    ),
    "every 3rd week": (["FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,WE,SA;COUNT=25"], at(YEAR, 11, 2), BERLIN),
    "every 2nd day but": (["FREQ=DAILY;INTERVAL=2;BYDAY=MO,FR;COUNT=20"], at(YEAR, 11, 2), BERLIN),
    "twice a day": (["FREQ=DAILY;BYHOUR=9,14;COUNT=40"], at(YEAR, 12, 1), BERLIN),
    # ends: in UTC on another day than there
    "until the evening": (
        [f"FREQ=WEEKLY;BYDAY=WE;UNTIL={NEXT}0107T045959Z"],
        at(YEAR, 11, 4, 20),
        NEW_YORK,
    ),
    "until the morning": (
        [f"FREQ=DAILY;UNTIL={NEXT}0105T230000Z"],
        at(YEAR, 12, 20, 8),
        "Asia/Tokyo",
    ),
    "until just before": (
        [f"FREQ=DAILY;UNTIL={NEXT}0110T075959Z"],
        at(NEXT, 1, 1, 9),
        BERLIN,
    ),
    # more dates, fewer dates
    "some out": (
        [
            "FREQ=DAILY;COUNT=12",
            f"EXDATE;TZID={BERLIN}:{NEXT}0303T090000",
            f"EXDATE:{NEXT}0305T080000Z",
        ],
        at(NEXT, 3, 1),
        BERLIN,
    ),
    "some more": (
        ["FREQ=WEEKLY;COUNT=4", f"RDATE;TZID={BERLIN}:{NEXT}0304T150000,{NEXT}0329T023000"],
        at(NEXT, 3, 1),
        BERLIN,
    ),
    "two rules": (["FREQ=WEEKLY;BYDAY=MO;COUNT=5", "FREQ=MONTHLY;COUNT=3"], at(NEXT, 3, 1), BERLIN),
    # where it begins
    "begins on no day of its own": (["FREQ=WEEKLY;BYDAY=MO;COUNT=8"], at(YEAR, 11, 4), BERLIN),
    "since years": (["FREQ=WEEKLY;BYDAY=TU,TH"], at(2019, 1, 1, 17, 45), BERLIN),
    "since years, counted": (["FREQ=DAILY;COUNT=1800"], at(YEAR - 3, 1, 1), NEW_YORK),
    "since years, every 3rd week": (["FREQ=WEEKLY;INTERVAL=3"], at(2018, 3, 7), BERLIN),
    "more than Odoo counts": (["FREQ=DAILY;COUNT=900"], at(YEAR, 12, 1), BERLIN),
}  # fmt: skip


class HostileCase(SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.first = fields.Date.today() - timedelta(days=40)
        self.last = fields.Date.today() + timedelta(days=250)

    def run_(self, trigger="wizard"):
        run = self.sync(self.account, trigger, first=self.first, last=self.last)
        self.assertEqual((run.state or "done", run.set_aside, run.cause), ("done", 0, False))
        return run

    def add(self, title, lines, start, zone, **fields_):
        end = start + (timedelta(hours=1) if isinstance(start, datetime) else timedelta(days=1))
        lines = [line if ":" in line else f"RRULE:{line}" for line in lines]
        return self.google.add_event(
            "Events", title, start, end, recurrence=lines, time_zone=zone, **fields_
        )

    def here(self):
        """Title -> the starts that the CRM holds, each as often as it stands there."""
        found = defaultdict(Counter)
        for row in self.meetings():
            found[row.name][_start(row)] += 1
        return found

    def within(self, starts):
        low, high = self.first + timedelta(days=2), self.last - timedelta(days=2)
        days = {each: each.date() if isinstance(each, datetime) else each for each in starts}
        return Counter(each for each in starts.elements() if low <= days[each] <= high)

    def assert_as_dateutil(self, here, lines, start, zone):
        """Nothing is missing in the window, and nothing stands anywhere that is not meant."""
        lines = [line if ":" in line else f"RRULE:{line}" for line in lines]
        far = date(2017, 1, 1), self.last + timedelta(days=3000)
        meant = Counter(starts_of(lines, start, zone, *far))
        self.assertEqual(sorted(here - meant), [], "too many")
        self.assertEqual(sorted(self.within(meant) - here), [], "missing")

    def assert_both_same(self):
        crm, google = (
            self.within_spans(self.crm_spans()),
            self.within_spans(self.google_spans(most=3500)),
        )
        self.maxDiff = None
        self.assertEqual((sorted(crm - google), sorted(google - crm)), ([], []))

    def within_spans(self, spans):
        return self.in_window(spans, self.first, self.last)


class TestRules(HostileCase):
    def test_every_rule_means_here_what_it_means_to_dateutil(self):
        for title, (lines, start, zone) in RULES.items():
            self.add(title, lines, start, zone)
        self.run_()
        self._assert_all()
        self.assertIn("nothing had to be changed", self.run_().summary)
        for event in self.masters():
            self.google.edit("Events", event["id"], summary=f"{event['summary']}!")
        self.run_("auto")
        self._assert_all("!")
        self._edit_all_here()

    def _assert_all(self, mark=""):
        here = self.here()
        for title, rule in RULES.items():
            with self.subTest(title + mark):
                self.assert_as_dateutil(here[title + mark], *rule)
        self.assertLessEqual(set(here), {title + mark for title in RULES})

    def _edit_all_here(self):
        """Of each series one meeting is changed, one moved, one deleted."""
        found = defaultdict(list)
        for row in self.meetings().with_context(no_mail_to_attendees=True).sorted("start"):
            if self.within(Counter([_start(row)])):
                found[row.name].append(row)
        for rows in found.values():
            if len(rows) > 3:
                self._edit(*rows[1:4])
        self.run_()
        self.assert_both_same()
        self.assertIn("nothing had to be changed", self.run_().summary)

    def _edit(self, changed, moved, deleted):
        changed.location = "Room 1"
        names = ("start_date", "stop_date") if moved.allday else ("start", "stop")
        moved.write({name: moved[name] + timedelta(days=1) for name in names})
        deleted.unlink()

    def masters(self):
        every = self.google.events("Events (created")
        return [event for event in every if event.get("recurrence")]


def _start(row):
    return row.start_date if row.allday else row.start
