"""What the calendar page shows a user: his connection and his run, in one value."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

from odoo import fields

from ..gcal.endpoints import calendar_page
from . import hints, settings, waiting
from .results import summary_text

CHANNEL = "crm_google_calendar/status"
BY_ITSELF = ("auto", "save", "push", "visit")  # triggers of runs that nobody waits for
SHOW_RESULT_FOR = timedelta(hours=1)
_PAGE = re.compile(r"/(odoo(/[\w./-]*)?|web)([?#][^\s\\]*)?", re.ASCII)


def of_user(env) -> dict:
    """The status of the current user; see `docs/architecture.md`, "The calendar page"."""
    # sudo: reads the current user's own rows only, in a fixed choice of fields
    account = env["crm.google.account"].sudo().search([("user_id", "=", env.uid)])
    status = _of_account(env, account)
    run = status["run"]
    if run and run["state"] in ("queued", "running"):
        run["stopping"] = bool(hints.stop_of(account.run_ids.browse(run["id"])))
    return status


def send(account, notice: dict | None = None, verdict: dict | None = None) -> None:
    """Show an account's status to its user, on every page; arrives with the next commit.

    verdict: on the company's Google client, for the settings page that asked.
    """
    user = account.user_id
    env = account.env(user=user.id, su=False, context={"lang": user.lang, "tz": user.tz})
    payload = _of_account(env, account)
    if notice:
        payload["notice"] = {"sticky": False, **notice}
    if verdict:
        payload["verdict"] = verdict
    user._bus_send(CHANNEL, payload)


def announce(account, subject: str, message: str) -> None:
    """Tell the user where he reads his messages, since he may not open the calendar for days."""
    partner = account.user_id.partner_id
    partner.message_notify(partner_ids=partner.ids, subject=subject, body=message)


def connect_path(return_path: str, another: bool = False) -> str:
    """The address in Odoo that starts Google's consent, and comes back to `return_path`.

    another: for another Google account than the one that is connected.
    """
    query = {"return_path": safe_path(return_path)} | ({"another": "1"} if another else {})
    return f"/crm_google_calendar/connect?{urlencode(query)}"


def safe_path(path: str | None) -> str:
    """The path, if it is a page of this site's web client; else the calendar's."""
    return path if path and _PAGE.fullmatch(path) and ".." not in path else "/odoo/calendar"


def _of_account(env, account) -> dict:
    return {
        "configured": bool(settings.client(env)),
        "administrator": env.user.has_group("base.group_system"),
        "state": account.state or "disconnected",
        "email": account.email or "",
        "message": account.message or "",
        "last_sync": fields.Datetime.to_string(account.last_sync) or False,
        "auto_minutes": settings.auto_sync_is_on(env) and settings.minutes(env),
        "waiting_until": _waiting_until(account),
        "calendars": account.calendar_ids.mapped("name"),
        "calendar_page": calendar_page(account.email or ""),
        "gone": "gone" in account.calendar_ids.mapped("state"),
        "neighbour": _syncs_with_odoo_too(env),
        "run": _run(env, account),
        "changed_here": _changed_here(env, account),
    }


def _run(env, account) -> dict | None:
    run = _run_to_show(env, account)
    if not run or _is_old(run):
        return None
    run = run.with_env(run.env(context=env.context))
    return {
        "id": run.id,
        "trigger": run.trigger,
        "state": run.state,
        "done": run.done,
        "total": run.total,
        "left_seconds": _left_seconds(run),
        "waiting_until": _waiting_until(run),
        "waiting_for": run.cause or False,
        "summary": summary_text(run),
        "set_aside": run.set_aside,
        "left_over": run.left_over,
        "has_log": _has_log(run),
        "held": run.held,
        "held_on": waiting.numbers(run) if run.held else {},
        "archives": run.held > 0 and settings.get(env, "gone_in_google") == "archive",
        "lost": run.lost_crm + run.lost_google,
        "apart": run.apart,
        "finished": fields.Datetime.to_string(run.finished) or False,
    }


def _has_log(run) -> bool:
    lines = run.env["crm.google.run.line"]
    return bool(lines.search_count([("run_id", "=", run.id)], limit=1))


def _run_to_show(env, account):
    """What is under way or failed, else the last run that the user started or has to answer."""
    latest = _last_run(env, account, [])
    if latest.state in ("queued", "running", "failed"):
        return latest
    shown = ["|", ("trigger", "not in", BY_ITSELF), ("held", ">", 0)]
    return _last_run(env, account, shown)


def _changed_here(env, account) -> int | bool:
    """The last run that changed a record in the CRM: a page that shows older records reloads."""
    counts = ("crm_created", "crm_changed", "crm_removed")
    domain = [("trigger", "!=", "preview"), "|", "|", *((name, ">", 0) for name in counts)]
    return _last_run(env, account, [*domain, ("finished", "!=", False)]).id


def _last_run(env, account, domain):
    # sudo: as in `of_user`
    runs = env["crm.google.run"].sudo()
    return runs.search([("account_id", "=", account.id), *domain], order="id desc", limit=1)


def _is_old(run) -> bool:
    if not run.finished or (run.held and run.trigger != "preview"):
        return False
    long_ago = fields.Datetime.now() - SHOW_RESULT_FOR
    return run.finished < max(long_ago, run.account_id.connected_since or long_ago)


def _waiting_until(waiting):
    """When a run, or a revocation, that met a fault goes on; what Google's pace costs is part of
    the time left."""
    return waiting.tries > 0 and fields.Datetime.to_string(waiting.resume_at)


def _left_seconds(run):
    """Remaining time at the pace so far; False while there is no pace to go by."""
    if run.state == "running" and run.expected:
        return max(1, round((run.expected - fields.Datetime.now()).total_seconds()))
    if run.state != "running" or not run.started or not run.done:
        return False
    elapsed = (fields.Datetime.now() - run.started).total_seconds()
    return max(1, round(elapsed * (run.total - run.done) / run.done))


def _syncs_with_odoo_too(env) -> bool:
    """Whether Odoo's own google_calendar is active for the user: meetings would stand twice."""
    user_settings = env.user.sudo().res_users_settings_id  # sudo: the flags are closed to users
    if "google_calendar_rtoken" not in user_settings._fields:
        return False
    return bool(user_settings.google_calendar_rtoken) and not (
        user_settings.google_synchronization_stopped
    )
