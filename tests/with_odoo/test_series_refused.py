"""Series whose dates Google refuses to tell: set aside alone, while all else goes on."""

from odoo.addons.crm_google_calendar.bridge import settings

from google_emulator import Fault

from .series import EdgeCase

ODD = "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=3"  # Odoo cannot hold it, so it is shown singly
REFUSALS = (
    Fault(400, "invalid"),
    Fault(403, "forbidden"),
    Fault(404, "notFound"),
    Fault(410, "deleted"),
)


class TestSeriesRefused(EdgeCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")

    def refuse(self, fault, method="events.instances"):
        self.emulator.faults.script(method, fault)

    def aside(self):
        return self.env["crm.google.link"].search([("state", "=", "set_aside")])

    def run_aside(self):
        """A run by itself that sets one series aside and does all else."""
        self.meeting("Else")
        run = self.sync(self.account, "auto")
        self.assertEqual((run.state, run.set_aside, run.cause), ("done", 1, False))
        self.assertEqual(self.aside().reason.partition(".")[0], "Google did not tell its dates")
        self.assertIn("Else", self.events())
        return run

    def retry(self):
        self.aside().with_user(self.user).action_retry()
        self.work()
        self.assertFalse(self.aside())
        self.assert_same()
        self.settled()

    def test_one_that_is_shown_singly_and_changed(self):
        for fault in REFUSALS:
            with self.subTest(fault=fault):
                event = self.make_series("Odd", ODD)
                self.sync(self.account)
                self.google.edit("Events", event["id"], location="There")
                self.refuse(fault)
                self.run_aside()
                self.retry()
                self.assertIn("There", self.meetings().mapped("location"))
                self.google.delete("Events", event["id"])
                self.meetings().unlink()
                self.sync(self.account)

    def test_its_meetings_stay_in_sync_meanwhile(self):
        event = self.make_series("Odd", ODD)
        self.run_()
        self.google.edit("Events", event["id"], location="There")
        self.refuse(REFUSALS[0])
        self.run_aside()
        self.row(0).name = "Mine"
        self.sync(self.account, "auto")
        self.assertIn("Mine", {title for title, *_rest in self.google_spans()})
        self.assertEqual(len(self.aside()), 1)
        self.retry()

    def late(self, rule="FREQ=WEEKLY;COUNT=4"):
        """A series that comes into the window without being new."""
        event = self.make_series("Late", rule, self.soon(days=300))
        ids = self.google.occurrences("Events", event["id"])
        self.google.edit_occurrence("Events", ids[2], summary="Later")
        self.sync(self.account)
        self.assertFalse(self.meetings())
        self.google.edit("Events", event["id"], location="There")
        return event

    def enter(self, event):
        self.shift_series(event["id"], days=-300)
        ids = self.google.occurrences("Events", event["id"])
        self.google.edit_occurrence("Events", ids[1], summary="One")
        self.sync(self.account, "auto")

    def test_one_that_enters_late(self):
        for fault in REFUSALS:
            with self.subTest(fault=fault):
                event = self.late()
                self.shift_series(event["id"], days=-297)
                self.refuse(fault)
                self.run_aside()
                self.assertEqual(set(self.meetings().mapped("name")), {"Else"})
                self.retry()
                self.assertEqual(len(self.series_link()), 1)
                self.assertEqual(len(self.meetings()), 5)
                self.google.delete("Events", event["id"])
                self.meetings().unlink()
                self.sync(self.account)

    def test_one_whose_master_google_refuses_too(self):
        event = self.make_series("Late", "FREQ=WEEKLY;COUNT=60", self.soon(days=-600))
        self.sync(self.account, first=self.soon(days=-620).date(), last=self.soon(-500).date())
        self.series_link().unlink()
        self.meetings().unlink()
        self.sync(self.account, "auto")
        ids = self.google.occurrences("Events", event["id"], 60)
        self.google.edit_occurrence("Events", ids[59], summary="Last")
        self.refuse(Fault(403, "forbidden"), "events.get")
        self.run_aside()

    def test_a_single_event_that_the_user_made_a_series_of(self):
        day = self.soon().date()
        event = self.google.add_event("Events", "Once", f"{day}T12:00", f"{day}T13:00")
        self.run_()
        self.google.edit("Events", event["id"], recurrence=["RRULE:FREQ=DAILY;COUNT=3"])
        self.refuse(REFUSALS[0])
        self.run_aside()
        self.assertIn("Once", self.meetings().mapped("name"))
        self.retry()
        self.assertEqual(len(self.meetings()), 4)

    def test_it_waits_for_the_user_or_for_a_change(self):
        event = self.late()
        self.shift_series(event["id"], days=-297)
        self.refuse(REFUSALS[0])
        self.run_aside()
        self.emulator.log.clear()
        self.sync(self.account, "auto")
        self.assertEqual(set(self.emulator.methods()), {"events.list"})
        self.google.edit("Events", event["id"], location="Here")
        self.sync(self.account, "auto")
        self.assertFalse(self.aside())
        self.settled(5)

    def test_one_that_has_really_gone_is_no_refusal(self):
        event = self.make_series("Odd", ODD)
        self.run_()
        self.google.edit("Events", event["id"], location="There")
        self.emulator.faults.script("events.instances", Fault(404, "notFound"), self._delete(event))
        self.sync(self.account, "auto")
        self.assertFalse(self.aside())
        self.sync(self.account, "auto")
        self.settled(0)

    def _delete(self, event):
        """The user deletes it while we ask for its dates."""

        def when(_request):
            self.google.delete("Events", event["id"])
            return True

        return when

    def test_a_series_of_tasks(self):
        day, after = self.soon(3).date(), self.soon(4).date()
        rule = ["RRULE:FREQ=DAILY;COUNT=3"]
        self.google.add_event("Tasks", "Water", day, after, recurrence=rule)
        self.sync(self.account)
        [event] = self.google.events("Tasks (created")
        self.google.edit("Tasks", event["id"], description="Much")
        self.refuse(REFUSALS[0])
        self.run_aside()
        self.aside().with_user(self.user).action_retry()
        self.work()
        self.assertFalse(self.aside())
        tasks = self.env["mail.activity"].search([("user_id", "=", self.user.id)])
        self.assertEqual([("Much" in task.note) for task in tasks], [True] * 3)

    def test_a_series_that_google_refuses_to_write_for_good(self):
        acts = {
            "events.patch": lambda: self.row(0).write(
                {"location": "Here", "recurrence_update": "all_events"}
            ),
            "events.delete": lambda: self.row(0).action_mass_deletion("all_events"),
        }
        for method, act in acts.items():
            with self.subTest(method=method):
                self.recurrence()
                self.run_()
                act()
                self.emulator.faults.script(method, [Fault(403, "forbidden")] * 2)
                self.meeting("Else")
                run = self.sync(self.account)
                self.assertEqual((run.state, run.set_aside), ("done", 1))
                self.assertIn("Else", self.events())
                self.retry()
                self.meetings().unlink()
                self.settled(0)

    def test_an_occurrence_that_google_finds_no_more(self):
        for fault in REFUSALS:
            with self.subTest(fault=fault):
                self.recurrence()
                self.run_()
                self.row(1).name = "Mine"
                self.emulator.faults.script("events.patch", Fault(404, "notFound"))
                self.refuse(fault)
                run = self.sync(self.account, "auto")
                self.assertEqual((run.state, run.set_aside), ("done", 1))
                self.retry()
                self.row(0).action_mass_deletion("all_events")
                self.settled(0)

    def test_a_calendar_that_is_gone_meanwhile(self):
        event = self.make_series("Odd", ODD)
        self.run_()
        self.google.edit("Events", event["id"], location="There")
        calendar = self.calendar(self.account)
        hands, count = self.google, len(self.meetings())
        when = lambda _request: hands.delete_calendar(calendar.google_id) is None  # noqa: E731
        self.emulator.faults.script("events.instances", Fault(404, "notFound"), when)
        self.sync(self.account, "auto")
        self.assertEqual((calendar.state, len(self.meetings())), ("gone", count))

    def test_what_concerns_everything_ends_the_run(self):
        for reason in ("accessNotConfigured", "notACalendarUser"):
            event = self.make_series("Odd", ODD)
            self.sync(self.account)
            self.google.edit("Events", event["id"], location="There")
            self.refuse(Fault(403, reason))
            self.assertEqual(self.sync(self.account, "auto").state, "failed")
            self.assertFalse(self.aside())
            self.google.delete("Events", event["id"])
