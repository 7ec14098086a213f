"""Nothing is lost with a calendar that is deleted, or its user is told what goes."""

from unittest.mock import patch

from odoo.addons.crm_google_calendar.bridge import settings
from odoo.addons.crm_google_calendar.bridge.meeting import MeetingSource

from .connecting import BOB
from .lives import LivesMixin
from .series import SeriesMixin
from .test_switch import SwitchCase


class TestNothingIsLost(LivesMixin, SeriesMixin, SwitchCase):
    """Before a calendar is deleted, everything in it is somewhere else."""

    def move(self):
        self.account.state = "reconnect"
        self.consent(BOB)
        self.choose("move")
        self.assertEqual(self.account.email, BOB)

    def assertStays(self, number, *titles):
        """The old Events calendar stays, and the user is told what it holds."""
        self.assertIn(f"with {number} entries that stand nowhere else", self.account.message)
        self.assertEqual([name.split()[1] for name in self.in_google()], ["Events"])
        self.assertEqual(sorted(set(titles) - set(self.events())), [])

    def test_a_created_record_that_was_undone(self):
        self.synced()
        run = self.env["crm.google.run"].search([("crm_created", ">", 0)])
        run.with_user(self.user).action_undo()
        self.work()
        self.assertFalse(self.lunch.exists())
        self.move()
        self.assertStays(1, "Lunch")

    def test_what_the_user_chose_to_keep_and_what_waits_for_an_answer(self):
        for keep in (True, False):
            with self.subTest(keep=keep), self.one_life():
                self.synced()
                settings.put(self.env, "ceiling_number", "0")
                settings.put(self.env, "ceiling_percent", "1")
                self.lunch.unlink()
                run = self.sync(self.account)
                self.assertEqual(run.held, 1)
                if keep:
                    run.with_user(self.user).action_keep_held()
                self.move()
                self.assertStays(1, "Lunch")

    def test_what_was_deleted_here_and_is_not_yet_there(self):
        self.synced()
        self.lunch.unlink()
        self.move()
        self.assertStays(1, "Lunch")

    def test_what_lies_beyond_the_window_and_what_another_database_made(self):
        self.synced()
        day = self.soon(days=900).date()
        self.google.add_event("Events", "Far", f"{day}T12:00", f"{day}T13:00")
        day = self.soon().date()
        mark = {"private": {"crm_db": "another", "crm_record": "calendar.event,7"}}
        others = {"extendedProperties": mark}
        self.google.add_event("Events", "Theirs", f"{day}T15:00", f"{day}T16:00", **others)
        self.sync(self.account)
        self.move()
        self.assertIn("Far", self.events())
        self.assertEqual([name.split()[1] for name in self.in_google()], ["Events"])

    def test_what_the_crm_refused(self):
        self.synced()
        day = self.soon().date()
        self.google.add_event("Events", "Bad", f"{day}T12:00", f"{day}T13:00")
        with patch.object(MeetingSource, "add", side_effect=ValueError("no")):
            self.sync(self.account)
        self.move()
        self.assertStays(1, "Bad")

    def test_a_series_with_exceptions_is_moved_whole(self):
        self.consent()
        rows = self.recurrence("Jour fixe")
        self.sync(self.account)
        rows[2].with_user(self.user).name = "Other"
        self.sync(self.account)
        self.account.state = "reconnect"
        self.consent(BOB)
        self.choose("move")
        self.assertEqual(self.in_google(), [])
        self.assertEqual(set(self.events("event", BOB)), {"Jour fixe", "Other"})

    def test_a_series_that_the_crm_shows_in_part(self):
        self.consent()
        self.make_series("Odd", "FREQ=MONTHLY;BYMONTHDAY=1,15")
        self.sync(self.account)
        self.move()
        self.assertStays(1, "Odd")

    def test_the_wizard_and_the_preferences_say_how_many_stand_only_in_google(self):
        self.synced()
        day = self.soon(days=900).date()
        self.google.add_event("Events", "Far", f"{day}T12:00", f"{day}T13:00")
        self.sync(self.account)
        self.assertEqual(self.user.with_user(self.user).crm_google_only, 1)
        self.account.state = "reconnect"
        self.consent(BOB)
        wizard = self.env["crm.google.switch.wizard"].with_user(self.user).create({})
        self.assertEqual(wizard.google_only, 1)
