"""Odoo's own synchronizations beside ours: theirs is not ours to send, and both work on."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import HttpCase

from odoo.addons.crm_google_calendar.bridge import settings

from with_odoo.series import SeriesMixin

from .common import NeighbourCase

WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=5"]
ODD = ["RRULE:FREQ=DAILY;COUNT=4;BYSETPOS=1;BYHOUR=9,10"]  # which Odoo cannot hold


class TestTheirSync(SeriesMixin, NeighbourCase):
    def test_what_the_crm_has_made_is_theirs_to_send(self):
        with self.committed():
            self.env["calendar.event"].with_user(self.user).create(
                {"name": "Made here", "start": self.soon(), "stop": self.soon(hour=11)}
            )
        self.assertEqual(sorted(self.sent), ["Made here", "Made here"])

    def test_what_came_from_google_is_not(self):
        self.add_in_google("Lunch")
        self.add_in_google("Weekly", recurrence=WEEKLY, time_zone="Europe/Berlin")
        self.add_in_google("Odd", recurrence=ODD, time_zone="Europe/Berlin")
        with self.committed():
            self.sync(self.account)
        self.assertGreaterEqual(len(self.meetings()), 7)
        self.let_them_sync()
        self.assertEqual(self.sent, [])

    def test_nor_after_it_was_changed_in_the_crm(self):
        self.add_in_google("Lunch")
        self.add_in_google("Weekly", recurrence=WEEKLY, time_zone="Europe/Berlin")
        self.sync(self.account)
        for meeting in self.meetings():
            changes = {"location": "Room 2", "recurrence_update": "self_only"}
            meeting.with_user(self.user).with_context(dont_notify=True).write(changes)
        self.let_them_sync()
        self.assertEqual(self.sent, [])
        self.sync(self.account)
        self.assertEqual(self.events()["Lunch"]["location"], "Room 2")

    def test_nor_after_it_was_sent_to_google_anew(self):
        self.add_in_google("Lunch")
        self.sync(self.account)
        self.link(self.meetings())._start_over()
        self.sync(self.account)
        self.let_them_sync()
        self.assertEqual(self.sent, [])

    def test_nor_by_a_guest_in_the_name_of_its_owner(self):
        eve = self.new_user("eve", "eve@example.com")
        self.connect_neighbours(eve)
        self.add_in_google("Lunch")
        self.sync(self.account)
        with self.committed():
            self.meetings().with_context(no_calendar_sync=True).write(
                {"partner_ids": [Command.link(eve.partner_id.id)]}
            )
        self.let_them_sync(eve)
        self.assertEqual(self.sent, [])

    def test_a_run_asks_nobody_for_their_tokens(self):
        self.connect_neighbours(self.user, valid=False)
        self.add_in_google("Lunch")
        self.add_in_google("Weekly", recurrence=WEEKLY, time_zone="Europe/Berlin")
        with self.committed():
            self.meeting("Demo")
        with self.committed():
            self.asked.clear()
            self.sent.clear()
            self.sync(self.account)
            for event in self.events().values():
                self.google.edit("Events", event["id"], summary="Changed")
            self.sync(self.account)
            for event in self.events().values():
                self.google.delete("Events", event["id"])
            self.sync(self.account)
        self.assertEqual((self.asked, self.sent), ([], []))


class TestPages(NeighbourCase, HttpCase):
    def test_the_calendar_page_says_that_meetings_stand_twice(self):
        accounts = self.env["crm.google.account"]
        self.assertTrue(accounts.with_user(self.user).get_status()["neighbour"])
        self.user.with_user(self.user).stop_google_synchronization()
        self.assertFalse(accounts.with_user(self.user).get_status()["neighbour"])

    def test_the_pages_open(self):
        self.sync(self.account)
        self.authenticate("sam", "sam")
        self.assertEqual(self.url_open("/odoo/calendar").status_code, 200)
        found = self.make_jsonrpc_request("/calendar/check_credentials", {})
        self.assertTrue(found["google_calendar"] and found["microsoft_calendar"])
        for model, view in (("calendar.event", "calendar"), ("calendar.event", "form")):
            self.env[model].with_user(self.user).get_view(view_type=view)
        preferences = self.env.ref("base.view_users_form_simple_modif").id
        arch = self.env["res.users"].with_user(self.user).get_view(preferences, "form")["arch"]
        self.assertIn("Authorized Access to your Account", arch)
        self.env["res.config.settings"].get_view(view_type="form")

    def test_their_page_synchronizes_and_ours_goes_on(self):
        self.meeting("Demo")
        self.env.flush_all()
        self.authenticate("sam", "sam")
        found = self.make_jsonrpc_request("/google_calendar/sync_data", {"model": "calendar.event"})
        self.assertEqual(found["status"], "need_refresh")
        self.sync(self.account)
        self.assertEqual(list(self.events()), ["Demo"])


class TestSaves(NeighbourCase):
    """Beside what Odoo and its own modules take, a save costs two inserts of ours at most."""

    def queries(self, save):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        save()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def costs(self, save):
        """(without us, with us)"""
        self.queries(save)  # what is read once only is read here
        hints = type(self.env["crm.google.hint"])
        with patch.object(hints, "_leave", lambda *_args: None):
            without = self.queries(save)
        return without, self.queries(save)

    def test_saving_a_meeting(self):
        settings.put(self.env, "auto_sync", "True")
        meeting = self.meeting("Demo").with_user(self.user)
        self.sync(self.account)
        names = iter("ABCDEFG")
        without, with_us = self.costs(lambda: meeting.write({"name": next(names)}))
        self.assertLessEqual(with_us - without, 2)

    def test_making_a_meeting(self):
        settings.put(self.env, "auto_sync", "True")
        without, with_us = self.costs(lambda: self.meeting("Demo"))
        self.assertLessEqual(with_us - without, 2)

    def test_while_auto_sync_is_off_nothing_at_all(self):
        without, with_us = self.costs(lambda: self.meeting("Demo"))
        self.assertEqual(with_us, without)

    def test_what_came_from_google_costs_no_more_than_another(self):
        self.add_in_google("Lunch")
        self.sync(self.account)
        names = iter("ABCDEFGH")
        costs = []
        for meeting in (self.meeting("Demo"), self.meetings().filtered("crm_from_google")):
            save = meeting.with_user(self.user).write
            self.queries(lambda save=save: save({"name": next(names)}))
            costs.append(self.queries(lambda save=save: save({"name": next(names)})))
        self.assertLessEqual(costs[1], costs[0])
