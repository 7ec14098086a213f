"""Push channels: Google tells by a message that a calendar changed; the message carries no data.

A channel only makes changes arrive sooner. Whatever goes wrong with one, accounts are asked as
often as without it, and no run ever waits for one.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.fields import Domain

from ..gcal.errors import Cause, GoogleError
from . import sentences, settings
from .discretion import discretion, explain
from .grant import google_of
from .here import works_here
from .zones import naive

_logger = logging.getLogger(__name__)
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)  # of our channels
BUDGET = 30  # seconds of one call of the scheduled action
LIFE = timedelta(days=7)  # what Google gives a channel by default, and at most
SHORTEST_REST = timedelta(hours=2)  # renewed so long before its end: the action comes every hour
SOON, LATER = (
    timedelta(hours=1),
    timedelta(days=1),
)  # until a channel that was refused is tried again
UNHEARD = timedelta(minutes=10)  # after which the first message should have arrived
MOST_FAULTS = 5  # of one call; then Google is left alone for an hour
# met by every account of the company alike, so one answer is enough
COMPANYS = (Cause.ADDRESS_REFUSED, Cause.API_DISABLED, Cause.BAD_CLIENT)


# -- messages ---------------------------------------------------------------------------------


def receive(env, name: str, token: str, state: str) -> bool:
    """Take a message that says it is Google's; returns whether it is.

    name, token, state: from its headers. Writes at most one row however many messages come, and
    none of a message that nobody here has asked for.
    """
    if not _NAME.fullmatch(name or ""):
        return False
    # sudo: nobody is logged in; that he knows the channel's secret is what counts
    channel = env["crm.google.channel"].sudo().search([("name", "=", name or "")], limit=1)
    proven = hmac.compare_digest(_hash((token or "")[:1000]), channel.secret_hash or "")
    if not (channel and proven):
        _logger.debug("a message for a channel that is not open here")
        return False
    if not channel.heard:
        channel.heard = fields.Datetime.now()
    if state != "sync":  # that one only says that the channel is open
        env["crm.google.hint"]._leave_once(channel)
    return True


def _hash(secret: str) -> str:
    # no salt and one round: the secret is 256 random bits
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


# -- opening and ending -----------------------------------------------------------------------


def tend(env, checkpoint: Callable[[], None]) -> None:
    """Open, renew and end channels; called every hour, and when something about them changed."""
    with discretion():
        _tend(env, checkpoint)


def _tend(env, checkpoint) -> None:
    end, faults = time.monotonic() + BUDGET, 0
    _forget_ended(env)
    checkpoint()
    for account in _accounts_to_tend(env):
        if time.monotonic() > end:
            account.env["crm.google.channel"]._tend()
            break
        fault = _guarded(account, checkpoint)
        faults += bool(fault)
        if faults >= MOST_FAULTS or (fault and fault.cause in COMPANYS):
            break
    checkpoint()


def _guarded(account, checkpoint) -> GoogleError | None:
    """See to one account's channels; one account's trouble is never another's."""
    account_id = account.id
    try:
        return _tend_one(account, checkpoint)
    except GoogleError as error:  # no usable grant: the account's runs find out, and say so
        _postpone(account, error)
        checkpoint()
    except psycopg2.OperationalError:
        account.env.cr.rollback()  # a serialization failure: the next call does it
    except Exception as error:  # noqa: BLE001 - whatever it is concerns one account
        account.env.cr.rollback()
        _logger.error("account %s: its channels met an error\n%s", account_id, explain(error))
    return None


def _tend_one(account, checkpoint) -> GoogleError | None:
    """Returns what kept a calendar from being watched."""
    fault = None
    with closing(google_of(account)) as google:
        for calendar in _to_watch(account.env).filtered(lambda each: each.account_id == account):
            fault = _watch(calendar, google, checkpoint) or fault
            if fault and fault.status is None:
                return fault  # no answer: this call must end before Odoo ends it
        for channel in account.channel_ids.filtered(lambda each: each.state == "old"):
            _stop(channel, google, checkpoint)
    return fault


def _watch(calendar, google, checkpoint) -> GoogleError | None:
    """Open a new channel; those before it are ended once it stands."""
    env, secret = calendar.env, secrets.token_urlsafe(32)
    before = calendar.channel_ids
    channel = before.create(
        {
            "account_id": calendar.account_id.id,
            "calendar_id": calendar.id,
            "name": str(uuid.uuid4()),
            "secret_hash": _hash(secret),
            "address": settings.notify_address(env),
            "expires": fields.Datetime.now() + LIFE,
        }
    )
    asked = calendar.google_id, channel.name, secret, channel.address
    checkpoint()  # its messages may come before the answer, and must find it, and write to it
    try:
        resource, ends = google.watch(*asked)
    except GoogleError as error:
        _refuse(channel, error)
        before.filtered(lambda each: each.state == "refused").unlink()
        checkpoint()
        return error
    channel.write(
        {"state": "open", "resource_id": resource, **_times(naive(ends) if ends else None)}
    )
    before._let_go()
    checkpoint()
    return None


def _times(ends) -> dict:
    """When a channel ends, and when the next one is opened: after four fifths of its life."""
    now = fields.Datetime.now()
    ends = ends or now + LATER
    rest = max((ends - now) / 5, SHORTEST_REST)
    return {"expires": ends.replace(microsecond=0), "look_at": (ends - rest).replace(microsecond=0)}


def _refuse(channel, error: GoogleError) -> None:
    _logger.info("calendar %s is not watched: %s", channel.calendar_id.id, error)
    wait = SOON if error.cause.retried else LATER
    values = {"state": "refused", "cause": error.cause.value}
    channel.write({**values, "look_at": fields.Datetime.now() + wait})


def _postpone(account, error: GoogleError) -> None:
    _logger.info("account %s: its channels are left alone: %s", account.id, error)
    again = fields.Datetime.now() + SOON
    account.channel_ids.filtered(lambda each: each.state in ("open", "refused")).look_at = again


def _stop(channel, google, checkpoint) -> None:
    """End a channel at Google; one that cannot be ended ends by itself within a week."""
    name, resource = channel.name, channel.resource_id
    checkpoint()
    try:
        if resource:
            google.stop_watching(name, resource)
    except GoogleError as error:
        _logger.info("channel %s could not be stopped: %s", channel.id, error)
        if error.cause.retried:
            return
    channel.unlink()


def renew(account) -> None:
    """Have an account's calendars watched with the grant that it has just been given."""
    account.channel_ids.filtered(lambda each: each.state == "open").look_at = fields.Datetime.now()
    account.env["crm.google.channel"]._tend()


def close(account, checkpoint: Callable[[], None]) -> None:
    """End all channels of an account that is about to lose its grant, as far as that still works.

    Raises nothing: a message for a channel that is not known any more is not listened to.
    """
    channels = account.channel_ids
    if not channels:
        return
    channels._let_go()
    try:
        with closing(google_of(account)) as google:
            for channel in channels:
                _stop(channel, google, checkpoint)
    except GoogleError as error:
        _logger.info("account %s: its channels end by themselves: %s", account.id, error)
    channels.exists().unlink()
    checkpoint()


# -- what is to be done -----------------------------------------------------------------------


def _forget_ended(env) -> None:
    env["crm.google.channel"].search([("expires", "<", fields.Datetime.now())]).unlink()


def _accounts_to_tend(env):
    """Those with a calendar to watch, or a channel to end; lets go what is not wanted any more."""
    channels = env["crm.google.channel"]
    unwanted = Domain("state", "!=", "old") & ~_is_wanted(env)
    channels.search(unwanted)._let_go()
    alive = [("state", "=", "old"), ("account_id.state", "=", "connected")]
    return _to_watch(env).account_id | channels.search(alive).account_id


def _is_wanted(env) -> Domain:
    """The channels that may stay open: of calendars in use, with this site's address of today."""
    if settings.push_problem(env):
        return Domain.FALSE
    there = Domain("address", "=", settings.notify_address(env))
    there &= Domain("calendar_id.state", "=", "ready") & works_here("account_id.user_id")
    return there & Domain("account_id.state", "in", ("connected", "reconnect", "choosing"))


def _to_watch(env):
    """Calendars that are not watched, or whose channel is to be renewed or tried again now."""
    if settings.push_problem(env):
        return env["crm.google.calendar"]
    seen_to = Domain("state", "in", ("open", "refused"))
    seen_to &= Domain("look_at", ">", fields.Datetime.now())
    domain = Domain("state", "=", "ready") & Domain("account_id.state", "=", "connected")
    domain &= works_here("account_id.user_id")
    return env["crm.google.calendar"].search(domain & ~Domain("channel_ids", "any", seen_to))


def text(accounts) -> str:
    """How these accounts hear of changes in Google, and what is wrong for some of them."""
    env = accounts.env
    if problem := settings.push_problem(env):
        return sentences.push_text(env, problem)
    said = sentences.watched_text(env, len(watched(accounts)), len(accounts))
    wrong = _what_is_wrong(accounts)
    return f"{said} {wrong}" if wrong else said


def _what_is_wrong(accounts) -> str:
    """One sentence about the accounts' channels; empty where all are open and heard of."""
    env, mine = accounts.env, Domain("account_id", "in", accounts.ids)
    channels = env["crm.google.channel"]
    if refused := channels.search(mine & Domain("state", "=", "refused"), limit=1):
        return sentences.cause_text(env, Cause(refused.cause))
    long_ago = Domain("create_date", "<", fields.Datetime.now() - UNHEARD)
    if channels.search_count(mine & long_ago & Domain("heard", "=", False), limit=1):
        return sentences.push_text(env, "unheard")
    return ""


def text_for_owner(account) -> str | bool:
    """How soon changes in Google arrive, for an account's own user; nothing without auto sync.

    What keeps messages away is nothing that he could put right.
    """
    env = account.env
    if not settings.auto_sync_is_on(env):
        return False
    own = account.sudo()  # sudo: of his own channels, which users may not see
    at_once = not settings.push_problem(env) and bool(watched(own))
    return sentences.arrival_text(env, at_once, settings.minutes(env))


def watched(accounts):
    """Those of the accounts all of whose calendars are watched by channels that were heard of."""
    working = Domain("state", "=", "open") & Domain("heard", "!=", False)
    working &= Domain("expires", ">", fields.Datetime.now())
    mine = Domain("account_id", "in", accounts.ids) & Domain("state", "=", "ready")
    unwatched = accounts.env["crm.google.calendar"].search_fetch(
        mine & ~Domain("channel_ids", "any", working), ["account_id"]
    )
    return accounts - unwatched.account_id
