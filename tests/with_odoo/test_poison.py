"""One entry that the database itself refuses is set aside alone, and its run goes on."""

from datetime import timedelta

from odoo.tools import mute_logger

from .common import GoogleCase
from .series import SeriesMixin

TABLES = {"calendar_event": "name", "mail_activity": "summary"}


class TestPoison(SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self._refuse()

    def _refuse(self):
        for table, column in TABLES.items():
            self.cr.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT no_poison CHECK ({column} <> 'Poison')"
            )

    def _allow(self):
        for table in TABLES:
            self.cr.execute(f"ALTER TABLE {table} DROP CONSTRAINT no_poison")

    def _poisoned_run(self, aside=1):
        """A run that meets the poison; then the cause goes away, and the user clicks Retry."""
        with mute_logger("odoo.sql_db"):
            run = self.sync(self.account)
        self.assertEqual((run.state, run.set_aside), ("done", aside))
        self.assertNotIn("Poison", run.line_ids.mapped("title"))
        links = self.env["crm.google.link"].search([("state", "=", "set_aside")])
        self.assertIn("The CRM refused this entry", links.reason)
        self._between()
        self._allow()
        links.with_user(self.user).action_retry()
        self.work()
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)
        self.assert_same()

    def _between(self):
        """What was good stands here although its neighbour was refused."""
        self.assertTrue({"Good", "Fine"} <= set(self.meetings().mapped("name")))

    def _good_ones(self):
        day = self.soon().date()
        for title in ("Good", "Fine"):
            self.google.add_event("Events", title, f"{day}T12:00", f"{day}T13:00")

    def test_a_new_event(self):
        day = self.soon().date()
        self.google.add_event("Events", "Poison", f"{day}T12:00", f"{day}T13:00")
        self._good_ones()
        self._poisoned_run()

    def test_a_changed_event(self):
        meeting = self.meeting("Meeting")
        self.sync(self.account)
        self.google.edit("Events", self.link(meeting).event_id, summary="Poison")
        self._good_ones()
        self._poisoned_run()
        self.assertEqual(meeting.name, "Poison")

    def test_a_new_series_with_an_exception(self):
        series = self.make_series("Poison", "FREQ=DAILY;COUNT=3")
        self.google.delete_occurrence("Events", self.google.occurrences("Events", series["id"])[1])
        self.make_series("Good", "FREQ=DAILY;COUNT=3")
        self._good_ones()
        self._poisoned_run()

    def test_a_changed_series(self):
        series = self.make_series("Series", "FREQ=DAILY;COUNT=3")
        other = self.make_series("Other", "FREQ=DAILY;COUNT=3")
        self.sync(self.account)
        self.google.edit("Events", series["id"], summary="Poison")
        self.google.edit("Events", other["id"], summary="Good")
        self._good_ones()
        self._poisoned_run()

    def test_one_occurrence_of_a_series(self):
        series = self.make_series("Good", "FREQ=DAILY;COUNT=3")
        self.sync(self.account)
        occurrence = self.google.occurrences("Events", series["id"])[1]
        self.google.edit_occurrence("Events", occurrence, summary="Poison")
        self._good_ones()
        self._poisoned_run()

    def test_a_new_task(self):
        day = self.soon().date()
        for title in ("Poison", "Task"):
            self.google.add_event("Tasks", title, day, day + timedelta(days=1))
        self._good_ones()
        self._poisoned_run()
        tasks = self.env["mail.activity"].search([("user_id", "=", self.user.id)])
        self.assertEqual(sorted(tasks.mapped("summary")), ["Poison", "Task"])
