"""Messages from Google: what a channel, a message and its run cost, beside an hourly pass."""

from odoo.addons.crm_google_calendar.bridge import channels

from . import hourly, ours

SITE = "https://crm.example.com"
NOWHERE = "http://127.0.0.1:9"  # nobody listens there; the messages are made up below


def run(env, meter, size):
    """Open two channels for each account, hear of each calendar once, and ask all as every hour."""
    accounts = hourly.connect_all(env, meter.google, size["told"])
    hourly.switch_on(env, meter.google)
    env["ir.config_parameter"].set_param("web.base.url", SITE)
    meter.google.post("settings", sites={SITE: NOWHERE})
    env.cr.commit()
    meter.measure("channels opened", lambda: open_all(env, accounts))
    opened = env["crm.google.channel"].search([])
    opened.write({"secret_hash": channels._hash("secret")})
    env.cr.commit()
    for _number in range(3):
        meter.measure("messages taken", lambda: take(env, opened.mapped("name")))
        meter.measure("their runs", lambda: ours.work(env))
        meter.measure("an hourly pass", lambda: hourly.hourly(env))


def open_all(env, accounts):
    """As the scheduled action does, which takes a break after half a minute."""
    while channels._to_watch(env):
        env["crm.google.channel"]._cron_tend()
        env.cr.commit()
    assert set(accounts.channel_ids.mapped("state")) == {"open"}


def take(env, names):
    """Each in a transaction of its own, as requests are."""
    for name in names:
        assert channels.receive(env, name, "secret", "exists")
        env.cr.commit()
