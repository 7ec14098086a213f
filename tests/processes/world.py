"""A salesperson with real rows on both sides, and what his worker leaves behind."""

from datetime import timedelta

from odoo import Command, fields

from odoo.addons.crm_google_calendar.bridge import settings, vault
from odoo.addons.crm_google_calendar.bridge.connect import connect

from .odoo_here import environment


class World:
    """One user or several, each with a Google account of the same name."""

    def __init__(self, emulator):
        self.emulator = emulator
        with environment() as env:
            settings.store_client(env, "test-client", "test-secret")
            worker = env.ref("crm_google_calendar.ir_cron_worker")
            env["ir.cron"].search([("id", "!=", worker.id)]).active = False

    def add(self, login):
        """A connected user; returns the id of his account."""
        email = f"{login}@example.com"
        self.emulator.add_user(email, login.title(), "Europe/Berlin")
        given = self.emulator.grant(email, client_id="test-client")
        with environment() as env:
            account = env["crm.google.account"]._of_user(_new_user(env, login, email))
            values = {"email": email, "sub": email, "scopes": given["scope"]}
            values |= vault.sealed(account, refresh_token=given["refresh_token"])
            account.write({**values, "state": "connecting"})
            connect(account, env.cr.commit)
            return account.id

    def meeting(self, account, name, day=3, **values):
        """A meeting of the account's user, some days from now."""
        start = fields.Datetime.now().replace(hour=10, minute=0, second=0) + timedelta(days=day)
        times = {"start": start, "stop": start + timedelta(hours=1)}
        meetings = account.env["calendar.event"].with_user(account.user_id)
        return meetings.with_context(no_mail_to_attendees=True).create(
            {"name": name, **times, **values}
        )

    def events(self, login, kind="Events"):
        """What stands in the user's calendar in Google."""
        return self.hands(login).events(f"{kind} (created")

    def titles(self, login, kind="Events"):
        return [event["summary"] for event in self.events(login, kind)]

    def hands(self, login):
        """The user's own hands in Google."""
        return self.emulator.user(f"{login}@example.com")


def _new_user(env, login, email):
    groups = env.ref("base.group_user") | env.ref("sales_team.group_sale_salesman")
    values = {"name": login.title(), "login": login, "email": email, "tz": "Europe/Berlin"}
    return env["res.users"].create({**values, "group_ids": [Command.set(groups.ids)]})
