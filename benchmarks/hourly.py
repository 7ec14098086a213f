"""The hourly pass over many connected users of whom nobody did anything."""

from contextlib import closing
from datetime import timedelta

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import settings
from odoo.addons.crm_google_calendar.bridge.connect import google_of, keep_access_token

from . import crm, ours


def run(env, meter, size):
    """Three passes as they come every hour, then one with a slow and a dead account."""
    accounts = connect_all(env, meter.google, size["users"])
    switch_on(env, meter.google)
    for _number in range(3):
        expire(accounts, meter.google)
        meter.measure("hourly pass", lambda: hourly(env))
        assert not env["crm.google.run"].search_count([])
    meter.google.post("faults", method="events.list", faults=[{"slow": 15}])
    meter.google.post("expire", what="grants", email="user1@example.com")
    expire(accounts, meter.google)
    start = fields.Datetime.now()
    meter.measure("pass with a slow and a dead one", lambda: hourly(env))
    others = accounts.sorted("last_sync")[: len(accounts) - 1]
    passed = [account.last_sync - start for account in others if account.state == "connected"]
    meter.note("all others", seconds=max(passed).total_seconds(), accounts=len(passed))


def switch_on(env, google):
    """Switch auto sync on; the first pass from then on compares everything, once."""
    settings.put(env, "auto_sync", "True")
    env.cr.commit()
    with google.at_once():
        hourly(env)


def expire(accounts, google):
    """Access tokens live for less than an hour, so every pass needs new ones."""
    google.post("expire", what="access")
    accounts.access_expires = fields.Datetime.now() - timedelta(minutes=1)
    accounts.env.cr.commit()


def hourly(env):
    env["crm.google.account"]._cron_auto_sync()
    ours.work(env)


def connect_all(env, google, count):
    """Connected accounts as their first run leaves them, made in a short way."""
    settings.store_client(env, "test-client", "secret")
    accounts = env["crm.google.account"]
    with google.at_once():
        for number in range(count):
            email = f"user{number}@example.com"
            google.post("users", email=email, name=email)
            accounts |= ours.accept(env, google, crm.user(env, f"user{number}"), email)
            make_calendars(env, accounts[-1:])
    now = fields.Datetime.now()
    accounts.write({"state": "connected", "connected_since": now, "last_sync": now})
    env.cr.commit()
    return accounts


def make_calendars(env, account):
    with closing(google_of(account)) as google:
        for kind in ("event", "task"):
            made = google.create_calendar(f"Acme {kind}", "made here", "Europe/Berlin")
            changes = google.changes(made["id"])
            values = {"account_id": account.id, "kind": kind, "google_id": made["id"]}
            values |= {"state": "ready", "cursor": changes.cursor, "zone": changes.zone}
            env["crm.google.calendar"].create({**values, "full_pass": fields.Datetime.now()})
        keep_access_token(account, google)
