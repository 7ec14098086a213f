"""What was settled is what the record holds: a second run writes nothing that nobody changed."""

from datetime import timedelta

from odoo import Command

from .common import GoogleCase

FIVE = (5, 10, 15, 20, 25)


class TestUnheld(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()

    def _writes(self):
        return self.emulator.count("events.insert") + self.emulator.count("events.patch")

    def _is_silent(self):
        """Whether two more runs, of all and of what changed, write nothing."""
        before = self._writes(), self._stamps()
        for trigger in ("wizard", "save", "wizard"):
            self.sync(self.account, trigger)
        self.assertEqual((self._writes(), self._stamps()), before)

    def _stamps(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT 'e', id, write_date, name FROM calendar_event")
        meetings = self.env.cr.fetchall()
        self.env.cr.execute("SELECT 't', id, write_date, summary FROM mail_activity")
        return sorted(meetings), sorted(self.env.cr.fetchall())

    def _titles(self, kind="task"):
        return sorted(self.events(kind))

    def _renamed(self, task, title):
        event_id = self.link(task).event_id
        self.google.edit("Tasks", event_id, summary=title)
        self.sync(self.account, "save")
        self.sync(self.account)
        self.assertEqual(self.google.event("Tasks", event_id).get("summary", ""), title)
        self._is_silent()

    def test_a_task_that_is_called_by_its_type_keeps_the_title_given_in_google(self):
        task = self.task("")
        self.sync(self.account)
        self.assertEqual(self._titles(), ["Call"])
        self._renamed(task, "Call Bob")
        self.assertEqual(task.summary, "Call Bob")
        task.date_deadline += timedelta(days=1)
        self.sync(self.account)
        self.assertEqual(self._titles(), ["Call Bob"])
        task.activity_type_id = self.env.ref("mail.mail_activity_data_email")
        self.sync(self.account)
        self.assertEqual(self._titles(), ["Email: Call Bob"])
        task.activity_type_id = self.env.ref("mail.mail_activity_data_call")
        self.sync(self.account)
        self.assertEqual(self._titles(), ["Call: Call Bob"])
        self._is_silent()

    def test_titles_of_every_kind_stay_as_the_user_wrote_them(self):
        for title in ("", "Call: Bob", "Email: x", "To-Do: y", "Call:", ":", "  a   b ", "✓"):
            with self.subTest(title=title):
                task = self.task("")
                self.sync(self.account)
                event_id = self.link(task).event_id
                self.google.edit("Tasks", event_id, summary=title)
                self.sync(self.account)
                self.sync(self.account)
                self.assertEqual(self.google.event("Tasks", event_id).get("summary", ""), title)
                self._is_silent()

    def test_a_copy_of_a_task_keeps_its_title_and_type(self):
        task = self.task("Bob")
        self.sync(self.account)
        self.google.duplicate("Tasks", self.link(task).event_id)
        self.sync(self.account)
        self.assertEqual(
            [each["summary"] for each in self.google.events("Tasks (created")], ["Call: Bob"] * 2
        )
        copy = self.env["mail.activity"].search([("user_id", "=", self.user.id)]) - task
        self.assertEqual((copy.summary, copy.activity_type_id), ("Bob", task.activity_type_id))
        self._is_silent()

    def test_a_copy_with_a_label_of_no_type_keeps_its_title(self):
        kind = self.env["mail.activity.type"].create({"name": "Visit"})
        task = self.task("Bob", activity_type_id=kind.id)
        self.sync(self.account)
        copy = self.google.duplicate("Tasks", self.link(task).event_id)
        kind.name = "Trip"
        task.unlink()
        self.sync(self.account)
        self.assertEqual(self.google.event("Tasks", copy["id"])["summary"], "Visit: Bob")
        self._is_silent()

    def test_what_is_moved_between_the_calendars_keeps_its_title(self):
        task, meeting = self.task("Bob"), self.meeting("Demo")
        self.sync(self.account)
        task_event, event = self.link(task).event_id, self.link(meeting).event_id
        self.google.move("Tasks", task_event, "Events")
        self.google.move("Events", event, "Tasks")
        self.sync(self.account)
        self.assertEqual((self._titles(), self._titles("event")), (["Demo"], ["Call: Bob"]))
        self._is_silent()
        self.google.move("Events", task_event, "Tasks")
        self.google.move("Tasks", event, "Events")
        self.sync(self.account)
        self.assertEqual((self._titles(), self._titles("event")), (["Call: Bob"], ["Demo"]))
        self._is_silent()

    def _alarms(self, *minutes):
        same = {"alarm_type": "notification", "interval": "minutes"}
        rows = [{"name": str(number), "duration": number, **same} for number in minutes]
        return self.env["calendar.alarm"].create(rows)

    def test_a_meeting_with_more_reminders_than_google_takes_gets_none_that_nobody_set(self):
        alarms = self._alarms(*FIVE, 30, 60)
        meeting = self.meeting(alarm_ids=[Command.set(alarms.ids)])
        self.sync(self.account)
        event_id = self.link(meeting).event_id
        fewer = [{"method": "popup", "minutes": number} for number in FIVE[1:]]
        self.google.edit("Events", event_id, reminders={"useDefault": False, "overrides": fewer})
        self.sync(self.account)
        self.assertEqual(meeting.alarm_ids, alarms[1:])
        self._is_silent()
        there = self.google.event("Events", event_id)["reminders"]["overrides"]
        self.assertEqual([each["minutes"] for each in there], list(FIVE[1:]))
        meeting.name = "Renamed"
        self.sync(self.account)
        there = self.google.event("Events", event_id)["reminders"]["overrides"]
        self.assertEqual([each["minutes"] for each in there], list(FIVE[1:]))

    def test_a_series_with_more_reminders_than_google_takes_gets_none_that_nobody_set(self):
        daily = {"recurrency": True, "rrule": "FREQ=DAILY;COUNT=3", "event_tz": "UTC"}
        alarms = self._alarms(*FIVE, 30, 60)
        series = self.meeting(alarm_ids=[Command.set(alarms.ids)], **daily).recurrence_id
        self.sync(self.account)
        event_id = self.link(series).event_id
        fewer = [{"method": "popup", "minutes": number} for number in FIVE[1:]]
        self.google.edit("Events", event_id, reminders={"useDefault": False, "overrides": fewer})
        self.sync(self.account)
        for row in series.calendar_event_ids:
            self.assertEqual(row.alarm_ids, alarms[1:])
        self._is_silent()
        for row in series.calendar_event_ids:
            row.name = "Renamed"
        self.sync(self.account)
        there = self.google.event("Events", event_id)
        self.assertEqual(there["summary"], "Renamed")
        self.assertEqual(
            [each["minutes"] for each in there["reminders"]["overrides"]], list(FIVE[1:])
        )
        self._is_silent()

    def test_what_a_rule_makes_of_a_new_series_goes_to_google_at_once(self):
        def rename(rows):
            for row in rows:
                if row.name == "Lunch":
                    row.name = "Lunch (Acme)"

        self._rule("calendar.event", rename)
        day = self.soon().date()
        self.google.add_event(
            "Events",
            "Lunch",
            f"{day}T12:00",
            f"{day}T13:00",
            recurrence=["RRULE:FREQ=DAILY;COUNT=3"],
        )
        self.sync(self.account)
        self.assertEqual(self._titles("event"), ["Lunch (Acme)"])
        self._is_silent()

    def test_a_default_reminder_of_odoo_is_not_set_in_google(self):
        alarm = self.env["calendar.alarm"].create(
            {"name": "x", "alarm_type": "notification", "duration": 7, "interval": "minutes"}
        )
        self.env["ir.default"].set("calendar.event", "alarm_ids", alarm.ids)
        day = self.soon().date()
        made = self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00")
        self.sync(self.account)
        self.assertEqual(self.meetings().alarm_ids, alarm)
        self.assertEqual(self.google.event("Events", made["id"]), made)
        self._is_silent()

    def test_odd_events_of_google_are_not_written_by_a_pull(self):
        day = self.soon().date()
        odd = {
            "": {},
            "Zero": {"end": {"dateTime": f"{day}T10:00:00Z"}},
            "Seconds": {"end": {"dateTime": f"{day}T10:00:59Z"}},
            "Days": {"end": {"dateTime": f"{day + timedelta(days=4)}T10:00:00Z"}},
            "Text": {
                "description": "a <b>b</b>\n\n<ul><li>c</li></ul>&nbsp;<a href='http://x.y'>z</a>"
            },
            "x" * 1000: {"location": "y" * 1000},
        }
        for calendar in ("Events", "Tasks"):
            for title, fields in odd.items():
                more = {"end": f"{day}T11:00:00Z", **fields}
                end = more.pop("end")
                end = end["dateTime"] if isinstance(end, dict) else end
                self.google.add_event(calendar, title, f"{day}T10:00:00Z", end, **more)
        before = [self.google.events("Events (created"), self.google.events("Tasks (created")]
        self.sync(self.account)
        self._is_silent()
        after = [self.google.events("Events (created"), self.google.events("Tasks (created")]
        self.assertEqual(after, before)

    def _rule(self, model, code):
        """Another add-on that changes what is written, as an automation rule does."""
        Model = type(self.env[model])
        create, write = Model.create, Model.write

        def _create(records, vals_list):
            made = create(records, vals_list)
            code(made)
            return made

        self.patch(Model, "create", _create)
        self.patch(Model, "write", lambda rows, vals: write(rows, vals) and (code(rows) or True))

    def test_what_a_rule_makes_of_a_new_meeting_goes_to_google_at_once(self):
        def rename(rows):
            for row in rows:
                if row.name == "Lunch":
                    row.name = "Lunch (Acme)"

        self._rule("calendar.event", rename)
        day = self.soon().date()
        self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00")
        self.sync(self.account)
        self.assertEqual(self._titles("event"), ["Lunch (Acme)"])
        self._is_silent()

    def test_whatever_a_rule_gives_a_new_record_goes_to_google_at_once(self):
        bob = self.env["res.partner"].create({"name": "Bob"})
        for values, shown in (
            ({"description": "<p>Agenda</p>"}, "Agenda"),
            ({"partner_ids": [Command.link(bob.id)]}, "Guests: Bob"),
            ({"location": "Bistro"}, "Bistro"),
            ({"videocall_location": "https://x.example/y"}, "Video call"),
        ):
            with self.subTest(values=values):
                name = f"Lunch {shown}"

                def give(rows, name=name, values=values, given=set()):  # noqa: B006
                    fresh = rows.filtered(lambda row: row.name == name and row.id not in given)
                    given.update(fresh.ids)
                    if fresh:
                        fresh.write(dict(values))

                self._rule("calendar.event", give)
                day = self.soon().date()
                self.google.add_event("Events", name, f"{day}T12:00", f"{day}T13:00")
                self.sync(self.account)
                event = self.events()[name]
                self.assertIn(shown, event.get("description", "") + event.get("location", ""))
                self._is_silent()

    def test_a_rule_that_gives_a_new_task_to_somebody_else_is_heard(self):
        other = self.new_user("olga", "olga@example.com")

        def give(rows):
            rows.filtered(lambda row: row.user_id == self.user).sudo().user_id = other

        self._rule("mail.activity", give)
        day = self.soon().date()
        self.google.add_event("Tasks", "Buy", f"{day}T12:00", f"{day}T13:00")
        self.sync(self.account)
        task = self.env["mail.activity"].search([("summary", "=", "Buy")])
        self.assertEqual(task.user_id, other)
        self.sync(self.account)
        self.assertEqual(self.events("task"), {})

    def test_what_a_rule_makes_of_a_changed_meeting_goes_to_google_at_once(self):
        meeting = self.meeting("Demo")
        self.sync(self.account)

        def rename(rows):
            for row in rows:
                if row.name == "Lunch" and not row.location:
                    row.location = "Bistro"

        self._rule("calendar.event", rename)
        self.google.edit("Events", self.link(meeting).event_id, summary="Lunch")
        self.sync(self.account)
        self.assertEqual(meeting.location, "Bistro")
        self.assertEqual(self.events()["Lunch"]["location"], "Bistro")
        self._is_silent()

    def test_a_task_brought_back_names_no_dead_record_in_google(self):
        task = self.task("Bob")
        self.sync(self.account)
        event_id = self.link(task).event_id
        self.google.edit("Tasks", event_id, summary="Call: Rob")
        task.unlink()
        self.sync(self.account)
        back = self.env["mail.activity"].search([("user_id", "=", self.user.id)])
        self.assertEqual((back.summary, back.activity_type_id.name), ("Rob", "Call"))
        self.assertNotIn("In the CRM", self.events("task")["Call: Rob"].get("description", ""))
        self._is_silent()
