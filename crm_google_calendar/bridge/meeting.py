"""Meetings: `calendar.event` records as entries, and back."""

from __future__ import annotations

from datetime import datetime, time

from odoo.fields import Command, Domain

from ..engine import richtext
from ..engine.entry import AllDay, Entry, Kind, Timed
from ..engine.merge import changed_fields
from .own import Own
from .source import Source
from .zones import naive, utc

UNITS = (("days", 1440), ("hours", 60), ("minutes", 1))
NO_TITLE = "(No title)"  # Odoo needs a name; Google shows the same words for an empty one


class MeetingSource(Source):
    """The meetings a user attends."""

    kind = Kind.EVENT
    model = "calendar.event"
    text = "description"
    worded = ("details",)
    checked = tuple(
        "name start stop allday location privacy show_as user_id active alarm_ids partner_ids"
        " opportunity_id videocall_location".split()
    )
    # Odoo looks at each meeting's privacy anew for every fetch
    reads = tuple(
        "name start stop start_date stop_date allday description location privacy show_as active"
        " alarm_ids partner_ids user_id opportunity_id videocall_location recurrence_id"
        " write_date crm_google_changed".split()
    )

    def __init__(self, env, user, settings):
        super().__init__(env, user, settings)
        self._met = {}  # ids of the guests of all meetings read so far
        self._me = user.partner_id.id
        # all rights: guests count, and their names are on the meeting, whoever may see them
        self._all = self.env(su=True)

    def in_window(self, window, among=None):
        """Ids of the user's meetings that touch the window; only those `among` these ids."""
        timed, all_day = Domain("allday", "=", False), Domain("allday", "=", True)
        if window.first:
            timed &= Domain("stop", ">=", naive(window.start))
            all_day &= Domain("stop_date", ">=", window.first)
        if window.last:
            timed &= Domain("start", "<", naive(window.end))
            all_day &= Domain("start_date", "<=", window.last)
        domain = self._mine() & self._among(among) & Domain("active", "=", True)
        return self.records.search(domain & (timed | all_day)).ids

    def missing_because(self, record):
        """Why this existing record has no entry for the user: archived or out of his sight."""
        if not self._is_mine(record):
            return "not_a_guest"
        return "" if record.active else "archived"

    def entry_of(self, record, like=None):
        """The entry of one meeting; what Odoo does not hold comes from `like`."""
        entry = Entry.make(
            Kind.EVENT,
            self._title(record, like),
            self._read_when(record),
            zone=like.zone if like else self.zone.key,
            end_zone=like.end_zone if like else "",
            place=record.location or "",
            text=richtext.from_odoo(record.description),
            privacy=record.privacy or "default",
            busy=record.show_as != "free",
            reminders=self._reminders(record),
            mails=like.mails if like else frozenset(),
            **self._words(record, like),
        )
        return self._in_words_of(record, entry, like)

    def _words(self, record, like):
        return {"details": self._details(record, like)}

    def _title(self, record, like):
        """The title; none for a meeting that got Odoo's words for it from an event without one."""
        has_none = record.name == NO_TITLE and not (like and like.title == NO_TITLE)
        return "" if has_none else record.name or ""

    def add(self, entries):
        """Create one meeting for each entry, in their order, with the user as only guest."""
        mine = self.owned()
        rows = [{**self._values(entry), **_duration(entry), **mine} for entry in entries]
        records = self.records.create(rows)
        alone = {"partner_ids": (self._me,), "alarm_ids": (), "active": True}
        alone |= {"opportunity_id": None, "videocall_location": None}
        self._given = [{**row, **alone} for row in rows]
        self.remind(records)
        return records

    def owned(self):
        """Values of a meeting that was made in Google."""
        guests = [Command.set([self.user.partner_id.id])]
        return {"user_id": self.user.id, "partner_ids": guests, "crm_from_google": Own(True)}

    def change(self, record, held, entry):
        changed = changed_fields(held, entry)
        values, left = self.values_for(record, entry, changed)
        if "reminders" in changed:
            values["alarm_ids"] = self._alarm_commands(record, held, entry)
        if values:
            record.write(values)
        if changed & {"when", "reminders"}:
            self.remind(record)
        return left

    def gave(self, record, name, entry):
        """Of reminders Google takes five, and Odoo has its own for new meetings."""
        if name == "reminders":
            return entry.reminders <= frozenset(self._popups(record).mapped("duration_minutes"))
        return super().gave(record, name, entry)

    def remind(self, records):
        """Let Odoo send its own reminders of these meetings at their time.

        Odoo schedules them where it tells guests of a change at once, which a run never does.
        """
        types = records._get_trigger_alarm_types()
        if not any(alarm.alarm_type in types for alarm in records.alarm_ids):
            return
        due = records.filtered(
            lambda record: any(alarm.alarm_type in types for alarm in record.alarm_ids)
        )
        series = due.recurrence_id
        series._setup_alarms(recurrence_update=True)
        (due - series.calendar_event_ids)._setup_alarms()

    def invite(self, record, users):
        if users:
            record.write({"partner_ids": [Command.link(each.id) for each in users.partner_id]})

    def rejoin(self, res_id):
        # sudo: the user was a guest of what was lost, and may not see yet what stands for it
        rows = self._rows_of(self.env[self.model].sudo().browse(res_id))
        for row in rows.filtered(lambda row: not self._is_mine(row)):
            self.invite(row, self.user)

    @staticmethod
    def _rows_of(record):
        return record

    def decides(self, records):
        return all(row.user_id == self.user or self._guests(row) <= {self._me} for row in records)

    def archive(self, records):
        records.action_archive()

    def reopen(self, records):
        records.action_unarchive()
        self.remind(records)

    def _mine(self):
        partner = self.user.partner_id.id
        alone = Domain("user_id", "=", self.user.id) & Domain("partner_ids", "=", False)
        return Domain("partner_ids", "in", [partner]) | alone

    def _is_mine(self, record):
        guests = self._guests(record)
        return self._me in guests or (not guests and record.user_id == self.user)

    def _read_when(self, record):
        if record.allday:
            return AllDay(record.start_date, record.stop_date or record.start_date)
        return Timed(utc(record.start), utc(record.stop))

    def _values(self, entry, changed=None):
        """Odoo values of the changed fields; of all fields for a new record."""
        values = {}
        if changed is None or "when" in changed:
            values.update(when_values(entry.when))
        simple = {
            "title": ("name", entry.title or NO_TITLE),
            "place": ("location", entry.place or False),
            "text": ("description", richtext.to_odoo(entry.text) or False),
            "privacy": ("privacy", False if entry.privacy == "default" else entry.privacy),
            "busy": ("show_as", "busy" if entry.busy else "free"),
        }
        for name, (field, value) in simple.items():
            if changed is None or name in changed:
                values[field] = value
        if changed is None and entry.reminders:
            values["alarm_ids"] = [Command.set(self._alarms(entry.reminders).ids)]
        return values

    def _reminders(self, record):
        return frozenset(self._popups(record).mapped("duration_minutes"))

    @staticmethod
    def _popups(record):
        return record.alarm_ids.filtered(lambda alarm: alarm.alarm_type == "notification")

    def _alarm_commands(self, record, held, entry):
        """Only what was added and removed: alarms that Google cannot hold stay."""
        gone = held.reminders - entry.reminders
        old = self._popups(record).filtered(lambda alarm: alarm.duration_minutes in gone)
        new = self._alarms(entry.reminders - held.reminders)
        return [Command.unlink(alarm.id) for alarm in old] + [
            Command.link(alarm.id) for alarm in new
        ]

    def _alarms(self, minutes):
        """The pop-up alarms for these minutes; missing ones are made."""
        # sudo: alarms are shared by all users, and a salesperson may lack the right to make one
        alarms = self.env["calendar.alarm"].sudo()
        found = alarms.search(
            [("alarm_type", "=", "notification"), ("duration_minutes", "in", list(minutes))]
        )
        first = {alarm.duration_minutes: alarm for alarm in found.sorted("id", reverse=True)}
        missing = [number for number in minutes if number not in first]
        made = alarms.create([self._alarm_values(number) for number in sorted(missing)])
        return alarms.concat(*first.values(), made)

    def _alarm_values(self, minutes):
        units = [unit for unit in UNITS if minutes and minutes % unit[1] == 0]
        interval, size = units[0] if units else UNITS[-1]
        return {
            "name": self.env._("Notification - %(minutes)s minutes before", minutes=minutes),
            "alarm_type": "notification",
            "interval": interval,
            "duration": minutes // size,
        }

    def _details(self, record, like):
        """What the CRM knows; nothing for a meeting made in Google of which it knows no more."""
        lines = []
        names = self._names(record)
        if names:
            lines.append(record.env._("Guests: %s", ", ".join(names)))
        if record.opportunity_id:
            name = record.with_env(self._all).opportunity_id.name
            lines.append(record.env._("Opportunity: %s", name))
        if record.videocall_location:
            lines.append(record.env._("Video call: %s", record.videocall_location))
        if lines or not like or like.details:
            address = self._address(record._name, record.id)
            lines.append(record.env._("In the CRM: %s", address))
        return "\n".join(lines)

    def _guests(self, record):
        """Ids of all guests of a meeting."""
        return set(record.with_env(self._all).crm_google_guests)

    def _names(self, record):
        """The names of the other guests, which are fetched for all meetings read with this one."""
        ids = self._guests(record) - {self._me}
        if not ids <= self._met.keys():
            for row in record.browse(record._prefetch_ids):
                self._met |= dict.fromkeys(self._guests(row))
        guests = self._all["res.partner"].browse(ids).with_prefetch(self._met)
        return sorted(filter(None, guests.mapped("name"))) if ids else []


def _duration(entry):
    """What Odoo would make of start and stop, and write into each new row a second time."""
    if isinstance(entry.when, AllDay):
        return {}
    return {"duration": round((entry.when.end - entry.when.start).total_seconds() / 3600, 2)}


def when_values(when):
    if isinstance(when, AllDay):
        return {
            "allday": True,
            "start_date": when.first,
            "stop_date": when.last,
            # Odoo's own convention for whole days, stored as if UTC
            "start": datetime.combine(when.first, time(8)),
            "stop": datetime.combine(when.last, time(18)),
        }
    return {"allday": False, "start": naive(when.start), "stop": naive(when.end)}
