"""The faults that may befall a call, and what a user does so that we make each of our calls.

The rows and columns of docs/when-google-fails.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from unittest.mock import patch

from odoo.addons.crm_google_calendar.bridge import settings

from google_emulator import OK, Fault

MOST = 0.1  # seconds that a call may take in these tests, instead of half a minute
TOLD = 777  # seconds to wait, where Google says so

RESET_OR_TIMEOUT = (Fault.reset(), Fault(503, "backendError", wait=2 * MOST))
# faults that are alike stand in one row; the first of them is part of every test
FAULTS = {
    "too fast (403 `rateLimitExceeded`, `userRateLimitExceeded`, 429)": (
        Fault(403, "rateLimitExceeded"),
        Fault(403, "userRateLimitExceeded"),
        Fault(429),
    ),
    "429 with `Retry-After`": (Fault(429, retry_after=TOLD),),
    "403 `quotaExceeded`": (Fault(403, "quotaExceeded"),),
    "403 `insufficientPermissions`": (Fault(403, "insufficientPermissions"),),
    "403 `forbidden`, `requiredAccessLevel`, another": (
        Fault(403, "forbidden"),
        Fault(403, "requiredAccessLevel"),
        Fault(403, "forbiddenForNonOrganizer"),
    ),
    "403 `accessNotConfigured`, `SERVICE_DISABLED`": (
        Fault(403, "accessNotConfigured"),
        Fault(403, "SERVICE_DISABLED"),
    ),
    "403 `notACalendarUser`": (Fault(403, "notACalendarUser"),),
    "404 `notFound`, 410 `deleted`": (Fault(404, "notFound"), Fault(410, "deleted")),
    "409 `duplicate`": (Fault(409, "duplicate"),),
    "409 `conflict`": (Fault(409, "conflict"),),
    "410 `fullSyncRequired`, `updatedMinTooLongAgo`": (
        Fault(410, "fullSyncRequired"),
        Fault(410, "updatedMinTooLongAgo"),
    ),
    "412 `conditionNotMet`": (Fault(412, "conditionNotMet"),),
    "500, 502, 503": (
        Fault(503, "backendError"),
        Fault(500, "backendError"),
        Fault(502, "backendError"),
    ),
    "400 `invalid`, `badRequest`": (Fault(400, "invalid"), Fault(400, "badRequest")),
    "401 `authError`": (Fault(401, "authError"),),
    "reset, timeout": RESET_OR_TIMEOUT,
    "done, but no answer, half of it, or a part missing": (
        Fault.lost_answer(),
        Fault.half_answer(),
        Fault.missing_part(),
    ),
}
OAUTH_FAULTS = {
    "400 `invalid_grant`": (Fault(400, "invalid_grant"),),
    "401 `invalid_client`, `deleted_client`": (
        Fault(401, "invalid_client"),
        Fault(401, "deleted_client"),
    ),
    "400 `invalid_request`": (Fault(400, "invalid_request"),),
    "`admin_policy_enforced`, `org_internal`": (
        Fault(400, "admin_policy_enforced"),
        Fault(403, "org_internal"),
    ),
    "429": (Fault(429, "rate_limit_exceeded"),),
    "500, 503": (Fault(503, "backendError"), Fault(500, "internal_failure")),
    "reset, timeout": RESET_OR_TIMEOUT,
    "done, but no answer or half of it": (Fault.lost_answer(), Fault.half_answer()),
}


@dataclass(frozen=True)
class Story:
    """act: what the user does. method: the call that fails. before: what befalls earlier ones.

    titles: of meetings that come (+) and go (-). truth: makes "not found" true in Google.
    """

    act: Callable
    method: str
    before: tuple = ()
    titles: str = ""
    truth: Callable | None = None


class World:
    """A connected user with a few entries on both sides, and auto sync on."""

    def build(self):
        self.archiving()
        settings.put(self.env, "auto_sync", "True")
        self.consent()
        self.kept, self.edited, self.removed = map(self.meeting, ("Kept", "Edited", "Removed"))
        self.row = self.recurrence("Series", rrule_type="daily", count=3)[1]
        self.make_series("Odd", "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=3")
        self.sync(self.account, last=self.soon(days=110).date())
        self.work()

    def list_all(self):
        self.meeting("New")
        self.account.calendar_ids.write({"cursor": False})

    def list_pages(self):
        self.list_all()
        self.emulator.configure(page_size=2)

    def list_changes(self):
        self.google.edit("Events", self.link(self.edited).event_id, location="Here")

    def miss(self):
        """An event that is not in a full list is asked for."""
        self.google.delete("Events", self.link(self.removed).event_id)
        self.account.calendar_ids.write({"cursor": False})

    def create(self):
        self.meeting("New")

    def change(self):
        self.edited.location = "Here"

    def delete(self):
        self.removed.unlink()

    def delete_there(self):
        self.google.delete("Events", self.link(self.removed).event_id)

    def delete_occurrence_there(self):
        master = self.series_link().event_id
        self.google.delete_occurrence("Events", self.google.occurrences("Events", master)[1])

    def change_on_both_sides(self):
        """A patch that meets another edit asks for the calendar, then for the event."""
        self.change()
        self.emulator.faults.script("events.patch", Fault(412, "conditionNotMet"))

    def create_series(self):
        self.recurrence("New", rrule_type="daily", count=2)

    def change_occurrence(self):
        self.row.location = "There"

    def delete_occurrence(self):
        self.row.unlink()

    def delete_series(self):
        self.row.with_user(self.user).action_mass_deletion("all_events")

    def change_single_series(self):
        """Google is asked for the occurrences of a series that is shown as single meetings."""
        odd = next(e for e in self.google.events("Events (created") if e["summary"] == "Odd")
        self.google.edit("Events", odd["id"], location="Elsewhere")

    def need_a_token(self):
        self.create()
        self.emulator.expire_access_tokens()


RUN_CALLS = {
    "list": Story(World.list_all, "events.list", (), "+New"),
    "next page": Story(World.list_pages, "events.list", (OK,), "+New"),
    "changes": Story(World.list_changes, "events.list"),
    "get": Story(World.miss, "events.get", (), "-Removed"),
    "insert": Story(World.create, "events.insert", (), "+New"),
    "patch": Story(World.change, "events.patch"),
    "delete": Story(World.delete, "events.delete", (), "-Removed", World.delete_there),
    "batch": Story(World.create, "batch", (), "+New"),
    "series": Story(World.create_series, "events.insert", (), "+New+New"),
    "occurrence": Story(World.change_occurrence, "events.patch"),
    "its deletion": Story(
        World.delete_occurrence, "events.delete", (), "-Series", World.delete_occurrence_there
    ),
    "its end": Story(World.delete_series, "events.delete", (), "-Series-Series-Series"),
    "instances": Story(World.change_single_series, "events.instances"),
    "calendar": Story(World.change_on_both_sides, "calendars.get"),
}


class Connecting:
    """A user who connects, looks after his connection, and ends it."""

    def connect(self):
        self.account._stop_runs()
        self.consent()

    def connect_by_address(self):
        """Google names the account only when it is asked for it."""
        with patch("google_emulator.grants.Grants.id_token", return_value=""):
            self.consent()

    def reconnect(self):
        self.consent()
        self.account.state = "reconnect"
        self.consent()

    def rename(self):
        self.consent()
        self.company.name = "Emca"
        self.account.with_user(self.user).action_rename()
        self.work()

    def revoke(self):
        self.consent()
        self.account.with_user(self.user).action_revoke()
        self.work()


CONNECTION_CALLS = {
    "calendars.insert": Story(Connecting.connect, "calendars.insert", (OK,)),
    "calendarList.patch": Story(Connecting.connect, "calendarList.patch", (OK,)),
    "calendars.get": Story(Connecting.reconnect, "calendars.get", (OK,)),
    "calendars.patch": Story(Connecting.rename, "calendars.patch", (OK,)),
    "calendars.delete": Story(Connecting.revoke, "calendars.delete", (OK,)),
}
OAUTH_CALLS = {
    "exchange": Story(Connecting.connect, "token"),
    "userinfo": Story(Connecting.connect_by_address, "userinfo"),
    "revoke": Story(Connecting.revoke, "revoke"),
}
REFRESH_CALLS = {"refresh": Story(World.need_a_token, "refresh", (), "+New")}
