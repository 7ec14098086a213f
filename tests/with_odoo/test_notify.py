"""Google's messages, as real requests: who is believed, and what becomes of them."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase

from odoo.addons.crm_google_calendar.bridge import channels, hints, settings, slices, worker
from odoo.addons.crm_google_calendar.gcal.ahead import Ahead

from .watching import PATH, WatchCase


class TestNotify(WatchCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.account = self.watched()
        self.sync(self.account)
        self.deliver()
        self.sync(self.account, "auto")  # hears the echo of what was just written
        self.deliver()
        self.work()
        self.emulator.log.clear()

    def deliver(self, times=1, **changed):
        """Bring Google's messages to the site, each so often; returns the answers' statuses."""
        self.env.flush_all()
        statuses = [
            self.post({**headers, **changed}) for headers in self.messages() for _ in range(times)
        ]
        self.env.invalidate_all()
        return statuses

    def post(self, headers):
        for name in ("host", "accept-encoding", "content-length"):
            headers.pop(name, None)
        return self.url_open(PATH, data=b"", headers=headers, method="POST").status_code

    def lunch(self, name="Lunch"):
        day = self.soon().date()
        return self.google.add_event("Events", name, f"{day}T12:00", f"{day}T13:00")

    def hints(self):
        return self.env["crm.google.hint"].search([("model", "=", "crm.google.channel")])

    def runs(self):
        return self.account.run_ids.filtered(lambda run: run.trigger == "push")

    # -- what a message does -----------------------------------------------------------------

    def test_a_change_in_google_arrives_by_itself(self):
        self.lunch()
        self.assertEqual(self.deliver(), [204])
        self.work()
        self.assertIn("Lunch", self.meetings().mapped("name"))
        self.assertEqual(self.runs().mapped("state"), ["done"])

    def test_the_request_itself_only_leaves_a_hint(self):
        self.lunch()
        self.deliver()
        self.assertEqual((len(self.hints()), self.emulator.count()), (1, 0))
        self.assertNotIn("Lunch", self.meetings().mapped("name"))

    def test_the_first_message_says_only_that_it_works(self):
        self.assertTrue(all(self.channels().mapped("heard")))
        self.channels()._let_go()
        self.tend()
        self.assertEqual(self.deliver(), [204, 204])
        self.assertTrue(all(self.channels().mapped("heard")))
        self.assertFalse(self.hints())

    def test_a_burst_is_one_hint_and_one_run(self):
        for number in range(5):
            self.lunch(f"Lunch {number}")
        self.assertEqual(self.deliver(times=4), [204] * 20)
        self.assertEqual(len(self.hints()), 1)
        with patch.object(worker, "work_on", wraps=slices.work_on) as work_on:
            self.work()
        self.assertEqual((work_on.call_count, len(self.runs())), (1, 1))
        self.assertEqual(self.emulator.count("events.list"), 2)
        self.assertFalse(self.hints())

    def test_the_messages_about_our_own_writes_change_nothing(self):
        self.meeting("Ours")
        self.sync(self.account)
        self.assertTrue(self.deliver())
        self.work()
        self.assertFalse(self.runs())
        self.assertFalse(self.deliver())

    def test_a_message_that_comes_again_or_late_is_harmless(self):
        self.lunch()
        headers = self.messages()[0]
        for number in ("7", "3", "3", "none"):
            headers["x-goog-message-number"] = number
            self.assertEqual(self.post(dict(headers)), 204)
            self.work()
        self.assertEqual(self.meetings().mapped("name").count("Lunch"), 1)
        self.assertEqual(len(self.runs()), 1)

    def test_a_message_during_a_run_is_not_lost(self):
        """The run may have asked Google before the change was made."""
        self.lunch("One")
        self.deliver()
        original = worker.work_on

        def while_it_works(run, *args, **kwargs):
            over = original(run, *args, **kwargs)
            if "Two" not in self.events():
                self.lunch("Two")
                self.deliver()
            return over

        with patch.object(worker, "work_on", while_it_works):
            self.work()
            self.work()
        self.assertEqual(sorted(self.meetings().mapped("name")), ["One", "Two"])

    def test_a_message_while_google_is_asked_is_not_lost(self):
        """What was asked for before it may not hold what it tells of."""
        original = Ahead.answers

        def after_the_answer(ahead, seconds):
            found = original(ahead, seconds)
            if found and "Two" not in self.events():
                self.lunch("Two")
                self.deliver()
                hints.dispatch(self.env)
            return found

        for trigger in ("auto", "push"):
            self.google.delete("Events", self.events().get("Two", self.lunch("Two"))["id"])
            self.sync(self.account)
            self.messages()
            self.hints().unlink()
            self.account._nudge(trigger)
            with patch.object(Ahead, "answers", after_the_answer):
                self.work()
            self.assertIn("Two", self.meetings().mapped("name"), trigger)

    def test_a_message_of_nothing_new_costs_two_calls_and_no_slice(self):
        self.lunch()
        message = self.messages()[0]
        self.sync(self.account)
        self.sync(self.account, "auto")
        self.emulator.log.clear()
        self.post(message)
        with patch.object(worker, "work_on") as work_on:
            self.work()
        self.assertFalse(work_on.called or self.hints() or self.runs())
        self.assertEqual(self.emulator.methods(), ["events.list"] * 2)

    def test_an_unheard_of_state_is_a_hint_too(self):
        self.lunch()
        self.assertEqual(self.deliver(**{"x-goog-resource-state": "not_exists"}), [204])
        self.assertEqual(len(self.hints()), 1)

    def test_a_lost_message_costs_time_only(self):
        self.lunch()
        self.messages()  # and nobody delivers them
        self.env["crm.google.account"]._cron_auto_sync()
        self.work()
        self.assertIn("Lunch", self.meetings().mapped("name"))

    # -- who is believed ---------------------------------------------------------------------

    def test_without_the_channels_secret_nothing_is_done(self):
        self.lunch()
        message = self.messages()[0]
        other = self.channels("task").name
        forged = (
            {"x-goog-channel-token": "guessed"},
            {"x-goog-channel-token": ""},
            {"x-goog-channel-token": "schön".encode().decode("latin-1")},
            {"x-goog-channel-id": other},
            {"x-goog-channel-id": "unknown"},
            {"x-goog-channel-id": ""},
            {"x-goog-channel-id": "a\tb"},
            {"x-goog-channel-id": "x" * 9000},
            {"x-goog-channel-id": "schön".encode().decode("latin-1")},
            {"x-goog-channel-token": "x" * 9000},
            {"x-goog-resource-state": "x" * 9000, "x-goog-channel-token": "guessed"},
            {"x-goog-channel-token": self.channels("event").sudo().secret_hash},
        )
        for change in forged:
            self.assertEqual(self.post({**message, **change}), 204, change)
        self.assertEqual(self.post({}), 204)
        self.assertFalse(self.hints())

    def test_an_id_of_no_channel_is_not_even_looked_up(self):
        for name in ("a\0b", "\udc80", "x" * 10**6, "'; --", "A" * 36, None, ""):
            with self.assertQueryCount(0):
                self.assertFalse(channels.receive(self.env, name, "\udc80\0" * 10**6, "\0"))

    def test_secrets_are_compared_in_constant_time(self):
        self.lunch()
        with patch.object(channels.hmac, "compare_digest", return_value=False) as compare:
            self.deliver()
        self.assertTrue(compare.called)
        self.assertFalse(self.hints())

    def test_a_channel_that_was_ended_here_is_not_listened_to(self):
        self.lunch()
        message = self.messages()[0]
        self.channels().unlink()
        self.env.flush_all()
        self.assertEqual(self.post(message), 204)
        self.assertFalse(self.hints())

    def test_with_auto_sync_off_a_message_does_nothing(self):
        settings.put(self.env, "auto_sync", "False")
        self.lunch()
        self.assertEqual(self.deliver(), [204])
        self.assertFalse(self.hints())

    def test_a_message_for_somebody_who_must_reconnect_starts_no_run(self):
        self.account.state = "reconnect"
        self.lunch()
        self.deliver()
        self.work()
        self.assertFalse(self.runs() or self.hints())
        self.assertEqual(self.emulator.count(), 0)

    def test_messages_for_an_account_whose_run_failed_do_not_pile_up(self):
        self.account.cause = "api_disabled"
        for number in range(3):
            self.lunch(f"Lunch {number}")
            self.deliver()
            self.work()
        self.assertFalse(self.runs() or self.hints())

    def test_only_a_post_is_taken(self):
        self.assertEqual(self.url_open(PATH).status_code, 405)

    # -- what pages say ----------------------------------------------------------------------

    def test_the_pages_say_that_changes_arrive_at_once(self):
        me = self.user.with_user(self.user)
        self.assertEqual(me.crm_google_push, "They arrive within seconds.")
        page = self.env["res.config.settings"].with_user(self.env.ref("base.user_admin"))
        self.assertIn("1 of 1 connected accounts", page.create({}).crm_google_push_text)

    def test_messages_that_never_arrive_are_said(self):
        self.channels().heard = False
        me = self.user.with_user(self.user)
        polled = "They arrive when Google is asked for them, every 60 minutes."
        self.assertEqual(me.crm_google_push, polled)
        long_ago = fields.Datetime.now() - timedelta(hours=1)
        self.cr.execute("UPDATE crm_google_channel SET create_date = %s", (long_ago,))
        self.env.invalidate_all()
        self.assertIn("No message from Google has arrived", channels.text(self.account))
        self.assertIn("0 of 1 connected accounts", channels.text(self.account))
