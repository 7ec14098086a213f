"""Why an entry needs attention is told in the language of whoever reads it, and what Odoo or Google
said of it to its owner alone."""

import importlib.util
from pathlib import Path

from odoo.exceptions import AccessError

import odoo.addons.crm_google_calendar as addon

from google_emulator import Fault

from .common import GoogleCase

GERMAN, ENGLISH = "Google hat", "Google refused this entry"


class TestReasons(GoogleCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("de_DE")
        self.user.lang = "de_DE"
        account = self.connected()
        self.meeting("Fine")
        record = self.meeting("Demo")
        self.emulator.faults.script("events.insert", Fault(status=400, reason="invalid"))
        self.sync(account)
        [self.aside] = self.env["crm.google.link"].search([("state", "=", "set_aside")])
        self.assertIn(self.aside.res_id, (record.id, record.id - 1))
        self.admin = self.env.ref("base.user_admin")

    def seen(self, user, lang):
        return self.aside.with_user(user).with_context(lang=lang)

    def found(self, user, lang, *condition):
        links = self.env["crm.google.link"].with_user(user).with_context(lang=lang)
        return links.search([("account_id", "=", self.aside.account_id.id), condition])

    def test_a_stored_reason_is_in_the_language_of_who_reads_it(self):
        self.assertIn(GERMAN, self.seen(self.user, "de_DE").reason)
        for user in (self.user, self.admin):
            self.assertIn(ENGLISH, self.seen(user, "en_US").reason)
        self.assertIn(GERMAN, self.seen(self.admin, "de_DE").reason)

    def test_what_odoo_said_is_told_to_the_owner_alone(self):
        self.aside.detail = "Acme's secret visit"
        self.assertIn("(Acme's secret visit)", self.seen(self.user, "en_US").reason)
        self.assertNotIn("secret", self.seen(self.admin, "en_US").reason)
        for user in (self.user, self.admin):
            with self.assertRaises(AccessError):
                self.seen(user, "en_US").read(["detail"])
        self.assertFalse(self.found(self.admin, "en_US", "reason", "ilike", "secret"))
        self.assertEqual(self.found(self.user, "en_US", "reason", "ilike", "secret"), self.aside)

    def test_an_entry_is_found_by_its_reason_as_it_is_read(self):
        for user in (self.user, self.admin):
            for lang, words in (("de_DE", "google HAT"), ("en_US", ENGLISH)):
                self.assertEqual(self.found(user, lang, "reason", "ilike", words), self.aside)
                rest = self.found(user, lang, "reason", "not ilike", words)
                self.assertEqual(len(rest), 1)
            self.assertFalse(self.found(user, "de_DE", "reason", "ilike", ENGLISH))

    def test_equal_means_what_is_shown(self):
        for user in (self.user, self.admin):
            shown = self.seen(user, "en_US").reason
            self.assertEqual(self.found(user, "en_US", "reason", "=", shown), self.aside)
            self.assertEqual(self.found(user, "en_US", "reason", "!=", False), self.aside)
            self.assertEqual(len(self.found(user, "en_US", "reason", "=", False)), 1)
            self.assertEqual(len(self.found(user, "en_US", "reason", "!=", shown)), 1)
            every = self.found(user, "en_US", "reason", "in", [shown, False])
            self.assertEqual(len(every), 2)

    def test_groups_are_headed_by_the_reason(self):
        links = self.env["crm.google.link"].with_user(self.user)
        groups = links.formatted_read_group([], ["cause"], ["__count"])
        heads = {group["cause"]: links.search(group["__extra_domain"]) for group in groups}
        [text] = filter(None, heads)
        self.assertIn(ENGLISH, text)
        self.assertEqual(heads[text], self.aside)

    def test_what_was_said_is_kept_by_an_upgrade(self):
        self.env.flush_all()
        self.cr.execute("ALTER TABLE crm_google_link ADD COLUMN reason varchar")
        old = "UPDATE crm_google_link SET detail = NULL, reason = %s WHERE id = %s"
        self.cr.execute(old, ["Google hat es abgelehnt. (invalid (start))", self.aside.id])
        path = Path(addon.__file__).parent / "migrations/19.0.1.1.0/post-links.py"
        spec = importlib.util.spec_from_file_location("post_links", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        for _twice in range(2):
            script.migrate(self.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(self.aside.detail, "invalid (start)")
