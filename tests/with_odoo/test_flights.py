"""A meeting that ends in another time zone than it begins in."""

from datetime import timedelta

from .common import GoogleCase


class TestFlights(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        start = self.soon()
        self.event = self.google.add_event(
            "Events",
            "To Tokyo",
            {"dateTime": f"{start.isoformat()}Z", "timeZone": "America/New_York"},
            {
                "dateTime": f"{(start + timedelta(hours=14)).isoformat()}Z",
                "timeZone": "Asia/Tokyo",
            },
        )
        self.sync(self.account)
        self.row = self.meetings().with_user(self.user)

    def zones(self):
        event = self.google.event("Events", self.event["id"])
        return [event[side].get("timeZone") for side in ("start", "end")]

    def move(self):
        by = timedelta(days=1)
        self.row.write({"start": self.row.start + by, "stop": self.row.stop + by})

    def test_its_end_keeps_its_zone_when_it_is_moved_in_the_crm(self):
        self.assertEqual(self.row.stop - self.row.start, timedelta(hours=14))
        self.move()
        self.sync(self.account)
        self.assertEqual(self.zones(), ["America/New_York", "Asia/Tokyo"])
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)

    def test_another_zone_of_its_end_is_kept_with_a_move_in_the_crm(self):
        end = self.google.event("Events", self.event["id"])["end"]
        self.google.edit("Events", self.event["id"], end={**end, "timeZone": "Asia/Seoul"})
        self.move()
        self.sync(self.account)
        self.assertEqual(self.zones(), ["America/New_York", "Asia/Seoul"])
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)

    def test_one_of_whole_days_has_no_zone(self):
        self.row.write({"allday": True, "start_date": self.row.start, "stop_date": self.row.stop})
        self.sync(self.account)
        self.assertEqual(self.zones(), [None, None])
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)

    def test_a_base_from_before_ends_had_zones_is_read(self):
        link = self.env["crm.google.link"].search([("event_id", "=", self.event["id"])])
        link.base = link.base.replace('"end_zone": "Asia/Tokyo", ', "")
        self.move()
        self.sync(self.account)
        self.assertEqual(self.zones(), ["America/New_York", "Asia/Tokyo"])
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)
