"""Another Google account than before: its grant waits, sealed, for the user's choice.

Calendars and entries of one Google account are never looked for in another one.
"""

from __future__ import annotations

import json
import logging
from contextlib import closing
from datetime import timedelta

from odoo import fields

from ..gcal import oauth
from ..gcal.endpoints import http
from ..gcal.errors import Cause, GoogleError
from . import calendars, channels, only_there, status, vault
from .grant import is_shared
from .revoke import TRIES, passes, try_again
from .sentences import connection_text, env_for, link_name
from .words import number_text

_logger = logging.getLogger(__name__)
VALID_FOR = timedelta(days=1)
OFFER = ("choice", "other_grant", "other_email", "other_until")
NOT_MADE = {"state": "wanted", "google_id": False, "cursor": False, "full_pass": False}


def is_another(account, grant) -> bool:
    """Whether this grant is of another Google account than the calendars of the CRM are."""
    known = account.sub and account.sub != grant.sub
    return bool(known and account.calendar_ids.filtered("google_id"))


def offer(account, values: dict) -> None:
    """Keep the new grant aside until the user has chosen, for a day at most."""
    if account.state not in ("connecting", "connected"):
        return  # he has asked to revoke the access meanwhile
    env = env_for(account)
    until = fields.Datetime.now() + VALID_FOR
    message = env._(
        "You chose %(other)s, but the calendars of the CRM stand in %(email)s. "
        "Click %(link)s to decide what becomes of them.",
        other=values["email"],
        email=account.email,
        link=link_name(env, "choosing"),
    )
    grant = json.dumps(values, default=fields.Datetime.to_string)
    offered = {"other_email": values["email"], "other_until": until}
    offered |= vault.sealed(account, other_grant=grant)
    account.write({"state": "choosing", "cause": False, "message": message, **offered})
    account._stop_runs()
    account._wake(until)
    status.send(account)


def stayed(account, error: GoogleError) -> dict:
    """A notice that another account was not taken, and why; the connection works as before."""
    env = env_for(account)
    why = connection_text(env, error, account.state)
    text = env._("You stay connected with %(email)s. %(why)s", email=account.email, why=why)
    return {"type": "warning", "message": text, "sticky": True}


def carry_out(account, checkpoint) -> bool:
    """Do what the user has chosen; False where it is to be tried again in a moment.

    Until the new grant takes the old one's place, every step can be repeated. Raises GoogleError
    where the new grant cannot be read any more.
    """
    if account.choice == "keep":
        drop(account, checkpoint)
        return True
    grant = _offered(account)
    channels.close(account, checkpoint)
    if account.choice != "leave" and not _remove_old(account, checkpoint):
        return False
    _take_the_place(account, grant)
    checkpoint()
    return True


def drop(account, checkpoint) -> None:
    """Forget the new grant, here and at Google."""
    grant = json.loads(vault.opened(account, "other_grant") or "{}")
    account.write(dict.fromkeys(OFFER, False))
    checkpoint()
    place = vault.place_of(account, "refresh_token")  # which it was to take
    token = vault.unseal(account.env, grant.get("refresh_token"), place)
    if not token or is_shared(account, grant["sub"]):
        return
    try:
        with closing(http()) as transport:
            oauth.revoke(token, transport)
    except GoogleError as error:  # the token is forgotten, so it gives nobody access
        _logger.info("the new grant of account %s could not be revoked: %s", account.id, error)


def _offered(account) -> dict:
    grant = json.loads(vault.opened(account, "other_grant") or "{}")
    if not grant:
        account.write(dict.fromkeys(OFFER, False))
        raise GoogleError(Cause.LAPSED, reason="no_token")
    return grant


def _remove_old(account, checkpoint) -> bool:
    """Delete the old calendars as far as their grant still works; False: try again."""
    faults = []
    old = account.calendar_ids
    try:
        if account.choice == "move":
            found = only_there.ask(account, checkpoint)
            old = old.filtered(lambda calendar: found.get(calendar) == 0)
    except GoogleError as error:
        faults, old = [error], old.browse()
    faults += calendars.delete(old, checkpoint)
    again = passes(faults) and account.tries + 1 < TRIES
    if again:
        try_again(account)
    return not again


def _take_the_place(account, grant: dict) -> None:
    """From here on there is only the new Google account; the records were not touched."""
    left = _left_text(account)
    links = account.env["crm.google.link"].search([("account_id", "=", account.id)])
    if account.choice == "move":
        # what the user has deleted in Google is not sent anew
        links.filtered(lambda link: link.state != "detached")._start_over()
    else:
        links.unlink()
    account.calendar_ids.write({**NOT_MADE, "shown": False, "zone": False, "google_only": 0})
    fresh = {"tries": 0, "resume_at": False, "last_sync": False, **dict.fromkeys(OFFER, False)}
    account.write({**grant, **fresh, "left_behind": left})


def _left_text(account) -> str | bool:
    """What stays in the old Google account, in words for the user; False for nothing."""
    names = ", ".join(account.calendar_ids.filtered(calendars.may_stand).mapped("name"))
    if not names:
        return False
    env, email = env_for(account), account.email
    if account.choice == "leave":
        return env._("These calendars stay in %(email)s: %(names)s.", email=email, names=names)
    number = sum(account.calendar_ids.mapped("google_only"))
    if account.choice == "move" and number:
        return env._(
            "These calendars stay in %(email)s, with %(number)s entries that stand nowhere else. "
            "Look at them there; when you no longer need them, delete them by hand: %(names)s.",
            email=email,
            number=number_text(env, number),
            names=names,
        )
    return env._(
        "These calendars could not be deleted in %(email)s. Look at them there and delete them by "
        "hand: %(names)s.",
        email=email,
        names=names,
    )
