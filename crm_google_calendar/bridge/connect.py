"""The connection in the background: exchange the code, make the calendars, check them.

Nothing here runs within a user's request. Every step is committed before the next call, so that
a connection that breaks anywhere can be carried on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing

import psycopg2

from odoo import fields

from ..gcal import oauth
from ..gcal.endpoints import http
from ..gcal.errors import Cause, GoogleError
from . import calendars, channels, client_test, settings, status, switch, vault
from .grant import GRANT, google_of, keep_access_token, values_of
from .sentences import cause_text, connection_text, env_for

_logger = logging.getLogger(__name__)
# the same grant would fail the same way: the next click must lead to Google's page
# of a connection that stood: only a new consent helps
DEAD = (Cause.LAPSED, Cause.SCOPE_MISSING, Cause.BARRED)
NEW_CONSENT = (Cause.LAPSED, Cause.SCOPE_MISSING, Cause.NO_CALENDAR_SERVICE, Cause.BARRED)


class Overtaken(Exception):
    """The user has asked for something else meanwhile, say to revoke the access."""


# -- connecting -----------------------------------------------------------------------------


def connect(account, checkpoint: Callable[[], None]) -> None:
    """Carry a connection on from wherever it stands."""
    if account.resume_at and account.resume_at > fields.Datetime.now():
        return
    try:
        _connect(account, _unless_overtaken(account, checkpoint))
    except Overtaken:
        _logger.info("account %s: its connection was overtaken", account.id)
    checkpoint()


def _connect(account, checkpoint) -> None:
    exchanging = bool(account.code)
    try:
        if exchanging and not _exchange(account, checkpoint):
            return
        exchanging = False
        if account.choice and not switch.carry_out(account, checkpoint):
            return
        with closing(google_of(account)) as google:
            calendars.complete(account, google, checkpoint)
        keep_access_token(account, google)
    except GoogleError as error:
        _logger.info("account %s could not be connected: %s", account.id, error)
        _fail(account, error, exchanging or error.cause in NEW_CONSENT)
    else:
        _succeed(account)


def _unless_overtaken(account, checkpoint):
    def go_on():
        checkpoint()
        if account.state not in ("connecting", "choosing"):
            raise Overtaken

    return go_on


def _exchange(account, checkpoint) -> bool:
    """Make the code a grant; False where it is another account's, which the user must settle."""
    client = settings.client(account.env)
    code = vault.opened(account, "code")
    verifier = vault.opened(account, "verifier")
    account.write({"code": False, "verifier": False})  # good for one try only
    checkpoint()
    if client is None:
        raise GoogleError(Cause.BAD_CLIENT, reason="no_client")
    with closing(http()) as transport:
        address = settings.redirect_uri(account.env)
        grant = oauth.exchange(client, code, address, verifier, transport)
    values = values_of(account, grant)
    another = switch.is_another(account, grant)
    store = switch.offer if another else _take_grant
    _keep(account, lambda: store(account, values), checkpoint)
    return not another


def _take_grant(account, values) -> None:
    if account.sub and account.sub != values["sub"]:
        account.calendar_ids.write({"state": "wanted"})  # none may stand in this one
    account.write(values)


def _keep(account, store, checkpoint) -> None:
    """Store what Google will not say twice, even where a request has just changed the row."""
    try:
        store()
        checkpoint()
    except psycopg2.OperationalError:
        account.env.cr.rollback()
        store()
        checkpoint()


def _succeed(account) -> None:
    env = env_for(account)
    again = bool(account.connected_since)
    values = {"cause": False, "message": False, "resume_at": False}
    states = account.calendar_ids.mapped("state")
    if "gone" in states:
        values["message"] = cause_text(env, Cause.CALENDAR_GONE)
    elif not all(account.calendar_ids.mapped("shown")):
        values["message"] = env._(
            "Google did not tick the new calendars in your list. Tick them there to see them."
        )
    left, since = account.left_behind, account.connected_since or fields.Datetime.now()
    values["message"] = " ".join(filter(None, [values["message"], left])) or False
    values |= {"lively": fields.Datetime.now(), "left_behind": False}
    account.write({"state": "connected", "connected_since": since, **values})
    _send_waiting(account)
    channels.renew(account)
    text = left or env._("Connected again with Google. Nothing was lost.")
    # the first time, the calendar page says by itself what happened
    status.send(account, {"type": "success", "message": text} if again else None)


def _send_waiting(account) -> None:
    """Entries of a calendar that was made again are sent without another click."""
    waiting = [("account_id", "=", account.id), ("state", "=", "linked"), ("base", "=", False)]
    if account.env["crm.google.link"].search_count(waiting, limit=1):
        account._start_run("retry")


def _fail(account, error: GoogleError, needs_consent: bool) -> None:
    """Say what happened, and leave a state from which the next click goes on."""
    state = _state_without_grant(account) if needs_consent else "incomplete"
    values = dict.fromkeys(GRANT, False) if state == "disconnected" else {}
    env = env_for(account)
    message = connection_text(env, error, state)
    account.write({"state": state, "cause": error.cause.value, "message": message, **values})
    status.send(account, {"type": "danger", "message": message, "sticky": True})


def _state_without_grant(account) -> str:
    """Whatever stands in Google must be found again by the same Google account, or be revoked."""
    stands = account.calendar_ids.filtered(lambda calendar: calendar.state != "wanted")
    return "reconnect" if account.connected_since or stands else "disconnected"


# -- checking ---------------------------------------------------------------------------------


def check(account, checkpoint: Callable[[], None]) -> None:
    """Answer what the user has asked: do the connection, its calendars, and their names fit?"""
    what, account.check_for = account.check_for, False
    checkpoint()
    env = env_for(account)
    notice = None
    if what == "client":
        client_test.answer(env, account, checkpoint)
    elif what == "names":
        notice = _rename(env, account, checkpoint)
    elif what == "another":
        notice = _look_at_another(env, account, checkpoint)
    elif account.state in ("connected", "incomplete"):
        notice = _check_account(env, account, checkpoint)
    else:
        notice = {"type": "warning", "message": account.message or cause_text(env, Cause.LAPSED)}
    if notice:
        status.send(account, notice)
    checkpoint()


def _check_account(env, account, checkpoint) -> dict | None:
    try:
        with closing(google_of(account)) as google:
            for calendar in account.calendar_ids.filtered("google_id"):
                calendars.check(calendar, google, checkpoint)
    except GoogleError as error:
        if error.cause in DEAD:
            return lapse(account, error.cause)  # which tells him
        return _danger(cause_text(env, error.cause))
    keep_access_token(account, google)
    if gone := _say_gone(env, account):
        return gone
    if account.calendar_ids.mapped("state") != ["ready", "ready"]:
        return _danger(
            env._("The connection works, but a calendar is missing. %s", account.message)
        )
    return {
        "type": "success",
        "message": env._("Succeeded: the connection works and both calendars are accessible."),
    }


def _say_gone(env, account) -> dict | None:
    if "gone" not in account.calendar_ids.mapped("state"):
        return None
    account.message = cause_text(env, Cause.CALENDAR_GONE)
    return _danger(account.message)


def _rename(env, account, checkpoint) -> dict | None:
    """Rename both calendars in Google; one whose answer was lost is still offered to be renamed."""
    try:
        with closing(google_of(account)) as google:
            calendars.rename(account.calendar_ids, google, checkpoint)
    except GoogleError as error:
        if error.cause in DEAD:
            return lapse(account, error.cause)
        return _danger(_why_not(env, error))
    keep_access_token(account, google)
    if gone := _say_gone(env, account):
        return gone
    return {"type": "success", "message": env._("The calendars have their new names in Google.")}


def _why_not(env, error: GoogleError) -> str:
    text = cause_text(env, error.cause)
    return env._("The calendars keep their names. %s", text)


def _look_at_another(env, account, checkpoint) -> dict | None:
    """Exchange the code of a Google account that the user has chosen beside the one that works."""
    if account.state == "reconnect" and account.code:
        account._change("connecting")  # the old grant has died meanwhile
    if account.state != "connected":
        return None
    try:
        if not _exchange(account, checkpoint):
            return None  # the question what becomes of the old calendars is on his page now
    except GoogleError as error:
        return switch.stayed(account, error)
    message = env._("You chose the account that is connected already: %s.", account.email)
    return {"type": "info", "message": message}


def _danger(message: str) -> dict:
    return {"type": "danger", "message": message, "sticky": True}


# -- ends -------------------------------------------------------------------------------------


def lapse(account, cause: Cause = Cause.LAPSED) -> None:
    """The grant is dead, or allows too little: no more tries until the user connects again."""
    if account.state not in ("connected", "incomplete"):
        return
    env = env_for(account)
    message = cause_text(env, cause, "reconnect")
    account.write({"state": "reconnect", "cause": cause.value, "message": message})
    account._stop_runs()
    status.send(account, {"type": "warning", "message": message, "sticky": True})
    status.announce(account, env._("Google Calendar is no longer connected"), message)


def give_up(account) -> None:
    """After an error that nobody foresaw: a state from which the next click goes on."""
    env = env_for(account)
    values = {"check_for": False, "cause": Cause.UNKNOWN.value}
    if account.state in ("connecting", "revoking"):
        values["state"] = "incomplete" if account.refresh_token else _state_without_grant(account)
    values["message"] = cause_text(env, Cause.UNKNOWN)
    account.write(values)
    status.send(account, _danger(values["message"]))
