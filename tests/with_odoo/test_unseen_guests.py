"""Who is a guest, and who decides, is judged by all guests, also by those the user may not see."""

from odoo import Command

from .common import GoogleCase


class TestUnseenGuests(GoogleCase):
    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("crm_google_calendar.gone_in_google", "archive")
        self.account = self.connected()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.unseen = self.env["res.partner"].create({"name": "Una", "company_id": elsewhere.id})
        self.elsewhere = elsewhere

    def _met(self, *guests, **values):
        """A meeting of the administrator's with these guests."""
        owner = self.env.ref("base.user_admin")
        partners = [Command.set([guest.id for guest in guests])]
        values = {"user_id": owner.id, "partner_ids": partners, **values}
        return self.meeting("Demo", user=self.env.user, **values)

    def _series(self, *guests):
        weekly = {"recurrency": True, "rrule": "FREQ=DAILY;COUNT=3", "event_tz": "UTC"}
        return self._met(*guests, **weekly).recurrence_id

    def test_a_guest_who_deletes_archives_nothing_for_a_guest_they_may_not_see(self):
        meeting = self._met(self.user.partner_id, self.unseen)
        self.sync(self.account)
        self.assertNotIn(self.unseen, meeting.with_user(self.user).partner_ids)
        self.google.delete("Events", self.link(meeting).event_id)
        self.sync(self.account)
        self.assertTrue(meeting.active)
        self.assertEqual(self.link(meeting).state, "detached")

    def test_a_guest_who_deletes_a_series_archives_nothing_for_a_guest_they_may_not_see(self):
        series = self._series(self.user.partner_id, self.unseen)
        self.sync(self.account)
        self.google.delete("Events", self.link(series).event_id)
        self.sync(self.account)
        self.assertEqual(len(series.calendar_event_ids.filtered("active")), 3)

    def test_a_guest_who_deletes_one_meeting_archives_nothing_for_a_guest_they_may_not_see(self):
        series = self._series(self.user.partner_id, self.unseen)
        self.sync(self.account)
        one = self.google.occurrences("Events", self.link(series).event_id)[1]
        self.google.delete_occurrence("Events", one)
        self.sync(self.account)
        self.assertEqual(len(series.calendar_event_ids.filtered("active")), 3)

    def test_a_meeting_that_the_user_left_to_a_guest_they_may_not_see_is_not_his(self):
        meeting = self.meeting(partner_ids=[Command.set((self.user.partner_id | self.unseen).ids)])
        self.sync(self.account)
        self.assertEqual(self.link(meeting).state, "linked")
        meeting.sudo().partner_ids = self.unseen
        self.sync(self.account)
        link = self.link(meeting)
        self.assertEqual((link.state, link.cause), ("detached", "not_a_guest"))

    def test_guests_of_a_company_that_the_user_loses_stay_in_the_details(self):
        self.user.company_ids += self.elsewhere
        self._met(self.user.partner_id, self.unseen)
        self.sync(self.account)
        self.assertIn("Una", self.events()["Demo"]["description"])
        self.user.company_ids -= self.elsewhere
        self.env.invalidate_all()
        before = self.events()
        self.sync(self.account)
        self.assertEqual(self.events(), before)

    def test_a_new_meeting_of_a_series_has_its_unseen_guests_too(self):
        series = self._series(self.user.partner_id, self.unseen)
        self.sync(self.account)
        rules = ["RRULE:FREQ=DAILY;COUNT=5"]
        self.google.edit("Events", self.link(series).event_id, recurrence=rules)
        self.sync(self.account)
        rows = self.link(series)._record().calendar_event_ids.filtered("active").sudo()
        self.assertEqual(len(rows), 5)
        for row in rows:
            self.assertIn(self.unseen, row.partner_ids)
