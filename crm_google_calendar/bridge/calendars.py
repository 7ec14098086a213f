"""The two calendars in Google: made once, whatever breaks on the way, and never a third.

The scope we ask for cannot list calendars, so one whose making was never answered cannot be found
by us. It is "uncertain" then, and the user, who can look, decides.
"""

from __future__ import annotations

import logging
import re
from contextlib import closing

from odoo import fields

from ..gcal.errors import Cause, GoogleError
from . import settings
from .grant import google_of
from .sentences import env_for
from .zones import zone_of

_logger = logging.getLogger(__name__)
KINDS = ("event", "task")
_CREATED = re.compile(r"\(created: (\d{4}-\d\d-\d\d)\)$")
LONGEST_COMPANY = 150  # characters, so that the whole name keeps within what Google takes


def complete(account, google, checkpoint) -> None:
    """Bring both calendars to stand, from wherever they are; each step lasts before the next call.

    Raises GoogleError, with reason "uncertain" where only the user can say whether one stands.
    """
    for kind in KINDS:
        _complete_one(_calendar(account, kind), google, checkpoint)
    if "uncertain" in account.calendar_ids.mapped("state"):
        raise GoogleError(Cause.TRANSIENT, reason="uncertain", uncertain=True)


def _calendar(account, kind):
    calendar = account.calendar_ids.filtered(lambda calendar: calendar.kind == kind)
    return calendar or calendar.create({"account_id": account.id, "kind": kind})


def _complete_one(calendar, google, checkpoint) -> None:
    if calendar.state == "ready":
        check(calendar, google, checkpoint)
    elif calendar.state == "making":
        calendar.state = "uncertain"  # the work was cut off right in the call
    elif calendar.state == "offered":
        _adopt(calendar, google, checkpoint)
    elif calendar.state == "wanted":
        _make(calendar, google, checkpoint)
    if calendar.state == "ready" and not calendar.shown:
        _show(calendar, google, checkpoint)


def _make(calendar, google, checkpoint) -> None:
    user = calendar.account_id.user_id
    calendar.write({"name": name_of(calendar), "state": "making"})
    checkpoint()
    try:
        made = google.create_calendar(calendar.name, _description(calendar), zone_of(user.tz).key)
    except GoogleError as error:
        calendar.state = "uncertain" if error.uncertain else "wanted"
        raise
    zone = made.get("timeZone")
    calendar.write({"google_id": made["id"], "zone": zone, "state": "ready", "shown": False})
    checkpoint()


def _adopt(calendar, google, checkpoint) -> None:
    """Take the calendar whose making was never answered, if the user's id is really its."""
    google_id = calendar.google_id
    calendar.write({"google_id": False, "state": "uncertain"})
    checkpoint()
    try:
        found = google.calendar(google_id)
    except GoogleError as error:
        if error.cause not in (Cause.CALENDAR_GONE, Cause.NO_ACCESS, Cause.REFUSED):
            raise
        found = {}
    if f"[{mark_of(calendar)}]" not in found.get("description", ""):
        raise GoogleError(Cause.REFUSED, reason="not_that_calendar")
    zone = found.get("timeZone")
    calendar.write({"google_id": google_id, "zone": zone, "state": "ready", "shown": False})


def _show(calendar, google, checkpoint) -> None:
    """Tick it in Google's list; where that fails it works all the same, and the user is told."""
    checkpoint()
    try:
        google.show_calendar(calendar.google_id)
    except GoogleError as error:
        _logger.info("calendar %s is not shown: %s", calendar.id, error)
    else:
        calendar.shown = True


def check(calendar, google, checkpoint) -> None:
    """Find out whether the calendar still stands; nothing in the CRM hangs on it."""
    checkpoint()
    try:
        google.calendar(calendar.google_id)
    except GoogleError as error:
        if error.cause is not Cause.CALENDAR_GONE:
            raise
        calendar.state = "gone"


def delete(calendars, checkpoint) -> list[GoogleError]:
    """Delete these calendars of an account in Google; returns what prevented it."""
    # an id that the user has typed is not proven to be ours before the calendar is "ready"
    standing = calendars.filtered(lambda calendar: calendar.state in ("ready", "gone"))
    faults: list[GoogleError | None] = []
    if standing:
        try:
            with closing(google_of(standing.account_id)) as google:
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


def may_stand(calendar) -> bool:
    """Whether it is, or may be, in Google."""
    return calendar.state not in ("wanted", "gone")


def rename(calendars, google, checkpoint) -> None:
    """Give them the names that fit the company's of today."""
    for calendar in calendars.filtered(is_misnamed):
        check(calendar, google, checkpoint)
        name = name_of(calendar)
        if calendar.state == "ready":
            google.rename_calendar(calendar.google_id, name)
            calendar.name = name


def is_misnamed(calendar) -> bool:
    """Whether it stands under the name of another company, or of the company's old one."""
    return calendar.state == "ready" and calendar.name != name_of(calendar)


def name_of(calendar) -> str:
    """The name of a calendar in Google: the company, the kind and the day it was made, of the user.

    The day stays once it has one; a calendar yet to be made is given today.
    """
    user = calendar.account_id.user_id
    made = calendar.state == "ready" and _CREATED.search(calendar.name or "")
    today = fields.Date.context_today(user.with_context(tz=zone_of(user.tz).key))
    name = {"event": "%s Events (created: %s)", "task": "%s Tasks (created: %s)"}[calendar.kind]
    company = user.company_id.name[:LONGEST_COMPANY]
    return name % (company, made.group(1) if made else today.isoformat())


def mark_of(calendar) -> str:
    """What tells our calendar from any other, in its description."""
    uuid = settings.database_uuid(calendar.env)
    return f"ref: {uuid}/{calendar.account_id.id}/{calendar.kind}"


def _description(calendar) -> str:
    text = env_for(calendar.account_id)._("Kept the same as the CRM.")
    return f"{text} [{mark_of(calendar)}]"
