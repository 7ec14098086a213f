"""Connecting in the background: whatever breaks, the next click goes on."""

from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from odoo.addons.crm_google_calendar.bridge import settings, vault
from odoo.addons.crm_google_calendar.gcal import oauth
from odoo.addons.crm_google_calendar.gcal.client import Google

from google_emulator import Fault

from .common import SAM
from .connecting import BOB, ConnectCase


class TestConnect(ConnectCase):
    @freeze_time("2026-03-09 23:30:00")
    def test_two_calendars_are_made_with_company_and_date_of_the_user(self):
        self.consent()
        self.assertConnected()
        self.assertEqual(
            self.in_google(),
            ["Acme Events (created: 2026-03-10)", "Acme Tasks (created: 2026-03-10)"],
        )
        self.assertEqual((self.account.email, self.account.sub[:1].isdigit()), (SAM, True))

    def test_the_calendars_are_in_the_users_time_zone_and_ticked(self):
        self.consent()
        for calendar in self.account.calendar_ids:
            zone = self.google.calendar(calendar.google_id).time_zone
            self.assertEqual((zone, self.is_ticked(calendar)), ("Europe/Berlin", True))

    def test_a_user_without_a_known_time_zone_gets_utc(self):
        self.user.tz = False
        self.consent()
        self.assertEqual(self.account.calendar_ids.mapped("zone"), ["UTC", "UTC"])

    def test_a_company_with_an_endless_name_gets_calendars_too(self):
        self.company.name = "Acme " * 100
        self.consent()
        self.assertConnected()

    def test_only_what_was_granted_is_stored_and_the_code_is_forgotten(self):
        self.consent()
        self.assertIn(oauth.CALENDAR_SCOPE, self.account.scopes)
        self.assertIn("your other calendars stay invisible", self.account.scopes_text)
        self.assertFalse(self.account.code or self.account.verifier)

    def test_the_verifier_of_another_consent_is_refused(self):
        client, address = settings.client(self.env), settings.redirect_uri(self.env)
        consent, other = oauth.consent(client, address), oauth.consent(client, address)
        location = self.emulator.consent(consent.url, SAM)
        code = location.split("code=")[1].split("&")[0].replace("%2F", "/")
        self.account._receive_code(code, other.verifier)
        self.work()
        self.assertState("disconnected", "Click Configure with Google again")

    def test_a_second_click_while_connecting_changes_nothing(self):
        self.account._change("connecting", **vault.sealed(self.account, code="one"))
        self.assertFalse(self.accounts.action_configure("/odoo/crm"))
        self.account._receive_code("two", "verifier")
        self.assertEqual(vault.opened(self.account, "code"), "one")

    def test_a_click_while_revoking_does_not_bring_the_connection_back(self):
        self.connected()
        self.account.with_user(self.user).action_revoke()
        self.assertFalse(self.accounts.action_configure("/odoo/crm"))
        self.account._receive_code("code", "verifier")
        self.assertEqual(self.account.state, "revoking")

    def test_revoke_overtakes_a_connection_under_way(self):
        self.account._change("connecting")
        given = self.emulator.grant(SAM, client_id="test-client")
        self.account.write(vault.sealed(self.account, refresh_token=given["refresh_token"]))
        create, revoke = Google.create_calendar, self.account.with_user(self.user).action_revoke

        def create_and_revoke(*arguments):
            made = create(*arguments)
            revoke()
            return made

        with patch.object(Google, "create_calendar", create_and_revoke):
            self.work()
        self.assertEqual(self.emulator.count("calendars.insert"), 1)
        self.assertState("disconnected")
        self.assertEqual(self.in_google(), [])


class TestBrokenConsent(ConnectCase):
    def test_an_unticked_box_is_named(self):
        self.consent(untick=["app.created"])
        self.assertState("disconnected", "leave the box ticked")
        self.assertFalse(self.account.refresh_token)
        self.consent()
        self.assertConnected()

    def test_a_wrong_client_secret_is_the_administrators(self):
        self.emulator.register_client("test-client", "another", settings.redirect_uri(self.env))
        self.consent()
        self.assertState("disconnected", "Ask your administrator to check")
        settings.store_client(self.env, "test-client", "another")
        self.consent()
        self.assertConnected()

    def test_a_redirect_address_that_google_does_not_know_is_the_administrators(self):
        self.emulator.faults.script("token", Fault(status=400, reason="redirect_uri_mismatch"))
        self.consent()
        self.assertState("disconnected", "redirect address")
        self.consent()
        self.assertConnected()

    def test_a_code_that_google_does_not_accept_asks_for_another_click(self):
        self.account._receive_code("4/invalid", "v" * 50)
        self.work()
        self.assertState("disconnected", "Click Configure with Google again")
        self.assertEqual(self.click()["type"], "ir.actions.act_url")

    def test_no_answer_at_the_exchange_asks_for_another_click(self):
        for fault in (Fault(status=503, reason="backendError"), Fault.reset(), Fault.lost_answer()):
            self.emulator.faults.script("token", fault)
            self.consent()
            self.assertState("disconnected", "Click Configure with Google to go on")
        self.consent()
        self.assertConnected()

    def test_a_half_answer_at_the_exchange_asks_for_another_click(self):
        self.emulator.faults.script("token", Fault.half_answer())
        self.consent()
        self.assertState("disconnected", "could not be reached")

    def test_an_address_that_cannot_be_asked_asks_for_another_click(self):
        with patch("google_emulator.grants.Grants.id_token", return_value=""):
            self.emulator.faults.script("userinfo", Fault(status=503, reason="backendError"))
            self.consent()
            self.assertState("disconnected", "could not be reached")
            self.consent()
        self.assertConnected()

    def test_an_exchange_that_was_cut_off_asks_for_another_click(self):
        self.account._change("connecting")  # the code was used, and its answer never stored
        self.work()
        self.assertState("disconnected", "cut off before it was finished")

    def test_a_google_account_without_calendar_may_be_replaced_by_another(self):
        self.emulator.store.people[SAM].has_calendar = False
        self.consent()
        self.assertState("disconnected", "switched off for this Google account")
        self.assertEqual(self.click()["type"], "ir.actions.act_url")
        self.emulator.add_user(BOB, "Bob")
        self.consent(BOB)
        self.assertState("connected")
        self.assertEqual(len(self.in_google(BOB)), 2)

    def test_a_disabled_api_is_the_administrators_and_the_next_click_goes_on(self):
        self.emulator.configure(api_enabled=False)
        self.consent()
        self.assertState("incomplete", "not enabled in the company's Google project")
        self.emulator.configure(api_enabled=True)
        self.assertFalse(self.click())
        self.assertConnected()

    def test_what_is_granted_is_not_lost_when_a_request_changes_the_row_meanwhile(self):
        rolled_back = self.startPatcher(patch.object(self.env.cr, "rollback"))
        write, failed = type(self.account).write, []

        def fail_once(account, values):
            if values.get("refresh_token") and not failed:
                failed.append(True)
                raise psycopg2.errors.SerializationFailure
            return write(account, values)

        with patch.object(type(self.account), "write", fail_once):
            self.consent()
        self.assertTrue(failed and rolled_back.called)
        self.assertConnected()


class TestSetup(ConnectCase):
    def setUp(self):
        super().setUp()
        self.administrator = self.env["crm.google.account"].with_user(
            self.env.ref("base.user_admin")
        )

    def test_without_a_client_a_user_is_told_whom_to_ask(self):
        settings.put(self.env, "client_id", "")
        with self.assertRaisesRegex(UserError, "Ask your administrator"):
            self.click()

    def test_without_a_client_an_administrator_comes_to_the_settings(self):
        settings.put(self.env, "client_id", "")
        self.assertEqual(self.administrator.action_configure()["res_model"], "res.config.settings")

    def test_a_public_site_without_https_is_told_before_google_refuses_it(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://crm.example.com")
        with self.assertRaisesRegex(UserError, "https only"):
            self.click()

    def test_localhost_needs_no_https(self):
        for address in ("http://localhost:8069", "https://crm.example.com"):
            self.env["ir.config_parameter"].set_param("web.base.url", address)
            self.assertEqual(self.click()["type"], "ir.actions.act_url")

    def test_a_worker_that_is_switched_off_is_told(self):
        self.env.ref("crm_google_calendar.ir_cron_worker").active = False
        with self.assertRaisesRegex(UserError, "switched off"):
            self.accounts.action_configure("")

    def test_the_secret_of_another_server_must_be_entered_again(self):
        settings.put(self.env, "client_secret", "gAAAAnothers")
        with self.assertRaisesRegex(UserError, "enter it again"):
            self.click()
        self.assertIsNone(settings.client(self.env))
        self.assertEqual(self.administrator.action_configure()["res_model"], "res.config.settings")
