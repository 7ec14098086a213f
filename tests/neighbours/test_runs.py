"""Our own runs, beside Odoo's own synchronizations."""

from with_odoo import test_both_ways

from .common import NeighbourCase


class TestBothWays(NeighbourCase, test_both_ways.TestBothWays):
    def test_a_run_sends_nothing_through_them(self):
        self.add_in_google("Lunch")
        with self.committed():
            self.sync(self.account)
        self.assertEqual((self.sent, len(self.meetings())), ([], 1))
