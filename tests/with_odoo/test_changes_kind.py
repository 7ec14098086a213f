"""A task that becomes a meeting by Odoo's own button moves to the other calendar, and back."""

from datetime import timedelta

from odoo.tests import Form

from odoo.addons.crm_google_calendar.bridge import settings

from google_emulator import Fault

from .common import GoogleCase


class TestChangesKind(GoogleCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")
        self.account = self.connected()
        meeting_type = self.env.ref("mail.mail_activity_data_meeting")
        self.task_ = self.task("Plan", activity_type_id=meeting_type.id)
        self.run_()
        self.assertEqual(self.standing(), (0, 1))

    def run_(self, trigger="auto"):
        run = self.sync(self.account, trigger)
        self.assertEqual((run.state or "done", run.set_aside), ("done", 0))
        return run

    def standing(self):
        """How many entries stand in both of the user's calendars."""
        return len(self.events()), len(self.events("task"))

    def become_meeting(self):
        """As Odoo's button does it."""
        action = self.task_.with_user(self.user).action_create_calendar_event()
        events = self.env["calendar.event"].with_user(self.user)
        form = Form(events.with_context(**action["context"], no_mail_to_attendees=True))
        form.name = "Plan"
        form.start = self.soon()
        form.stop = self.soon() + timedelta(hours=1)
        meeting = form.save()
        self.assertEqual(self.task_.calendar_event_id, meeting)
        return meeting.with_env(self.env)

    def settled(self, events, tasks):
        for trigger in ("auto", "wizard", "wizard"):
            summary = self.run_(trigger).summary
            self.assertEqual(self.standing(), (events, tasks))
        self.assertIn("nothing had to be changed", summary)

    def test_its_entry_moves(self):
        for trigger in ("auto", "wizard"):
            with self.subTest(trigger):
                self.become_meeting()
                self.run_(trigger)
                self.assertEqual(self.standing(), (1, 0))
                self.settled(1, 0)
                self.task_ = self.task("Plan")
                self.run_()
                self.env["calendar.event"].search([("name", "=", "Plan")]).unlink()
                self.run_()

    def test_nothing_stays_once_the_meeting_is_deleted(self):
        meeting = self.become_meeting()
        self.run_()
        meeting.unlink()
        self.assertFalse(self.task_.exists())
        self.settled(0, 0)

    def test_nothing_stays_where_no_run_was_between(self):
        self.become_meeting().unlink()
        self.run_()
        self.assertEqual(self.standing(), (0, 0))
        self.settled(0, 0)

    def test_what_the_user_changed_in_google_stays_and_says_why(self):
        event = next(iter(self.events("task").values()))
        self.google.edit("Tasks", event["id"], location="There")
        self.become_meeting()
        self.run_()
        self.assertEqual(self.standing(), (1, 1))
        link = self.link(self.task_)
        self.assertEqual((link.state, link.cause), ("detached", "is_a_meeting"))
        self.settled(1, 1)

    def test_a_task_again_is_sent_as_a_task(self):
        meeting = self.become_meeting()
        self.run_()
        self.task_.calendar_event_id = False
        self.run_()
        self.assertEqual(self.standing(), (1, 1))
        meeting.unlink()
        self.assertTrue(self.task_.exists())
        self.settled(0, 1)
        self.assertEqual(self.link(self.task_).state, "linked")

    def test_a_task_again_before_any_run_changes_nothing(self):
        meeting = self.become_meeting()
        self.task_.calendar_event_id = False
        meeting.unlink()
        self.settled(0, 1)

    def test_one_that_was_made_in_google_comes_back_too(self):
        day = self.soon().date()
        self.google.add_event("Tasks", "Theirs", day, day + timedelta(days=1))
        self.run_()
        self.task_ = self.env["mail.activity"].search([("summary", "=", "Theirs")])
        self.become_meeting()
        self.run_()
        self.assertEqual(self.link(self.task_).cause, "became_meeting")
        self.assertEqual(self.standing(), (1, 1))
        self.settled(1, 1)
        self.task_.calendar_event_id = False
        self.run_()
        self.assertTrue(self.task_.exists())
        self.settled(1, 2)

    def test_a_lost_answer_to_the_deletion_changes_nothing(self):
        self.become_meeting()
        self.emulator.faults.script("events.delete", Fault.lost_answer())
        self.sync(self.account, "auto")
        runs = self.env["crm.google.run"].search([("state", "in", ("queued", "running"))])
        runs.resume_at = False
        self.work()
        self.settled(1, 0)

    def test_one_that_the_user_brings_back_from_the_bin_stays_apart(self):
        event = next(iter(self.events("task").values()))
        self.become_meeting()
        self.run_()
        self.google.restore("Tasks", event["id"])
        self.settled(1, 1)
        self.assertEqual(self.link(self.task_).cause, "is_a_meeting")
