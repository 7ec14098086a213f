"""Any number of entries that are refused, whoever refuses them: each is set aside alone."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.crm_google_calendar.bridge import gather, series_events, settings

from google_emulator import Fault

from .series import EdgeCase

MANY = 12
TABLES = {"calendar_event": "name", "mail_activity": "summary"}


class TestManyRefused(EdgeCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")

    def refuse(self):
        """Odoo refuses everything that is called "Bad"."""
        for table, column in TABLES.items():
            self.cr.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT no_bad CHECK ({column} NOT LIKE 'Bad%')"
            )

    def allow(self):
        for table in TABLES:
            self.cr.execute(f"ALTER TABLE {table} DROP CONSTRAINT no_bad")

    def events_in_google(self, word, number=MANY):
        day = self.soon().date()
        for each in range(number):
            self.google.add_event("Events", f"{word} {each}", f"{day}T12:00", f"{day}T13:00")

    def tasks_in_google(self, word, number=MANY):
        day = self.soon().date()
        for each in range(number):
            self.google.add_event("Tasks", f"{word} {each}", day, day + timedelta(days=1))

    def series_in_google(self, word, number=MANY):
        for each in range(number):
            self.make_series(f"{word} {each}", "FREQ=WEEKLY;COUNT=2")

    def aside(self):
        return self.env["crm.google.link"].search([("state", "=", "set_aside")])

    def refused_run(self, number, trigger="wizard"):
        with mute_logger("odoo.sql_db"):
            run = self.sync(self.account, trigger)
        self.assertEqual((run.state or "done", run.cause), ("done", False))
        self.assertEqual(len(self.aside()), number)
        return run

    def later_runs(self, number, *triggers):
        """What is new comes in, and what is refused stays set aside alone."""
        for trigger in triggers or ("auto", "wizard", "auto"):
            self.events_in_google(f"Good {trigger}", 1)
            self.meeting(f"Mine {trigger}")
            self.refused_run(number, trigger)
        self.assertIn("Good auto 0", self.meetings().mapped("name"))
        self.assertIn("Mine auto", self.events())

    def retry(self):
        self.aside().with_user(self.user).action_retry()
        self.work()
        self.assertFalse(self.aside())
        self.run_()
        self.assertIn("nothing had to be changed", self.run_().summary)

    def test_new_ones_that_odoo_refuses(self):
        self.refuse()
        for add in (self.events_in_google, self.tasks_in_google, self.series_in_google):
            add("Bad")
            add("Fine", 1)
        self.refused_run(3 * MANY)
        self.assertEqual(set(self.aside().mapped("res_id")), {0})
        self.later_runs(3 * MANY)
        self.allow()
        self.retry()
        self.assertEqual(len(self.env["mail.activity"].search([("summary", "like", "Bad")])), MANY)
        self.assertEqual(len(self.meetings().filtered(lambda row: "Bad" in row.name)), 3 * MANY)

    def test_new_ones_that_google_refuses(self):
        for number in range(MANY):
            self.meeting(f"Bad {number}")
            self.task(f"Bad {number}")
            self.recurrence(f"Bad {number}", count=2)
        for _number in range(3 * MANY):
            self.emulator.faults.script("events.insert", Fault(400, "invalid"))
        self.refused_run(3 * MANY)
        self.later_runs(3 * MANY, "auto", "auto")
        self.retry()
        self.assertEqual(len([title for title in self.events("task") if "Bad" in title]), MANY)

    def test_new_ones_that_cannot_be_read(self):
        def odd(event, *more, read=gather.to_entry):
            if "Bad" in event.get("summary", ""):
                raise ValueError("odd")
            return read(event, *more)

        def odd_series(master, *more, read=series_events.to_series):
            if "Bad" in master.get("summary", ""):
                raise ValueError("odd")
            return read(master, *more)

        self.events_in_google("Bad")
        self.tasks_in_google("Bad")
        self.series_in_google("Bad")
        with (
            patch.object(gather, "to_entry", odd),
            patch.object(series_events, "to_series", odd_series),
        ):
            self.refused_run(3 * MANY)
            self.later_runs(3 * MANY)
        self.retry()
        self.assertEqual(len(self.meetings().filtered(lambda row: "Bad" in row.name)), 3 * MANY)

    def test_those_that_were_deleted_meanwhile_need_no_retry(self):
        self.refuse()
        self.events_in_google("Bad")
        self.refused_run(MANY)
        for event in self.events().values():
            self.google.delete("Events", event["id"])
        self.refused_run(0)
        self.allow()
        self.settled(0)


class TestLinksKeepTheirForm(EdgeCase):
    """A link's base, record and event are of one kind."""

    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")

    def test_a_meeting_that_odoo_took_out_of_its_series_keeps_its_link(self):
        single = self.meeting("Single", self.soon(days=1))
        self.run_()
        event_id = self.link(single).event_id
        rows = self.recurrence("Series")
        rows.recurrence_id.base_event_id = single
        for trigger in ("auto", "wizard", "auto"):
            self.run_(trigger)
            self.assertEqual(self.link(single).event_id, event_id)
        self.settled(7)

    def test_an_id_that_a_series_took_over_is_not_given_to_its_meeting_again(self):
        single = self.meeting("Single", self.soon(days=1))
        self.run_()
        link = self.link(single)
        rows = self.recurrence("Series")
        self.run_()
        other = self.link(rows.recurrence_id)
        taken = link.event_id
        link.unlink()
        other.write({"event_id": taken, "generation": 0})
        self.run_("auto")
        single.name = "Renamed"
        self.run_("auto")
        self.assertNotIn(self.link(single).event_id, (False, taken))

    def test_a_link_set_aside_while_it_becomes_a_series_has_a_series_base(self):
        single = self.meeting("Single", self.soon(days=1))
        self.run_()
        event = self.events()["Single"]
        self.google.edit("Events", event["id"], recurrence=["RRULE:FREQ=DAILY;COUNT=3"])
        with mute_logger("odoo.sql_db"):
            self.cr.execute(
                "ALTER TABLE calendar_recurrence ADD CONSTRAINT no_three CHECK (count <> 3)"
            )
            self.sync(self.account)
        self.sync(self.account, "auto")
        self.cr.execute("ALTER TABLE calendar_recurrence DROP CONSTRAINT no_three")
        self.env["crm.google.link"].search([]).with_user(self.user).action_retry()
        self.work()
        self.settled(3)
        self.assertTrue(single.exists())

    def test_a_link_that_was_left_half_a_series_is_read_all_the_same(self):
        rows = self.recurrence("Series")
        self.run_()
        link = self.link(rows.recurrence_id)
        single = self.meeting("Single", self.soon(days=1))
        self.run_()
        link.base, link.etag = self.link(single).base, False
        run = self.sync(self.account, "auto")
        self.assertEqual(run.cause or False, False)
        self.run_()
