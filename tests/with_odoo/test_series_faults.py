"""What becomes of series when Google or the worker fails in the middle: nothing lost or doubled."""

import random
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import links, series_links, series_push, series_run

from google_emulator import Fault

from .common import GoogleCase
from .lives import LivesMixin
from .series import SeriesMixin


class TestSeriesFaults(LivesMixin, SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()

    def _settle(self):
        """Let runs go on until nothing is left to do, and compare both sides."""
        for _number in range(8):
            runs = self.env["crm.google.run"].search([("state", "in", ("queued", "running"))])
            if not runs:
                break
            runs.resume_at = fields.Datetime.now() - timedelta(seconds=1)
            self.work()
        self.sync(self.account)
        self.assert_same()
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)
        self.assertFalse(any(self.series_link().mapped("pending")))

    def _with_exceptions(self):
        rows = self.recurrence()
        rows[1].start += timedelta(hours=3)
        rows[2].name = "Special"
        rows[4].unlink()
        return rows

    def _under(self, method, *faults):
        rows = self._with_exceptions()
        self.emulator.faults.script(method, list(faults))
        self.sync(self.account)
        self._settle()
        self.assertEqual(len(self.series_link()), 1)
        return rows

    def test_a_master_whose_answer_is_lost_stands_once(self):
        self._under("events.insert", Fault.lost_answer())
        self.assertEqual(len([e for e in self.google.events("Events") if "recurrence" in e]), 1)

    def test_an_occurrence_whose_answer_is_lost(self):
        self._under("events.patch", Fault.lost_answer())

    def test_an_occurrence_that_meets_a_server_error(self):
        self._under("events.patch", Fault(status=503, reason="backendError"))

    def test_a_deleted_occurrence_whose_answer_is_lost(self):
        self._under("events.delete", Fault.lost_answer())

    def test_a_batch_that_is_lost_whole(self):
        self._under("batch", Fault.lost_answer())

    def test_a_series_that_google_refuses_is_set_aside_alone(self):
        self.recurrence("Bad")
        self.recurrence("Good")
        refuse = Fault(status=400, reason="invalid")
        bad = self._event_id_of("Bad")
        self.emulator.faults.script("events.insert", [refuse], when=lambda r: r.event_id == bad)
        run = self.sync(self.account)
        self.assertEqual((run.state, run.set_aside), ("done", 1))
        self.assertEqual({title for title, *_rest in self.google_spans()}, {"Good"})
        self.series_link().filtered(lambda link: link.state == "set_aside").with_user(
            self.user
        ).action_retry()
        self.work()
        self.assert_same()

    def _event_id_of(self, name):
        recurrence = self.meetings().filtered(lambda row: row.name == name).recurrence_id
        name = recurrence.sudo().crm_google_identity
        return self.account._event_id("calendar.recurrence", recurrence.id, 0, name)

    def test_a_series_that_odoo_refuses_is_set_aside_alone(self):
        self.make_series("Bad", "FREQ=WEEKLY;COUNT=4")
        self.make_series("Good", "FREQ=WEEKLY;COUNT=4")
        create = type(self.env["calendar.event"]).create

        def refuse(records, values):
            if any(each.get("name") == "Bad" for each in values):
                raise ValueError("no")
            return create(records, values)

        with patch.object(type(self.env["calendar.event"]), "create", refuse):
            run = self.sync(self.account)
        self.assertEqual((run.state, run.set_aside), ("done", 1))
        self.assertEqual(set(self.meetings().mapped("name")), {"Good"})
        self._settle()
        self.assertEqual(len(self.meetings()), 8)

    def test_a_series_that_google_always_calls_outdated_is_set_aside(self):
        rows = self.recurrence()
        self.sync(self.account)
        rows[0].write({"name": "Renamed", "recurrence_update": "all_events"})
        refusals, slices = [Fault(status=412)] * series_run.ROUNDS, links.PATIENCE + 1
        self.emulator.faults.script("events.patch", refusals * slices)
        self.sync(self.account)
        for _number in range(slices - 1):
            self.env["crm.google.run"].search([]).resume_at = False
            self.work()
        self.assertEqual(self.series_link().cause, "restless")
        self.series_link().with_user(self.user).action_retry()
        self.work()
        self._settle()
        self.assertEqual({title for title, *_rest in self.google_spans()}, {"Renamed"})

    def test_an_id_that_was_deleted_is_not_used_again(self):
        rows = self.recurrence()
        self.sync(self.account)
        link = self.series_link()
        self.google.delete("Events", link.event_id)
        self.sync(self.account, trigger="auto")
        self.assertEqual(link.state, "detached")
        link.with_user(self.user).action_push_again()
        self.work()
        self.assert_same()
        self.assertEqual(link.generation, 1)
        self.assertEqual(rows[0].crm_google_state, "linked")

    def test_an_edit_in_google_between_reading_and_writing_is_kept(self):
        rows = self.recurrence()
        self.sync(self.account)
        rows[1].name = "Ours"
        rows[3].write({"name": "Both", "recurrence_update": "all_events"})
        master = self.series_link().event_id
        send = series_push._send_masters

        def edited(work, calendar, cases):
            if not self.emulator.count("events.patch"):
                self.google.edit("Events", master, location="Theirs")
            return send(work, calendar, cases)

        with patch.object(series_push, "_send_masters", edited):
            self.sync(self.account)
        self._settle()
        self.assertEqual(set(self.meetings().mapped("location")), {"Theirs"})

    def test_killed_anywhere_it_heals(self):
        chance = random.Random(5)
        for number in range(3):
            self._stir(number)
            for _kill in range(4):
                self._run_and_die(chance)
            self._settle()

    def _stir(self, number):
        """Changes of every kind on both sides."""
        self._with_exceptions()
        series = self.make_series(f"Theirs {number}", "FREQ=DAILY;COUNT=5")
        ids = self.google.occurrences("Events", series["id"])
        self.google.delete_occurrence("Events", ids[1])
        self.shift_occurrence(ids[2], hours=2)
        for link in self.series_link().filtered(lambda link: link.state == "linked")[:2]:
            rows = self.env["calendar.recurrence"].browse(link.res_id).calendar_event_ids
            rows.sorted("start")[0].name = f"Stirred {number}"
            self.google.edit("Events", link.event_id, location=f"Place {number}")

    def _run_and_die(self, chance):
        self.account._start_run("wizard", full=True, **self._window())
        self.die(chance.randrange(1, 9))

    def _window(self):
        today = fields.Date.today()
        return {"date_from": today - timedelta(days=60), "date_to": today + timedelta(days=120)}

    def test_killed_between_google_and_the_link_it_heals(self):
        rows = self._with_exceptions()
        self.sync(self.account)
        rows[3].location = "Room 3"
        rows[5].write({"start": rows[5].start + timedelta(hours=1)})
        settle = series_links.settle
        with patch.object(series_links, "settle", lambda work, case: None):
            self.sync(self.account)
        self.assertEqual(series_links.settle, settle)
        rows[3].location = "Room 4"
        self._settle()
        self.assertIn("Room 4", self.meetings().mapped("location"))
