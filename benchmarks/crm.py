"""Odoo within a measuring process: a database, users, and the records that are synchronized."""

import contextlib
from datetime import datetime, timedelta

import odoo.init  # noqa: F401  (sets Odoo up; must come first)
from odoo import SUPERUSER_ID, Command
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import config as configuration

# Odoo's own keys that keep mails and notes out of what is measured
QUIET = {
    "dont_notify": True,
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tracking_disable": True,
    "no_calendar_sync": True,
}


def configure(path):
    """Read Odoo's configuration file; once in a process."""
    configuration.parse_config(["-c", path, "--log-level", "warn", "--no-http"])


@contextlib.contextmanager
def opened(database):
    """An environment with all rights in a database."""
    with Registry(database).cursor() as cr:
        yield Environment(cr, SUPERUSER_ID, {})


def fill(env, _meter, size):
    """Prepare a database: users, and meetings for the first of them."""
    user = make_users(env, ["bench"])
    make_meetings(env, user, size["meetings"])
    make_users(env, [f"user{number}" for number in range(size["users"])])
    env.cr.commit()


def make_users(env, logins):
    """Salespeople."""
    group = env.ref("sales_team.group_sale_salesman")
    groups = [Command.set((env.ref("base.group_user") | group).ids)]
    return (
        env["res.users"]
        .with_context(no_reset_password=True, **QUIET)
        .create(
            [
                {
                    "name": login.title(),
                    "login": login,
                    "email": f"{login}@example.com",
                    "tz": "Europe/Berlin",
                    "group_ids": groups,
                }
                for login in logins
            ]
        )
    )


def user(env, login="bench"):
    return env["res.users"].search([("login", "=", login)])


def make_meetings(env, owner, count):
    """Meetings of a user, made as Odoo makes them, with mail off, over sixty days."""
    first = first_start()
    meetings = env["calendar.event"].with_user(owner).with_context(**QUIET)
    return meetings.create(
        [
            {
                "name": f"Meeting {number}",
                "start": first + timedelta(minutes=15 * (number % 5760)),
                "stop": first + timedelta(minutes=15 * (number % 5760) + 45),
                "description": "<p>What we <b>agreed</b> on, and the next step.</p>",
                "location": "Room 4",
            }
            for number in range(count)
        ]
    )


def first_start():
    """When the first of many entries starts: twenty days ago, naive UTC."""
    now = datetime.utcnow().replace(second=0, microsecond=0)
    return now - timedelta(days=20)
