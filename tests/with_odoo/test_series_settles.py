"""A series comes to rest: what was settled is read back as what was settled."""

from datetime import timedelta

from odoo import fields

from google_emulator import Fault

from .lives import LivesMixin
from .series import EdgeCase


class TestSettles(LivesMixin, EdgeCase):
    def settle(self):
        """Let broken runs go on, then two runs: the second has nothing to do."""
        for _number in range(6):
            runs = self.env["crm.google.run"].search([("state", "in", ("queued", "running"))])
            runs.resume_at = fields.Datetime.now() - timedelta(seconds=1)
            self.work()
        self.settled()

    def test_one_lost_answer_sets_no_series_aside(self):
        for number in range(5):
            with self.subTest(lost=number), self.one_life():
                self._lose(number)

    def _lose(self, number):
        self.recurrence("Jour fixe", count=6)
        self.run_()
        [master] = self.masters()
        ids = self.google.occurrences("Events", master["id"])
        self.shift(self.row(1), hours=-3)
        self.google.split_series("Events", ids[2], summary="Renamed")
        faults = [Fault()] * number
        self.emulator.faults.script("batch", [*faults, Fault.lost_answer()])
        self.sync(self.account)
        self.emulator.faults.clear()
        self.settle()

    def test_words_do_not_flip_between_most_meetings_and_one(self):
        start = self.soon(days=2)
        self.recurrence("Jour fixe", start, rrule_type="daily", count=4)
        self.run_()
        [master] = self.masters()
        first = self.google.occurrences("Events", master["id"])[0]
        self.google.edit_occurrence("Events", first, description="Bring the plans")
        self.shift(self.row(1), "future_events", hours=2)
        self.settle()
        texts = [row.description or "" for row in self.meetings().sorted("start")]
        self.assertEqual(["plans" in text for text in texts], [True, False, False, False])

    def test_a_changed_master_and_its_exceptions_are_sent_at_once(self):
        """Google gives its exceptions new etags with each change of a master."""
        self.recurrence("Jour fixe")
        self.shift(self.row(1), hours=1)
        self.row(2).name = "Special"
        self.settled(6)
        self.row(1).location = "There"
        self.row(0).write({"name": "Plenum", "recurrence_update": "all_events"})
        self.row(2).name = "Special again"
        self.emulator.log.clear()
        self.settled(6)
        refused = [call for call in self.emulator.log.entries if call.status == 412]
        self.assertEqual(refused, [])
