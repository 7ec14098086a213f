"""Tasks: `mail.activity` records as entries, and back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..engine import richtext
from ..engine.entry import AllDay, Entry, Kind, Timed, in_years
from ..engine.merge import changed_fields
from .own import Own
from .source import Source
from .zones import zone_of

TODO_TYPE = "mail.mail_activity_data_todo"
DAY = 24 * 60  # minutes
OWN_FIELDS = ("crm_google_clock", "crm_google_minutes", "crm_google_zone")


class TaskSource(Source):
    """The activities of a user that are not meetings: those already own a `calendar.event`."""

    kind = Kind.TASK
    model = "mail.activity"
    text = "note"
    worded = ("title", "label", "details")
    checked = tuple(
        "summary date_deadline crm_google_clock crm_google_minutes crm_google_zone user_id"
        " activity_type_id active res_model calendar_event_id".split()
    )

    def __init__(self, env, user, settings):
        super().__init__(env, user, settings)
        self._types = {}
        self._prepare(self.records)

    def in_window(self, window, among=None):
        """Ids of the user's open activities that are due in the window; only those `among`."""
        domain = Domain("user_id", "=", self.user.id) & Domain("calendar_event_id", "=", False)
        domain &= self._among(among)
        domain &= Domain("active", "=", True)
        if window.first:
            domain &= Domain("date_deadline", ">=", window.first)
        if window.last:
            domain &= Domain("date_deadline", "<=", window.last)
        return self.records.search(domain).ids

    def hidden_because(self, record):
        """A task without a document is hidden from whom it is no longer assigned to."""
        given_away = record.sudo().user_id != self.user  # sudo: looks at nothing but that
        return "reassigned" if given_away else super().hidden_because(record)

    def missing_because(self, record):
        """Why this existing record has no entry for the user."""
        if record.user_id != self.user:
            return "reassigned"
        if record.calendar_event_id:
            return "is_a_meeting"
        return "done" if self.settings.remove_done and not record.active else ""

    def entry_of(self, record, like=None):
        """The entry of one activity; what Odoo does not hold comes from `like`."""
        words = {"title": record.summary or "", **self._words(record, like)}
        kept = like or Entry(Kind.TASK, "", AllDay(date.min, date.min), self.zone.key, busy=False)
        entry = Entry.make(
            Kind.TASK,
            when=like.when if like and _holds(record, like) else read_when(record),
            zone=record.crm_google_zone or kept.zone,
            end_zone=kept.end_zone,
            place=kept.place,
            text=richtext.from_odoo(record.note),
            privacy=kept.privacy,
            busy=kept.busy,
            reminders=kept.reminders,
            mails=kept.mails,
            done=not record.active,
            **words,
        )
        return self._in_words_of(record, entry, like)

    def add(self, entries):
        """Create one free-floating activity of the user for each entry, in their order."""
        rows = [
            {
                **self._values(entry),
                "user_id": self.user.id,
                "activity_type_id": self._type_of(entry).id,
            }
            for entry in entries
        ]
        records = self.records.create(rows)
        free = {"active": True, "res_model": None, "calendar_event_id": None}
        self._given = [{**row, **free} for row in rows]
        done = [number for number, entry in enumerate(entries) if entry.done]
        self.records.concat(*(records[number] for number in done)).action_archive()
        return records

    def _type_of(self, entry):
        """The type of a new activity: a To-Do, if its label does not name another, as that of a
        task does which the user copied or moved in Google."""
        if entry.label not in self._types:
            named = [("name", "=", entry.label), ("res_model", "=", False)]
            types = self.env["mail.activity.type"]
            found = types.search([*named, ("category", "!=", "meeting"), ("active", "=", True)])
            found = found.filtered(lambda row: row.name == entry.label)[:1] if entry.label else None
            todo = self.env.ref(TODO_TYPE, raise_if_not_found=False)
            self._types[entry.label] = found or todo or types.search([], limit=1)
        return self._types[entry.label]

    def change(self, record, held, entry):
        changed = changed_fields(held, entry)
        values, left = self.values_for(record, entry, changed)
        if values:
            record.write(values)
        if "done" in changed:
            (self._finish if entry.done else self._open_again)(record)
        return left

    def gave(self, record, name, entry):
        """A label is no value of its own: what a task is called depends on its type and title."""
        if name != "label":
            return super().gave(record, name, entry)
        made_so = record.res_model or record.activity_type_id == self._type_of(entry)
        return bool(made_so) and super().gave(record, "title", entry)

    def decides(self, records):
        """An archived activity counts as done, and a deleted one is not: it stays, detached."""
        return False

    def archive(self, records):
        records.action_archive()

    def reopen(self, records):
        for record in records:
            self._open_again(record)

    def _finish(self, record):
        """Done as by Odoo's own button: told on the document, counted in reports, followed by the
        next activity; silently, as all that a run writes.

        One that was opened again and whose next activity stayed has been told and followed.
        """
        known = record.sudo()  # sudo: closed to users
        if known.crm_google_done or not self._document(record):
            record.action_archive()
            return
        try:
            with self.env.cr.savepoint():
                message, following = record._action_done()
        except AccessError:  # the next activity would stand where the user may make none
            record.action_archive()
        else:
            known.crm_google_done = {"message": message.id, "next": following.id}

    def _open_again(self, record):
        """Open again, and take back what `_finish` made, unless somebody has worked on with it."""
        known = record.sudo()  # sudo: closed to users; the message was posted with all rights, too
        made = known.crm_google_done or {"next": self._followed_by(record).id}
        record.action_unarchive()
        record.feedback = False  # Odoo keeps the old one when an activity is opened again
        following = self.records.browse(made["next"] or []).exists()
        is_new = following.active and following.write_date == following.create_date
        if "message" in made and (is_new or not made["next"]):
            following.unlink()
            known.env["mail.message"].browse(made["message"]).exists().unlink()
            made = False
        known.crm_google_done = made

    def _followed_by(self, record):
        """The next activity that Odoo made when a user marked this one as done."""
        return self.records.search(
            [
                ("res_model", "=", record.res_model),
                ("res_id", "=", record.res_id),
                ("previous_activity_type_id", "=", record.activity_type_id.id),
                ("create_date", "=", record.write_date),
            ],
            limit=1,
        )

    def _document(self, record):
        """The document of an activity, where that keeps messages; empty without one."""
        if not record.res_model or record.res_model not in self.env:
            return self.records.browse()
        # sudo: whoever may not see the document may still have something to do about it
        document = self.env[record.res_model].sudo().browse(record.res_id).exists()
        return document if hasattr(document, "message_post") else self.records.browse()

    def _words(self, record, like):
        """The type's name, before the title or in place of one, and the document."""
        name = record.activity_type_id.name or ""
        todo = self.env.ref(TODO_TYPE, raise_if_not_found=False)
        plain = not record.res_model and record.activity_type_id == todo
        details = self._details(record, like)
        if plain and like and not like.label and (record.summary or not like.title):
            return {"label": "", "details": details}  # made in Google: its title stays as it is
        if record.summary:
            return {"label": name, "details": details}
        return {"title": name, "label": "", "details": details}

    def _values(self, entry, changed=None):
        values = {}
        if changed is None or changed & {"when", "zone"}:
            values.update(_owned(when_values(entry)))
        if changed is None or "title" in changed:
            values["summary"] = entry.title
        if changed is None or "text" in changed:
            values["note"] = richtext.to_odoo(entry.text) or False
        return values

    def _details(self, record, like):
        if not (record.res_model and record.res_id):
            return ""
        address = self._address(record.res_model, record.res_id)
        name = self._name_of_document(record)
        if not name and like and like.details.endswith(address):
            return like.details  # the user may not see it now, and learns nothing new of it
        return "\n".join(filter(None, [name, record.env._("In the CRM: %s", address)]))

    def _prepare(self, records):
        self._together, self._names = records, {}

    def _name_of_document(self, record):
        """The name of a task's document, as the user sees it; empty where they may not.

        Odoo keeps the name it had when the task was made.
        """
        model, lang = record.res_model, record.env.lang
        if (lang, model, record.res_id) not in self._names:
            alike = (self._together | record).filtered(lambda task: task.res_model == model)
            for res_id in alike.mapped("res_id"):
                self._names[lang, model, res_id] = ""
            for document in self._readable(record.env, model, alike.mapped("res_id")):
                self._names[lang, model, document.id] = document.display_name
        return self._names[lang, model, record.res_id]

    @staticmethod
    def _readable(env, model, ids):
        if model not in env or not env[model].has_access("read"):
            return ()
        return env[model].search([("id", "in", ids)])


def read_when(record):
    """When a task is: its due date, and the time of day or the days that Google gave it.

    Raises ValueError where these make no time.
    """
    try:
        return _read_when(record)
    except OverflowError as fault:
        raise ValueError("a time that no calendar shows") from fault


def _read_when(record):
    due = in_years(record.date_deadline)
    minutes = record.crm_google_minutes
    if not record.crm_google_clock:
        days = max(1, minutes // DAY)
        return AllDay(due, due + timedelta(days=days - 1))
    clock = time.fromisoformat(record.crm_google_clock).replace(tzinfo=None)
    start = datetime.combine(due, clock, zone_of(record.crm_google_zone))
    start = start.astimezone(timezone.utc)
    return Timed(in_years(start), in_years(start + timedelta(minutes=minutes)))


def _owned(values):
    return {name: Own(value) if name in OWN_FIELDS else value for name, value in values.items()}


def _holds(record, entry):
    """Whether a task holds this entry's time, as far as it can: seconds of its end, and which of
    two equal hours it is in the night when the clocks go back, are Google's alone."""
    return all(record[name] == value for name, value in when_values(entry).items())


def when_values(entry):
    """Odoo values of a task's time; the due date is the first day."""
    if isinstance(entry.when, AllDay):
        days = (entry.when.last - entry.when.first).days + 1
        minutes = days * DAY if days > 1 else 0
        return {
            "date_deadline": entry.when.first,
            "crm_google_clock": False,
            "crm_google_minutes": minutes,
            "crm_google_zone": False,
        }
    start = entry.when.start.astimezone(zone_of(entry.zone))
    return {
        "date_deadline": start.date(),
        "crm_google_clock": start.time().isoformat(),
        "crm_google_minutes": int((entry.when.end - entry.when.start).total_seconds() // 60),
        "crm_google_zone": entry.zone,
    }
