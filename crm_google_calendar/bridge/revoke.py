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
from . import status, vault
from .connect import GRANT, google_of, stop_runs

_logger = logging.getLogger(__name__)
TRIES = 3  # of what a passing fault prevents; then the user is disconnected all the same
PAUSE = timedelta(seconds=5)  # between them


def revoke(account, checkpoint: Callable[[], None]) -> None:
    """Disconnect for good. Whatever Google answers, the user is disconnected here, and told what
    is left for him to remove by hand; the CRM's records are not touched."""
    shared = _others_of(account)
    last_try = account.tries + 1 >= TRIES
    faults = _delete_calendars(account, checkpoint)
    grant_faults = []
    if not shared and (last_try or not _passes(faults)):
        grant_faults = _revoke_grant(account)
    if _passes(faults + grant_faults) and not last_try:
        _try_again(account)
    else:
        _finish(account, shared, bool(grant_faults))
    checkpoint()


def _passes(faults: list[GoogleError]) -> bool:
    return any(fault.cause in (Cause.TRANSIENT, Cause.RATE_LIMITED) for fault in faults)


def _others_of(account) -> bool:
    """Whether somebody else here uses the same Google account: Google takes back a permission for
    all connections of the company's project at once, so his would end too."""
    others = [
        ("id", "!=", account.id),
        ("sub", "=", account.sub),
        ("state", "in", ("connecting", "incomplete", "connected", "revoking")),
    ]
    return bool(account.sub) and bool(account.search_count(others, limit=1))


def _delete_calendars(account, checkpoint) -> list[GoogleError]:
    """Delete both calendars; returns what prevented it."""
    # an id that the user has typed is not proven to be ours before the calendar is "ready"
    standing = account.calendar_ids.filtered(lambda calendar: calendar.state in ("ready", "gone"))
    faults: list[GoogleError | None] = []
    if standing:
        try:
            with closing(google_of(account)) as google:
                faults = [_delete(calendar, google, checkpoint) for calendar in standing]
        except GoogleError as error:  # no grant to do it with
            faults = [error]
    checkpoint()
    return [fault for fault in faults if fault]


def _delete(calendar, google, checkpoint) -> GoogleError | None:
    checkpoint()
    try:
        google.delete_calendar(calendar.google_id)
    except GoogleError as error:
        _logger.info("calendar %s could not be deleted: %s", calendar.id, error)
        return error
    calendar.write({"google_id": False, "state": "wanted"})
    return None


def _revoke_grant(account) -> list[GoogleError]:
    """Take the grant back at Google; returns what prevented it."""
    token = vault.unseal(account.env, account.refresh_token)
    try:
        if not token:
            raise GoogleError(Cause.LAPSED, reason="no_token")
        with closing(http()) as transport:
            oauth.revoke(token, transport)
    except GoogleError as error:
        _logger.info("the grant of account %s could not be revoked: %s", account.id, error)
        return [error]
    return []


def _try_again(account) -> None:
    moment = fields.Datetime.now() + PAUSE
    account.write({"tries": account.tries + 1, "resume_at": moment})
    account._wake(moment)


def _finish(account, shared: bool, grant_left: bool) -> None:
    left = [calendar.name for calendar in account.calendar_ids if _may_stand(calendar)]
    text = _result(account, left, grant_left, shared)
    _forget(account)
    complete = not left and not grant_left
    account.message = False if complete else text
    kind = "success" if complete else "warning"
    status.send(account, {"type": kind, "message": text, "sticky": not complete})


def _may_stand(calendar) -> bool:
    return calendar.state not in ("wanted", "gone")


def _forget(account) -> None:
    account.calendar_ids.unlink()  # and with them their links
    account.env["crm.google.hint"].search([("account_id", "=", account.id)]).unlink()
    names = (*GRANT, "cause", "connected_since", "last_sync", "resume_at", "code", "verifier")
    account.write({"state": "disconnected", "tries": 0, **dict.fromkeys(names, False)})
    stop_runs(account)


def _result(account, left: list[str], grant_left: bool, shared: bool) -> str:
    env = account.with_context(lang=account.user_id.lang).env
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
