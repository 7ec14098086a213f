"""Every call that we make, under every fault: what the user sees, and that nothing is lost.

The tables are docs/when-google-fails.md. A part of their cells is tried by default; FAULTS=all
tries all of them, each with every fault of its row.
"""

import os
import re
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields

from odoo.addons.crm_google_calendar.gcal import ahead, endpoints

from .connecting import ConnectCase
from .fault_stories import (
    CONNECTION_CALLS,
    FAULTS,
    MOST,
    OAUTH_CALLS,
    OAUTH_FAULTS,
    REFRESH_CALLS,
    RUN_CALLS,
    TOLD,
    Connecting,
    World,
)
from .lives import LivesMixin
from .series import SeriesMixin

ALL = os.environ.get("FAULTS") == "all"
EVERY = 1 if ALL else 6  # one cell of so many
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "when-google-fails.md"


def read_table(heading):
    """The rows of the table below a heading of the document, each as {column: text}."""
    text = DOCUMENT.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    names, _dashes, *rows = [[cell.strip() for cell in line] for line in lines]
    return [dict(zip(names, row, strict=True)) for row in rows]


class FaultCase(LivesMixin, ConnectCase):
    def setUp(self):
        super().setUp()
        for function in (endpoints.Http.__init__, endpoints.http):
            self.startPatcher(patch.object(function, "__defaults__", (MOST,)))
        self.startPatcher(patch.object(ahead, "TIMEOUT", MOST))

    def try_table(self, heading, calls, faults):
        """Live every cell, and see what its word promises."""
        words = {row["word"]: row for row in read_table("Words")}
        rows = read_table(heading)
        self.assertEqual([row["fault"] for row in rows], list(faults))
        for number, row in enumerate(rows):
            for place, (name, story) in enumerate(calls.items()):
                if row[name] == "–" or (number + place) % EVERY:
                    continue
                for fault in faults[row["fault"]][: None if ALL else 1]:
                    if fault.answer == "half" and story.method.endswith(".delete"):
                        continue  # the answer is empty
                    with self.subTest(call=name, fault=str(fault)), self.one_life():
                        self.live(story, row["fault"], fault)
                        self.assertEqual(self.emulator.faults.left(), [])
                        self.assert_word(words[row[name]])
                        self.go_on()
                        self.assert_whole(story)

    def assert_word(self, word):
        how, text = self.shown()
        self.assertEqual((word["word"], how), (word["word"], word["then"]), text)
        for sentence in re.findall("“(.*?)”", word["the user reads"]):
            self.assertIn(sentence, text)


class TestEveryFaultOfARun(SeriesMixin, World, FaultCase):
    def setUp(self):
        super().setUp()
        self.build()
        self.titles = self.titles_here()

    def test_calls_of_a_run(self):
        self.try_table("Runs", RUN_CALLS, FAULTS)

    def test_a_new_access_token(self):
        self.try_table("Tokens", REFRESH_CALLS, OAUTH_FAULTS)

    def titles_here(self):
        return sorted(self.meetings().mapped("name"))

    def live(self, story, row, fault):
        story.act(self)
        if "notFound" in row and story.truth:
            story.truth(self)  # what is said to be gone is gone
        self.emulator.faults.script(story.method, [*story.before, fault])
        self.run = self.account._start_run("auto")
        self.work()

    def shown(self):
        aside = self.env["crm.google.link"].search([("state", "=", "set_aside")])
        run = self.run.exists()
        if self.account.state != "connected":
            return "reconnect", self.account.message
        if "gone" in self.account.calendar_ids.mapped("state"):
            return "create again", self.accounts.get_status()["gone"] and ""
        if aside:
            return "retry", " ".join(aside.mapped("reason"))
        if run.state == "failed":
            return "next run", self.accounts.get_status()["run"]["summary"]
        return self._waits(run) if run.resume_at else ("done", "")

    def _waits(self, run):
        self.assertTrue(self.accounts.get_status()["run"]["waiting_until"])
        seconds = (run.resume_at - fields.Datetime.now()).total_seconds()
        if seconds > 3500:
            return "hours", ""
        if seconds < 65:
            return "seconds", ""
        return f"{TOLD} s" if abs(seconds - TOLD) < 3 else f"{seconds} s", ""

    def go_on(self):
        """Time passes, and the user does what he was asked to do."""
        if self.account.state == "reconnect":
            self.consent()
        elif gone := self.account.calendar_ids.filtered(lambda calendar: calendar.state == "gone"):
            self.google.delete_calendar(gone.google_id)
            self.accounts.action_create_again()
        self.env["crm.google.link"].search([("state", "=", "set_aside")]).with_user(
            self.user
        ).action_retry()
        self.work()
        for _number in range(3):
            runs = self.env["crm.google.run"].search([("state", "in", ("queued", "running"))])
            runs.resume_at = fields.Datetime.now() - timedelta(seconds=1)
            self.work()
        self.account._start_run("auto")
        self.work()

    def assert_whole(self, story):
        self.assert_same()
        wanted = list(self.titles)
        for sign, title in re.findall(r"([+-])(\w+)", story.titles):
            (wanted.append if sign == "+" else wanted.remove)(title)
        self.assertEqual(self.titles_here(), sorted(wanted))
        self.assertFalse(any(self.env["crm.google.link"].search([]).mapped("pending")))
        self.emulator.log.clear()
        self.account._start_run("auto")
        self.work()
        self.assertEqual(set(self.emulator.methods()), {"events.list"})


class TestEveryFaultOfAConnection(Connecting, FaultCase):
    def setUp(self):
        super().setUp()
        self.told = self.notices()

    def test_making_and_keeping_a_connection(self):
        self.try_table("Connections", CONNECTION_CALLS, FAULTS)

    def test_tokens(self):
        self.try_table("Tokens", OAUTH_CALLS, OAUTH_FAULTS)

    def live(self, story, _row, fault):
        self.told.clear()
        self.story = story
        self.emulator.faults.script(story.method, [*story.before, fault])
        story.act(self)

    def shown(self):
        state = self.account.state
        if state == "connected" and "gone" in self.account.calendar_ids.mapped("state"):
            state = "create again"
        told = [notice["message"] for notice in self.told]
        return state, " ".join([self.account.message or "", *told])

    def go_on(self):
        if self.account.state == "revoking":
            self._go_on_revoking()
        elif self.story.act is Connecting.revoke:
            pass
        elif self.account.state in ("disconnected", "reconnect"):
            self.consent()
        elif self.account.state == "incomplete":
            self._finish()
        elif gone := self.account.calendar_ids.filtered(lambda calendar: calendar.state == "gone"):
            self.google.delete_calendar(gone.google_id)
            self.accounts.action_create_again()
        elif self.story.act is Connecting.rename:
            self.account.with_user(self.user).action_rename()
        self.work()

    def _go_on_revoking(self):
        for _try in range(3):
            self.account.resume_at = False
            self.work()

    def _finish(self):
        """Click, and answer whether the calendar stands in Google."""
        if self.click():
            stands = [c.id for c in self.google.calendars() if "Tasks (created" in c.summary]
            values = {"answer": "use" if stands else "make", "google_id": stands[:1] and stands[0]}
            wizard = self.env["crm.google.calendar.wizard"].with_user(self.user)
            wizard.create(values).action_continue()

    def assert_whole(self, story):
        """Two calendars, or all of them gone but for those that the user was told of."""
        if story.act is not Connecting.revoke:
            self.assertEqual(self.account.state, "connected")
            self.assertEqual(self.account.calendar_ids.mapped("state"), ["ready", "ready"])
            self.assertEqual(len(self.in_google()), 2)
            return
        self.assertEqual(self.account.state, "disconnected")
        text = self.shown()[1]
        self.assertEqual([name for name in self.in_google() if name not in text], [])
        tokens = self.emulator.grants.tokens.values()
        alive = any(token.alive and token.grant.alive for token in tokens)
        self.assertFalse(alive and "myaccount.google.com" not in text)
