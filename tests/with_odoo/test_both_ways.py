"""Meetings and tasks, both ways."""

from datetime import timedelta

from .common import GoogleCase


class TestBothWays(GoogleCase):
    def test_a_meeting_goes_to_the_events_calendar(self):
        account = self.connected()
        self.meeting("Demo", location="Room 1", description="<p>Hello <b>you</b></p>")
        run = self.sync(account)
        self.assertEqual((run.state, run.google_created), ("done", 1), run.message)
        event = self.events()["Demo"]
        self.assertEqual(event["location"], "Room 1")
        self.assertIn("Hello <b>you</b>", event["description"])
        self.assertNotIn("attendees", event)

    def test_a_second_run_changes_nothing(self):
        account = self.connected()
        self.meeting("Demo", description="<p>Hello<br/>you</p>")
        self.task()
        self.google.add_event("Events", "Lunch", "2026-12-01T12:00", "2026-12-01T13:00")
        self.sync(account)
        writes = self.emulator.count("events.insert") + self.emulator.count("events.patch")
        run = self.sync(account)
        self.assertEqual(
            run.summary, "Everything was up to date with Google; nothing had to be changed."
        )
        again = self.emulator.count("events.insert") + self.emulator.count("events.patch")
        self.assertEqual(writes, again)

    def test_an_event_comes_to_the_crm(self):
        account = self.connected()
        day = self.soon().date().isoformat()
        self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00", location="Bistro")
        self.sync(account)
        meeting = self.meetings()
        self.assertEqual((meeting.name, meeting.location), ("Lunch", "Bistro"))
        self.assertEqual(meeting.user_id, self.user)
        self.assertEqual(meeting.stop - meeting.start, timedelta(hours=1))

    def test_a_task_goes_to_the_tasks_calendar_as_a_free_whole_day(self):
        account = self.connected()
        task = self.task("Prepare the offer")
        self.sync(account)
        event = self.events("task")["Call: Prepare the offer"]
        self.assertEqual(event["start"]["date"], task.date_deadline.isoformat())
        self.assertEqual(event["transparency"], "transparent")

    def test_a_task_done_in_the_crm_gets_a_check_mark(self):
        account = self.connected()
        task = self.task("Prepare")
        self.sync(account)
        task.action_feedback()
        self.sync(account)
        self.assertEqual(list(self.events("task")), ["✓ Call: Prepare"])

    def test_an_entry_of_the_tasks_calendar_becomes_a_todo(self):
        account = self.connected()
        day = self.soon().date().isoformat()
        self.google.add_event("Tasks", "Buy cake", f"{day}T14:30", f"{day}T15:00")
        self.sync(account)
        todo = self.env["mail.activity"].search([("summary", "=", "Buy cake")])
        self.assertEqual((todo.user_id, todo.res_model), (self.user, False))
        todo.date_deadline += timedelta(days=2)
        self.sync(account)
        event = self.events("task")["Buy cake"]
        self.assertIn("14:30", event["start"]["dateTime"])
        self.assertIn(todo.date_deadline.isoformat(), event["start"]["dateTime"])

    def test_changes_of_both_sides_are_merged_by_field(self):
        account = self.connected()
        meeting = self.meeting("Demo", location="Room 1")
        self.sync(account)
        meeting.name = "Demo for Bob"
        self.google.edit("Events", self.link(meeting).event_id, location="Room 2")
        self.sync(account)
        self.assertEqual((meeting.name, meeting.location), ("Demo for Bob", "Room 2"))
        self.assertEqual(self.events()["Demo for Bob"]["location"], "Room 2")

    def test_a_deletion_in_the_crm_deletes_in_google(self):
        account = self.connected()
        meeting = self.meeting()
        self.sync(account)
        meeting.unlink()
        self.sync(account)
        self.assertEqual(self.events(), {})

    def deleted_in_google(self):
        """A meeting whose event the user has deleted; its account and its link."""
        account = self.connected()
        meeting = self.meeting()
        self.sync(account)
        link = self.link(meeting)
        self.google.delete("Events", link.event_id)
        self.sync(account)
        return account, meeting, link

    def test_a_deletion_in_google_detaches_the_record(self):
        account, meeting, link = self.deleted_in_google()
        self.assertTrue(meeting.active)
        self.assertEqual(link.state, "detached")
        meeting.name = "Still here"
        self.sync(account)
        self.assertEqual(self.events(), {})
        link.with_user(self.user).action_push_again()
        self.work()
        self.assertEqual(list(self.events()), ["Still here"])

    def test_push_again_takes_up_an_event_that_was_restored_meanwhile(self):
        account, meeting, link = self.deleted_in_google()
        self.google.restore("Events", link.event_id)
        link.with_user(self.user).action_push_again()
        self.work()
        self.sync(account)
        events = self.google.events("Events (created")
        self.assertEqual([event["id"] for event in events], [link.event_id])
        self.assertEqual(self.meetings(), meeting)

    def test_push_again_sends_an_entry_of_google_under_an_id_of_ours(self):
        account = self.connected()
        day = self.soon().date()
        made = self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00")
        self.sync(account)
        self.google.delete("Events", made["id"])
        self.sync(account)
        self.link(self.meetings()).with_user(self.user).action_push_again()
        self.work()
        self.assertNotEqual(self.events()["Lunch"]["id"], made["id"])
        self.assertEqual(self.emulator.count("events.insert"), 1)
