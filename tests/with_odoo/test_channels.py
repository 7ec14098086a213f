"""Push channels: opened, renewed and ended in the background, and never in the way of a sync."""

from datetime import timedelta

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import channels, settings

from google_emulator import Fault

from .common import SAM
from .watching import PATH, SITE, WatchCase

UNAUTHORIZED = [Fault(401, "push.webhookUrlUnauthorized")] * 3  # with new tokens each time


class TestOpening(WatchCase):
    def test_both_calendars_are_watched_by_a_channel_each(self):
        account = self.watched()
        opened = self.channels()
        self.assertEqual(opened.mapped("state"), ["open", "open"])
        self.assertEqual(opened.calendar_id, account.calendar_ids)
        self.assertEqual(self.open_in_google(), set(opened.mapped("name")))
        self.assertEqual(set(opened.mapped("address")), {SITE + PATH})
        self.tend()
        self.assertEqual(self.emulator.count("events.watch"), 2)

    def test_connecting_asks_for_it_in_the_background(self):
        triggers = self.env["ir.cron.trigger"]
        mine = [("cron_id", "=", self.env.ref("crm_google_calendar.ir_cron_channels").id)]
        self.assertFalse(triggers.search(mine))
        self.connected()
        self.assertTrue(triggers.search(mine))
        self.assertEqual(self.emulator.count("events.watch"), 0)

    def test_the_secrets_differ_and_are_nowhere_here(self):
        self.watched()
        secrets = {message["x-goog-channel-token"] for message in self.messages()}
        self.assertEqual(len(secrets), 2)
        self.cr.execute("SELECT * FROM crm_google_channel")
        rows = str(self.cr.fetchall())
        self.assertFalse([secret for secret in secrets if secret in rows])

    def test_only_what_the_internet_reaches_by_https_is_named_to_google(self):
        account = self.connected()
        problems = {
            "http://crm.example.com": "no_https",
            "https://localhost": "private",
            "https://odoo": "private",
            "https://crm.local": "private",
            "https://crm.acme.lan:8069": "private",
            "https://10.0.0.7": "private",
            "https://127.0.0.1:8069": "private",
            "https://[fe80::1]": "private",
            "https://crm.example.com:8443/": "",
            "https://93.184.216.34": "",
        }
        for url, problem in problems.items():
            self.env["ir.config_parameter"].set_param("web.base.url", url)
            self.assertEqual(settings.push_problem(self.env), problem, url)
            if problem:
                self.tend()
                self.assertIn("web.base.url", channels.text(account))
        self.assertEqual(self.emulator.count("events.watch"), 0)

    def test_without_auto_sync_or_where_it_is_switched_off_nothing_is_watched(self):
        self.connected()
        for name in ("auto_sync", "push"):
            settings.put(self.env, name, "False")
            self.tend()
            settings.put(self.env, name, "True")
        self.assertEqual(self.emulator.count("events.watch"), 0)

    def test_an_archived_user_is_not_watched(self):
        self.watched()
        self.user.active = False
        self.tend()
        self.assertFalse(self.channels())
        self.assertFalse(self.open_in_google())


class TestRenewal(WatchCase):
    def later(self, **by):
        """Let this much time pass for the channels."""
        for channel in self.channels():
            channel.expires -= timedelta(**by)
            channel.look_at -= timedelta(**by)

    def test_a_channel_is_renewed_before_its_end_and_the_old_one_is_ended(self):
        self.watched()
        before = self.channels()
        self.later(days=5)
        self.tend()
        self.assertEqual(self.channels(), before)
        self.later(hours=18)  # four fifths of its life
        self.tend()
        self.assertFalse(before.exists())
        self.assertEqual(self.channels().mapped("state"), ["open", "open"])
        self.assertEqual(self.open_in_google(), set(self.channels().mapped("name")))
        self.assertEqual(self.emulator.count("channels.stop"), 2)

    def test_the_new_one_stands_before_the_old_one_is_ended(self):
        self.watched()
        self.later(days=6)
        self.emulator.log.clear()
        self.tend()
        expected = ["events.watch", "events.watch", "channels.stop", "channels.stop"]
        self.assertEqual(self.emulator.methods(), expected)

    def test_a_life_that_google_cut_short_is_respected(self):
        self.watched()
        now = fields.Datetime.now()
        times = channels._times(now + timedelta(hours=10))
        self.assertEqual(times["look_at"], now + timedelta(hours=8))
        self.assertLess(channels._times(now + timedelta(hours=1))["look_at"], now)

    def test_one_that_ended_unseen_is_opened_again(self):
        self.watched()
        before = self.channels()
        self.later(days=8)
        self.tend()
        self.assertFalse(before.exists())
        self.assertEqual(len(self.channels()), 2)

    def test_one_whose_answer_was_lost_ends_by_itself_and_another_is_opened(self):
        self.emulator.faults.script("events.watch", Fault.lost_answer())
        self.watched()
        self.assertEqual(self.channels().mapped("state"), ["refused"])
        self.later(hours=2)
        self.tend()
        self.assertEqual(self.channels().mapped("state"), ["open", "open"])

    def test_a_kill_in_the_call_costs_no_calendar_its_channel(self):
        account = self.connected()
        calendar = self.calendar(account)
        values = {"account_id": account.id, "calendar_id": calendar.id, "name": "killed"}
        values["expires"] = fields.Datetime.now() + timedelta(days=7)
        self.env["crm.google.channel"].create(values)
        self.tend()
        self.assertEqual(self.channels().mapped("state"), ["open", "open"])
        self.assertNotIn("killed", self.channels().mapped("name"))

    def test_another_address_of_the_site_has_new_channels(self):
        self.watched()
        self.env["ir.config_parameter"].set_param("web.base.url", "https://new.example.com")
        self.tend()
        addresses = set(self.channels().mapped("address"))
        self.assertEqual(addresses, {"https://new.example.com" + PATH})
        self.assertEqual(self.open_in_google(), set(self.channels().mapped("name")))

    def test_a_grant_that_was_renewed_has_new_channels(self):
        self.watched()
        before = set(self.channels().mapped("name"))
        self.connected()
        self.tend()
        self.assertTrue(before.isdisjoint(self.channels().mapped("name")))
        self.assertEqual(len(self.channels()), 2)


class TestEnding(WatchCase):
    def test_revoking_ends_them_first(self):
        account = self.watched()
        account.with_user(self.user).action_revoke()
        self.emulator.log.clear()
        self.work()
        self.assertEqual(account.state, "disconnected")
        self.assertEqual(self.emulator.methods()[:2], ["channels.stop", "channels.stop"])
        self.assertFalse(self.open_in_google() or self.channels())

    def test_revoking_does_not_depend_on_it(self):
        for fault in (Fault(403, "forbidden"), Fault(404), Fault(503), Fault.reset()):
            account = self.watched()
            self.emulator.faults.script("channels.stop", [fault, fault])
            account.with_user(self.user).action_revoke()
            self.work()
            self.assertEqual(account.state, "disconnected", fault)
            self.assertFalse(self.channels())

    def test_a_dead_grant_leaves_them_to_their_end(self):
        account = self.watched()
        self.emulator.kill_grants(SAM)
        self.sync(account)
        self.assertEqual(account.state, "reconnect")
        self.emulator.log.clear()
        self.tend()
        self.assertEqual(self.emulator.count(), 0)
        account.with_user(self.user).action_revoke()
        self.work()
        self.assertFalse(self.channels())

    def test_a_calendar_that_was_deleted_and_made_again_is_watched_anew(self):
        account = self.watched()
        self.google.delete_calendar("Events (created")
        self.sync(account)
        self.assertEqual(self.calendar(account).state, "gone")
        self.accounts = self.env["crm.google.account"].with_user(self.user)
        self.accounts.action_create_again()
        self.work()
        self.tend()
        opened = self.channels()
        self.assertEqual(opened.mapped("state"), ["open", "open"])
        self.assertEqual(self.open_in_google(), set(opened.mapped("name")))
        in_google = self.emulator.channels.open.values()
        named = {channel.calendar.id for channel in in_google}
        self.assertEqual(named, set(account.calendar_ids.mapped("google_id")))

    def test_switched_off_they_are_ended(self):
        self.watched()
        settings.put(self.env, "push", "False")
        self.tend()
        self.assertFalse(self.channels() or self.open_in_google())

    def test_what_cannot_be_ended_now_is_ended_later(self):
        self.watched()
        settings.put(self.env, "push", "False")
        self.emulator.faults.script("channels.stop", [Fault(503), Fault(503)])
        self.tend()
        self.assertEqual(self.channels().mapped("state"), ["old", "old"])
        self.tend()
        self.assertFalse(self.channels())


class TestRefusals(WatchCase):
    def assertPolled(self, account):
        self.meeting("Demo")
        self.assertEqual(self.sync(account).state, "done")
        self.assertIn("Demo", self.events())

    def test_an_address_that_google_does_not_trust_is_said_and_tried_the_next_day(self):
        self.emulator.faults.script("events.watch", UNAUTHORIZED * 2)
        account = self.watched()
        self.assertEqual(account.state, "connected")
        self.assertEqual(set(self.channels().mapped("cause")), {"address_refused"})
        self.assertIn("Search Console", channels.text(account))
        self.assertIn("every 60 minutes", self.user.with_user(self.user).crm_google_push)
        self.emulator.log.clear()
        self.tend()
        self.assertEqual(self.emulator.count(), 0)
        self.channels().look_at = fields.Datetime.now()
        self.tend()
        self.assertEqual(self.channels().mapped("state"), ["open", "open"])
        self.assertPolled(account)

    def test_saving_the_settings_tries_it_at_once(self):
        self.emulator.faults.script("events.watch", UNAUTHORIZED * 2)
        self.watched()
        page = self.env["res.config.settings"].with_user(self.env.ref("base.user_admin"))
        page.create({}).execute()
        self.tend()
        self.assertEqual(self.channels().mapped("state"), ["open", "open"])

    def test_no_fault_of_a_channel_is_the_accounts(self):
        faults = {
            "no_access": Fault(403, "forbidden"),
            "calendar_gone": Fault(404),
            "rate_limited": Fault(429, retry_after=7),
            "transient": Fault(503),
            "quota_used_up": Fault(403, "quotaExceeded"),
            "refused": Fault(400, "badRequest"),
            "api_disabled": Fault(403, "accessNotConfigured"),
        }
        account = self.connected()
        for cause, fault in faults.items():
            self.emulator.faults.script("events.watch", [fault, fault])
            self.tend()
            self.assertEqual(set(self.channels().mapped("cause")), {cause})
            self.assertEqual(set(self.channels().mapped("state")), {"refused"})
            self.assertEqual((account.state, account.message), ("connected", False))
            self.assertEqual(account.calendar_ids.mapped("state"), ["ready", "ready"])
            self.channels().look_at = fields.Datetime.now()
        self.assertPolled(account)

    def test_a_grant_that_died_is_the_runs_business(self):
        account = self.connected()
        self.emulator.kill_grants(SAM)
        self.tend()
        self.assertEqual(account.state, "connected")
        self.assertEqual(set(self.channels().mapped("cause")), {"lapsed"})

    def test_what_concerns_everybody_is_met_once(self):
        eve = self.new_user("eve", "eve@example.com")
        self.emulator.add_user("eve@example.com", "Eve")
        self.connected(eve, "eve@example.com")
        self.emulator.faults.script("events.watch", UNAUTHORIZED * 2)
        self.watched()
        self.assertEqual(len(self.channels().account_id), 1)

    def test_one_accounts_trouble_is_not_anothers(self):
        eve = self.new_user("eve", "eve@example.com")
        self.emulator.add_user("eve@example.com", "Eve")
        self.connected(eve, "eve@example.com")
        account = self.connected()
        account.refresh_token = False
        self.tend()
        self.assertEqual(self.channels().account_id.user_id, eve)
        self.assertEqual(len(self.open_in_google()), 2)
