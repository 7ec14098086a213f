"""No log tells a token, a code, an address or a title; every test listens, see `overheard`."""

from unittest.mock import patch

import psycopg2

from odoo.addons.crm_google_calendar.bridge import run
from odoo.addons.crm_google_calendar.bridge.discretion import discretion, explain

from .common import GoogleCase

TITLE = "Unmistakable 4711"


class TestDiscretion(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.meeting(TITLE)
        self.sync(self.account)

    def _overheard(self):
        texts, self.overheard[:] = "\n".join(self.overheard), []
        return texts

    def test_an_unexpected_error_is_told_without_its_values(self):
        self.startPatcher(patch.object(self.env.cr, "rollback"))
        slices = "odoo.addons.crm_google_calendar.bridge.slices"
        failing = patch.object(run, "gather", side_effect=ValueError(TITLE))
        with failing, self.assertLogs(slices, "ERROR") as logs:
            self.sync(self.account)
        self.assertIn("in run_slice", logs.output[0])
        self.assertIn("ValueError", logs.output[0])
        self.assertNotIn(TITLE, logs.output[0])

    def test_what_names_the_code_is_told(self):
        for error in (TypeError("no such argument"), NameError("name 'x'")):
            self.assertIn(str(error), explain(error))

    def test_a_failed_query_is_told_without_what_it_was_to_write(self):
        with self.assertLogs("odoo.sql_db", "ERROR") as logs, discretion():
            self._fail()
        self.assertNotIn(TITLE, logs.output[0])
        self.assertIn('relation "no_such_table" does not exist', logs.output[0])

    def test_elsewhere_odoo_logs_as_ever(self):
        with discretion():
            pass
        with self.assertLogs("odoo.sql_db", "ERROR") as logs:
            self._fail()
        self.assertIn(TITLE, logs.output[0])
        self.assertIn(TITLE, self._overheard())

    def _fail(self):
        query = "INSERT INTO no_such_table VALUES (%s)"
        with self.assertRaises(psycopg2.ProgrammingError), self.env.cr.savepoint():
            self.env.cr.execute(query, [TITLE])
