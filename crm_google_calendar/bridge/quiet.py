"""Most accounts, most hours: nothing changed. Such runs are asked and ended many at a time.

Google is asked side by side, in threads that know nothing of the database (`gcal.ahead`); all work
in the database is done here, in a few queries however many accounts there are.
"""

from __future__ import annotations

from odoo import fields
from odoo.tools import SQL

from ..gcal.ahead import Ahead, Heard
from ..gcal.errors import GoogleError
from . import hints, links
from .connect import google_of, keep_access_token
from .run import needs_full_pass

ASKED = ("auto", "save", "push", "visit", "retry")  # triggers of runs that go on from a cursor


def ask(ahead: Ahead, runs) -> dict[int, int]:
    """Let the threads ask Google for these runs; returns the ids of those that are asked, each with
    the newest hint of now."""
    runs = runs.filtered(lambda run: run.trigger in ASKED and not run.full)
    if not runs:
        return {}
    cursors, newest = _cursors(runs, fields.Datetime.now()), hints.newest(runs.env)
    asked = {}
    for run in runs.filtered(lambda run: cursors.get(run.account_id)):
        try:
            credentials = google_of(run.account_id).credentials
        except GoogleError:
            continue  # the run itself finds out, and says so
        ahead.ask(run.id, credentials, cursors[run.account_id])
        asked[run.id] = newest
    return asked


def in_time(env, heard: dict[int, Heard | None], asked: dict[int, int]) -> dict:
    """What was heard, without what was asked for before a message of Google: it is asked again."""
    since = min((asked[run_id] for run_id in heard), default=0)
    late = [("model", "in", hints.NEWS), ("account_id", "!=", False), ("id", ">", since)]
    newest = heard and dict(env["crm.google.hint"]._read_group(late, ["account_id"], ["id:max"]))
    if not newest:
        return heard
    runs = env["crm.google.run"].browse(heard).exists()
    told = {run.id for run in runs if newest.get(run.account_id, 0) > asked[run.id]}
    return {run_id: None if run_id in told else said for run_id, said in heard.items()}


def end(env, heard: dict[int, Heard | None]) -> set[int]:
    """End the runs that found nothing, here or there; returns their ids."""
    ids = [run_id for run_id, said in heard.items() if said and said.nothing_new]
    runs = _untouched(env, ids)
    news = {run.account_id: heard[run.id] for run in runs}
    calendars = _ready_calendars(runs)
    changed = _with_something_to_do(env, runs.account_id)
    for calendar in calendars:
        changes = news[calendar.account_id].news.get((calendar.google_id, calendar.cursor))
        if not changes or changes.zone != calendar.zone:
            changed |= calendar.account_id
    quiet = runs.filtered(lambda run: run.account_id not in changed)
    for calendar in calendars.filtered(lambda calendar: calendar.account_id not in changed):
        heard_of = news[calendar.account_id].news
        calendar.cursor = heard_of[calendar.google_id, calendar.cursor].cursor
    now = fields.Datetime.now()
    quiet.account_id.write({"last_sync": now, "cause": False})
    quiet.filtered(lambda run: run.trigger != "auto").account_id.lively = now
    for account in quiet.account_id:
        if news[account].refreshed:
            keep_access_token(account, news[account])
    _delete(quiet)
    return set(quiet.ids)


def _delete(runs) -> None:
    """Nothing happened: the account's last sync says enough; what told of news is done with."""
    if runs.filtered(lambda run: run.trigger != "auto"):
        mine = [("account_id", "in", runs.account_id.ids), ("model", "in", hints.NEWS)]
        runs.env["crm.google.hint"].search(mine).unlink()
    if runs:
        # these rows have nothing that hangs on them, for which `unlink` would look in five tables
        runs.env.cr.execute(SQL("DELETE FROM crm_google_run WHERE id IN %s", runs._ids))
        runs.invalidate_recordset(flush=False)


def _untouched(env, run_ids):
    """Those of the runs that still only wait for their first slice."""
    waiting = [("state", "=", "queued"), ("trigger", "in", ("auto", "push", "visit"))]
    connected = [("account_id.state", "=", "connected")]
    runs = env["crm.google.run"]
    domain = [("id", "in", run_ids), *waiting, *connected]
    return runs.search_fetch(domain, ["account_id", "trigger"]) if run_ids else runs


def _with_something_to_do(env, accounts):
    """The accounts with hints at records, or links with something open; others do not count."""
    if not accounts:
        return accounts
    mine = [("account_id", "in", accounts.ids)]
    here = [*mine, ("model", "not in", hints.NEWS)]
    hinted = env["crm.google.hint"]._read_group(here, ["account_id"])
    open_ends = env["crm.google.link"]._read_group([*mine, *links.OPEN], ["account_id"])
    return accounts.browse().concat(*(account for (account,) in (*hinted, *open_ends)))


def _ready_calendars(runs):
    calendars = runs.env["crm.google.calendar"]
    domain = [("account_id", "in", runs.account_id.ids), ("state", "=", "ready")]
    return calendars.search_fetch(domain, list(CALENDAR_FIELDS)) if runs else calendars


CALENDAR_FIELDS = ("account_id", "google_id", "cursor", "full_pass", "zone")


def _cursors(runs, now):
    """Account -> where to go on in its calendars; accounts with a full pass before them are left
    out, since their lists are long."""
    result = {}
    for calendar in _ready_calendars(runs):
        result.setdefault(calendar.account_id, []).append(calendar)
    return {
        account: [(calendar.google_id, calendar.cursor) for calendar in calendars]
        for account, calendars in result.items()
        if account.state == "connected"
        and not any(needs_full_pass(calendar, now) for calendar in calendars)
    }
