"""Two calendars, whatever breaks while Google makes them; never a third."""

from unittest.mock import patch

from google_emulator import OK, Fault

from .common import SAM
from .connecting import ConnectCase


class TestBrokenCalendars(ConnectCase):
    def script(self, *faults):
        self.emulator.faults.script("calendars.insert", faults)

    def answer(self, answer, google_id=""):
        """Answer the question whether the calendar stands in Google."""
        self.assertEqual(self.click()["res_model"], "crm.google.calendar.wizard")
        wizard = self.env["crm.google.calendar.wizard"].with_user(self.user)
        wizard = wizard.create({"answer": answer, "google_id": google_id})
        wizard.action_continue()
        wizard.action_continue()  # a second click
        self.work()

    def id_in_google(self, words="Events"):
        return self.google.calendar(words).id

    def test_the_next_click_makes_what_google_refused_for_now(self):
        for first in (True, False):
            with self.subTest(first=first), self.cr.savepoint():
                fault = Fault(status=403, reason="quotaExceeded")
                self.script(*([fault] if first else [OK, fault]))
                self.consent()
                self.assertState("incomplete", "Click Finish with Google then")
                self.assertFalse(self.click())
                self.assertConnected()
                self.account.with_user(self.user).action_revoke()
                self.work()

    def test_a_slow_google_asks_to_wait(self):
        self.script(Fault(status=429, reason="rateLimitExceeded"))
        self.consent()
        self.assertState("incomplete", "Wait a minute")
        self.click()
        self.assertConnected()

    def test_a_calendar_whose_making_was_not_answered_is_asked_about(self):
        for fault in (Fault.lost_answer(), Fault.reset(), Fault.half_answer(), Fault(status=503)):
            self.script(fault)
            self.consent()
            self.assertState("incomplete", "may or may not stand")
            self.assertEqual(self.calendar(self.account).state, "uncertain")
            self.account.with_user(self.user).action_revoke()
            self.work()

    def test_a_calendar_that_stands_is_used(self):
        self.script(Fault.lost_answer())
        self.consent()
        self.answer("use", f"  {self.id_in_google()} ")
        self.assertConnected()
        self.assertTrue(self.is_ticked(self.calendar(self.account)))

    def test_a_calendar_that_does_not_stand_is_made(self):
        self.script(Fault.reset())
        self.consent()
        self.answer("make")
        self.assertConnected()

    def test_the_second_calendar_is_asked_about_too(self):
        self.script(OK, Fault.lost_answer())
        self.consent()
        self.assertState("incomplete", "may or may not stand")
        self.answer("use", self.id_in_google("Tasks"))
        self.assertConnected()

    def test_both_may_be_uncertain_one_after_the_other(self):
        self.script(Fault.lost_answer())
        self.consent()
        self.script(Fault.lost_answer())
        self.answer("use", self.id_in_google())
        self.assertState("incomplete", "may or may not stand")
        self.answer("use", self.id_in_google("Tasks"))
        self.assertConnected()

    def test_another_calendar_is_never_taken(self):
        self.script(Fault.lost_answer())
        self.consent()
        for wrong in (self.google.create_calendar("Mine").id, "nonsense", SAM):
            self.answer("use", wrong)
            self.assertState("incomplete", "is not the one of the calendar we look for")
        self.answer("use", self.id_in_google())
        self.assertConnected()

    def test_google_out_of_reach_while_looking_leaves_the_question_open(self):
        self.script(Fault.lost_answer())
        self.consent()
        self.emulator.faults.script("calendars.get", Fault(status=503))
        self.answer("use", self.id_in_google())
        self.assertState("incomplete", "could not be reached")
        self.answer("use", self.id_in_google())
        self.assertConnected()

    def test_a_worker_killed_in_the_call_leaves_the_question_open(self):
        self.script(Fault.reset())
        self.consent()
        self.calendar(self.account).state = "making"
        self.account._change("connecting")
        self.work()
        self.assertState("incomplete", "may or may not stand")
        self.assertEqual(self.emulator.count("calendars.insert"), 2)  # the other one
        self.answer("make")
        self.assertConnected()

    def test_a_worker_killed_after_the_call_goes_on(self):
        self.script(OK, Fault(status=429, reason="rateLimitExceeded"))
        self.consent()
        self.account._change("connecting")
        self.work()
        self.assertConnected()

    def test_a_grant_that_died_between_the_calendars_is_reconnected(self):
        self.script(OK, Fault(status=401, reason="authError"))
        with patch("google_emulator.grants.Grants.find_refresh", return_value=None):
            self.consent()
        self.assertState("reconnect", "Click Reconnect with Google")
        self.consent()
        self.assertConnected()

    def test_a_calendar_that_google_did_not_tick_works_and_is_told(self):
        self.emulator.faults.script("calendarList.patch", [Fault(status=503), OK])
        self.consent()
        self.assertState("connected", "Tick them there")
        self.assertEqual(len(self.in_google()), 2)

    def test_the_answer_is_not_lost_when_the_grant_has_died_meanwhile(self):
        self.script(OK, Fault.lost_answer())
        self.consent()
        self.emulator.kill_grants()
        self.emulator.expire_access_tokens()
        self.answer("use", self.id_in_google("Tasks"))
        self.assertState("reconnect", "Click Reconnect with Google")
        self.consent()
        self.assertConnected()

    def test_an_uncertain_calendar_is_asked_about_after_reconnecting_too(self):
        self.script(Fault.lost_answer())
        self.consent()
        self.account.state = "reconnect"
        self.consent()
        self.assertState("incomplete", "may or may not stand")
        self.answer("use", self.id_in_google())
        self.assertConnected()
