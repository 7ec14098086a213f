"""Tokens and secrets at rest."""

import os
import stat
import tempfile
import threading
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet, MultiFernet

from odoo.tools import config

from odoo.addons.crm_google_calendar.bridge import grant, settings, vault

from .connecting import ConnectCase

TOKEN = "1//0-a-token"
PLACE = "crm.google.account,1,refresh_token"


class TestVault(ConnectCase):
    def key(self, key):
        """From now on the server has another key."""
        self.startPatcher(patch.dict(os.environ, {"CRM_GOOGLE_KEY": key}))

    def test_what_is_sealed_can_be_read_again(self):
        sealed = vault.seal(self.env, TOKEN, PLACE)
        self.assertEqual(vault.unseal(self.env, sealed, PLACE), TOKEN)
        self.assertNotIn(TOKEN, sealed)
        self.assertNotEqual(sealed, vault.seal(self.env, TOKEN, PLACE))

    def test_empty_stays_empty(self):
        for empty in ("", None, False):
            self.assertEqual(vault.seal(self.env, empty, PLACE), "")
            self.assertEqual(vault.unseal(self.env, empty, PLACE), "")

    def test_another_key_reads_nothing(self):
        sealed = vault.seal(self.env, TOKEN, PLACE)
        self.key("another")
        self.assertEqual(vault.unseal(self.env, sealed, PLACE), "")

    def test_another_database_reads_nothing(self):
        sealed = vault.seal(self.env, TOKEN, PLACE)
        with patch.object(self.env.cr, "dbname", "copy"):
            self.assertEqual(vault.unseal(self.env, sealed, PLACE), "")

    def test_another_row_or_field_reads_nothing(self):
        """Who can write the database cannot give one user the token of another."""
        account = self.connected()
        token = account.refresh_token
        eve = self.env["crm.google.account"]._of_user(self.new_user("eve", "eve@example.com"))
        eve.refresh_token, account.access_token = token, token
        self.assertTrue(vault.opened(account, "refresh_token"))
        self.assertEqual(vault.opened(eve, "refresh_token"), "")
        self.assertEqual(vault.opened(account, "access_token"), "")

    def test_damaged_values_read_as_nothing(self):
        sealed = vault.seal(self.env, TOKEN, PLACE)
        for damaged in (sealed[:-2], "x", "ä", sealed.replace("A", "B")):
            self.assertEqual(vault.unseal(self.env, damaged, PLACE), "")

    def test_the_database_alone_does_not_show_tokens(self):
        account = self.connected()
        self.env.flush_all()
        self.cr.execute("SELECT * FROM crm_google_account WHERE id = %s", (account.id,))
        row = str(self.cr.fetchall())
        for token in self.emulator.grants.tokens:
            self.assertNotIn(token, row)

    def test_a_changed_key_asks_for_the_secret_and_then_for_a_reconnection(self):
        self.consent()
        self.meeting("Demo")
        self.key("another")
        run = self.sync(self.account)
        self.assertEqual(run.state, "failed")
        self.assertIn("client secret", run.message)
        self.assertEqual(self.account.state, "connected")
        settings.store_client(self.env, "test-client", "test-secret")
        self.sync(self.account)
        self.assertState("reconnect", "Click Reconnect with Google")
        self.consent()
        self.assertConnected()


class TestSeveralKeys(ConnectCase):
    """Keys can be rotated: the first one seals, all of them open."""

    def keys(self, **keys):
        self.startPatcher(patch.dict(os.environ, keys))

    def test_an_earlier_key_still_opens(self):
        self.keys(CRM_GOOGLE_KEY="first")
        sealed = vault.seal(self.env, TOKEN, PLACE)
        self.keys(CRM_GOOGLE_KEY="second", CRM_GOOGLE_OLD_KEYS="zeroth first")
        self.assertEqual(vault.unseal(self.env, sealed, PLACE), TOKEN)

    def test_only_the_first_key_seals(self):
        self.keys(CRM_GOOGLE_KEY="second", CRM_GOOGLE_OLD_KEYS="first")
        sealed = vault.seal(self.env, TOKEN, PLACE)
        self.keys(CRM_GOOGLE_KEY="first", CRM_GOOGLE_OLD_KEYS="")
        self.assertEqual(vault.unseal(self.env, sealed, PLACE), "")

    def test_what_an_earlier_key_sealed_is_sealed_again_in_the_background(self):
        self.keys(CRM_GOOGLE_KEY="first")
        settings.store_client(self.env, "test-client", "test-secret")
        account = self.connected()
        self.keys(CRM_GOOGLE_KEY="second", CRM_GOOGLE_OLD_KEYS="first")
        self.env["crm.google.account"]._seal_with_the_newest_key()
        self.keys(CRM_GOOGLE_OLD_KEYS="")
        self.assertTrue(vault.opened(account, "refresh_token").startswith("1//"))
        self.assertEqual(settings.client(self.env).secret, "test-secret")

    def test_sealing_again_writes_nothing_where_the_first_key_has_sealed(self):
        account = self.connected()
        before = account.refresh_token
        self.env["crm.google.account"]._seal_with_the_newest_key()
        self.assertEqual(account.refresh_token, before)

    def test_what_no_key_opens_is_left_as_it_is(self):
        account = self.connected()
        before = account.refresh_token
        self.keys(CRM_GOOGLE_KEY="another")
        self.env["crm.google.account"]._seal_with_the_newest_key()
        self.assertEqual(account.refresh_token, before)

    def test_what_was_sealed_for_the_whole_database_is_bound_by_the_update(self):
        account = self.connected()
        token = vault.opened(account, "refresh_token")
        unbound = MultiFernet([Fernet(key) for key in vault._keys(self.env)])
        account.refresh_token = unbound.encrypt(token.encode()).decode()
        self.assertEqual(vault.opened(account, "refresh_token"), "")
        self.env["crm.google.account"]._seal_with_the_newest_key()
        self.assertEqual(vault.opened(account, "refresh_token"), "")
        grant.reseal(self.env, unbound=True)
        self.assertEqual(vault.opened(account, "refresh_token"), token)

    def test_keys_may_be_in_odoos_configuration_file(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        file = Path(folder.name, "odoo.conf")
        file.write_text("[options]\n[crm_google_calendar]\nkey = a %sign\nold_keys = b c\n")
        self.keys(CRM_GOOGLE_KEY="", CRM_GOOGLE_OLD_KEYS="")
        self.startPatcher(patch.dict(config.options, {"config": str(file)}))
        self.assertEqual(vault._master_keys()[:3], ["a %sign", "b", "c"])

    def test_a_configuration_file_that_cannot_be_read_holds_no_key(self):
        self.assertEqual(vault._in_config("/nowhere"), [])
        self.assertEqual(vault._in_config(None), [])


class TestKeyFile(ConnectCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "data", vault.KEY_FILE)
        self.startPatcher(patch.dict(config.options, {"data_dir": str(self.file.parent)}))
        del os.environ["CRM_GOOGLE_KEY"]
        self.addCleanup(vault._key_in_file.cache_clear)

    def test_it_is_made_at_the_first_use_for_its_owner_only(self):
        sealed = vault.seal(self.env, TOKEN, PLACE)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        vault._key_in_file.cache_clear()  # as after a restart
        self.assertEqual(vault.unseal(self.env, sealed, PLACE), TOKEN)

    def test_it_still_opens_once_a_key_is_given_otherwise(self):
        sealed = vault.seal(self.env, TOKEN, PLACE)
        self.startPatcher(patch.dict(os.environ, {"CRM_GOOGLE_KEY": "given"}))
        self.assertEqual(vault.unseal(self.env, sealed, PLACE), TOKEN)
        self.assertEqual(vault._master_keys()[0], "given")

    def test_it_is_not_made_where_a_key_is_given(self):
        with patch.dict(os.environ, {"CRM_GOOGLE_KEY": "given"}):
            vault.seal(self.env, TOKEN, PLACE)
        self.assertFalse(self.file.exists())

    def test_it_is_not_made_twice(self):
        vault.seal(self.env, TOKEN, PLACE)
        before = self.file.read_text()
        vault._make_key(self.file)
        self.assertEqual(self.file.read_text(), before)
        self.assertEqual(os.listdir(self.file.parent), [vault.KEY_FILE])

    def test_processes_that_start_together_agree(self):
        keys = []
        threads = [
            threading.Thread(target=lambda: keys.append(vault._key_in_file(str(self.file))))
            for _number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((len(keys), len(set(keys))), (8, 1))
        self.assertTrue(keys[0])
