"""Series made in the CRM, in Google: compared occurrence by occurrence."""

from datetime import date, timedelta

from .common import GoogleCase
from .series import SeriesMixin


class TestSeriesPush(SeriesMixin, GoogleCase):
    def masters(self):
        return [event for event in self.google.events("Events") if event.get("recurrence")]

    def test_a_recurrence_becomes_a_series_with_one_call(self):
        account = self.connected()
        self.recurrence()
        run = self.sync(account)
        self.assertEqual((run.state, run.google_created), ("done", 1), run.message)
        self.assertEqual(self.emulator.count("events.insert"), 1)
        [master] = self.masters()
        self.assertEqual(master["start"]["timeZone"], "Europe/Berlin")
        self.assert_same()
        self.assertIn("nothing had to be changed", self.sync(account).summary)
        self.assertEqual(self.emulator.count("events.patch"), 0)

    def test_exceptions_are_one_call_each(self):
        account = self.connected()
        rows = self.recurrence()
        rows[1].start += timedelta(hours=3)
        rows[2].name = "Special"
        rows[4].unlink()
        self.sync(account)
        self.assert_same()
        calls = [self.emulator.count(f"events.{verb}") for verb in ("insert", "patch", "delete")]
        self.assertEqual(calls, [1, 2, 1])
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_an_occurrence_changed_later(self):
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        rows[1].write(
            {"start": rows[1].start + timedelta(days=1), "stop": rows[1].stop + timedelta(days=1)}
        )
        rows[3].location = "Room 3"
        self.sync(account)
        self.assert_same()
        rows[1].write(
            {"start": rows[1].start - timedelta(days=1), "stop": rows[1].stop - timedelta(days=1)}
        )
        self.sync(account)
        self.assert_same()

    def test_an_occurrence_deleted_and_archived(self):
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        rows[0].unlink()
        rows[3].action_archive()
        self.sync(account)
        self.assert_same()
        self.assertEqual(len(self.google_spans()), 4)
        rows[3].action_unarchive()
        self.sync(account)
        self.assert_same()
        self.assertEqual(len(self.google_spans()), 5)

    def test_all_events_renamed(self):
        account = self.connected()
        rows = self.recurrence()
        rows[1].start += timedelta(hours=3)
        self.sync(account)
        rows[2].write({"name": "New name", "recurrence_update": "all_events"})
        self.emulator.log.clear()
        self.sync(account)
        self.assert_same()
        self.assertEqual(set(self.meetings().mapped("name")), {"New name"})

    def test_all_events_moved(self):
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        [master] = self.masters()
        later = {
            "start": rows[2].start + timedelta(hours=2),
            "stop": rows[2].stop + timedelta(hours=2),
        }
        rows[2].write({**later, "recurrence_update": "all_events"})
        self.sync(account)
        self.assert_same()
        self.assertEqual([each["id"] for each in self.masters()], [master["id"]])
        self.assertEqual(self.series_link().res_id, self.recurrences().id)

    def test_what_a_new_rule_no_longer_has_goes_in_google_too(self):
        self.emulator.settings.keep_lost_exceptions = True
        account = self.connected()
        rows = self.recurrence()
        rows[1].name = "Special"
        self.sync(account)
        later = {name: rows[2][name] + timedelta(hours=2) for name in ("start", "stop")}
        rows[2].write({**later, "recurrence_update": "all_events"})
        self.sync(account)
        self.assert_same()
        events = self.google.events("Events")
        exceptions = [event for event in events if event.get("recurringEventId")]
        self.assertEqual({event["status"] for event in exceptions} - {"cancelled"}, set())
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_this_and_following_moved(self):
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        row = rows[3]
        later = {"start": row.start + timedelta(hours=2), "stop": row.stop + timedelta(hours=2)}
        row.write({**later, "recurrence_update": "future_events"})
        self.sync(account)
        self.assert_same()
        self.assertEqual(len(self.masters()), 2)
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_the_rule_is_changed(self):
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        rows[0].write({"recurrence_update": "all_events", "rrule_type": "daily", "count": 9})
        self.sync(account)
        self.assertEqual(len(self.meetings()), 9)
        self.assert_same()
        self.assertEqual(len(self.masters()), 1)

    def test_the_whole_recurrence_is_deleted(self):
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        rows[0].action_mass_deletion("all_events")
        self.sync(account)
        self.assertEqual(self.google_spans(), {})
        self.assertFalse(self.series_link())

    def test_this_and_following_deleted(self):
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        rows[3].action_mass_deletion("future_events")
        self.sync(account)
        self.assertEqual(len(self.meetings()), 3)
        self.assert_same()

    def test_a_recurrence_made_single_again(self):
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        rows[0].write({"recurrency": False, "recurrence_update": "all_events"})
        self.sync(account)
        self.assertEqual(len(self.meetings()), 1)
        self.assert_same()

    def test_a_single_meeting_made_a_series_keeps_its_event(self):
        account = self.connected()
        start = self.soon(days=2)
        meeting = self.meeting("Lunch", start)
        self.sync(account)
        event_id = self.link(meeting).event_id
        day = start.strftime("%a").lower()
        rule = {"rrule_type": "weekly", "interval": 1, "count": 4, "end_type": "count", day: True}
        meeting.write({"recurrency": True, "event_tz": "Europe/Berlin", **rule})
        self.sync(account)
        self.assert_same()
        self.assertEqual([each["id"] for each in self.masters()], [event_id])

    def test_a_recurrence_of_which_only_the_first_meeting_is_left_stays_as_it_is(self):
        account = self.connected()
        meeting = self.meeting("Demo", self.soon(days=2))
        self.sync(account)
        rule = {"rrule_type": "daily", "interval": 2, "end_type": "count", "count": 3}
        meeting.write({"recurrency": True, "event_tz": "Europe/Berlin", **rule})
        (self.rows(meeting) - meeting).action_archive()
        for _run in range(3):
            run = self.sync(account)
            self.assertEqual(run.state, "done", run.message)
        self.assertIn("nothing had to be changed", run.summary)
        meeting.name = "Renamed"
        self.sync(account)
        self.assert_same()

    def test_rules_of_every_kind(self):
        account = self.connected()
        start = self.soon(days=2)
        rules = (
            {"rrule_type": "daily", "count": 5},
            {"rrule_type": "daily", "interval": 3, "count": 5},
            {
                "rrule_type": "weekly",
                "interval": 2,
                "mon": True,
                "thu": True,
                "sun": True,
                "count": 7,
            },
            {"rrule_type": "monthly", "month_by": "date", "day": start.day, "count": 4},
            {"rrule_type": "yearly", "count": 3},
            {"rrule_type": "weekly", "end_type": "end_date", "until": start.date() + timedelta(70)},
        )
        for number, rule in enumerate(rules):
            self.recurrence(f"Rule {number}", start, **rule)
        self.sync(account)
        self.assert_same()
        self.assertEqual(len(self.masters()), len(rules))
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_over_a_change_of_the_clocks(self):
        account = self.connected()
        year = date.today().year + 1
        start = self.soon().replace(year=year, month=3, day=20, hour=8)
        self.recurrence(start=start)
        self.sync(account, last=date(year, 12, 1))
        self.assert_same()
        hours = {start.hour for _name, start, _stop, _place in self.google_spans()}
        self.assertEqual(hours, {7, 8})

    def test_whole_days(self):
        account = self.connected()
        day = self.soon(days=2).date()
        self.recurrence(
            "Trip",
            self.soon(days=2),
            allday=True,
            start_date=day,
            stop_date=day + timedelta(days=1),
        )
        self.sync(account)
        self.assert_same()
        [master] = self.masters()
        self.assertEqual(master["start"]["date"], day.isoformat())

    def test_forever_has_no_end_in_google(self):
        account = self.connected()
        self.recurrence(rrule_type="daily", end_type="forever")
        self.sync(account)
        [master] = self.masters()
        self.assertEqual(master["recurrence"], ["RRULE:FREQ=DAILY"])
        self.assertEqual(self.crm_spans(), self.google_spans(most=720))
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_both_sides_change_different_occurrences(self):
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        [master] = self.masters()
        ids = self.google.occurrences("Events", master["id"])
        self.shift_occurrence(ids[1], hours=4)
        self.google.edit_occurrence("Events", ids[2], location="There")
        rows[2].name = "Here"
        rows[4].unlink()
        self.sync(account)
        self.assert_same()
        self.assertEqual((rows[2].name, rows[2].location), ("Here", "There"))

    def test_auto_sync_hears_of_every_change(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.auto_sync", "True")
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        rows[1].unlink()
        self.work()
        self.assert_same()
        rows[3].write({"name": "X", "recurrence_update": "future_events"})
        self.work()
        self.assert_same()
        self.meetings()[0].action_mass_deletion("all_events")
        self.work()
        self.assert_same()
