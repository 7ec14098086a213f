"""Tokens and secrets at rest."""

import os
import stat
import tempfile
import threading
from pathlib import Path
from unittest.mock import patch

from odoo.tools import config

from odoo.addons.crm_google_calendar.bridge import settings, vault

from .connecting import ConnectCase

TOKEN = "1//0-a-token"


class TestVault(ConnectCase):
    def key(self, key):
        """From now on the server has another key."""
        self.startPatcher(patch.dict(os.environ, {"CRM_GOOGLE_KEY": key}))

    def test_what_is_sealed_can_be_read_again(self):
        sealed = vault.seal(self.env, TOKEN)
        self.assertEqual(vault.unseal(self.env, sealed), TOKEN)
        self.assertNotIn(TOKEN, sealed)
        self.assertNotEqual(sealed, vault.seal(self.env, TOKEN))

    def test_empty_stays_empty(self):
        for empty in ("", None, False):
            self.assertEqual(vault.seal(self.env, empty), "")
            self.assertEqual(vault.unseal(self.env, empty), "")

    def test_another_key_reads_nothing(self):
        sealed = vault.seal(self.env, TOKEN)
        self.key("another")
        self.assertEqual(vault.unseal(self.env, sealed), "")

    def test_another_database_reads_nothing(self):
        sealed = vault.seal(self.env, TOKEN)
        with patch.object(self.env.cr, "dbname", "copy"):
            self.assertEqual(vault.unseal(self.env, sealed), "")

    def test_damaged_values_read_as_nothing(self):
        sealed = vault.seal(self.env, TOKEN)
        for damaged in (sealed[:-2], "x", "ä", sealed.replace("A", "B")):
            self.assertEqual(vault.unseal(self.env, damaged), "")

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
        sealed = vault.seal(self.env, TOKEN)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        vault._key_in_file.cache_clear()  # as after a restart
        self.assertEqual(vault.unseal(self.env, sealed), TOKEN)

    def test_it_is_not_made_twice(self):
        vault.seal(self.env, TOKEN)
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
