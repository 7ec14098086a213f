"""What people do with meetings and tasks, in the CRM and in Google, in a random story."""

import random
from contextlib import suppress
from datetime import timedelta

from google_emulator.errors import ApiError

EVENT, TASK = "event", "task"
CALENDARS = {EVENT: "Events (created", TASK: "Tasks (created"}
MODELS = {EVENT: "calendar.event", TASK: "mail.activity"}


class StoryHands:
    """For a GoogleCase with `other`, a second user. Each entry has a number, and every title that
    somebody gives it begins with that."""

    def begin(self, seed):
        self.chance = random.Random(seed)
        self.names = {}  # title -> the entry's number, for every title that anybody gave
        self.deleted = set()  # numbers of entries that somebody deleted
        self.count = 0
        self.story = ["in the beginning"]
        for _number in range(6):
            self._create_here()
            self._create_in_google()

    def _tell(self, *words):
        """For the story of a seed that fails."""
        self.story[-1] += f" {' '.join(map(str, words))}"

    def _pick(self, values):
        values = list(values)
        return self.chance.choice(values) if values else None

    def _name(self, number):
        name = f"{number}.{len(self.names)}"
        self.names[name] = number
        return name

    # -- the CRM's hands ---------------------------------------------------------------------

    def _records(self, model=None):
        """All records of this story, archived ones too."""
        found = []
        if model in (None, EVENT):
            meetings = self.env["calendar.event"].with_context(active_test=False)
            found += meetings.search(
                [("partner_ids", "in", self._hosts().partner_id.ids)], order="id"
            )
        if model in (None, TASK):
            tasks = self.env["mail.activity"].with_context(active_test=False)
            users = (self.user | self.other).ids
            found += tasks.search([("user_id", "in", users), ("calendar_event_id", "=", False)])
        return found

    def _hosts(self):
        """The users whose meetings belong to the story."""
        return self.user

    def _create_here(self):
        self.count += 1
        day = self.soon(days=self.chance.randrange(1, 25), hour=self.chance.randrange(6, 18))
        if self.chance.random() < 0.5:
            self.meeting(self._name(self.count), day)
        else:
            self.task(self._name(self.count), day.date())

    def _change_here(self):
        record = self._pick(self._records())
        if not record:
            return
        is_task = record._name == "mail.activity"
        what = self.chance.choice(("title", "time", "more", "text"))
        self._tell(record, self._number_of(record), what)
        day = self.soon(days=self.chance.randrange(1, 25))
        if what == "title":
            title = self._name(self._number(record.summary if is_task else record.name))
            record.write({"summary" if is_task else "name": title})
        elif what == "time":
            times = {"start": day, "stop": day + timedelta(hours=2), "allday": False}
            record.write({"date_deadline": day.date()} if is_task else times)
        elif what == "text":
            record.write({"note" if is_task else "description": f"<p>Text {len(self.names)}</p>"})
        elif not is_task:
            record.location = f"Place {len(self.names)}"
        elif record.active:
            if not self.link(record):
                self.deleted.add(self._number_of(record))  # what is done is not sent any more
            record.action_feedback()
        else:
            record.action_unarchive()

    def _delete_here(self):
        record = self._pick(self._records())
        if record and self.chance.random() < 0.5:
            self._tell(record, self._number_of(record))
            self.deleted.add(self._number_of(record))
            record.unlink()

    def _archive_here(self):
        record = self._pick(self._records(EVENT))
        if record:
            self._tell(record, self._number_of(record), not record.active)
            self.deleted.add(self._number_of(record))
            record.active = not record.active

    def _reassign(self):
        record = self._pick(self._records(TASK))
        if record:
            self.deleted.add(self._number_of(record))
            record.user_id = self.other if record.user_id == self.user else self.user
            self._tell(record, self._number_of(record), record.user_id.name)

    def _number_of(self, record):
        return self._number(record.summary if record._name == "mail.activity" else record.name)

    def _number(self, title):
        title = title.removeprefix("✓ ").rpartition(": ")[2]
        self.assertIn(title, self.names, "a title that nobody gave")
        return self.names[title]

    # -- the user's hands in Google ------------------------------------------------------------

    def _kind(self):
        return self.chance.choice((EVENT, TASK))

    def _create_in_google(self):
        self.count += 1
        self.google.add_event(CALENDARS[self._kind()], self._name(self.count), *self._span())

    def _span(self):
        day = self.soon(days=self.chance.randrange(1, 25), hour=self.chance.randrange(6, 18))
        if self.chance.random() < 0.4:
            return day.date(), day.date() + timedelta(days=1)
        return f"{day.isoformat()}Z", f"{(day + timedelta(hours=1)).isoformat()}Z"

    def _change_in_google(self):
        kind = self._kind()
        event = self._pick(self.google.events(CALENDARS[kind]))
        if not event:
            return
        what = self.chance.choice(("title", "time", "place", "mark"))
        self._tell(event["summary"], what)
        if what == "title":
            head = event["summary"].rpartition(": ")[0]
            title = self._name(self._number(event["summary"]))
            change = {"summary": f"{head}: {title}" if head else title}
        elif what == "time":
            start, end = self._span()
            change = {"start": start, "end": end}
        elif what == "place":
            change = {"location": f"Place {len(self.names)}"}
        else:
            title = event["summary"]
            marked = title.removeprefix("✓ ") if title.startswith("✓") else f"✓ {title}"
            change = {"summary": marked} if kind == TASK else {"location": None}
        self.google.edit(CALENDARS[kind], event["id"], **change)

    def _delete_in_google(self):
        kind = self._kind()
        event = self._pick(self.google.events(CALENDARS[kind]))
        if event and self.chance.random() < 0.5:
            self._tell(event["summary"])
            self.deleted.add(self._number(event["summary"]))
            self.google.delete(CALENDARS[kind], event["id"])

    def _restore_in_google(self):
        calendar = self.google.calendar(CALENDARS[self._kind()])
        gone = [event for event in calendar.order if event.cancelled]
        gone = self._pick(event for event in gone if self._may_restore(calendar, event))
        if gone:
            self._tell(gone.data.get("summary"))
            with suppress(ApiError):
                self.google.restore(calendar.id, gone.id)

    def _may_restore(self, _calendar, _event):
        return True
