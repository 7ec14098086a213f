"""A series and what was split off it are decided together, in one run: none of its meetings is
let go, made anew, or doubled, wherever the parts lie."""

import os
from collections import Counter
from datetime import timedelta
from itertools import product
from unittest.mock import patch

from odoo import Command, fields

from odoo.addons.crm_google_calendar.bridge import run, settings

from .lives import LivesMixin
from .series import EdgeCase

ALL = os.environ.get("SPLITS") == "all"
EVA = "eva@example.com"
POLICIES = list(product(("keep", "archive"), ("crm", "google", "newest")))


def some(*axes, step):
    """All combinations on request, else some of them."""
    return list(product(*axes))[:: 1 if ALL else step]


LATER = ({"summary": "Later"}, {"hours": 2}, {"days": 1}, {"summary": "Later", "hours": 2})


class FamilyCase(LivesMixin, EdgeCase):
    def policy(self, gone="keep", winner="crm"):
        settings.put(self.env, "gone_in_google", "archive" if gone == "archive" else "detach")
        settings.put(self.env, "clash_winner", winner)

    def near(self, trigger="wizard"):
        """A run over the next weeks only."""
        today = fields.Date.today()
        run = self.sync(self.account, trigger, first=today, last=today + timedelta(days=60))
        self.assertEqual((run.state or "done", run.set_aside, run.cause), ("done", 0, False))
        return run

    def split_there(self, event_id, place, summary=None, **by):
        ids = self.google.occurrences("Events", event_id, most=200)
        new = self.google.split_series(
            "Events", ids[place], **({"summary": summary} if summary else {})
        )
        if by:
            self.shift_series(new["id"], **by)
        return new["id"]

    def all_rows(self):
        every = self.env["calendar.event"].with_context(active_test=False)
        return every.search([("partner_ids", "in", self.user.partner_id.ids)])

    def assert_one_each(self, before):
        """The meetings are those of before, each once, each in sync."""
        self.assertEqual(self.all_rows(), before)
        self.assertEqual(self.meetings(), before)
        states = self.env["crm.google.link"].search([]).mapped("state")
        self.assertEqual(set(states), {"linked"})
        weeks = Counter(start.date().isocalendar()[:2] for start in self.starts())
        self.assertEqual(max(weeks.values()), 1)

    def assert_silent(self):
        run = self.run_()
        self.assertIn("nothing had to be changed", run.summary)
        self.assertEqual(run.done, 0)


class TestBeyondTheWindow(FamilyCase):
    def test_what_was_split_off_far_ahead_takes_its_meetings(self):
        rules = ("FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=40")
        for (gone, winner), later, rule in some(POLICIES[:4], LATER, rules, step=5):
            with self.subTest(gone=gone, w=winner, later=later, rule=rule), self.one_life():
                self.policy(gone, winner)
                event, _ids = self.series(rule)
                before = self.meetings()
                self.split_there(event["id"], 14, **later)
                self.near()
                self.assert_one_each(before)
                self.run_()
                self.assert_one_each(before)
                self.assert_silent()

    def test_thrice_in_a_chain(self):
        for gone in ("keep", "archive"):
            with self.subTest(gone=gone), self.one_life():
                self.policy(gone)
                event, _ids = self.series("FREQ=WEEKLY;COUNT=40")
                before = self.meetings()
                second = self.split_there(event["id"], 5, "Second")
                third = self.split_there(second, 7, "Third")
                self.split_there(third, 6, "Fourth")
                self.near()
                self.assert_one_each(before)
                names = Counter(self.meetings().mapped("name"))
                self.assertEqual(names, {"Jour fixe": 5, "Second": 7, "Third": 6, "Fourth": 22})
                self.run_()
                self.assert_same()
                self.assert_silent()

    def test_thrice_with_a_run_between(self):
        event, _ids = self.series("FREQ=WEEKLY;COUNT=40")
        before = self.meetings()
        part = event["id"]
        for number in range(3):
            part = self.split_there(part, 10, f"Part {number}")
            self.near()
            self.assert_one_each(before)
        self.assert_same()
        self.assert_silent()

    def test_with_a_deleted_and_an_edited_occurrence(self):
        for gone in ("keep", "archive"):
            with self.subTest(gone=gone), self.one_life():
                self.policy(gone)
                event, _ids = self.series("FREQ=WEEKLY;COUNT=40")
                before = self.meetings().sorted("start")
                new = self.split_there(event["id"], 14, "Later")
                ids = self.google.occurrences("Events", new)
                self.google.delete_occurrence("Events", ids[1])
                self.google.edit_occurrence("Events", ids[2], location="There")
                before[16].location = "Here"
                self.near()
                left = before - before[15]
                self.assertEqual(self.all_rows(), before)
                self.assertEqual(before[15].active, gone == "keep")
                self.assertEqual((left.mapped("active")), [True] * 39)
                self.assertEqual(before[16].name, "Later")
                self.near()
                self.assertEqual(self.all_rows(), before)

    def test_a_part_that_never_was_ours_does_not_enter(self):
        far = self.make_series("Jour fixe", "FREQ=WEEKLY")
        self.split_there(far["id"], 14, "Later")
        self.near()
        number = len(self.meetings())
        self.assertEqual(number, 14)  # all of a short rule
        self.near()
        self.assertEqual(len(self.meetings()), number)

    def test_tasks_shown_singly(self):
        day = self.soon(days=2).date()
        rule = ["RRULE:FREQ=WEEKLY;COUNT=30"]
        event = self.google.add_event(
            "Tasks", "Report", day, day + timedelta(days=1), recurrence=rule
        )
        self.sync(self.account, last=day + timedelta(days=300))
        domain = [("user_id", "=", self.user.id), ("summary", "in", ("Report", "Later"))]
        before = self.env["mail.activity"].search(domain)
        self.assertEqual(len(before), 30)
        ids = self.google.occurrences("Tasks", event["id"])
        self.google.split_series("Tasks", ids[14], summary="Later")
        self.near()
        self.assertEqual(self.env["mail.activity"].search(domain), before)
        self.assertEqual(Counter(before.mapped("summary")), {"Report": 14, "Later": 16})
        self.assertEqual(set(self.env["crm.google.link"].search([]).mapped("state")), {"linked"})

    def test_the_first_part_deleted(self):
        for gone in ("keep", "archive"):
            with self.subTest(gone=gone), self.one_life():
                self.policy(gone)
                event, _ids = self.series("FREQ=WEEKLY;COUNT=20")
                before = self.meetings().sorted("start")
                self.split_there(event["id"], 14, "Later")
                self.google.delete("Events", event["id"])
                self.near()
                self.assertEqual(len(self.all_rows()), 20)
                self.assertEqual(before[14:].mapped("name"), ["Later"] * 6)
                self.assertEqual(set(before[:14].mapped("active")), {gone == "keep"})
                self.run_()
                self.assertEqual(self.all_rows().sorted("start"), before)
                self.assert_silent()


class TestTheCap(FamilyCase):
    def test_no_cap_falls_between_its_parts(self):
        for gone, cap, place in some(("keep", "archive"), (3, 7, 10, 13), (4, 8), step=3):
            with self.subTest(gone=gone, cap=cap, place=place), self.one_life():
                self.policy(gone)
                event, _ids = self.series("FREQ=WEEKLY;COUNT=12")
                before = self.meetings()
                self.split_there(event["id"], place, "Later")
                with self.capped(cap):
                    self.run_()
                    self.assertEqual(self.all_rows(), before)
                    self.run_()
                self.assert_one_each(before)
                self.assert_same()
                self.assert_silent()

    def test_nor_between_parts_split_here(self):
        for cap in (3, 7, 10):
            with self.subTest(cap=cap), self.one_life():
                self.recurrence(count=12)
                self.run_()
                self.row(6).write({"name": "Ours", "recurrence_update": "future_events"})
                with self.capped(cap):
                    self.run_()
                self.assert_same()
                self.assert_silent()

    def capped(self, number):
        return patch.object(run, "CAP", number)


THERE = {
    "moved": lambda case, event: case.shift_series(event["id"], hours=2),
    "another day": lambda case, event: case.shift_series(event["id"], days=1),
    "rule": lambda case, event: case.google.edit(
        "Events", event["id"], recurrence=["RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4"]
    ),
    "longer": lambda case, event: case.google.edit(
        "Events", event["id"], recurrence=["RRULE:FREQ=WEEKLY;COUNT=9"]
    ),
    "renamed": lambda case, event: case.google.edit("Events", event["id"], summary="Theirs"),
    "placed": lambda case, event: case.google.edit("Events", event["id"], location="There"),
}
HERE = ({"name": "Ours"}, {"hours": 3}, {"name": "Ours", "days": 2})


class TestSplitHere(FamilyCase):
    """Split in the CRM, while the whole was changed in Google."""

    def split_here(self, place, name=None, **by):
        row = self.row(place)
        values = {"name": name} if name else {}
        if by:
            later = timedelta(**by)
            values |= {"start": row.start + later, "stop": row.stop + later}
        row.write({**values, "recurrence_update": "future_events"})

    def test_no_occurrence_stands_twice(self):
        for (gone, winner), there, here, place in some(POLICIES, THERE, HERE, (1, 4), step=7):
            names = {"gone": gone, "w": winner, "there": there, "here": here, "place": place}
            with self.subTest(**names), self.one_life():
                self.policy(gone, winner)
                event, _ids = self.series()
                self.split_here(place, **here)
                THERE[there](self, event)
                self.run_()
                self.settled()
                weeks = Counter(start.date().isocalendar()[:2] for start in self.starts())
                self.assertEqual(max(weeks.values()), 1)

    def test_an_edit_of_all_in_google_reaches_what_was_split_off(self):
        event, _ids = self.series()
        self.split_here(3, "Ours")
        THERE["placed"](self, event)
        self.run_()
        self.assertEqual(set(self.meetings().mapped("location")), {"There"})
        self.settled(6)

    def test_an_edit_of_one_in_google_reaches_what_was_split_off(self):
        _event, ids = self.series()
        self.split_here(3, "Ours")
        self.google.edit_occurrence("Events", ids[4], location="There")
        self.run_()
        self.assertEqual(self.row(4).location, "There")
        self.settled(6)


class TestSplitThere(FamilyCase):
    """Split in Google, while the whole was changed in the CRM."""

    def test_no_occurrence_stands_twice(self):
        for (gone, winner), later, here, place in some(POLICIES, LATER, HERE, (1, 4), step=7):
            names = {"gone": gone, "w": winner, "later": later, "here": here, "place": place}
            with self.subTest(**names), self.one_life():
                self.policy(gone, winner)
                event, _ids = self.series()
                self.split_there(event["id"], place, **later)
                by = {name: each for name, each in here.items() if name != "name"}
                if "name" in here:
                    self.row(0).write({"name": "Ours", "recurrence_update": "all_events"})
                if by:
                    self.shift(self.row(0), "all_events", **by)
                self.run_()
                self.settled()
                weeks = Counter(start.date().isocalendar()[:2] for start in self.starts())
                self.assertEqual(max(weeks.values()), 1)


class TestTwoGuests(FamilyCase):
    def test_what_one_guest_splits_far_ahead_stands_once_for_the_other(self):
        self.emulator.add_user(EVA, "Eva", "Europe/Berlin")
        eva = self.new_user("eva", EVA)
        hers = self.connected(eva, EVA)
        event, _ids = self.series("FREQ=WEEKLY;COUNT=30")
        self.meetings().write({"partner_ids": [Command.link(eva.partner_id.id)]})
        self.sync(hers)
        before = self.meetings()
        self.split_there(event["id"], 14, "Later")
        today = fields.Date.today()
        for account in (self.account, hers, self.account):
            self.sync(account, first=today, last=today + timedelta(days=60))
        self.assertEqual(self.all_rows(), before)
        mine = self.google
        for email, account in ((EVA, hers), ("sam@example.com", self.account)):
            self.google = self.emulator.user(email)
            self.assert_same()
            self.assertIn("nothing had to be changed", self.sync(account).summary)
        self.google = mine
