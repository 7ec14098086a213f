"""A link belongs to one record, of one model, and to no other one that has the same number."""

from odoo.addons.crm_google_calendar.bridge import settings

from .series import EdgeCase


class TestLinkKeys(EdgeCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")

    def next_id(self, table, number):
        self.cr.execute("SELECT setval(%s, %s)", (f"{table}_id_seq", number - 1))

    def twins(self):
        """A linked series, and a meeting that has the same id as its recurrence."""
        self.cr.execute("SELECT nextval('calendar_event_id_seq') + 1000")
        [number] = self.cr.fetchone()
        self.next_id("calendar_recurrence", number)
        rows = self.recurrence("Series")
        self.sync(self.account)
        self.next_id("calendar_event", number)
        meeting = self.meeting("Meeting")
        self.assertEqual(meeting.id, rows.recurrence_id.id)
        return meeting, rows

    def test_a_meeting_whose_id_equals_a_recurrences_is_sent(self):
        for trigger in ("wizard", "auto"):
            with self.subTest(trigger):
                meeting, rows = self.twins()
                self.run_(trigger)
                self.assertIn("Meeting", self.events())
                self.assertEqual(self.link(meeting).state, "linked")
                self.settled()
                meeting.name = "Renamed"
                self.run_("auto")
                self.assertIn("Renamed", self.events())
                (meeting | rows).unlink()
                self.settled(0)

    def test_each_of_both_shows_its_own_link(self):
        meeting, rows = self.twins()
        self.assertEqual(meeting.with_user(self.user).crm_google_state, "none")
        self.assertEqual(set(rows.with_user(self.user).mapped("crm_google_state")), {"linked"})
