"""What a meeting carries, there and back."""

from datetime import date, datetime, timedelta

from odoo import Command

from .common import GoogleCase


class TestMeetings(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()

    def _pushed(self, **values):
        meeting = self.meeting("Demo", **values)
        self.sync(self.account)
        return meeting, self.events()["Demo"]

    def _pulled(self, start=None, end=None, **values):
        day = self.soon().date()
        start, end = start or f"{day}T12:00", end or f"{day}T13:00"
        event = self.google.add_event("Events", "Lunch", start, end, **values)
        self.sync(self.account)
        return self.meetings(), event["id"]

    def test_whole_days_keep_their_dates_whatever_the_zone(self):
        day = self.soon().date()
        for zone in ("Pacific/Auckland", "America/Los_Angeles", "UTC"):
            self.user.tz = zone
            meeting, event = self._pushed(
                allday=True, start_date=day, stop_date=day + timedelta(days=2)
            )
            self.assertEqual(event["start"], {"date": day.isoformat()})
            self.assertEqual(event["end"], {"date": (day + timedelta(days=3)).isoformat()})
            self.google.edit(
                "Events", event["id"], summary="Moved", start=day, end=day + timedelta(days=2)
            )
            self.sync(self.account)
            self.assertEqual(
                (meeting.start_date, meeting.stop_date), (day, day + timedelta(days=1))
            )
            meeting.unlink()
            self.sync(self.account)

    def test_a_whole_day_becomes_timed_and_back(self):
        day = self.soon().date()
        meeting, event = self._pushed(allday=True, start_date=day, stop_date=day)
        meeting.write({"allday": False, "start": self.soon(), "stop": self.soon(hour=11)})
        self.sync(self.account)
        self.assertNotIn("date", self.events()["Demo"]["start"])
        self.google.edit("Events", event["id"], start=day, end=day + timedelta(days=1))
        self.sync(self.account)
        self.assertEqual((meeting.allday, meeting.start_date), (True, day))

    def test_times_of_another_zone_are_the_same_instants(self):
        meeting, _event = self._pulled(
            {"dateTime": "2026-12-01T09:00:00", "timeZone": "America/New_York"},
            {"dateTime": "2026-12-01T10:00:00", "timeZone": "America/New_York"},
        )
        self.assertEqual(meeting.start, datetime(2026, 12, 1, 14))

    def test_the_zone_a_user_chose_in_google_survives_a_change_in_the_crm(self):
        meeting, event_id = self._pulled(
            {"dateTime": "2026-12-01T09:00:00", "timeZone": "America/New_York"},
            {"dateTime": "2026-12-01T10:00:00", "timeZone": "America/New_York"},
        )
        meeting.write({"start": datetime(2026, 12, 1, 15), "stop": datetime(2026, 12, 1, 16)})
        self.sync(self.account)
        event = self.google.event("Events", event_id)
        self.assertEqual(event["start"]["timeZone"], "America/New_York")

    def test_the_night_of_the_clock_change_is_no_special_night(self):
        first, last = date(2027, 3, 27), date(2027, 3, 29)
        start = datetime(2027, 3, 28, 0, 30)  # 01:30 in Berlin; the clock jumps at 02:00
        meeting = self.meeting("Night", start=start)
        meeting.stop = datetime(2027, 3, 28, 1, 30)  # 03:30 there
        self.sync(self.account, first=first, last=last)
        event = self.events()["Night"]
        self.assertEqual(
            datetime.fromisoformat(event["start"]["dateTime"]).utctimetuple()[3:5], (0, 30)
        )
        self.assertEqual(
            datetime.fromisoformat(event["end"]["dateTime"]).utctimetuple()[3:5], (1, 30)
        )
        self.assertEqual(self.sync(self.account, first=first, last=last).google_changed, 0)

    def test_rich_text_goes_both_ways(self):
        meeting, event = self._pushed(
            description="<p>Agenda</p><ul><li>One</li><li><b>Two</b></li></ul><p>Bye &amp; so</p>"
        )
        self.assertIn("<ul><li>One</li><li><b>Two</b></li></ul>", event["description"])
        self.google.edit("Events", event["id"], description="Plain\nlines")
        self.sync(self.account)
        self.assertEqual(str(meeting.description), "<div>Plain<br>lines</div>")

    def test_the_details_block_never_flows_back_as_text(self):
        guest = self.env["res.partner"].create({"name": "Gina Guest", "email": "gina@example.com"})
        meeting, event = self._pushed(
            description="<p>Agenda</p>",
            partner_ids=[Command.set((self.user.partner_id | guest).ids)],
        )
        self.assertIn("Gina Guest", event["description"])
        self.assertNotIn("attendees", event)
        words = event["description"].replace("Agenda", "New agenda")
        self.google.edit("Events", event["id"], description=words)
        self.sync(self.account)
        self.assertEqual(str(meeting.description), "<div>New agenda</div>")
        self.sync(self.account)
        self.assertEqual(self.events()["Demo"]["description"].count("Gina Guest"), 1)

    def test_privacy_and_busy_go_both_ways(self):
        meeting, event = self._pushed(privacy="private", show_as="free")
        self.assertEqual((event["visibility"], event["transparency"]), ("private", "transparent"))
        self.google.edit("Events", event["id"], visibility="public", transparency="opaque")
        self.sync(self.account)
        self.assertEqual((meeting.privacy, meeting.show_as), ("public", "busy"))

    def test_pop_up_reminders_go_both_ways_and_mail_reminders_stay_googles(self):
        hour = self.env["calendar.alarm"].create(
            {"name": "1 h", "alarm_type": "notification", "duration": 1, "interval": "hours"}
        )
        mail = self.env["calendar.alarm"].create(
            {"name": "mail", "alarm_type": "email", "duration": 2, "interval": "hours"}
        )
        meeting, event = self._pushed(alarm_ids=[Command.set((hour | mail).ids)])
        self.assertEqual(event["reminders"]["overrides"], [{"method": "popup", "minutes": 60}])
        overrides = [{"method": "popup", "minutes": 15}, {"method": "email", "minutes": 30}]
        self.google.edit(
            "Events", event["id"], reminders={"useDefault": False, "overrides": overrides}
        )
        self.sync(self.account)
        minutes = meeting.alarm_ids.mapped(lambda alarm: (alarm.alarm_type, alarm.duration_minutes))
        self.assertEqual(sorted(minutes), [("email", 120), ("notification", 15)])
        meeting.alarm_ids += hour
        self.sync(self.account)
        kept = self.google.event("Events", event["id"])["reminders"]["overrides"]
        self.assertIn({"method": "email", "minutes": 30}, kept)
        self.assertIn({"method": "popup", "minutes": 60}, kept)

    def test_colour_and_own_guests_set_in_google_survive(self):
        meeting, event = self._pushed()
        self.google.edit("Events", event["id"], colorId="5")
        self.sync(self.account)
        meeting.name = "Demo two"
        self.sync(self.account)
        self.assertEqual(self.events()["Demo two"]["colorId"], "5")

    def test_a_pulled_meeting_mails_nobody_and_has_the_user_as_only_guest(self):
        mails = self.env["mail.mail"].search_count([])
        meeting, _event = self._pulled()
        self.assertEqual(meeting.partner_ids, self.user.partner_id)
        self.assertEqual(meeting.attendee_ids.state, "accepted")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_an_event_without_a_title_stays_without_one(self):
        day = self.soon().date()
        event = self.google.add_event("Events", "", f"{day}T12:00", f"{day}T13:00")
        self.sync(self.account)
        self.assertEqual(self.meetings().name, "(No title)")
        self.meetings().location = "Room"
        self.sync(self.account)
        event = self.google.event("Events", event["id"])
        self.assertEqual((event.get("summary", ""), event["location"]), ("", "Room"))

    def test_a_long_description_is_never_cut_in_the_crm(self):
        long = "<p>" + "word " * 3000 + "</p>"
        meeting, event = self._pushed(description=long)
        self.assertLess(len(event["description"]), 8000)
        self.google.edit("Events", event["id"], description="short", location="Room")
        self.sync(self.account)
        self.assertEqual(meeting.location, "Room")
        self.assertGreater(len(meeting.description), 10000)

    def test_an_edit_of_a_description_too_long_for_google_is_noted_and_not_kept(self):
        meeting, event = self._pushed(description="<p>" + "word " * 3000 + "</p>")
        self.google.edit("Events", event["id"], description="My own words")
        self.sync(self.account)
        self.assertIn("My own words", " ".join(meeting.message_ids.mapped("body")))
        self.assertIn("word word", self.google.event("Events", event["id"])["description"])

    def test_a_declined_or_archived_meeting_leaves_google(self):
        meeting, _event = self._pushed()
        meeting.action_archive()
        self.sync(self.account)
        self.assertEqual(self.events(), {})
        meeting.action_unarchive()
        self.sync(self.account)
        self.assertEqual(list(self.events()), ["Demo"])
