"""Junk in any place of any event: it concerns that event alone, and heals once Google mends it.

Many events are spoiled at once, each in another place. A part of the places is tried by default;
FUZZ=long tries all of them.
"""

import os
from datetime import timedelta
from unittest.mock import patch

import httplib2
from junk import GONE, JUNK, answers_with, cases, replaced

from odoo import fields

from odoo.addons.crm_google_calendar.gcal import endpoints

from google_emulator import Fault

from .common import GoogleCase
from .series import SeriesMixin

EVERY = 1 if os.environ.get("FUZZ") == "long" else 11
READING = {"batch", "events.list", "events.get", "events.instances", "calendars.get"}
NAMES = ("id", "recurringEventId")


class FuzzCase(SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.spoiled = {}
        self.reminders = {"useDefault": False, "overrides": [{"method": "popup", "minutes": 10}]}

    # -- the events ------------------------------------------------------------------------

    def add(self, name, number, calendar="Events", **fields):
        start = self.soon(days=2 + number % 40, hour=8).isoformat()
        end = self.soon(days=2 + number % 40, hour=9).isoformat()
        more = {"location": "Here", "description": "<b>With</b> cake", **fields}
        more |= {"reminders": self.reminders, "time_zone": "Europe/Berlin"}
        properties = {"private": {"color": "x"}}
        return self.google.add_event(
            calendar, name, start, end, extendedProperties=properties, **more
        )["id"]

    def whole_day(self, name, number, calendar="Events"):
        day = self.soon(days=2 + number % 40).date()
        after = day + timedelta(days=2)
        return self.google.add_event(calendar, name, day, after, location="Here")["id"]

    def task(self, name, number):
        return self.add(name, number, "Tasks")

    def series(self, name, number):
        return self.add(name, number, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])

    def exception(self, name, number):
        event_id = self.google.occurrences("Events", self.series(name, number))[1]
        self.google.edit_occurrence("Events", event_id, location="There")
        return event_id

    def cancelled(self, name, number):
        event_id = self.google.occurrences("Events", self.series(name, number))[1]
        self.google.delete_occurrence("Events", event_id)
        return event_id

    # -- the story ---------------------------------------------------------------------------

    def spoil(self, make, calendar="Events"):
        """Make events, and choose what is spoiled in which."""
        raw = self.google.event(calendar, make("Subject", 0))
        found = [(path, junk) for path, junk in cases(raw, EVERY) if not self.is_other(path, junk)]
        for number, (path, junk) in enumerate(found):
            event_id = make(f"Subject {number}", number)
            self.spoiled[event_id] = path, JUNK[junk]

    def is_other(self, path, junk):
        """Whether it can be read, and says something else: another event, or one that stands."""
        is_readable = isinstance(JUNK[junk], str) or JUNK[junk] in (GONE, None)
        return is_readable and path[-1] in ("status", *NAMES)

    def changed(self, event):
        path, junk = self.spoiled.get(event.get("id"), (None, None))
        return replaced(event, path, junk) if path else event

    def touch(self, calendar):
        """Google changes the events: what is mended, or spoiled, is news."""
        for number, event_id in enumerate(self.spoiled):
            if self.google.event(calendar, event_id)["status"] != "cancelled":
                visibility = ("default", "public")[number % 2]
                self.google.edit(calendar, event_id, colorId="5", visibility=visibility)

    def good(self, *names):
        for name in names:
            self.add(name, 1)

    def live(self, trigger, *good):
        """Two runs over spoiled events; the second one writes nothing."""
        with answers_with(endpoints.Http, self.changed):
            run = self.sync(self.account, trigger)
            self.assertEqual(run.state or "done", "done", run.message)
            self.assertLessEqual(set(good), set(self.meetings().mapped("name")))
            self.emulator.log.clear()
            run = self.sync(self.account, "auto")
            self.assertEqual(run.state or "done", "done", run.message)
            self.assertLessEqual(set(self.emulator.methods()), READING)

    def heal(self, calendar="Events"):
        self.touch(calendar)
        self.sync(self.account)
        self.sync(self.account)
        self.assert_same()
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)

    def try_new(self, make, calendar="Events"):
        self.spoil(make, calendar)
        self.good("Good", "Fine")
        self.live("wizard", "Good", "Fine")
        self.heal(calendar)

    def try_known(self, make, calendar="Events"):
        self.spoil(make, calendar)
        self.sync(self.account)
        self.touch(calendar)
        self.good("Good", "Fine")
        self.live("auto", "Good", "Fine")
        self.heal(calendar)


class TestNewEvents(FuzzCase):
    def test_single_events(self):
        self.try_new(self.add)

    def test_whole_days(self):
        self.try_new(self.whole_day)

    def test_tasks(self):
        self.try_new(self.task, "Tasks")

    def test_series(self):
        self.try_new(self.series)

    def test_exceptions(self):
        self.try_new(self.exception)

    def test_cancelled_occurrences(self):
        self.try_new(self.cancelled)


class TestKnownEvents(FuzzCase):
    def test_single_events(self):
        self.try_known(self.add)

    def test_whole_days(self):
        self.try_known(self.whole_day)

    def test_tasks(self):
        self.try_known(self.task, "Tasks")

    def test_series(self):
        self.try_known(self.series)

    def test_exceptions(self):
        self.try_known(self.exception)

    def test_cancelled_occurrences(self):
        self.try_known(self.cancelled)

    def test_events_of_ours(self):
        """Those that stand for meetings made here, and carry a mark."""
        meeting = self.meeting("Subject")
        self.sync(self.account)
        raw = self.google.event("Events", self.link(meeting).event_id)
        found = [(path, junk) for path, junk in cases(raw, EVERY) if not self.is_other(path, junk)]
        days = range(2, 2 + len(found))
        made = [self.meeting(f"Subject {day}", self.soon(days=day % 40 + 2)) for day in days]
        self.sync(self.account)
        for each, (path, junk) in zip(made, found, strict=True):
            self.spoiled[self.link(each).event_id] = path, JUNK[junk]
        self.touch("Events")
        self.good("Good", "Fine")
        self.live("auto", "Good", "Fine")
        self.heal()


class TestAnswers(FuzzCase):
    """Answers that are none, of which a run knows no more than of a connection that broke."""

    PAGE = b"<!DOCTYPE html><title>Sign in to the hotel</title>"

    def answering(self, *contents, status=200, when=lambda _url: True):
        """Let the next calls be answered with these contents; they never reach Google."""
        request, left = endpoints.Http.request, list(contents)

        def answer(transport, uri, *args, **kwargs):
            if not (left and when(uri)):
                return request(transport, uri, *args, **kwargs)
            head = {"status": str(status), "content-type": "text/html"}
            return httplib2.Response(head), left.pop(0)

        return patch.object(endpoints.Http, "request", answer)

    def assert_waits_and_goes_on(self, run):
        self.assertEqual(self.account.state, "connected")
        self.assertEqual((run.state, bool(run.resume_at)), ("running", True), run.message)
        run.resume_at = fields.Datetime.now() - timedelta(seconds=1)
        self.work()
        self.assertEqual(run.state, "done", run.message)
        self.assertEqual(list(self.events()), ["Good"])
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)

    def test_a_page_in_place_of_any_answer_is_waited_out(self):
        self.meeting("Good")
        for content in (self.PAGE, b"", b"[]", b'{"items": [', b"\xff"):
            with self.subTest(content), self.answering(*[content] * 20):
                run = self.sync(self.account)
            self.assert_waits_and_goes_on(run)

    def test_so_it_is_in_place_of_a_batch(self):
        self.meeting("Good")
        with self.answering(self.PAGE, when=lambda url: "/batch/" in url):
            run = self.sync(self.account)
        self.assert_waits_and_goes_on(run)

    def test_a_page_that_says_that_all_is_gone_says_nothing_of_calendars(self):
        self.meeting("Good")
        for status in (302, 401, 403, 404, 410):
            with self.subTest(status), self.answering(*[self.PAGE] * 20, status=status):
                run = self.sync(self.account)
            self.assertEqual(set(self.account.calendar_ids.mapped("state")), {"ready"})
            self.assert_waits_and_goes_on(run)

    def test_one_part_that_is_told_twice_to_renew_its_token_ends_no_connection(self):
        self.meeting("Good")
        twice = [Fault(status=401, reason="authError")] * 2
        self.emulator.faults.script("events.insert", twice)
        self.assert_waits_and_goes_on(self.sync(self.account))

    def test_one_that_is_told_so_for_ever_ends_its_runs_with_a_sentence(self):
        self.meeting("Good")
        self.emulator.faults.script("events.insert", [Fault(status=401, reason="authError")] * 40)
        run = self.sync(self.account)
        while run.state == "running":
            run.resume_at = fields.Datetime.now() - timedelta(seconds=1)
            self.work()
        self.emulator.faults.clear()
        self.assertEqual((self.account.state, run.state), ("connected", "failed"))
        self.assertIn("although it had just renewed it", run.message)
        self.assertEqual(self.sync(self.account).state, "done")
        self.assertEqual(list(self.events()), ["Good"])
