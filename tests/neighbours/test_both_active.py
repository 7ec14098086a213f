"""Odoo's own Google synchronization and ours bring the same meetings to rest."""

from datetime import timedelta

from with_odoo.series import SeriesMixin

from .common import NeighbourCase
from .primary import PATH, Primary


class TestBothActive(SeriesMixin, NeighbourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.with_user(cls.user).stop_microsoft_synchronization()

    def setUp(self):
        super().setUp()
        self.primary = Primary()

    def answer_to(self, uri, method, values):
        if PATH in uri:
            return self.primary.answer(uri, method, values)
        return super().answer_to(uri, method, values)

    def round(self):
        self.let_them_sync()
        with self.committed():
            return self.sync(self.account)

    def assertRest(self, *titles):
        """After two rounds there is nothing left to be sent, and every title stands once."""
        for _number in range(2):
            self.round()
        self.sent.clear()
        self.assertIn("nothing had to be changed", self.round().summary)
        self.assertEqual(self.sent, [])
        self.assertEqual(self.primary.standing(), sorted(titles))
        self.assertEqual(sorted(self.meetings().mapped("name")), sorted(titles))
        self.assertEqual(sorted(self.events()), sorted(titles))

    def demo(self):
        with self.committed():
            meeting = self.env["calendar.event"].with_user(self.user)
            meeting.create({"name": "Demo", "start": self.soon(), "stop": self.soon(hour=11)})
        self.assertRest("Demo")

    def test_it_is_changed_in_our_calendar(self):
        self.demo()
        self.google.edit("Events", self.events()["Demo"]["id"], summary="Changed")
        self.assertRest("Changed")

    def test_it_is_changed_in_the_primary_calendar(self):
        self.demo()
        [event_id] = self.primary.events
        self.primary.edit(event_id, summary="Changed")
        self.assertRest("Changed")

    def test_it_is_deleted_in_the_primary_calendar(self):
        self.demo()
        [event_id] = self.primary.events
        self.primary.edit(event_id, status="cancelled")
        self.assertRest()

    def test_it_is_deleted_in_the_crm(self):
        self.demo()
        with self.committed():
            self.meetings().with_user(self.user).unlink()
        self.assertRest()

    def test_a_meeting_of_each_calendar(self):
        self.demo()
        self.add_in_google("Ours")
        hour = {"dateTime": f"{self.soon(5).isoformat()}Z"}
        end = {"dateTime": f"{(self.soon(5) + timedelta(hours=1)).isoformat()}Z"}
        theirs = {"summary": "Theirs", "start": hour, "end": end, "organizer": {"self": True}}
        self.primary.edit("theirs", reminders={}, **theirs)
        for _number in range(2):
            self.round()
        self.assertEqual(self.primary.standing(), ["Demo", "Theirs"])
        self.assertEqual(sorted(self.events()), ["Demo", "Ours", "Theirs"])
        self.assertIn("nothing had to be changed", self.round().summary)

    def weekly(self):
        with self.committed():
            self.recurrence("Weekly", count=5)
        self.round()
        self.assertEqual(self.primary.standing(), ["Weekly"])
        return self.events()["Weekly"]["id"]

    def assertSeriesRest(self, *titles):
        for _number in range(2):
            self.round()
        self.sent.clear()
        self.assertIn("nothing had to be changed", self.round().summary)
        self.assert_same()
        self.assertEqual((self.sent, len(self.meetings())), ([], 5))
        self.assertEqual(self.primary.standing(), sorted(titles))

    def test_a_series_of_the_crm_is_split_in_our_calendar(self):
        occurrence = self.google.occurrences("Events", self.weekly())[2]
        self.google.split_series("Events", occurrence, summary="Rest")
        self.assertSeriesRest("Rest", "Weekly")

    def test_a_series_of_the_crm_is_moved_in_the_crm(self):
        self.weekly()
        row = self.meetings().sorted("start")[1].with_user(self.user)
        later = {name: row[name] + timedelta(hours=2) for name in ("start", "stop")}
        with self.committed():
            row.write({**later, "recurrence_update": "all_events"})
        self.assertSeriesRest("Weekly")
