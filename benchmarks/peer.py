"""The same stories for Odoo's own google_calendar, with the user's primary calendar."""

import logging
import re
from datetime import datetime, timedelta

import requests

from odoo.addons.google_account.models import google_service
from odoo.addons.google_calendar.utils.google_calendar import GoogleCalendarService

from . import crm, google_side
from .google_side import SAM

NUMBER = re.compile(r'_odoo_id": (\d+)')  # the emulator takes text only, as Google documents it
SCOPE = "https://www.googleapis.com/auth/calendar"


class Detour:
    """Stands for the module `requests` in google_service: Google's host becomes the emulator's."""

    HTTPError = requests.HTTPError

    def __init__(self, url):
        self.url = url
        self.listed = {}  # parameters of the list whose pages are asked for

    def request(self, verb, url, params=None, headers=None, data=None, timeout=20):
        params = dict(params or {}) if isinstance(params, dict) else {}
        if "pageToken" in params:
            params = {**self.listed, **params}  # which Google forgives, and the emulator does not
        token = params.pop("access_token", None)  # which Google takes as a parameter, too
        self.listed = {key: value for key, value in params.items() if key != "pageToken"}
        headers = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        url = url.replace(google_service.GOOGLE_API_BASE_URL, self.url)
        data = NUMBER.sub(r'_odoo_id": "\1"', data) if isinstance(data, str) else data
        return requests.request(
            verb, url, params=params, headers=headers, data=data, timeout=timeout
        )


def connect(env, google):
    """Connect the user as after Google's consent page; returns a function that synchronizes."""
    google_service.requests = Detour(google.url)
    logging.getLogger("odoo.addons.google_calendar").setLevel(logging.ERROR)
    user = crm.user(env)
    given = google.grant(SAM, scopes=SCOPE)
    user.res_users_settings_id._set_google_auth_tokens(
        given["access_token"], given["refresh_token"], 3599
    )
    user.restart_google_synchronization()
    env.cr.commit()

    def sync():
        service = GoogleCalendarService(env["google.service"])
        user.with_user(user).sudo()._sync_google_calendar(service)
        env.cr.commit()

    return sync


def push(env, meter, size):
    """The first push, in runs of 200 as that module does it; its echo; changes on both sides."""
    sync = connect(env, meter.google)
    meter.measure("first push", lambda: push_all(env, sync, size["peer"]))
    meter.measure("echo", sync)
    for _number in range(3):
        meter.measure("idle", sync)
    change_both_sides(env, meter.google, size["changes"])
    meter.measure("changes", sync)


def push_all(env, sync, count):
    linked = [("google_id", "!=", False)]
    for _round in range(count // 200 + 2):
        if env["calendar.event"].search_count(linked) >= count:
            return
        sync()
    raise AssertionError("not everything was pushed")


def change_both_sides(env, google, count):
    """As in `ours`; the changes in the CRM wait for the next run, since that costs less."""
    meetings = env["calendar.event"].with_user(crm.user(env)).with_context(**crm.QUIET)
    mine = meetings.search([("google_id", "!=", False)], order="id", limit=2 * count)
    for meeting in mine[:count]:
        meeting.name += " (moved)"
    mine[:count].need_sync = True
    google_side.rename(google, "primary", mine[count:].mapped("google_id"))
    env.cr.commit()
    env.cr.execute(  # else the module thinks that what Google says is older
        "UPDATE calendar_event SET write_date = %s",
        [datetime.utcnow() - timedelta(minutes=5)],
    )
    env.cr.commit()


def pull(env, meter, size):
    """The first pull."""
    sync = connect(env, meter.google)
    google_side.add_entries(meter.google, "primary", size["entries"])
    meter.measure("first pull", sync)
    found = env["calendar.event"].search_count([("name", "=like", "Meeting %")])
    assert found == size["entries"], found


def series(env, meter, size):
    """The first pull of weekly series with two exceptions each."""
    sync = connect(env, meter.google)
    google_side.add_series(meter.google, "primary", size["series"])
    meter.measure("pull of series", sync)
    names = {"moved": "Moved", "renamed": "Renamed"}
    count = env["calendar.event"].search_count
    meter.note("series found", **{key: count([("name", "=", n)]) for key, n in names.items()})
