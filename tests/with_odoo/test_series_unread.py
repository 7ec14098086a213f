"""Rules and zones that nobody here can read: those series are shown singly, by Google's dates."""

from unittest.mock import patch

from google_emulator.event_view import View

from .series import EdgeCase

REAL = View._shown
ODD = {
    "an interval of zero": {"recurrence": ["RRULE:FREQ=WEEKLY;INTERVAL=0;COUNT=3"]},
    "30 February": {"recurrence": ["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"]},
    "every second": {"recurrence": ["RRULE:FREQ=SECONDLY"]},
    "an end in the last year": {"recurrence": ["RRULE:FREQ=WEEKLY;UNTIL=99991231T235959Z"]},
    "an unknown zone of a date": {
        "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Mars/Olympus:20260101T090000"]
    },
    "a date in a zone of Windows": {
        "recurrence": [
            "RRULE:FREQ=WEEKLY;COUNT=3",
            "EXDATE;TZID=Central Standard Time:20260101T090000",
        ]
    },
    "a folder as a zone": {"timeZone": "Europe"},
    "a zone newer than ours": {"timeZone": "Mars/Olympus"},
    "a fixed offset": {"timeZone": "GMT+05:30"},
}


def shown(view, event, data, name, start, end):
    """As Google would show a series that holds these."""
    found = REAL(view, event, data, name, start, end)
    odd = ODD.get(data.get("summary"))
    if odd and "recurrence" in odd and found.get("recurrence"):
        found["recurrence"] = odd["recurrence"]
    if odd and "timeZone" in odd:
        for side in ("start", "end"):
            found[side] = {**found[side], "timeZone": odd["timeZone"]}
    return found


class TestUnread(EdgeCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(View, "_shown", shown))

    def test_what_nobody_can_read_is_shown_singly_and_stops_no_other(self):
        for title in ODD:
            self.make_series(title, "FREQ=WEEKLY;COUNT=3")
        self.make_series("Good", "FREQ=WEEKLY;COUNT=3")
        for trigger in ("wizard", "auto"):
            self.run_(trigger)
            for title in ["Good", *ODD]:
                with self.subTest(title, trigger=trigger):
                    mine = self.meetings().filtered(lambda row, title=title: row.name == title)
                    if title == "an end in the last year":
                        self.assertGreater(len(mine), 3)
                    else:
                        self.assertEqual(len(mine), 3)
        self.assertIn("nothing had to be changed", self.run_().summary)

    def test_one_that_becomes_unreadable_is_set_aside_alone(self):
        event = self.make_series("Good", "FREQ=WEEKLY;COUNT=3")
        other = self.make_series("Other", "FREQ=WEEKLY;COUNT=3")
        self.run_()
        self.google.edit("Events", event["id"], summary="an interval of zero")
        self.google.edit("Events", other["id"], summary="Renamed")
        run = self.sync(self.account, "auto")
        self.assertEqual(run.cause or False, False)
        names = set(self.meetings().mapped("name"))
        self.assertIn("Renamed", names)
        self.assertEqual(len(self.meetings()), 6)
        self.assertEqual(self.series_link().mapped("state").count("set_aside"), 1)
        self.google.edit("Events", event["id"], summary="Good again")
        self.settled(6)
