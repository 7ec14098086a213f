"""A connection that has ended, was broken, or is checked."""

from google_emulator import Fault

from .connecting import ConnectCase


class TestReconnect(ConnectCase):
    def lapsed(self):
        """A connection with one entry, whose grant has died."""
        self.consent()
        self.record = self.meeting("Demo")
        self.sync(self.account)
        self.emulator.kill_grants()
        self.emulator.expire_access_tokens()
        self.sync(self.account)
        self.assertState("reconnect", "Click Reconnect with Google")

    def test_the_same_google_account_adopts_calendars_and_entries(self):
        self.lapsed()
        kept = (self.account.calendar_ids.mapped("google_id"), self.link(self.record).event_id)
        self.consent()
        self.assertConnected()
        self.sync(self.account)
        now = (self.account.calendar_ids.mapped("google_id"), self.link(self.record).event_id)
        self.assertEqual((now, list(self.events())), (kept, ["Demo"]))

    def test_a_failing_exchange_leads_to_googles_page_again(self):
        self.lapsed()
        self.emulator.faults.script("token", Fault(status=503))
        self.consent()
        self.assertState("reconnect", "Click Reconnect with Google to go on")
        self.assertEqual(self.click()["type"], "ir.actions.act_url")

    def test_a_calendar_deleted_meanwhile_is_told_and_made_again(self):
        self.lapsed()
        self.google.delete_calendar("Events")
        self.consent()
        self.assertState("connected", "Click Create again")
        self.assertTrue(self.accounts.get_status()["gone"])
        self.create_again()

    def test_a_calendar_deleted_by_hand_is_made_again_with_its_entries(self):
        self.consent()
        self.record = self.meeting("Demo")
        self.sync(self.account)
        self.google.delete_calendar("Events")
        self.sync(self.account)
        self.assertTrue(self.accounts.get_status()["gone"])
        self.create_again()

    def create_again(self):
        self.accounts.action_create_again()
        self.work()
        self.assertConnected()
        self.assertFalse(self.accounts.get_status()["gone"])
        self.work()
        self.assertEqual(list(self.events()), ["Demo"])
        self.assertTrue(self.record.exists())

    def test_create_again_leads_over_googles_page_where_the_grant_is_dead(self):
        self.lapsed()
        self.calendar(self.account).state = "gone"
        self.google.delete_calendar("Events")
        self.assertEqual(self.accounts.action_create_again()["type"], "ir.actions.act_url")
        self.consent()
        self.assertConnected()
        self.work()
        self.assertEqual(list(self.events()), ["Demo"])

    def test_create_again_without_a_missing_calendar_does_nothing(self):
        self.consent()
        self.accounts.action_create_again()
        self.assertState("connected")
        self.assertEqual(self.emulator.count("calendars.insert"), 2)

    def test_a_reconnection_says_that_nothing_was_lost(self):
        self.lapsed()
        notices = self.notices()
        self.consent()
        self.assertIn("Nothing was lost", notices[-1]["message"])

    def test_a_dead_grant_is_announced_once_and_asked_no_more(self):
        self.lapsed()
        asked = self.emulator.count("refresh")
        notices = self.notices()
        self.account._nudge("auto")
        self.work()
        self.assertEqual((self.emulator.count("refresh"), notices), (asked, []))


class TestCheck(ConnectCase):
    def check(self):
        notices = self.notices()
        self.account.with_user(self.user).action_check()
        self.work()
        return " ".join(notice["message"] for notice in notices)

    def test_a_connection_that_works(self):
        self.consent()
        self.assertIn("both calendars are accessible", self.check())

    def test_a_calendar_that_is_gone(self):
        self.consent()
        self.google.delete_calendar("Tasks")
        self.assertIn("deleted in Google", self.check())
        self.assertTrue(self.accounts.get_status()["gone"])

    def test_a_grant_that_is_dead_is_said_once(self):
        self.consent()
        self.emulator.kill_grants()
        self.emulator.expire_access_tokens()
        self.assertEqual(self.check().count("no longer accepts"), 1)
        self.assertState("reconnect", "Reconnect")

    def test_google_out_of_reach_changes_nothing(self):
        self.consent()
        self.emulator.faults.script("calendars.get", Fault(status=503))
        self.assertIn("could not be reached", self.check())
        self.assertState("connected")

    def test_nothing_is_checked_where_nothing_is_connected(self):
        self.assertTrue(self.check())
        self.assertState("disconnected")


class TestAnnouncement(ConnectCase):
    def test_a_dead_grant_is_told_to_the_user_once_where_he_reads_his_messages(self):
        account = self.connected()
        partner = self.user.partner_id
        told = [("model", "=", "res.partner"), ("res_id", "=", partner.id)]
        before = self.env["mail.message"].search_count(told)
        self.emulator.kill_grants()
        self.emulator.expire_access_tokens()
        for _time in range(2):
            self.sync(account)
        messages = self.env["mail.message"].search(told)
        self.assertEqual(len(messages), before + 1)
        self.assertIn("Reconnect", messages[0].body)
