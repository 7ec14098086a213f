"""Who may see and do what, asked over RPC as a browser or a script would."""

import logging

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException

from .common import GoogleCase

SEALED = ("refresh_token", "access_token", "access_expires", "code", "verifier", "other_grant")
OURS = (
    "crm.google.account",
    "crm.google.calendar",
    "crm.google.link",
    "crm.google.run",
    "crm.google.run.line",
)


class SecurityCase(GoogleCase, HttpCase):
    """Eve, and the administrator, look at Sam's connection."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eve = cls.new_user("eve", "eve@example.com")
        cls.administrator = cls.env.ref("base.user_admin")

    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.record = self.meeting("Secret plan")
        self.run_ = self.sync(self.account)
        self.env.flush_all()

    def call(self, login, model, method, *args, **kwargs):
        self.authenticate(login, login)
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self.make_jsonrpc_request(f"/web/dataset/call_kw/{model}/{method}", params)

    def assertRefused(self, login, model, method, *args, **kwargs):
        with (
            self.subTest(login=login, model=model, method=method, args=args),
            self.assertRaises(JsonRpcException),
            self.assertLogs("odoo.http", logging.WARNING),
        ):
            self.call(login, model, method, *args, **kwargs)

    def rows(self, model):
        return self.env[model].search([("user_id", "=", self.user.id)])


class TestOthersRows(SecurityCase):
    def test_there_is_something_to_see(self):
        for model in OURS:
            self.assertTrue(self.rows(model), model)
            self.assertTrue(self.call("sam", model, "search_read", [], ["id"]), model)

    def test_an_administrator_sees_no_title_of_others_entries(self):
        """Not even of meetings and tasks that Odoo itself would show."""
        self.task("Secret call")
        self.sync(self.account)
        self.env.flush_all()
        ids = self.rows("crm.google.link").ids
        spec = {"title": {}, "display_name": {}}
        for method, *args in (
            ("name_search", ""),
            ("read", ids),
            ("search_read", []),
            ("web_read", ids, spec),
            ("web_search_read", [], spec),
            ("web_read_group", [], ["user_id"], ["id:array_agg"]),
            ("export_data", ids, ["title", "display_name"]),
        ):
            with self.subTest(method=method):
                found = self.call("admin", "crm.google.link", method, *args)
                self.assertNotIn("Secret", str(found))
        self.assertIn("Secret call", str(self.call("sam", "crm.google.link", "name_search", "")))

    def test_an_administrator_groups_links_by_their_users(self):
        found = self.call(
            "admin", "crm.google.link", "web_read_group", [], ["user_id"], ["__count"]
        )
        self.assertEqual(
            [(group["user_id"][0], group["__count"]) for group in found["groups"]],
            [(self.user.id, len(self.rows("crm.google.link")))],
        )

    def test_users_see_their_own_only(self):
        for model in OURS:
            self.assertEqual(self.call("eve", model, "search_read", [], ["id"]), [], model)
            self.assertEqual(self.call("eve", model, "search_count", []), 0, model)
            self.assertRefused("eve", model, "read", self.rows(model).ids, ["display_name"])

    def test_administrators_see_all_but_the_titles_of_others_entries(self):
        lines = self.call("admin", "crm.google.run.line", "search_read", [], ["id"])
        self.assertFalse(set(self.rows("crm.google.run.line").ids) & {row["id"] for row in lines})
        for model in OURS[:-1]:
            found = self.call("admin", model, "search_read", [], ["id"])
            self.assertLessEqual(set(self.rows(model).ids), {row["id"] for row in found}, model)

    def test_nobody_writes_makes_or_deletes_rows(self):
        for login in ("sam", "eve", "admin"):
            for model in OURS:
                ids = self.rows(model).ids
                self.assertRefused(login, model, "write", ids, {"user_id": self.eve.id})
                if (login, model) != ("admin", "crm.google.run"):  # old ones may go
                    self.assertRefused(login, model, "unlink", ids)
                self.assertRefused(login, model, "create", {})

    def test_hints_are_nobodys_business(self):
        self.assertRefused("sam", "crm.google.hint", "search_read", [], ["id"])
        self.assertRefused("admin", "crm.google.hint", "unlink", [1])

    def test_a_user_cannot_read_anothers_connection_from_his_user_row(self):
        fields = ["crm_google_email", "crm_google_account_state", "crm_google_calendars"]
        for login in ("eve", "sam"):
            row = self.call(login, "res.users", "read", [self.user.id], fields)[0]
            seen = row["crm_google_email"], row["crm_google_account_state"]
            wanted = (
                (False, "disconnected") if login == "eve" else (self.account.email, "connected")
            )
            self.assertEqual(seen, wanted)

    def test_a_portal_user_has_no_connection(self):
        portal = self.env.ref("base.group_portal").ids
        self.env["res.users"].create({"name": "Pat", "login": "pat", "group_ids": [(6, 0, portal)]})
        self.env.flush_all()
        for method in ("action_configure", "action_create_again", "get_status"):
            self.assertRefused("pat", "crm.google.account", method)


class TestButtons(SecurityCase):
    def test_only_the_owner_steers_his_connection(self):
        for login in ("eve", "admin"):
            for method in ("action_revoke", "action_check", "action_rename"):
                self.assertRefused(login, "crm.google.account", method, self.account.ids)
        for login in ("eve", "admin"):
            for action in ("configure", "revoke", "check", "rename"):
                method = f"action_crm_google_{action}"
                self.assertRefused(login, "res.users", method, self.user.ids)
        self.assertEqual(self.account.state, "connected")

    def test_only_the_owner_steers_his_links(self):
        ids = self.rows("crm.google.link").ids
        for method in ("action_retry", "action_push_again"):
            self.assertRefused("eve", "crm.google.link", method, ids)

    def test_others_do_not_steer_his_runs(self):
        for method in ("action_stop", "action_delete_held", "action_keep_held"):
            self.assertRefused("eve", "crm.google.run", method, self.run_.ids)

    def test_the_wizard_about_a_calendar_is_for_its_owner(self):
        values = {"calendar_id": self.calendar(self.account).id, "answer": "make"}
        for login in ("eve", "admin"):
            self.assertRefused(login, "crm.google.calendar.wizard", "create", values)

    def test_private_methods_are_not_callable(self):
        methods = "_mine _of_user _receive_code _consent_failed _change _wake _start_run _nudge"
        methods += (
            " _cron_work _cron_auto_sync _test_client _ask_for _keep_deleted _choose _stop_runs"
        )
        for method in methods.split():
            for login in ("sam", "admin"):
                self.assertRefused(login, "crm.google.account", method, self.account.ids)
        self.assertRefused("sam", "crm.google.calendar", "_answer", self.account.calendar_ids.ids)

    def test_users_do_not_test_the_companys_client(self):
        for login in ("eve", "sam"):
            self.assertRefused(login, "res.config.settings", "crm_google_test_client", "id", "x")
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.eve).create({})


class TestTokens(SecurityCase):
    """Not even an administrator reads, guesses or plants a token."""

    def test_the_fields_do_not_exist_for_anybody(self):
        for login in ("sam", "admin"):
            fields = self.call(login, "crm.google.account", "fields_get")
            self.assertTrue(set(SEALED).isdisjoint(fields))

    def test_they_cannot_be_read(self):
        ids = self.account.ids
        for login in ("sam", "admin"):
            for name in SEALED:
                calls = (
                    ("read", [ids, [name]], {}),
                    ("search_read", [[("id", "in", ids)], [name]], {}),
                    ("web_read", [ids], {"specification": {name: {}}}),
                    ("export_data", [ids, [name]], {}),
                    ("formatted_read_group", [[], [name]], {"aggregates": ["__count"]}),
                    ("formatted_read_group", [[], []], {"aggregates": [f"{name}:count"]}),
                    ("read_group", [[], [name], [name]], {}),
                )
                for method, args, kwargs in calls:
                    self.assertNotRevealed(login, method, args, kwargs)

    def assertNotRevealed(self, login, method, args, kwargs):
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        try:
            text = str(self.call(login, "crm.google.account", method, *args, **kwargs))
        except JsonRpcException:
            return
        for name in SEALED:
            self.assertNotIn(str(self.account[name] or "nothing to find"), text, (method, name))

    def test_they_cannot_be_guessed_letter_by_letter(self):
        for login in ("sam", "admin"):
            for name in SEALED:
                domain = [(name, "=like", "gAAAA%")]
                for method in ("search", "search_count"):
                    self.assertRefused(login, "crm.google.account", method, domain)
                self.assertRefused(login, "crm.google.account", "name_search", "", domain)
                self.assertRefused(login, "crm.google.account", "search", [], order=name)
                through = [(f"account_id.{name}", "!=", False)]
                self.assertRefused(login, "crm.google.calendar", "search", through)

    def test_they_cannot_be_written(self):
        for login in ("sam", "admin"):
            for name in SEALED:
                values = {name: "2030-01-01 00:00:00"}
                self.assertRefused(login, "crm.google.account", "write", self.account.ids, values)

    def test_nothing_secret_goes_to_the_browser(self):
        secrets = self.secrets()
        self.authenticate("sam", "sam")
        page = self.url_open("/odoo/calendar").text
        info = self.make_jsonrpc_request("/web/session/get_session_info")
        status = self.call("sam", "crm.google.account", "get_status")
        for text in (page, str(info), str(status)):
            for secret in secrets:
                self.assertNotIn(secret, text)

    def test_nothing_secret_or_personal_is_logged(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.account.with_user(self.user).action_revoke()
            self.work()
            account = self.connected()
            self.emulator.kill_grants()
            self.emulator.expire_access_tokens()
            self.sync(account)
        ours = [
            record.getMessage()
            for record in logs.records
            if "google" in record.name and not record.name.startswith("googleapiclient")
        ]
        self.assertTrue(ours)
        for secret in (*self.secrets(), "Secret plan", self.account.email):
            self.assertNotIn(secret, "\n".join(ours))

    def secrets(self):
        tokens = list(self.emulator.grants.tokens)
        sealed = [self.account[name] for name in SEALED if name != "access_expires"]
        return [*tokens, *filter(None, sealed), "test-secret"]
