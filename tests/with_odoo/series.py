"""What the tests of series share: making them, and comparing them occurrence by occurrence."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from unittest.mock import patch

from odoo.addons.crm_google_calendar.bridge import run, settings

from google_emulator.event_view import occurrences, placed

from .common import GoogleCase


class SeriesMixin:
    """For a GoogleCase; start times are in the zone of the calendar, Europe/Berlin."""

    def make_series(self, summary, rule, start=None, hours=1, time_zone="Europe/Berlin", **fields):
        start = start or self.soon(days=2)
        return self.google.add_event(
            "Events",
            summary,
            start.isoformat() + "Z",
            (start + timedelta(hours=hours)).isoformat() + "Z",
            recurrence=[f"RRULE:{rule}"],
            time_zone=time_zone,
            **fields,
        )

    def recurrence(self, name="Jour fixe", start=None, **rule):
        """A series made in the CRM, by default of six weeks; returns its meetings in order."""
        start = start or self.soon(days=2)
        values = {
            "recurrency": True,
            "rrule_type": "weekly",
            "interval": 1,
            "end_type": "count",
            "count": 6,
            "event_tz": "Europe/Berlin",
            start.strftime("%a").lower(): True,
        }
        meeting = self.meeting(name, start, **(values | rule))
        return self.rows(meeting)

    def rows(self, meeting):
        return meeting.recurrence_id.calendar_event_ids.sorted("start")

    def shift_occurrence(self, event_id, **by):
        self.shift_series(event_id, **by)

    def shift_series(self, event_id, **by):
        event = self.google.event("Events", event_id)
        times = {}
        for side in ("start", "end"):
            moment = datetime.fromisoformat(event[side]["dateTime"].replace("Z", "+00:00"))
            later = moment + timedelta(**by)
            times[side] = {"dateTime": later.isoformat(), "timeZone": "Europe/Berlin"}
        self.google.edit("Events", event_id, **times)

    def archiving(self):
        settings.put(self.env, "gone_in_google", "archive")

    def patch_cap(self, number):
        self.startPatcher(patch.object(run, "CAP", number))

    def recurrences(self):
        return self.meetings().recurrence_id

    def series_link(self):
        return self.env["crm.google.link"].search([("model", "=", "calendar.recurrence")])

    def google_spans(self, master_id=None, most=400):
        """Every occurrence in Google: (title, start, end, place)."""
        calendar = self.google.calendar("Events (created")
        found = Counter()
        for event in calendar.order:
            if event.cancelled or event.master_id or (master_id and event.id != master_id):
                continue
            if not event.is_master:
                found[_span(event.data, event.start, event.end)] += 1
                continue
            for _number, (original, exception) in zip(
                range(most), occurrences(calendar, event), strict=False
            ):
                if exception is None:
                    length = _length(event)
                    found[_span(event.data, original, original.shifted(length))] += 1
                elif not exception.cancelled:
                    start, end = placed(event, exception)
                    found[_span(event.data | exception.data, start, end)] += 1
        return found

    def crm_spans(self):
        found = Counter()
        for meeting in self.meetings():
            if meeting.allday:
                span = meeting.start_date, meeting.stop_date
            else:
                span = meeting.start, meeting.stop
            found[(meeting.name, *span, meeting.location or "")] += 1
        return found

    def in_window(self, spans, first, last):
        """Those that begin within these days, a day of tolerance off at both ends."""
        low, high = first + timedelta(days=2), last - timedelta(days=2)
        return Counter({span: n for span, n in spans.items() if low <= _day(span[1]) <= high})

    def assert_same(self):
        self.env.invalidate_all()
        aside = self.env["crm.google.link"].search([("state", "=", "set_aside")])
        self.assertEqual(aside.mapped("reason"), [])
        crm, google = self.crm_spans(), self.google_spans()
        self.maxDiff = None
        self.assertEqual((sorted(crm - google), sorted(google - crm)), ([], []))


class EdgeCase(SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.archiving()
        self.account = self.connected()

    def run_(self, trigger="wizard"):
        run = self.sync(self.account, trigger)
        self.assertEqual((run.state or "done", run.set_aside, run.cause), ("done", 0, False))
        return run

    def settled(self, number=None):
        """One more run brings both sides together, the next has nothing to do."""
        self.run_()
        self.assert_same()
        summary = self.run_().summary
        self.assertIn("nothing had to be changed", summary)
        if number is not None:
            self.assertEqual(len(self.meetings()), number)

    def series(self, rule="FREQ=WEEKLY;COUNT=6", **values):
        """A series made in Google that stands in the CRM: (its event, ids of occurrences)."""
        event = self.make_series("Jour fixe", rule, **values)
        self.run_()
        return event, self.google.occurrences("Events", event["id"])

    def row(self, number):
        rows = self.meetings().sorted(lambda row: (row.start, row.id))
        return rows[number].with_user(self.user).with_context(no_mail_to_attendees=True)

    def shift(self, row, how=None, **by):
        """Move a meeting in the CRM, and those that `how` says."""
        later = {name: row[name] + timedelta(**by) for name in ("start", "stop")}
        row.write({**later, **({"recurrence_update": how} if how else {})})

    def starts(self):
        return sorted(self.meetings().mapped("start"))

    def masters(self):
        every = self.google.events("Events (created")
        return [event for event in every if event.get("recurrence")]


def _length(master):
    if master.start.day:
        return master.end.day - master.start.day
    return master.end.at - master.start.at


def _span(data, start, end):
    return data.get("summary", ""), moment_of(start), moment_of(end, -1), data.get("location") or ""


def moment_of(when, days=0):
    if when.day:
        day: date = when.day + timedelta(days=days)
        return day
    return when.at.astimezone(timezone.utc).replace(tzinfo=None)


def _day(moment):
    return moment.date() if isinstance(moment, datetime) else moment
