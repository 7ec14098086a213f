"""What a task keeps of an entry that the user made in his Tasks calendar."""

from datetime import date

from .common import GoogleCase


class TestTasks(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()

    def _stays(self, summary, start, end):
        """Such an entry becomes a To-Do, and is not written by it in any of two runs."""
        made = self.google.add_event("Tasks", summary, start, end)
        for _run in range(2):
            self.sync(self.account, last=date(2028, 1, 1))
        todo = self.env["mail.activity"].search([("user_id", "=", self.user.id)])
        self.assertEqual(self.link(todo).event_id, made["id"])
        self.assertEqual(self.google.event("Tasks", made["id"]), made)

    def test_seconds_of_an_entry_stay_in_google(self):
        day = self.soon().date()
        self._stays("Launch", f"{day}T10:00:30", f"{day}T10:45:50")

    def test_the_hour_that_comes_twice_stays_the_one_it_is(self):
        self._stays("Owls", "2027-10-31T02:30:00+01:00", "2027-10-31T02:45:00+01:00")

    def test_an_entry_without_a_title_stays_without_one(self):
        day = self.soon().date()
        self._stays("", f"{day}T10:00", f"{day}T11:00")
