"""The settings page: what is stored, what is never shown, what is refused."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.crm_google_calendar.bridge import settings
from odoo.addons.crm_google_calendar.engine.merge import Side

from google_emulator import Fault

from .connecting import ConnectCase


class SettingsCase(ConnectCase):
    def setUp(self):
        super().setUp()
        self.administrator = self.env.ref("base.user_admin")
        self.cron = self.env.ref("crm_google_calendar.ir_cron_auto_sync")

    def page(self, **values):
        """The settings page of an administrator, with changes."""
        page = self.env["res.config.settings"].with_user(self.administrator)
        return page.create({f"crm_google_{name}": value for name, value in values.items()})

    def save(self, **values):
        self.page(**values).execute()

    def shown(self):
        return self.page()


class TestClient(SettingsCase):
    def test_the_secret_is_never_shown_nor_stored_readable(self):
        self.save(client_id=" my-client ", client_secret=" top-secret ")
        self.assertEqual(settings.client(self.env).id, "my-client")
        self.assertEqual(settings.client(self.env).secret, "top-secret")
        page = self.shown()
        self.assertFalse(page.crm_google_client_secret)
        self.assertTrue(page.crm_google_secret_is_set)
        self.env.flush_all()
        self.assertNotIn("top-secret", self.everything_in("res_config_settings"))
        self.assertNotIn("top-secret", self.everything_in("ir_config_parameter"))

    def everything_in(self, table):
        self.cr.execute(f"SELECT * FROM {table}")  # noqa: S608
        return str(self.cr.fetchall())

    def test_an_empty_secret_keeps_the_stored_one(self):
        self.save(client_secret="top-secret")
        self.save(client_secret="", days_back=1)
        self.assertEqual(settings.client(self.env).secret, "top-secret")

    def test_the_sealed_secret_is_nobodys(self):
        page = self.page(client_secret="top-secret")
        with self.assertRaises(AccessError):
            page.read(["crm_google_sealed_secret"])

    def test_only_administrators_save(self):
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.user).create({})
        with self.assertRaises(AccessError):
            self.ask(user=self.user)

    def test_the_redirect_address_is_this_sites(self):
        address = "http://127.0.0.1:8069/crm_google_calendar/callback"
        self.assertEqual(self.shown().crm_google_redirect_uri, address)

    def test_an_address_that_google_would_refuse_is_told(self):
        self.assertFalse(self.shown().crm_google_warning)
        self.env["ir.config_parameter"].set_param("web.base.url", "http://crm.example.com/")
        page = self.shown()
        self.assertIn("https only", page.crm_google_warning)
        self.assertIn("http://crm.example.com.", page.crm_google_warning)

    def test_a_secret_that_cannot_be_read_is_told(self):
        settings.put(self.env, "client_secret", "gAAAAnothers")
        page = self.shown()
        self.assertIn("enter it again", page.crm_google_warning)
        self.assertFalse(page.crm_google_secret_is_set)

    def ask(self, client_id="test-client", secret="", user=None):
        """Click *Test client* with these values typed; returns what is answered at once."""
        page = self.env["res.config.settings"].with_user(user or self.administrator)
        return page.crm_google_test_client(client_id, secret)

    def verdicts(self):
        """What the settings page is told from now on."""
        return self.sent("verdict")

    def test_the_client_is_tested_in_the_background_as_it_is_typed_and_nothing_is_saved(self):
        self.emulator.register_client("new-client", "new-secret", settings.redirect_uri(self.env))
        verdicts = self.verdicts()
        self.assertFalse(self.ask("new-client", "wrong"))
        self.assertEqual((self.emulator.count(), verdicts), (0, []))
        self.work()
        self.assertEqual(verdicts[-1]["type"], "danger")
        self.assertIn("does not know this client ID and secret", verdicts[-1]["message"])
        self.ask(" new-client ", "new-secret")
        self.work()
        self.assertEqual(verdicts[-1]["type"], "success")
        self.assertEqual(settings.client(self.env).id, "test-client")

    def test_an_empty_secret_is_tested_as_the_stored_one(self):
        self.emulator.register_client("test-client", "test-secret")
        verdicts = self.verdicts()
        self.ask(secret="")
        self.work()
        self.assertIn("Succeeded", verdicts[-1]["message"])

    def test_what_needs_no_question_is_said_at_once(self):
        settings.put(self.env, "client_secret", "")
        for client_id, secret in (("", "a secret"), ("an id", ""), (False, False), ("  ", "x")):
            self.assertIn("Enter both", self.ask(client_id, secret)["message"])
        settings.put(self.env, "client_secret", "gAAAAnothers")
        self.assertIn("cannot be read here", self.ask()["message"])
        self.env.ref("crm_google_calendar.ir_cron_worker").active = False
        self.assertIn("switched off", self.ask(secret="a secret")["message"])
        self.assertFalse(self.env["crm.google.account"].search([("check_for", "!=", False)]))

    def test_the_typed_secret_is_kept_sealed_and_not_for_long(self):
        self.ask(secret="typed-secret")
        account = self.env["crm.google.account"]._of_user(self.administrator)
        self.env.flush_all()
        self.assertTrue(account.asked_client)
        self.assertNotIn("typed-secret", self.everything_in("crm_google_account"))
        self.work()
        self.assertFalse(account.asked_client)

    def test_a_test_says_what_is_wrong(self):
        faults = {
            "Google could not be reached": Fault(status=503, reason="backendError"),
            "does not know the redirect address": Fault(400, "redirect_uri_mismatch"),
            "does not know this client": Fault(401, "deleted_client"),
        }
        verdicts = self.verdicts()
        for words, fault in faults.items():
            self.emulator.faults.script("token", fault)
            self.ask()
            self.work()
            self.assertIn(words, verdicts[-1]["message"])


class TestNumbers(SettingsCase):
    def test_numbers_beyond_their_bounds_are_refused_with_a_sentence(self):
        for name, (lowest, highest) in settings.BOUNDS.items():
            for value in (lowest - 1, highest + 1, -60):
                with self.assertRaisesRegex(ValidationError, f"from {lowest} to {highest:,}"):
                    self.page(**{name: value})
            for value in (lowest, highest):
                self.save(**{name: value})
                self.assertEqual(settings.number(self.env, name), value)

    def test_the_sentence_names_the_setting(self):
        with self.assertRaisesRegex(ValidationError, r"^Ask before more deletions than: enter"):
            self.page(ceiling_number=-1)

    def test_a_page_cannot_be_written_past_the_bounds(self):
        page = self.page()
        with self.assertRaises(ValidationError):
            page.crm_google_ceiling_percent = 500

    def test_parameters_beyond_the_bounds_count_as_the_nearest(self):
        parameters = self.env["ir.config_parameter"]
        for name, (lowest, highest) in settings.BOUNDS.items():
            for value, wanted in (("0", lowest), ("100000000", highest), ("9" * 9000, highest)):
                parameters.set_param(settings.PREFIX + name, value)
                self.assertEqual(settings.number(self.env, name), wanted)
            self.assertEqual(self.shown()[f"crm_google_{name}"], highest)
        self.assertEqual(self.sync(self.connected()).state, "done")

    def test_parameters_that_are_no_choices_count_as_the_default(self):
        for name in ("clash_winner", "gone_in_google", "done_tasks"):
            self.env["ir.config_parameter"].set_param(settings.PREFIX + name, "boom")
            self.assertEqual(self.shown()[f"crm_google_{name}"], settings.DEFAULTS[name])

    def test_zero_is_a_number(self):
        self.save(days_back=0, days_ahead=0, ceiling_number=0, ceiling_percent=0)
        rules = settings.settings(self.env)
        self.assertEqual((rules.days_back, rules.days_ahead), (0, 0))
        self.assertEqual((rules.ceiling.number, rules.ceiling.percent), (0, 0))
        self.assertEqual(self.shown().crm_google_days_back, 0)

    def test_what_is_stored_is_shown_again(self):
        values = {
            "interval": 15,
            "days_back": 7,
            "days_ahead": 90,
            "clash_winner": "google",
            "gone_in_google": "archive",
            "done_tasks": "remove",
            "auto_sync": True,
        }
        self.save(**values)
        page = self.shown()
        for name, value in values.items():
            self.assertEqual(page[f"crm_google_{name}"], value, name)
        rules = settings.settings(self.env)
        self.assertEqual((rules.policy.winner, rules.policy.archive), (Side.GOOGLE, True))
        self.assertTrue(rules.remove_done)

    def test_parameters_that_are_no_numbers_stop_no_run(self):
        account = self.connected()
        for value in ("", " ", "many", "-3", "1.5", False):
            for name in ("days_back", "days_ahead", "ceiling_number", "interval"):
                parameters = self.env["ir.config_parameter"]
                parameters.set_param(settings.PREFIX + name, value)
            self.assertEqual(settings.settings(self.env).days_back, 30)
            self.assertEqual(self.sync(account).state, "done")
            self.assertEqual(self.shown().crm_google_interval, 60)


class TestAutoSync(SettingsCase):
    def test_it_is_off_by_default(self):
        self.assertFalse(self.shown().crm_google_auto_sync)
        self.assertFalse(self.cron.active)

    def test_the_switch_turns_the_scheduled_action_on_at_once_and_off(self):
        self.save(auto_sync=True, interval=15)
        self.assertEqual(
            (self.cron.active, self.cron.interval_number, self.cron.interval_type),
            (True, 15, "minutes"),
        )
        self.assertLessEqual(self.cron.nextcall, fields.Datetime.now())
        self.save(auto_sync=False)
        self.assertFalse(self.cron.active)

    def test_a_shorter_interval_counts_from_now(self):
        self.save(auto_sync=True, interval=600)
        self.cron.nextcall = fields.Datetime.now() + timedelta(minutes=500)
        self.save(auto_sync=True, interval=10)
        self.assertLessEqual(self.cron.nextcall, fields.Datetime.now() + timedelta(minutes=10))

    def test_saving_something_else_leaves_the_scheduled_action_alone(self):
        self.save(auto_sync=True)
        with patch.object(type(self.cron), "write") as write:
            self.save(days_back=3)
        write.assert_not_called()

    def test_a_scheduled_action_that_is_running_is_brought_in_line_later(self):
        crons = type(self.cron)
        with patch.object(crons, "try_lock_for_update", lambda cron, **kwargs: cron.browse()):
            self.save(auto_sync=True, interval=20)
        self.assertFalse(self.cron.active)
        self.work()
        self.assertEqual((self.cron.active, self.cron.interval_number), (True, 20))

    def test_off_means_that_the_scheduled_action_does_nothing(self):
        account = self.connected()
        self.env["crm.google.account"]._cron_auto_sync()
        self.assertFalse(account.run_ids)
        self.save(auto_sync=True)
        self.env["crm.google.account"]._cron_auto_sync()
        self.assertEqual(account.run_ids.trigger, "auto")

    def test_days_back_and_ahead_choose_what_enters(self):
        account = self.connected()
        for days in (-9, -1, 1, 9):
            self.meeting(f"In {days}", start=self.soon(days))
        self.save(auto_sync=True, days_back=3, days_ahead=3)
        self.env["crm.google.account"]._cron_auto_sync()
        self.work()
        self.assertEqual(account.run_ids, account.run_ids.filtered(lambda run: run.state == "done"))
        self.assertEqual(set(self.events()), {"In -1", "In 1"})
