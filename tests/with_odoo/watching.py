"""What the tests of push channels share: a site with an https address, and Google's messages."""

from odoo.addons.crm_google_calendar.bridge import settings

from google_emulator.hook import Hook

from .common import GoogleCase

SITE = "https://crm.example.com"
PATH = "/crm_google_calendar/notify"


class WatchCase(GoogleCase):
    """Sam's two calendars can be watched; `hook` takes the messages for the site."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", SITE)
        settings.put(self.env, "auto_sync", "True")
        self.hook = Hook()
        self.addCleanup(self.hook.close)
        self.emulator.configure(sites={SITE: self.hook.url})

    def tend(self):
        """Let the scheduled action look after the channels."""
        with self.watch.working():
            self.env["crm.google.channel"]._cron_tend()
        self.env.flush_all()
        self.env.invalidate_all()

    def watched(self):
        """Sam's account, with both calendars watched."""
        account = self.connected()
        self.tend()
        return account

    def channels(self, kind=None):
        every = self.env["crm.google.channel"].search([], order="id")
        return every.filtered(lambda each: kind in (None, each.calendar_id.kind))

    def messages(self):
        """What Google has sent since the last time."""
        self.emulator.channels.drain()
        got, self.hook.got = self.hook.got, []
        return got

    def open_in_google(self):
        return set(self.emulator.channels.open)
