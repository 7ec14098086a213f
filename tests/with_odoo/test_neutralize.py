"""A copied database touches nothing of the original's."""

from odoo.tools import file_open

from odoo.addons.crm_google_calendar.bridge import settings

from .connecting import ConnectCase


class TestNeutralize(ConnectCase):
    def setUp(self):
        super().setUp()
        self.connected()
        self.record = self.meeting("Demo")
        settings.put(self.env, "auto_sync", "True")
        self.sync(self.account)
        self.account._start_run("auto")
        self.env.flush_all()
        with file_open("crm_google_calendar/data/neutralize.sql") as script:
            self.cr.execute(script.read())
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.emulator.log.clear()

    def test_every_connection_is_forgotten(self):
        self.cr.execute("SELECT * FROM crm_google_account WHERE id = %s", (self.account.id,))
        row = self.cr.dictfetchone()
        kept = {"id", "user_id", "state", "tries"}
        kept |= {"create_uid", "create_date", "write_uid", "write_date"}
        self.assertEqual({name for name, value in row.items() if value is not None} - kept, set())
        self.assertEqual(row["state"], "disconnected")
        self.assertFalse(self.account.calendar_ids)
        self.assertFalse(self.env["crm.google.link"].search([("user_id", "=", self.user.id)]))

    def test_nothing_is_scheduled_and_no_client_is_left(self):
        for name in ("ir_cron_worker", "ir_cron_auto_sync"):
            self.assertFalse(self.env.ref(f"crm_google_calendar.{name}").active)
        self.assertIsNone(settings.client(self.env))
        self.assertFalse(settings.auto_sync_is_on(self.env))
        self.assertNotIn("queued", self.account.run_ids.mapped("state"))

    def test_google_hears_nothing_from_it(self):
        self.record.name = "Changed in the copy"
        self.work()
        self.assertEqual(self.emulator.count(), 0)

    def test_a_connection_of_the_copy_gets_calendars_of_its_own(self):
        before = {calendar.id for calendar in self.google.calendars()}
        settings.store_client(self.env, "test-client", "test-secret")
        self.env.ref("crm_google_calendar.ir_cron_worker").active = True
        self.consent()
        self.assertState("connected")
        self.assertTrue(before.isdisjoint(self.account.calendar_ids.mapped("google_id")))
