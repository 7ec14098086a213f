"""What Odoo's own synchronization loses is not lost here, shown with as many entries."""

from datetime import timedelta

from google_emulator import OK, Fault

from .common import GoogleCase
from .compare import crm_meetings, google_meetings

BUSY = Fault(503, "backendError")


class TestAtSize(GoogleCase):
    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("crm_google_calendar.gone_in_google", "archive")
        self.account = self.connected()

    def _pull(self, number):
        """So many events made in Google, and their meetings; by title."""
        for each in range(number):
            start = self.soon(days=each % 50, hour=9)
            span = (f"{moment.isoformat()}Z" for moment in (start, start + timedelta(hours=1)))
            self.google.add_event("Events", f"Event {each}", *span)
        self.sync(self.account)
        return {meeting.name: meeting for meeting in self.meetings()}

    def _assert_equal(self, number):
        there = google_meetings(self.google.events("Events (created"))
        self.assertEqual(crm_meetings(self.env, self.user), there)
        self.assertEqual(sum(there.values()), number)
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)

    def test_nothing_that_was_deleted_while_the_cursor_expired_is_kept(self):
        meetings = self._pull(100)
        for each in range(0, 100, 5):
            self.google.delete("Events", self.link(meetings[f"Event {each}"]).event_id)
        self.emulator.purge_deleted()
        self.emulator.expire_sync_tokens()
        self.sync(self.account, trigger="auto")
        self._assert_equal(80)

    def test_of_100_changes_with_every_fifth_answered_503_none_is_lost(self):
        for number, meeting in enumerate(self._pull(100).values()):
            meeting.name = f"Changed {number}"
        self.emulator.faults.script("events.patch", [OK, OK, OK, OK, BUSY] * 20)
        run = self.sync(self.account)
        self.assertEqual((run.google_changed, run.state), (80, "running"))
        run.resume_at = False
        self.work()
        self.assertEqual((run.google_changed, run.state), (100, "done"))
        self.assertTrue(all(title.startswith("Changed") for title in self.events()))
        self._assert_equal(100)

    def test_of_100_insertions_with_every_fifth_answered_503_none_is_lost_or_doubled(self):
        for number in range(100):
            self.meeting(f"New {number}", start=self.soon(days=number % 50))
        self.emulator.faults.script("events.insert", [OK, OK, OK, OK, BUSY] * 20)
        run = self.sync(self.account)
        run.resume_at = False
        self.work()
        self._assert_equal(100)

    def test_of_50_entries_changed_in_different_fields_on_both_sides_no_change_is_lost(self):
        for number, meeting in enumerate(self._pull(50).values()):
            meeting.name = f"Ours {number}"
            self.google.edit("Events", self.link(meeting).event_id, location=f"Theirs {number}")
        self.sync(self.account)
        for meeting in self.meetings():
            self.assertEqual(meeting.location, meeting.name.replace("Ours", "Theirs"))
        self._assert_equal(50)
