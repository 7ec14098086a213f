"""Random lives of meetings and tasks, with every mishap, through Odoo itself and over HTTP.

STORIES=1,2,3 names the seeds, STORIES=1-300 a range of them.
"""

import os
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import run as run_module
from odoo.addons.crm_google_calendar.bridge import settings
from odoo.addons.crm_google_calendar.gcal.client import Google

from google_emulator import OK, Fault

from .common import GoogleCase
from .compare import crm_meetings, crm_tasks, google_meetings, google_tasks
from .lives import LivesMixin, seeds
from .story_hands import CALENDARS, EVENT, MODELS, TASK, StoryHands

SEEDS = seeds("STORIES", "1-3")
STEPS = int(os.environ.get("STORY_STEPS", "25"))
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


class TestRandomStories(StoryHands, LivesMixin, GoogleCase):
    def test_whatever_happens_both_sides_end_up_equal(self):
        settings.put(self.env, "ceiling_number", "9999")
        self.account = self.connected()
        self.other = self.new_user("eve", "eve@example.com")
        for seed in SEEDS:
            with self.subTest(seed=seed), self.one_life():
                self._live(seed)

    def _live(self, seed):
        self.begin(seed)
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
