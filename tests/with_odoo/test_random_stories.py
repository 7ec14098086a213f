"""Random lives of meetings and tasks, with every mishap, through Odoo itself and over HTTP.

STORIES=1,2,3 names the seeds, STORIES=1-300 a range of them.
"""

import os
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import run as run_module
from odoo.addons.crm_google_calendar.bridge import settings
from odoo.addons.crm_google_calendar.gcal.client import Google

from google_emulator import OK, Fault
from google_emulator.errors import ApiError

from .common import GoogleCase
from .compare import crm_meetings, crm_tasks, google_meetings, google_tasks
from .lives import LivesMixin, seeds

SEEDS = seeds("STORIES", "1-3")
STEPS = int(os.environ.get("STORY_STEPS", "25"))
EVENT, TASK = "event", "task"
CALENDARS = {EVENT: "Events (created", TASK: "Tasks (created"}
MODELS = {EVENT: "calendar.event", TASK: "mail.activity"}
FAULTS = (
    Fault(503, "backendError"),
    Fault(403, "rateLimitExceeded"),
    Fault(429, retry_after=9),
    Fault(409, "conflict"),
    Fault.reset(),
    Fault.lost_answer(),
    Fault.half_answer(),
    OK,
)
METHODS = ("events.list", "events.get", "events.insert", "events.patch", "events.delete", "batch")


class TestRandomStories(LivesMixin, GoogleCase):
    def test_whatever_happens_both_sides_end_up_equal(self):
        settings.put(self.env, "ceiling_number", "9999")
        self.account = self.connected()
        self.other = self.new_user("eve", "eve@example.com")
        for seed in SEEDS:
            with self.subTest(seed=seed), self.one_life():
                self._live(seed)

    def _live(self, seed):
        self.chance = random.Random(seed)
        self.names = {}  # title -> the entry's number, for every title that anybody gave
        self.deleted = set()  # numbers of entries that somebody deleted
        self.count = 0
        self.story = ["in the beginning"]
        for _number in range(6):
            self._create_here()
            self._create_in_google()
        try:
            for _step in range(STEPS):
                self._step()
            self._settle()
            self._check()
        except BaseException as broken:
            broken.add_note("\n".join([f"seed {seed}", *self.story]))
            raise

    def work(self):
        """What is due, and no mail because of it."""
        self.env.flush_all()
        mails = self.env["mail.mail"].search_count([])
        super().work()
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def _step(self):
        act = self.chance.choice(
            (
                *[self._create_here, self._create_in_google] * 1,
                *[self._change_here, self._change_in_google] * 4,
                *[self._delete_here, self._delete_in_google] * 2,
                *(self._restore_in_google, self._archive_here, self._reassign),
                *(self._change_policy, self._lose_tokens),
                *[self._run] * 5,
            )
        )
        self.story.append(act.__name__)
        act()

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
            found += meetings.search([("partner_ids", "in", self.user.partner_id.ids)], order="id")
        if model in (None, TASK):
            tasks = self.env["mail.activity"].with_context(active_test=False)
            users = (self.user | self.other).ids
            found += tasks.search([("user_id", "in", users), ("calendar_event_id", "=", False)])
        return found

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
        gone = self._pick(event for event in calendar.order if event.cancelled)
        if gone:
            self._tell(gone.data.get("summary"))
            with suppress(ApiError):
                self.google.restore(calendar.id, gone.id)

    # -- what is set, what goes wrong, and runs --------------------------------------------------

    def _change_policy(self):
        settings.put(self.env, "clash_winner", self.chance.choice(("crm", "google", "newest")))
        settings.put(self.env, "gone_in_google", self.chance.choice(("detach", "archive")))
        settings.put(self.env, "auto_sync", self.chance.choice(("", "True")))

    def _lose_tokens(self):
        self.chance.choice(
            (
                self.emulator.expire_access_tokens,
                self.emulator.expire_sync_tokens,
                self.emulator.purge_deleted,
            )
        )()

    def _run(self):
        self.emulator.configure(page_size=self.chance.choice((1, 3, 2500)))
        for _fault in range(self.chance.choice((0, 0, 1, 3))):
            method, fault = self.chance.choice(METHODS), self.chance.choice(FAULTS)
            self._tell(method, fault.status or fault.answer)
            self.emulator.faults.script(method, fault)
        window = {"date_from": self._day(-9), "date_to": self._day(self.chance.choice((9, 60)))}
        if self.chance.random() < 0.6:
            self.account._start_run("wizard", full=True, **window)
        else:
            self.account._start_run("auto")
        with self._meddling(), patch.object(run_module, "CAP", self.chance.choice((2, 5000, 5000))):
            if self.chance.random() < 0.3:
                self._tell("and die")
                self.die(self.chance.randrange(1, 12))
            else:
                self.work()
        self.emulator.faults.clear()

    def _day(self, days):
        return fields.Date.today() + timedelta(days=days)

    def _meddling(self):
        """At times somebody edits an entry in Google right before we write there."""
        send, edits = Google.send, [self._change_in_google] * self.chance.choice((0, 0, 1))

        def meddled(google, *arguments):
            if edits:
                edits.pop()()
            return send(google, *arguments)

        return patch.object(Google, "send", meddled)

    # -- the end -----------------------------------------------------------------------------

    def _settle(self):
        """No more mishaps: the worker goes on, and the user lets everything be synchronized."""
        self.emulator.configure(page_size=2500)
        links = self.env["crm.google.link"].search([("state", "=", "set_aside")])
        links.with_user(self.user).action_retry()
        for _number in range(12):
            runs = self.env["crm.google.run"].search([("state", "in", ("queued", "running"))])
            runs.resume_at = False
            self.work()
            self.emulator.log.clear()
            run = self.sync(self.account)
            if "nothing had to be changed" in run.summary:
                return
        self.fail(f"runs go on for ever: {run.summary}")

    def _check(self):
        writes = [call for call in self.emulator.requests if call.verb in ("PATCH", "DELETE")]
        self.assertEqual(writes, [])
        links = self.env["crm.google.link"].search([])
        self.assertNotIn("set_aside", links.mapped("state"), links.mapped("reason"))
        self.assertFalse(any(links.mapped("pending")))
        apart = links.filtered(lambda link: link.state == "detached")
        self._check_equal(apart)
        self._check_numbers(apart)

    def _check_equal(self, apart):
        """What is not detached is the same on both sides."""
        events, records = {}, {}
        for kind, model in MODELS.items():
            found = self.google.events(CALENDARS[kind])
            ids = apart.mapped("event_id")
            events[kind] = [event for event in found if event["id"] not in ids]
            records[kind] = apart.filtered(lambda link, model=model: link.model == model)
        here = crm_meetings(self.env, self.user, records[EVENT].mapped("res_id"))
        self.assertEqual(here, google_meetings(events[EVENT]))
        here = crm_tasks(self.env, self.user, records[TASK].mapped("res_id"))
        # a To-Do made in Google has no label there until it is sent anew
        here, there = (_without_todo(titles) for titles in (here, google_tasks(events[TASK])))
        self.assertEqual(there - here, {})
        unsent = here - there  # done before it ever came to Google
        self.assertTrue(all(title.startswith("✓") for title, _day in unsent), unsent)

    def _check_numbers(self, apart):
        """Nothing is doubled, and what nobody deleted stands on both sides."""
        events = [event for name in CALENDARS.values() for event in self.google.events(name)]
        there = Counter(self._number(event["summary"]) for event in events)
        records = [record for record in self._records() if self._is_mine(record)]
        here = Counter(self._number_of(record) for record in records)
        self.assertEqual([number for number in there if there[number] > 1], [], "in Google")
        self.assertEqual([number for number in here if here[number] > 1], [], "in the CRM")
        safe = set(range(1, self.count + 1)) - self.deleted
        self.assertEqual((safe - set(here), safe - set(there)), (set(), set()))
        lost = [link.cause for link in apart if self._number_of_link(link) in safe]
        self.assertEqual(lost, [])

    def _is_mine(self, record):
        if record._name == "mail.activity":
            return record.user_id == self.user
        return record.active

    def _number_of_link(self, link):
        record = self.env[link.model].browse(link.res_id).exists()
        return self._number_of(record) if record else None


def _without_todo(found):
    return Counter(
        {(title.replace("To-Do: ", ""), day): number for (title, day), number in found.items()}
    )
