"""The two sides in memory: a Google calendar with Google's rules, and meetings in the CRM."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crm_google_calendar.bridge.source import Local
from crm_google_calendar.engine.entry import Entry, Kind
from crm_google_calendar.engine.merge import changed_fields
from crm_google_calendar.gcal.client import Answer, Changes
from crm_google_calendar.gcal.errors import Cause, GoogleError, error
from crm_google_calendar.gcal.translate import is_gone, to_entry

ZONE = "UTC"
# the fields whose fate is followed; `place` carries the identity and nobody edits it
FIELDS = ("title", "when", "text", "busy", "reminders")


class Google:
    """One Google account with one calendar, called as `gcal.client.Google` is.

    world: hears of every call (`call`) and of every write (`google_written`), and says what goes
    wrong with it. Events are Google's JSON; a deleted one stays, and its id stays taken.
    """

    def __init__(self, world, account):
        self.world = world
        self.account = account
        self.events = {}
        self.log = []  # event ids, in the order of their changes
        self.oldest = 0  # cursors before it have expired
        self.versions = 0

    # -- what the bridge calls -----------------------------------------------------------------

    def changes(self, _calendar_id, cursor=None):
        self.world.call(self)
        if self.world.weather("list") == "error":
            raise error(Cause.TRANSIENT, 503)
        if cursor and int(cursor) < self.oldest:
            cursor = None  # the client asks for all of it when Google wants that
            if self.world.weather("list") == "error":
                raise error(Cause.CURSOR_EXPIRED, 410)
        names = self.log[int(cursor) :] if cursor else [*self.events]
        events = [dict(self.events[name]) for name in dict.fromkeys(names)]
        if not cursor:
            events = [event for event in events if not is_gone(event)]
        found = {event["id"]: event for event in self.world.shuffled(events)}
        return Changes([*found.values()], str(len(self.log)), ZONE, not cursor, "owner")

    def send(self, _calendar_id, calls):
        """Like Google's batches: in no certain order, each call with a fate of its own."""
        answers, stop = {}, None
        for call in calls:
            if stop is None:
                self.world.call(self)
                answers[call.key] = self._one(call)
                fault = answers[call.key].error
                stop = fault if fault and fault.cause is Cause.RATE_LIMITED else None
            else:
                answers[call.key] = Answer(call.key, error=stop)
        return answers

    def calendar(self, calendar_id):
        self.world.call(self)
        return {"id": calendar_id}

    def instances(self, *_args):
        return []

    def _one(self, call):
        fate = self.world.weather(call.verb)
        if fate == "error":
            return Answer(call.key, error=error(Cause.TRANSIENT, 503, uncertain=True))
        if fate == "rate":
            return Answer(call.key, error=error(Cause.RATE_LIMITED, 429))
        if fate == "refused" and call.verb != "get":
            return Answer(call.key, error=error(Cause.REFUSED, 400, "invalid"))
        try:
            event = getattr(self, f"_{call.verb}")(call)
        except GoogleError as fault:
            return Answer(call.key, error=fault)
        if fate == "lost":
            return Answer(call.key, error=error(Cause.TRANSIENT, uncertain=True))
        return Answer(call.key, event)

    # -- Google's rules --------------------------------------------------------------------------

    def _get(self, call):
        return dict(self._find(call))

    def _insert(self, call):
        if call.event_id in self.events:
            raise error(Cause.DUPLICATE, 409)
        return self.store(call.event_id, call.body, by_user=False)

    def _patch(self, call):
        held = self._find(call)
        if is_gone(held):
            raise error(Cause.NO_ACCESS, 403, "forbidden")
        self._check(call, held)
        return self.store(call.event_id, merge(held, call.body), by_user=False)

    def _delete(self, call):
        held = self._find(call)
        if not is_gone(held):
            self._check(call, held)
            self.store(call.event_id, {**held, "status": "cancelled"}, by_user=False)

    def _find(self, call):
        if call.event_id not in self.events:
            raise error(Cause.GONE, 404)
        return self.events[call.event_id]

    def _check(self, call, held):
        if call.etag and call.etag != held["etag"]:
            raise error(Cause.CHANGED, 412)

    def store(self, event_id, event, by_user):
        """Set an event, by the user's hand or by the bridge's."""
        self.versions += 1
        before = self.events.get(event_id)
        event = {"status": "confirmed", **event, "id": event_id, "etag": f'"{self.versions}"'}
        event["updated"] = f"2026-03-10T12:00:{self.versions % 60:02}Z"
        self.events[event_id] = event
        self.log.append(event_id)
        if not by_user:
            self.world.google_written(self, before, event)
        return dict(event)

    # -- looking ----------------------------------------------------------------------------------

    @property
    def live(self):
        """Events that stand, by identity; a second one of the same identity is a double."""
        found = {}
        for event in self.events.values():
            if not is_gone(event):
                found.setdefault(event["location"], []).append(event)
        return found


def merge(held, patch):
    """PATCH as Google does it: objects are merged, null removes, all else replaces."""
    result = dict(held)
    for key, value in patch.items():
        if isinstance(value, dict):
            result[key] = merge(result.get(key) or {}, value)
        elif value is None:
            result.pop(key, None)
        else:
            result[key] = value
    return result


def seen(event):
    """The event as an entry, by nothing but what Google holds."""
    return to_entry(event, Kind.EVENT, ZONE)


class Meetings:
    """The meetings of one user; stands where `bridge.meeting.MeetingSource` does."""

    kind = Kind.EVENT
    model = "calendar.event"
    zone = ZoneInfo(ZONE)

    def __init__(self, world, user):
        self.world = world
        self.env = world.env
        self.user = user

    @property
    def records(self):
        return self.env[self.model]

    def load(self, likes):
        return {res_id: self._local(self.records.browse(res_id), likes[res_id]) for res_id in likes}

    def in_window(self, window, among=None):
        domain = [("active", "=", True)] + ([("id", "in", among)] if among is not None else [])
        return [
            record.id
            for record in self.records.search(domain)
            if self.user in record.partner_ids and window.has(record.entry)
        ]

    def add(self, entries):
        rows = [
            {
                "entry": replace(entry, details="", mails=frozenset()),
                "active": True,
                "partner_ids": (self.user.id,),
            }
            for entry in entries
        ]
        records = self.records.create(rows)
        for record in records:
            self.world.crm_written(self.user, None, record)
        self.world.hint(records.ids)
        return records

    def change(self, record, held, entry):
        before = record.entry
        mine = changed_fields(held, entry) - {"zone", "end_zone", "mails", "details"}
        record.write({"entry": replace(before, **{name: getattr(entry, name) for name in mine})})
        self.world.crm_written(self.user, before, record)
        self.world.hint(record.ids)

    def invite(self, record, users):
        pass

    @staticmethod
    def identities(ids):
        return {res_id: f"name{res_id}" for res_id in ids}

    def by_identity(self, names):
        known = {f"name{record.id}": record.id for record in self.records.search([])}
        return {name: known[name] for name in names if name in known}

    @staticmethod
    def rename(names):
        """Nothing is restored from a backup here."""

    @staticmethod
    def as_given(_records, _entries):
        return set()

    @staticmethod
    def gave(_record, _name, _entry):
        return False

    @staticmethod
    def decides(_records):
        return True

    def archive(self, records):
        records.write({"active": False})
        self.world.crm_archived(self.user, records)
        self.world.hint(records.ids)

    def reopen(self, record):
        record.write({"active": True})
        self.world.crm_written(self.user, None, record)
        self.world.hint(record.ids)

    def _local(self, record, like):
        if not record.exists():
            return Local(None)
        if self.user not in record.partner_ids:
            return Local(None, True, "not_a_guest")
        if not record.active:
            return Local(None, False, "archived")
        return Local(self.entry_of(record, like), changed=datetime(2026, 3, 10, 12, 0, 20))

    def entry_of(self, record, like):
        """What Odoo does not hold comes from `like`; a meeting made in Google has no details."""
        details = f"In the CRM: {record.id}" if not like or like.details else ""
        known = {"zone": like.zone, "end_zone": like.end_zone, "mails": like.mails} if like else {}
        return Entry.make(**{**_fields(record.entry), **known, "details": details})


def _fields(entry):
    return {name: getattr(entry, name) for name in entry.__dataclass_fields__}


def later(when, days):
    """The same time, some days later."""
    names = [name for name in ("start", "end", "first", "last") if hasattr(when, name)]
    return replace(when, **{name: getattr(when, name) + timedelta(days) for name in names})
