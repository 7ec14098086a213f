"""Whose turn it is to be asked: everybody's, unless an administrator lets accounts in which nothing
happens wait longer; see `engine.polling`."""

from __future__ import annotations

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from ..engine.polling import is_due, patience
from . import channels, settings
from .run import FULL_PASS_EVERY


def due(env):
    """The connected accounts whose turn it is."""
    accounts = env["crm.google.account"].search_fetch(
        [("state", "=", "connected")], ["last_sync", "lively", "user_id"]
    )
    interval, longest = _bounds(env)
    if longest <= interval or not accounts:
        return accounts
    now, told, daily = fields.Datetime.now(), channels.watched(accounts), _with_daily_pass(accounts)

    def has_its_turn(account):
        if not account.last_sync or account in daily:
            return True
        quiet = now - (account.lively or now)
        wait = patience(quiet, account in told, interval, longest)
        return is_due(now - account.last_sync, wait, interval)

    return accounts.filtered(has_its_turn)


def note_visit(env) -> None:
    """The current user looks at his calendar: where his account was waiting, it is asked at once.

    Leaves a hint only.
    """
    interval, longest = _bounds(env)
    if longest <= interval:
        return
    # sudo: looks at the current user's own account only
    account = env["crm.google.account"].sudo().search([("user_id", "=", env.uid)])
    asked = account.state == "connected" and account.last_sync
    if asked and fields.Datetime.now() - asked > interval:
        env["crm.google.hint"]._leave_once(account)


def _bounds(env) -> tuple[timedelta, timedelta]:
    """How often lively accounts are asked, and how long the others may wait."""
    interval = settings.interval(env)
    longest = timedelta(minutes=settings.number(env, "longest"))
    return interval, max(interval, min(longest, settings.LONGEST_INTERVAL))


def _with_daily_pass(accounts):
    """Those with a comparison of everything before them, which comes once a day all the same."""
    soon = fields.Datetime.now() - FULL_PASS_EVERY
    late = Domain("full_pass", "=", False) | Domain("full_pass", "<", soon)
    mine = Domain("account_id", "in", accounts.ids) & Domain("state", "=", "ready")
    return accounts.env["crm.google.calendar"].search_fetch(mine & late, ["account_id"]).account_id
