"""Revoke Access: both calendars and the grant go at Google, everything of ours goes here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

from odoo import fields

from ..gcal import oauth
from ..gcal.endpoints import http
from ..gcal.errors import Cause, GoogleError
from . import calendars, channels, status, vault
from .grant import GRANT, is_shared
from .sentences import env_for

_logger = logging.getLogger(__name__)
TRIES = 3  # of what a passing fault prevents; then the user is disconnected all the same
PAUSE = timedelta(seconds=5)  # between them


def revoke(account, checkpoint: Callable[[], None]) -> None:
    """Disconnect for good. Whatever Google answers, the user is disconnected here, and told what
    is left for him to remove by hand; the CRM's records are not touched."""
    shared = is_shared(account, account.sub)
    last_try = account.tries + 1 >= TRIES
    channels.close(account, checkpoint)
    faults = calendars.delete(account.calendar_ids, checkpoint)
    grant_faults = []
    if not shared and (last_try or not passes(faults)):
        grant_faults = _revoke_grant(account)
    if passes(faults + grant_faults) and not last_try:
        try_again(account)
    else:
        _finish(account, shared, bool(grant_faults))
    checkpoint()


def passes(faults: list[GoogleError]) -> bool:
    """Whether it may go well in a moment."""
    return any(fault.cause in (Cause.TRANSIENT, Cause.RATE_LIMITED) for fault in faults)


def _revoke_grant(account) -> list[GoogleError]:
    """Take the grant back at Google; returns what prevented it."""
    token = vault.opened(account, "refresh_token")
    try:
        if not token:
            raise GoogleError(Cause.LAPSED, reason="no_token")
        with closing(http()) as transport:
            oauth.revoke(token, transport)
    except GoogleError as error:
        _logger.info("the grant of account %s could not be revoked: %s", account.id, error)
        return [error]
    return []


def try_again(account) -> None:
    """Ask to be called again after a pause."""
    moment = fields.Datetime.now() + PAUSE
    account.write({"tries": account.tries + 1, "resume_at": moment})
    account._wake(moment)


def _finish(account, shared: bool, grant_left: bool) -> None:
    left = [calendar.name for calendar in account.calendar_ids if calendars.may_stand(calendar)]
    text = _result(account, left, grant_left, shared)
    _forget(account)
    complete = not left and not grant_left
    account.message = False if complete else text
    kind = "success" if complete else "warning"
    status.send(account, {"type": kind, "message": text, "sticky": not complete})


def _forget(account) -> None:
    account.calendar_ids.unlink()  # and with them their links
    _forget_texts(account)
    account.env["crm.google.hint"].search([("account_id", "=", account.id)]).unlink()
    names = (
        *GRANT,
        "cause",
        "connected_since",
        "last_sync",
        "lively",
        "resume_at",
        "code",
        "verifier",
    )
    other = ("choice", "other_grant", "other_email", "other_until", "left_behind")
    account.write({"state": "disconnected", "tries": 0, **dict.fromkeys(names + other, False)})
    account._stop_runs()


def _forget_texts(account) -> None:
    """The log keeps its counts, and what was done when; not what the entries said."""
    lines = account.env["crm.google.run.line"].search([("run_id.account_id", "=", account.id)])
    lines.write(dict.fromkeys(("title", "before", "after", "lost"), False))


def _result(account, left: list[str], grant_left: bool, shared: bool) -> str:
    env = env_for(account)
    if not left and not grant_left:
        text = [
            env._("Access is revoked. Both calendars were deleted in Google; the CRM is unchanged.")
        ]
    else:
        text = [env._("You are disconnected, but not everything could be removed in Google.")]
    if left:
        text.append(env._("Delete by hand in Google Calendar: %s.", ", ".join(left)))
    if grant_left:
        text.append(env._("Remove this application at myaccount.google.com/connections."))
    if shared:
        text.append(
            env._("The permission stays at Google: another user here works with the same account.")
        )
    return " ".join(text)
