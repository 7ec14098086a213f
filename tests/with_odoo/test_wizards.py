"""The two wizards: what they offer, what they refuse, and that two clicks are one."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .connecting import ConnectCase


class WizardCase(ConnectCase):
    def wizard(self, **values):
        return self.env["crm.google.sync.wizard"].with_user(self.user).create(values)

    def runs(self):
        return self.account.run_ids


class TestSyncWizard(WizardCase):
    def setUp(self):
        super().setUp()
        self.connected()

    @freeze_time("2026-12-31 23:30:00")
    def test_it_offers_this_month_and_the_next_two_of_the_users_calendar(self):
        wizard = self.wizard()
        self.assertEqual(wizard.scope, "months")
        self.assertEqual(
            (wizard.with_context(tz="Europe/Berlin")._months()),
            (date(2027, 1, 1), date(2027, 3, 31)),
        )
        wizard.with_context(tz="Europe/Berlin").action_start()
        run = self.runs()
        self.assertEqual((run.trigger, run.full), ("wizard", True))
        self.assertEqual((run.date_from, run.date_to), (date(2027, 1, 1), date(2027, 3, 31)))

    def test_it_tells_the_address_and_the_cap(self):
        wizard = self.wizard()
        self.assertEqual((wizard.email, wizard.cap), (self.account.email, 5000))

    def test_it_closes_at_once_and_the_work_goes_on(self):
        self.meeting("Demo")
        action = self.wizard().action_start()
        self.assertEqual(action["type"], "ir.actions.act_window_close")
        self.assertEqual(action["infos"], {"started": True})
        self.assertEqual(self.events(), {})
        self.work()
        self.assertEqual(list(self.events()), ["Demo"])

    def test_everything_has_no_bounds(self):
        self.wizard(scope="all").action_start()
        self.assertEqual((self.runs().date_from, self.runs().date_to), (False, False))

    def test_a_range_includes_both_its_days(self):
        day = self.soon(9).date()
        self.meeting("In", start=self.soon(9))
        self.meeting("Late", start=self.soon(9, hour=21))
        self.meeting("Before", start=self.soon(8))
        self.meeting("After", start=self.soon(10))
        for name, days in (("All day", 9), ("Day before", 8), ("Day after", 10)):
            other = self.soon(days).date()
            self.meeting(name, allday=True, start_date=other, stop_date=other)
        self.wizard(scope="range", date_from=day, date_to=day).action_start()
        self.work()
        self.assertEqual(set(self.events()), {"In", "Late", "All day"})

    def test_a_range_needs_both_days_in_order(self):
        day = date(2026, 5, 5)
        for first, last in ((False, day), (day, False), (day, date(2026, 5, 4))):
            with self.assertRaisesRegex(UserError, "both dates|after the last one"):
                self.wizard(scope="range", date_from=first, date_to=last)

    def test_the_dialog_says_what_is_wrong_with_the_dates_before_anything_is_saved(self):
        day = date(2026, 5, 5)
        dialog = self.env["crm.google.sync.wizard"].with_user(self.user)
        for first, last, words in (
            (day, date(2026, 5, 4), "after the last one"),
            (day, False, "both dates"),
            (date(1, 1, 1), day, "between the years 1970 and 2199"),
            (day, date(9999, 12, 31), "between the years 1970 and 2199"),
        ):
            values = {"scope": "range", "date_from": first, "date_to": last}
            self.assertIn(words, dialog.new(values).problem)
            self.assertFalse(dialog.new({**values, "scope": "months"}).problem)
            with self.assertRaisesRegex(UserError, words):
                dialog.create(values)
        self.assertFalse(dialog.new({"scope": "range", "date_from": day, "date_to": day}).problem)

    @freeze_time("2025-11-28 12:00:00")
    def test_the_default_choice_shows_its_dates(self):
        wizard = self.wizard()
        self.assertEqual(wizard.months_text, "Nov 1, 2025 – Jan 31, 2026")

    @freeze_time("2025-11-28 12:00:00")
    def test_the_page_starts_the_default_choice_without_the_dialog(self):
        self.env["crm.google.sync.wizard"].with_user(self.user).action_start_default()
        run = self.runs()
        self.assertEqual((run.date_from, run.date_to), (date(2025, 11, 1), date(2026, 1, 31)))

    def test_two_clicks_are_one_run(self):
        wizard = self.wizard()
        wizard.action_start()
        wizard.action_start()
        self.wizard().action_start()
        self.assertEqual(len(self.runs()), 1)

    def test_another_choice_while_one_runs_is_not_lost_silently(self):
        self.wizard().action_start()
        with self.assertRaisesRegex(UserError, "under way"):
            self.wizard(scope="all").action_start()

    def test_the_users_choice_is_not_lost_in_a_run_that_began_by_itself(self):
        self.meeting("Long ago", start=self.soon(-1000))
        self.account._start_run("auto")
        self.wizard(scope="all").action_start()
        self.work()
        self.assertEqual(list(self.events()), ["Long ago"])

    def test_who_is_not_connected_is_told_what_to_do(self):
        for state in ("disconnected", "connecting", "incomplete", "reconnect", "revoking"):
            self.account.state = state
            with self.assertRaisesRegex(UserError, "not connected with Google. Click the link"):
                self.wizard().action_start()
        self.assertFalse(self.runs())


class TestCalendarWizard(WizardCase):
    def setUp(self):
        super().setUp()
        account = self.connected()
        self.lost = self.calendar(account, "task")
        self.lost.write({"state": "uncertain", "google_id": False})
        account.state = "incomplete"

    def question(self, **values):
        return self.env["crm.google.calendar.wizard"].with_user(self.user).create(values)

    def test_it_asks_about_the_uncertain_calendar(self):
        wizard = self.question()
        self.assertEqual((wizard.calendar_id, wizard.name), (self.lost, self.lost.name))
        self.assertEqual(wizard.answer, "make")

    def test_the_calendars_id_is_needed_to_use_it(self):
        for google_id in ("", "   ", False):
            with self.assertRaisesRegex(UserError, "Copy the Calendar ID"):
                self.question(answer="use", google_id=google_id).action_continue()

    def test_a_second_click_does_not_answer_for_the_other_calendar(self):
        other = self.calendar(self.account)
        other.write({"state": "uncertain", "google_id": False})
        wizard = self.question()
        self.assertEqual(wizard.calendar_id, other)
        wizard.action_continue()
        wizard.action_continue()
        self.assertEqual((other.state, self.lost.state), ("wanted", "uncertain"))

    def test_an_answer_that_comes_too_late_changes_nothing(self):
        wizard = self.question()
        self.lost.write({"state": "ready", "google_id": "x"})
        self.account.state = "connected"
        wizard.action_continue()
        self.assertEqual((self.lost.state, self.account.state), ("ready", "connected"))
