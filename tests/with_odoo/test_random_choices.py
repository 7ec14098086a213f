"""Random lives in which users also choose: settings, undo, answers, guests, whole connections.

CHOICES=1,2,3 names the seeds, CHOICES=1-300 a range of them.
"""

import os
from collections import Counter
from datetime import date, timedelta

from odoo import Command

from odoo.addons.crm_google_calendar.bridge import settings

from .choices import ChoicesMixin
from .common import SAM, GoogleCase
from .compare import google_meetings, google_tasks
from .lives import LivesMixin, seeds
from .story_hands import CALENDARS, EVENT, TASK, StoryHands

SEEDS = seeds("CHOICES", "1-3")
STEPS = int(os.environ.get("CHOICE_STEPS", "30"))
EVE = "eve@example.com"
# of a record that is there for the user, while its event is not
LEFT_ALONE = ("deleted_there", "archived_there", "calendar_gone", "kept", "undone")


class TestRandomChoices(ChoicesMixin, StoryHands, LivesMixin, GoogleCase):
    def test_no_entry_is_lost_or_doubled_and_a_second_run_is_silent(self):
        self.other = self.new_user("eve", EVE)
        self.emulator.add_user(EVE, "Eve")
        settings.put(self.env, "days_ahead", "90")
        self.accounts = {SAM: self.connected(), EVE: self.connected(self.other, EVE)}
        for seed in SEEDS:
            with self.subTest(seed=seed), self.one_life():
                self._live(seed)

    def _hosts(self):
        return self.user | self.other

    def _live(self, seed):
        try:
            self.begin(seed)
            self.choose_ceiling()
            for number in range(STEPS):
                self._step()
                if number % 10 == 9:
                    self._settled()
            self._settled()
        except BaseException as broken:
            broken.add_note("\n".join([f"seed {seed}", *self.story]))
            raise

    def _settled(self):
        self.story.append("settle")
        self.google = self.emulator.user(SAM)
        self.settle_all()
        for email in self.accounts:
            self._check_account(email)
        self._check_numbers()

    def _step(self):
        self.google = self.emulator.user(self.chance.choice((SAM, SAM, EVE)))
        act = self.chance.choice(
            (
                *[self._create_here, self._create_in_google] * 2,
                *[self._change_here, self._change_in_google] * 4,
                *[self._delete_here, self._delete_in_google] * 4,
                *[self._restore_in_google, self._invite, self._reassign] * 2,
                *(self._archive_here, self._become_meeting),
                *[self.run_some] * 8,
                *[self.choose] * 8,
            )
        )
        if act == self.choose:
            return act()
        self.story.append(f"{act.__name__} ({self.google.person.name})")
        return act(self.chance.choice(list(self.accounts))) if act == self.run_some else act()

    def _invite(self):
        meeting = self._pick(record for record in self._records(EVENT) if record.active)
        if meeting:
            guest = self.chance.choice((self.user, self.other)).partner_id
            isin = guest in meeting.partner_ids
            self._tell(meeting, self._number_of(meeting), guest.name, not isin)
            if isin and len(meeting.partner_ids) == 1:
                return
            command = Command.unlink(guest.id) if isin else Command.link(guest.id)
            meeting.with_context(no_mail_to_attendees=True).partner_ids = [command]
            if isin:
                self.deleted.add(self._number_of(meeting))

    def _become_meeting(self):
        task = self._pick(record for record in self._records(TASK) if record.active)
        if task:
            number = self._number_of(task)
            self._tell(task, number)
            action = task.with_user(task.user_id).action_create_calendar_event()
            values = {"activity_ids": [Command.link(task.id)]}
            values = {**values, "partner_ids": [Command.set(task.user_id.partner_id.ids)]}
            events = self.env["calendar.event"].with_user(task.user_id)
            events = events.with_context(**action["context"], no_mail_to_attendees=True)
            day = self.soon(days=self.chance.randrange(1, 25))
            span = {"start": day, "stop": day + timedelta(hours=1)}
            events.create({**values, **span, "name": self._name(number)})
            self.deleted.add(number)

    def _may_restore(self, calendar, event):
        """Not what was sent again: the user would double it."""
        live = [each.data["summary"] for each in calendar.order if not each.cancelled]
        title = event.data.get("summary")
        return bool(title) and self._number(title) not in map(self._number, live)

    def calendars_go(self, email, names):
        """What stood in them alone is lost with them."""
        live = {self._number_of(record) for record in self._records()}
        for name in names:
            for event in self.emulator.user(email).events(name):
                number = self._number(event["summary"])
                if number not in live:
                    self.deleted.add(number)

    # -- what must be true once nothing is left to do ---------------------------------------------

    def _check_account(self, email):
        user = self.accounts[email].user_id
        links = self.links(email)
        self.assertFalse(any(links.mapped("pending")))
        records = {(record._name, record.id): record for record in self._records()}
        for kind, name in CALENDARS.items():
            events = {event["id"]: event for event in self.emulator.user(email).events(name)}
            mine = links.filtered(lambda link, kind=kind: link.calendar_id.kind == kind)
            ids = Counter(mine.mapped("event_id"))
            self.assertEqual([key for key in events if ids[key] != 1], [], "events without a link")
            for link in mine:
                record = records.get((link.model, link.res_id))
                self._check_link(link, record, events.get(link.event_id), user)
        linked = Counter((link.model, link.res_id) for link in links)
        scope = [key for key, record in records.items() if self._is_of(user, record)]
        self.assertEqual([key for key in scope if linked[key] != 1], [], "records without a link")

    def _is_of(self, user, record):
        if record._name == "mail.activity":
            return record.user_id == user and record.active
        return record.active and user.partner_id in record.partner_ids

    def _check_link(self, link, record, event, user):
        told = (link.model, link.res_id, link.state, link.cause, link.event_id)
        mine = bool(record) and self._is_of(user, record)
        if link.state == "linked":
            self.assertTrue(record and event, told)
            self.assertEqual(_here(record), _there(link.calendar_id.kind, event), told)
        elif mine and event:
            self.assertEqual(link.cause, "undone", told)
        elif mine:
            self.assertIn(link.cause, LEFT_ALONE, told)

    def _check_numbers(self):
        """Nothing is doubled, and what nobody deleted stands somewhere."""
        found = Counter(self._number_of(record) for record in self._records())
        self.assertEqual([number for number in found if found[number] > 1], [], "in the CRM")
        everywhere = set(found)
        for email in self.accounts:
            hands = self.emulator.user(email)
            left = self.links(email, state="detached", cause="is_a_meeting").mapped("event_id")
            events = [event for name in CALENDARS.values() for event in hands.events(name)]
            events = [event for event in events if event["id"] not in left]  # edited there
            there = Counter(self._number(event["summary"]) for event in events)
            self.assertEqual([number for number in there if there[number] > 1], [], email)
            everywhere |= set(there)
        self.assertEqual(set(range(1, self.count + 1)) - self.deleted - everywhere, set())


def _here(record):
    if record._name == "mail.activity":
        return record.summary, record.date_deadline, not record.active
    span = (record.start_date, record.stop_date) if record.allday else (record.start, record.stop)
    return record.name, *span, record.location or ""


def _there(kind, event):
    if kind == EVENT:
        return next(iter(google_meetings([event])))
    title, day = next(iter(google_tasks([event])))
    title, done = title.removeprefix("✓ "), title.startswith("✓")
    assert isinstance(day, date)
    return title.rpartition(": ")[2], day, done
