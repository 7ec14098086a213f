"""Meetings that came from Google and were changed since: still not theirs to send.

Whatever Odoo makes of a save, rows and recurrences that are new included, reaches no calendar of
its own synchronizations: neither after the commit, nor by their pages and scheduled actions.
"""

from datetime import timedelta

from odoo import Command

from with_odoo.series import SeriesMixin

from .common import NeighbourCase

WEEKLY = "FREQ=WEEKLY;COUNT=5"


class EditCase(SeriesMixin, NeighbourCase):
    def setUp(self):
        super().setUp()
        self.event = self.make_series("Weekly", WEEKLY)
        with self.committed():
            self.sync(self.account)
        self.mails = self.env["mail.mail"].search_count([])

    def row(self, number=0):
        return self.meetings().sorted("start")[number].with_user(self.user)

    def save(self, number, how=None, **values):
        """What the user's click on *Save* does."""
        with self.committed():
            self.row(number).write({**values, **({"recurrence_update": how} if how else {})})

    def shift(self, number, how, **by):
        row = self.row(number)
        later = {name: row[name] + timedelta(**by) for name in ("start", "stop")}
        self.save(number, how, **{name: str(moment) for name, moment in later.items()})

    def assertApart(self, number):
        """Theirs send nothing, before our run and after it; ours brings both sides together."""
        self.let_them_sync()
        self.assertEqual((self.sent, len(self.meetings())), ([], number))
        with self.committed():
            self.sync(self.account)
        self.let_them_sync()
        self.assert_same()
        self.assertEqual((self.sent, len(self.meetings())), ([], number))
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)
        self.assertEqual(self.env["mail.mail"].search_count([]), self.mails)


class TestSeries(EditCase):
    def test_all_are_moved(self):
        self.shift(1, "all_events", hours=2)
        self.assertApart(5)

    def test_all_are_renamed(self):
        self.save(2, "all_events", name="Other")
        self.assertApart(5)

    def test_this_and_following_are_moved(self):
        self.shift(2, "future_events", hours=2)
        self.assertApart(5)

    def test_this_and_following_are_renamed(self):
        self.save(2, "future_events", name="Other")
        self.assertApart(5)

    def test_all_and_following_from_the_first(self):
        self.shift(0, "future_events", hours=2)
        self.assertApart(5)

    def test_the_rule_is_changed(self):
        self.save(0, "all_events", interval=2, count=3)
        self.assertApart(3)

    def test_one_is_moved(self):
        self.shift(1, "self_only", hours=2)
        self.assertApart(5)

    def test_one_is_dragged_to_another_time(self):
        self.shift(1, None, hours=2)
        self.assertApart(5)

    def test_one_is_renamed(self):
        self.save(1, "self_only", name="Other")
        self.assertApart(5)

    def test_it_is_no_series_any_more(self):
        self.save(0, "all_events", recurrency=False)
        self.assertApart(1)

    def test_all_are_archived(self):
        with self.committed():
            self.row(1).action_mass_archive("all_events")
        self.assertApart(0)

    def test_this_and_following_are_archived(self):
        with self.committed():
            self.row(2).action_mass_archive("future_events")
        self.assertApart(2)

    def test_one_is_archived(self):
        with self.committed():
            self.row(2).action_mass_archive("self_only")
        self.assertApart(4)

    def test_all_are_deleted(self):
        with self.committed():
            self.row(1).action_mass_deletion("all_events")
        self.assertApart(0)

    def test_one_is_deleted(self):
        with self.committed():
            self.row(1).unlink()
        self.assertApart(4)


class TestSeriesChangedInGoogle(EditCase):
    """Our runs make and move the meetings."""

    def assertApart(self, number):
        with self.committed():
            self.sync(self.account)
        super().assertApart(number)

    def test_all_are_moved(self):
        self.shift_series(self.event["id"], hours=2)
        self.assertApart(5)

    def test_the_rule_is_changed(self):
        self.google.edit("Events", self.event["id"], recurrence=["RRULE:FREQ=DAILY;COUNT=9"])
        self.assertApart(9)

    def test_one_is_moved(self):
        occurrence = self.google.occurrences("Events", self.event["id"])[2]
        self.shift_occurrence(occurrence, hours=2)
        self.assertApart(5)

    def test_this_and_following_are_moved(self):
        occurrence = self.google.occurrences("Events", self.event["id"])[2]
        self.google.split_series("Events", occurrence, summary="Other")
        self.assertApart(5)


class TestSingle(NeighbourCase):
    def setUp(self):
        super().setUp()
        self.add_in_google("Lunch")
        with self.committed():
            self.sync(self.account)
        self.lunch = self.meetings().with_user(self.user)

    def assertApart(self):
        for _time in range(2):
            self.let_them_sync()
            self.assertEqual(self.sent, [])
            with self.committed():
                self.sync(self.account)
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)

    def test_it_is_changed(self):
        with self.committed():
            self.lunch.write({"name": "Dinner", "start": self.soon(4), "stop": self.soon(4, 12)})
        self.assertApart()

    def test_it_is_archived(self):
        with self.committed():
            self.lunch.action_archive()
        self.assertApart()

    def test_it_is_deleted(self):
        with self.committed():
            self.lunch.unlink()
        self.assertApart()

    def invited(self, meeting):
        """Whether Odoo itself invites a guest whom the user adds."""
        guest = self.env["res.partner"].create({"name": "Bea", "email": "bea@example.com"})
        with self.committed():
            meeting.with_user(self.user).write({"partner_ids": [Command.link(guest.id)]})
        about = [("model", "=", meeting._name), ("res_id", "=", meeting.id)]
        messages = self.env["mail.message"].search(about)
        return guest in messages.notified_partner_ids | messages.partner_ids

    def test_its_guests_are_invited_by_odoo_since_nobody_else_does(self):
        demo = self.meeting("Demo")
        self.assertEqual((self.invited(demo), self.invited(self.lunch)), (False, True))
        self.assertNotIn("Lunch", self.sent)

    def test_it_is_changed_together_with_one_of_the_crm(self):
        mine = self.meeting("Mine")
        with self.committed():
            (self.lunch | mine).write({"location": "Room 2"})
        self.let_them_sync()
        self.assertEqual(set(self.sent), {"Mine"})

    def test_its_copy_is_a_meeting_of_the_crm(self):
        with self.committed():
            self.lunch.copy({"name": "Again"})
        self.assertEqual(set(self.sent), {"Again"})

    def test_it_is_made_to_repeat(self):
        rule = {"rrule_type": "daily", "interval": 1, "end_type": "count", "count": 3}
        with self.committed():
            self.lunch.write({"recurrency": True, **rule})
        self.assertApart()

    def test_nor_once_the_access_is_revoked(self):
        self.account.with_user(self.user).action_revoke()
        self.work()
        self.let_them_sync()
        self.assertEqual(self.sent, [])
