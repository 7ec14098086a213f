"""Users who leave, and users who look at their preferences."""

from unittest.mock import Mock, patch

from odoo import Command

from odoo.addons.crm_google_calendar.bridge import settings

from .connecting import ConnectCase


class TestLeaving(ConnectCase):
    def setUp(self):
        super().setUp()
        self.connected()
        self.record = self.meeting("Demo")
        settings.put(self.env, "auto_sync", "True")

    def leave(self, how):
        if how == "archived":
            self.user.active = False
        else:
            groups = self.env.ref(f"base.group_{how}")
            self.user.write({"group_ids": [Command.set(groups.ids)]})
        self.env.flush_all()

    def come_back(self):
        groups = self.env.ref("base.group_user") | self.env.ref("sales_team.group_sale_salesman")
        self.user.write({"active": True, "group_ids": [Command.set(groups.ids)]})

    def nothing_is_done(self, how):
        self.account._start_run("wizard", full=True)
        self.account.with_user(self.user).action_check()
        self.leave(how)
        self.env["crm.google.account"]._cron_auto_sync()
        self.record.with_user(self.env.ref("base.user_admin")).name = "Changed"
        self.emulator.log.clear()
        self.work()
        self.assertEqual(self.emulator.count(), 0)
        self.assertEqual((self.account.state, self.account.cause), ("connected", False))
        self.come_back()
        self.work()
        self.assertEqual(list(self.events()), ["Changed"])

    def test_nothing_is_done_for_an_archived_user(self):
        self.nothing_is_done("archived")

    def test_nothing_is_done_for_a_user_who_became_a_portal_user(self):
        self.nothing_is_done("portal")

    def test_nothing_is_done_for_a_user_who_became_a_public_user(self):
        self.nothing_is_done("public")

    def test_nothing_is_done_for_a_user_who_may_not_read_what_is_synchronized(self):
        self.account._start_run("wizard", full=True)
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "mail.activity")])
        rights.perm_read = False
        self.emulator.log.clear()
        self.work()
        self.account._nudge("auto")
        self.work()
        self.assertEqual((self.emulator.count(), self.account.state), (0, "connected"))
        rights.perm_read = True
        self.work()
        self.assertEqual(list(self.events()), ["Demo"])

    def test_who_left_is_not_connected(self):
        for how in ("archived", "portal", "public"):
            self.come_back()
            self.account._change("connecting")
            self.leave(how)
            self.emulator.log.clear()
            self.work()
            self.assertEqual(self.emulator.count(), 0, how)

    def test_a_revocation_is_carried_out_though_the_user_has_left(self):
        for how in ("archived", "portal"):
            self.come_back()
            self.consent() if self.account.state == "disconnected" else None
            self.account.with_user(self.user).action_revoke()
            self.leave(how)
            self.work()
            self.assertEqual(self.account.state, "disconnected")

    def test_with_a_user_goes_all_that_was_his(self):
        self.sync(self.account)
        self.record.user_id = self.env.ref("base.user_admin")
        self.work()
        models = ("account", "calendar", "link", "run", "run.line")
        rows = [self.env[f"crm.google.{model}"].search([]) for model in models]
        self.assertEqual({each.user_id for each in rows}, {self.user})
        self.user.unlink()
        self.assertEqual([each.exists() for each in rows], [each.browse() for each in rows])
        self.assertTrue(self.record.exists())
        self.work()


class TestPreferences(ConnectCase):
    def mine(self):
        return self.user.with_user(self.user)

    def read(self):
        names = [name for name in self.user._fields if name.startswith("crm_google_")]
        return self.mine().read(names)[0]

    def test_they_show_the_connection(self):
        self.consent()
        self.sync(self.account)
        shown = self.read()
        self.assertEqual(shown["crm_google_account_state"], "connected")
        self.assertEqual(shown["crm_google_email"], "sam@example.com")
        self.assertTrue(shown["crm_google_since"] and shown["crm_google_last_sync"])
        self.assertIn("your other calendars stay invisible", shown["crm_google_granted"])
        self.assertEqual(len(shown["crm_google_calendars"].split("\n")), 2)

    def test_without_a_connection_they_offer_one(self):
        self.assertEqual(self.read()["crm_google_account_state"], "disconnected")
        action = self.mine().action_crm_google_configure()
        self.assertIn("/crm_google_calendar/connect", action["url"])

    def test_the_way_to_google_leads_back_to_where_they_were_opened(self):
        request = "odoo.addons.crm_google_calendar.models.res_users.request"
        asked = Mock()
        asked.httprequest.referrer = "http://127.0.0.1/odoo/crm/5?debug=1"
        with patch(request, asked):
            action = self.mine().action_crm_google_configure()
        self.assertIn("return_path=%2Fodoo%2Fcrm%2F5%3Fdebug%3D1", action["url"])

    def test_revoke_and_check_do_nothing_where_nothing_is_connected(self):
        eve = self.new_user("eve", "eve@example.com")
        eve = eve.with_user(eve)
        self.assertFalse(eve.action_crm_google_revoke())
        self.assertFalse(eve.action_crm_google_check())

    def test_revoke_asks_the_worker(self):
        self.consent()
        action = self.mine().action_crm_google_revoke()
        self.assertIn("being revoked", action["params"]["message"])
        self.work()
        self.assertEqual(self.read()["crm_google_account_state"], "disconnected")

    def test_whoever_syncs_deletes_meetings_without_the_mail_dialog(self):
        self.assertFalse(self.mine()._has_any_active_synchronization())
        self.consent()
        self.assertTrue(self.mine()._has_any_active_synchronization())
