"""The connection in the background: exchange the code, make the calendars, check, revoke.

Nothing here runs within a user's request. Every step is committed before the next call, so that
a connection that breaks anywhere can be carried on, and never makes a third calendar.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timezone

from odoo import fields

from ..gcal import oauth
from ..gcal.client import Google
from ..gcal.endpoints import http
from ..gcal.errors import Cause, GoogleError
from . import settings, status, vault
from .sentences import cause_text

_logger = logging.getLogger(__name__)
KINDS = ("event", "task")
TRIES = 3  # of a revocation that meets a fault which passes
PAUSE = 5  # seconds between them


def google_of(account) -> Google:
    """Google, with the account's grant; no network. Raises GoogleError where none is usable."""
    client = settings.client(account.env)
    token = vault.unseal(account.env, account.refresh_token)
    if client is None:
        raise GoogleError(Cause.BAD_CLIENT, reason="no_client")
    if not token:
        raise GoogleError(Cause.LAPSED, reason="no_token")
    expires = account.access_expires
    access = vault.unseal(account.env, account.access_token)
    expires_at = expires.replace(tzinfo=timezone.utc) if expires and access else None
    return Google(oauth.credentials(client, token, access or None, expires_at))


def keep_access_token(account, google: Google) -> None:
    """Store the access token that was refreshed on the way, for the next run."""
    token, expiry = google.credentials.token, google.credentials.expiry
    if token and expiry and expiry.replace(microsecond=0) != account.access_expires:
        account.write(
            {
                "access_token": vault.seal(account.env, token),
                "access_expires": expiry.replace(microsecond=0),
            }
        )


def connect(account, checkpoint: Callable[[], None]) -> None:
    """Carry a connection on from wherever it stands."""
    try:
        if account.code:
            _exchange(account, checkpoint)
        _make_calendars(account, checkpoint)
    except GoogleError as error:
        _logger.info("account %s could not be connected: %s", account.id, error)
        _fail(account, error)
    else:
        _succeed(account)
    checkpoint()


def _exchange(account, checkpoint) -> None:
    client = settings.client(account.env)
    code = vault.unseal(account.env, account.code)
    verifier = vault.unseal(account.env, account.verifier)
    account.write({"code": False, "verifier": False})  # good for one try only
    checkpoint()
    if client is None:
        raise GoogleError(Cause.BAD_CLIENT, reason="no_client")
    grant = oauth.exchange(client, code, settings.redirect_uri(account.env), verifier, http())
    if _is_somebody_else(account, grant):
        raise GoogleError(Cause.DECLINED, reason="other_account")
    account.write(
        {
            "sub": grant.sub,
            "email": grant.email,
            "scopes": " ".join(sorted(grant.scopes)),
            "refresh_token": vault.seal(account.env, grant.refresh_token),
            "access_token": vault.seal(account.env, grant.access_token),
            "access_expires": grant.expires_at.replace(tzinfo=None, microsecond=0),
        }
    )
    checkpoint()


def _is_somebody_else(account, grant) -> bool:
    """Entries of one Google account must not be looked for in another."""
    kept = account.calendar_ids.filtered("google_id")
    return bool(kept) and bool(account.sub) and account.sub != grant.sub


def _make_calendars(account, checkpoint) -> None:
    google = google_of(account)
    for kind in KINDS:
        calendar = account.calendar_ids.filtered(lambda calendar, kind=kind: calendar.kind == kind)
        if not calendar:
            calendar = calendar.create({"account_id": account.id, "kind": kind})
        if calendar.state == "ready":
            _check(calendar, google, checkpoint)
        elif calendar.state == "making":
            calendar.state = "uncertain"  # a run was cut off right in the call
        elif calendar.state == "offered":
            _adopt(calendar, google, checkpoint)
        if calendar.state == "wanted":
            _make(calendar, google, checkpoint)
    keep_access_token(account, google)
    if account.calendar_ids.filtered(lambda calendar: calendar.state == "uncertain"):
        raise GoogleError(Cause.TRANSIENT, reason="uncertain", uncertain=True)


def _make(calendar, google, checkpoint) -> None:
    name = calendar_name(calendar)
    user = calendar.account_id.user_id
    description = calendar.env._("Kept the same as the CRM. %s", f"[{calendar_ref(calendar)}]")
    calendar.write({"name": name, "state": "making"})
    checkpoint()
    try:
        made = google.create_calendar(name, description, user.tz or "UTC")
    except GoogleError as error:
        calendar.state = "uncertain" if error.uncertain else "wanted"
        raise
    calendar.write({"google_id": made["id"], "zone": made.get("timeZone"), "state": "ready"})
    checkpoint()
    try:
        google.show_calendar(made["id"])
    except GoogleError as error:  # it merely is not ticked in Google's list
        _logger.info("calendar %s is not shown: %s", calendar.id, error)


def _adopt(calendar, google, checkpoint) -> None:
    """Take the calendar whose making was never answered, if the user's id is really its."""
    google_id = calendar.google_id
    calendar.write({"google_id": False, "state": "uncertain"})
    checkpoint()
    try:
        found = google.calendar(google_id)
    except GoogleError as error:
        if error.cause not in (Cause.CALENDAR_GONE, Cause.NO_ACCESS):
            raise
        found = {}
    if f"[{calendar_ref(calendar)}]" not in found.get("description", ""):
        raise GoogleError(Cause.REFUSED, reason="not_that_calendar")
    calendar.write({"google_id": google_id, "zone": found.get("timeZone"), "state": "ready"})


def calendar_name(calendar) -> str:
    """The name of a calendar in Google: the company, the kind and today's date of the user."""
    user = calendar.account_id.user_id
    today = fields.Date.context_today(user.with_context(tz=user.tz or "UTC"))
    name = {"event": "%s Events (created: %s)", "task": "%s Tasks (created: %s)"}[calendar.kind]
    return name % (user.company_id.name, today.isoformat())


def calendar_ref(calendar) -> str:
    """What tells our calendar from any other, in its description."""
    uuid = settings.database_uuid(calendar.env)
    return f"ref: {uuid}/{calendar.account_id.id}/{calendar.kind}"


def _check(calendar, google, checkpoint) -> None:
    checkpoint()
    try:
        google.calendar(calendar.google_id)
    except GoogleError as error:
        if error.cause is not Cause.CALENDAR_GONE:
            raise
        calendar.state = "gone"


def _succeed(account) -> None:
    _ = account.with_context(lang=account.user_id.lang).env._
    again = bool(account.connected_since)
    account.write(
        {
            "state": "connected",
            "cause": False,
            "message": False,
            "resume_at": False,
            "connected_since": account.connected_since or fields.Datetime.now(),
        }
    )
    gone = account.calendar_ids.filtered(lambda calendar: calendar.state == "gone")
    if gone:
        account.message = cause_text(account.env, Cause.CALENDAR_GONE)
    text = (
        _("Connected again with Google. Nothing was lost.")
        if again
        else _(
            "Connected with Google. Two calendars were made there. If they do not show, "
            "reload Google's page."
        )
    )
    status.send(account, {"type": "success", "message": text})


def _fail(account, error: GoogleError) -> None:
    """Say what happened, and leave a state from which the next click goes on."""
    has_grant = bool(account.refresh_token) and error.cause is not Cause.LAPSED
    if error.reason == "other_account":
        state = "reconnect"
    elif has_grant:
        state = "incomplete"
    else:
        state = "reconnect" if account.connected_since else "disconnected"
    message = _sentence(account, error)
    account.write({"state": state, "cause": error.cause.value, "message": message})
    status.send(account, {"type": "danger", "message": message, "sticky": True})


def _sentence(account, error: GoogleError) -> str:
    env = account.with_context(lang=account.user_id.lang).env
    if error.reason == "other_account":
        return env._(
            "You chose another Google account than before. Click Reconnect with Google and choose "
            "%s, or revoke the access first.",
            account.email,
        )
    if error.reason == "uncertain" or error.uncertain:
        return env._(
            "The connection broke while Google was making a calendar, so it may or may not stand "
            "there. Click Finish with Google to go on."
        )
    if error.reason == "not_that_calendar":
        return env._(
            "That Calendar ID is not the one of the calendar we look for. Click Finish with Google "
            "and copy it again, or let us make a new calendar."
        )
    if error.cause is Cause.TRANSIENT:
        return env._("Google could not be reached. Click the link again to go on.")
    return cause_text(env, error.cause)


def check(account, checkpoint: Callable[[], None]) -> None:
    """Answer the user's question whether the connection works and the calendars are there."""
    what, account.check_for = account.check_for, False
    checkpoint()
    env = account.with_context(lang=account.user_id.lang).env
    try:
        message = _check_client(env) if what == "client" else _check_account(env, account)
        notice = {"type": "success", "message": message}
    except GoogleError as error:
        if error.cause is Cause.LAPSED:
            lapse(account)
        notice = {"type": "danger", "message": cause_text(env, error.cause), "sticky": True}
    status.send(account, notice)
    checkpoint()


def _check_account(env, account) -> str:
    google = google_of(account)
    for calendar in account.calendar_ids.filtered("google_id"):
        google.calendar(calendar.google_id)
    keep_access_token(account, google)
    return env._("Succeeded: the connection works and both calendars are accessible.")


def _check_client(env) -> str:
    client = settings.client(env)
    if client is None:
        raise GoogleError(Cause.BAD_CLIENT, reason="no_client")
    oauth.test_client(client, settings.redirect_uri(env), http())
    return env._("Succeeded: Google knows this client ID and secret.")


def lapse(account) -> None:
    """The grant is dead: no more tries until the user connects again; nothing else is touched."""
    env = account.with_context(lang=account.user_id.lang).env
    message = cause_text(env, Cause.LAPSED)
    account.write({"state": "reconnect", "cause": Cause.LAPSED.value, "message": message})
    status.send(account, {"type": "warning", "message": message, "sticky": True})
