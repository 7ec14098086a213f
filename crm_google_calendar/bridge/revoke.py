"""Revoke Access: both calendars and the grant go at Google, everything of ours goes here."""

from __future__ import annotations

import logging
from collections.abc import Callable

from odoo import fields

from ..gcal import oauth
from ..gcal.endpoints import http
from ..gcal.errors import GoogleError
from . import status, vault
from .connect import google_of

_logger = logging.getLogger(__name__)


def revoke(account, checkpoint: Callable[[], None]) -> None:
    """Disconnect for good. Whatever Google answers, the user is disconnected here, and told what
    is left for him to remove by hand; the CRM's records are not touched."""
    left = _delete_calendars(account, checkpoint)
    grant_left = not _revoke_grant(account)
    _forget(account)
    text = _result(account, left, grant_left)
    account.message = text if left or grant_left else False
    kind = "warning" if left or grant_left else "success"
    status.send(account, {"type": kind, "message": text, "sticky": kind == "warning"})
    checkpoint()


def _delete_calendars(account, checkpoint) -> list[str]:
    """Delete both calendars; returns the names of those that may still stand."""
    left = []
    for calendar in account.calendar_ids:
        if not calendar.google_id:
            left += [calendar.name] if calendar.state in ("making", "uncertain") else []
            continue
        checkpoint()
        try:
            google_of(account).delete_calendar(calendar.google_id)
            calendar.write({"google_id": False, "state": "wanted"})
        except GoogleError as error:
            _logger.info("calendar %s could not be deleted: %s", calendar.id, error)
            left.append(calendar.name)
    checkpoint()
    return left


def _revoke_grant(account) -> bool:
    token = vault.unseal(account.env, account.refresh_token)
    if not token:
        return False
    try:
        oauth.revoke(token, http())
    except GoogleError as error:
        _logger.info("the grant of account %s could not be revoked: %s", account.id, error)
        return False
    return True


def _forget(account) -> None:
    account.calendar_ids.unlink()  # and with them their links
    account.env["crm.google.hint"].search([("account_id", "=", account.id)]).unlink()
    names = (
        "sub email scopes cause connected_since last_sync resume_at"
        " refresh_token access_token access_expires code verifier"
    ).split()
    account.write({"state": "disconnected", **dict.fromkeys(names, False)})
    running = account.run_ids.filtered(lambda run: run.state in ("queued", "running"))
    running.write({"state": "stopped", "finished": fields.Datetime.now()})


def _result(account, left: list[str], grant_left: bool) -> str:
    _ = account.with_context(lang=account.user_id.lang).env._
    if not left and not grant_left:
        return _("Access is revoked. Both calendars were deleted in Google; the CRM is unchanged.")
    text = [_("You are disconnected, but Google could not be told everything.")]
    if left:
        text.append(_("Delete by hand in Google Calendar: %s.", ", ".join(left)))
    if grant_left:
        text.append(_("Remove this application at myaccount.google.com/connections."))
    return " ".join(text)
