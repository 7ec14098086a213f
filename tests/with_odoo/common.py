"""What the Odoo tests share: a connected salesperson, his Google, and the worker."""

import os
from datetime import datetime, timedelta
from unittest.mock import patch

from overheard import listening, told

from odoo import Command, fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.crm_google_calendar.bridge import settings, vault, worker
from odoo.addons.crm_google_calendar.bridge.connect import connect

from google_emulator import Emulator

from .watch import Watch

SAM = "sam@example.com"
FLAGS = ("standard", "post_install", "-at_install")


@tagged(*FLAGS)
class GoogleCase(TransactionCase):
    """A test with an emulator of its own; commits become flushes, and every call is watched."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("web.base.url", "http://127.0.0.1:8069")
        cls.company = cls.env.company
        cls.company.name = "Acme"
        cls.user = cls.new_user("sam", SAM)

    @classmethod
    def new_user(cls, login, email, tz="Europe/Berlin"):
        groups = cls.env.ref("base.group_user") | cls.env.ref("sales_team.group_sale_salesman")
        return cls.env["res.users"].create(
            {
                "name": login.title(),
                "login": login,
                "email": email,
                "tz": tz,
                "group_ids": [Command.set(groups.ids)],
            }
        )

    def setUp(self):
        super().setUp()
        self.emulator = Emulator()
        self.emulator.start()
        self.addCleanup(self._stop)
        self.google = self.emulator.add_user(SAM, "Sam Sales", "Europe/Berlin")
        self.google = self.emulator.user(SAM)
        environment = {"CRM_GOOGLE_BASE_URL": self.emulator.url, "CRM_GOOGLE_KEY": "a test's key"}
        self.startPatcher(patch.dict(os.environ, environment))
        self.overheard = self.enterContext(listening())
        self.watch = Watch()
        for patcher in self.watch.patchers():
            self.startPatcher(patcher)
        self.startPatcher(patch.object(worker, "checkpoint_of", lambda env: self.checkpoint))
        self.startPatcher(patch.object(worker, "LONGEST_WAIT", -1))  # tests do not sleep
        settings.store_client(self.env, "test-client", "test-secret")
        self.env.flush_all()

    def _stop(self):
        self.emulator.stop()
        left, mails = self.emulator.faults.left(), self.emulator.mails
        self.assertEqual((left, list(mails)), ([], []))
        self.assertEqual(self.watch.complaints, [])
        secrets = ("test-secret", "a test's key")
        self.assertEqual(told(self.overheard, self.emulator, secrets), [])

    def checkpoint(self):
        """Where the worker would commit."""
        self.env.flush_all()
        self.watch.commit()

    # -- the connection ---------------------------------------------------------------------

    def connected(self, user=None, email=SAM):
        """The account of a user who has connected; his two calendars stand in Google."""
        user = user or self.user
        given = self.emulator.grant(email, client_id="test-client")
        account = self.env["crm.google.account"]._of_user(user)
        account.write(
            {
                "email": email,
                "sub": email,
                "scopes": given["scope"],
                **vault.sealed(account, refresh_token=given["refresh_token"]),
                "state": "connecting",
            }
        )
        self.env.flush_all()
        with self.watch.working():
            connect(account, self.checkpoint)
        self.assertEqual((account.state, account.message), ("connected", False))
        return account

    def calendar(self, account, kind="event"):
        return account.calendar_ids.filtered(lambda calendar: calendar.kind == kind)

    # -- runs --------------------------------------------------------------------------------

    def sync(self, account, trigger="wizard", first=None, last=None):
        """Let the user synchronize; returns the run."""
        today = fields.Date.today()
        values = {"date_from": first or today - timedelta(days=60)}
        values["date_to"] = last or today + timedelta(days=120)
        if trigger in ("wizard", "preview"):
            values["full"] = True
        run = account._start_run(trigger, **values)
        self.work()
        return run.exists()

    def work(self):
        """Let the worker do all that is due."""
        self.env.cr.flush()
        self.env.flush_all()
        with self.watch.working():
            self.env["crm.google.account"]._cron_work()
        self.env.flush_all()
        self.env.invalidate_all()

    # -- records and events ------------------------------------------------------------------

    def meeting(self, name="Demo", start=None, user=None, **values):
        start = start or self.soon()
        user = user or self.user
        return (
            self.env["calendar.event"]
            .with_user(user)
            .with_context(no_mail_to_attendees=True, skip_contact_description=True)
            .create({"name": name, "start": start, "stop": start + timedelta(hours=1), **values})
        )

    def task(self, summary="Call back", due=None, user=None, **values):
        activity_type = self.env.ref("mail.mail_activity_data_call")
        return self.env["mail.activity"].create(
            {
                "summary": summary,
                "activity_type_id": activity_type.id,
                "date_deadline": due or self.soon().date(),
                "user_id": (user or self.user).id,
                **self.on_lead(),
                **values,
            }
        )

    def on_lead(self):
        lead = self.env["crm.lead"].create({"name": "Big deal", "user_id": self.user.id})
        return {"res_model_id": self.env["ir.model"]._get_id("crm.lead"), "res_id": lead.id}

    def soon(self, days=3, hour=10):
        """Some naive UTC moment in the window."""
        day = fields.Date.today() + timedelta(days=days)
        return datetime(day.year, day.month, day.day, hour)

    def events(self, kind="event", email=SAM):
        """What stands in the user's Google calendar of that kind, by title."""
        hands = self.emulator.user(email)
        name = "Events (created" if kind == "event" else "Tasks (created"
        return {event.get("summary", ""): event for event in hands.events(name)}

    def link(self, record):
        return self.env["crm.google.link"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )

    def meetings(self):
        domain = [("partner_ids", "in", self.user.partner_id.ids)]
        return self.env["calendar.event"].with_context(active_test=True).search(domain)
