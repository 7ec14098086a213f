"""Random rules through the real Odoo: its occurrences are dateutil's, or they stand singly."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pure.rules import rule_lines, starts, zones

from odoo import fields

from google_emulator.errors import ApiError

from .common import GoogleCase
from .series import SeriesMixin

EACH = 24
_STORIES = st.lists(st.tuples(rule_lines, starts, zones), min_size=EACH, max_size=EACH)


class TestSeriesRules(SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()

    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_STORIES)
    def test_any_rule_stands_in_the_crm_as_it_is_meant(self, rules):
        account = self.account
        self.first, self.last = (fields.Date.today() + timedelta(days) for days in (-40, 400))
        made = [self._add(number, *rule) for number, rule in enumerate(rules)]
        run = self.sync(account, first=self.first, last=self.last)
        self.assertEqual((run.state, run.set_aside), ("done", 0), run.message)
        self._assert_same_in_window(filter(None, made))
        for recurrence in self.recurrences():
            self._assert_odoo_means_the_same(recurrence)
        again = self.sync(account, first=self.first, last=self.last)
        self.assertIn("nothing had to be changed", again.summary)
        self._clear(account)

    def _add(self, number, rule, start, zone):
        start = start.replace(tzinfo=None)
        try:
            return self.make_series(f"Series {number}", rule, start, time_zone=zone)
        except ApiError as refusal:  # a rule without any occurrence is refused by Google
            self.assertRegex(str(refusal), "no occurrence|Invalid recurrence")
            return None

    def _assert_same_in_window(self, masters):
        crm = self.in_window(self.crm_spans(), self.first, self.last)
        google = self.in_window(self.google_spans(most=1500), self.first, self.last)
        self.assertEqual((sorted(crm - google), sorted(google - crm)), ([], []))

    def _assert_odoo_means_the_same(self, recurrence):
        """Odoo's own re-application of the rule would name no other starts, where they are held."""
        rows = recurrence.calendar_event_ids.sorted("start").with_user(self.user)
        rule = rows.recurrence_id
        ranges = rule._range_calculation(rows[0], rows[0].stop - rows[0].start)
        starts_ = {start for start, _stop in ranges if start <= rows[-1].start}
        self.assertEqual(starts_, set(rows.mapped("start")))

    def _clear(self, account):
        for calendar in account.calendar_ids:
            calendar.full_pass = False
        self.meetings().unlink()
        self.env["crm.google.link"].search([]).unlink()
        for event in self.google.events("Events (created"):
            if not event.get("recurringEventId"):
                self.google.delete("Events (created", event["id"])
