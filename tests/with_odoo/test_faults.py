"""What a run does when Google, the net or Odoo fails it: nothing lost, nothing doubled."""

from datetime import timedelta
from itertools import product

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import links, run
from odoo.addons.crm_google_calendar.bridge.slices import TRIES

from google_emulator import Fault

from .common import GoogleCase

RATE = Fault(status=403, reason="rateLimitExceeded")


class TestFaults(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()

    def _again(self):
        """Let the run go on whose time to wait is over."""
        runs = self.env["crm.google.run"].search([("state", "in", ("queued", "running"))])
        runs.resume_at = fields.Datetime.now() - timedelta(seconds=1)
        self.work()

    def _until_done(self, run, most=6):
        for _number in range(most):
            if not run.exists() or run.state not in ("queued", "running"):
                return
            self._again()
        self.fail("the run does not end")

    def _assert_same(self, *titles):
        self.assertEqual(sorted(event["summary"] for event in self._all()), sorted(titles))
        self.assertEqual(sorted(self.meetings().mapped("name")), sorted(titles))
        links = self.env["crm.google.link"].search([])
        self.assertEqual(len(links), len(titles))
        self.assertEqual(set(links.mapped("state")), {"linked"})
        self.assertFalse(any(links.mapped("pending")))

    def _all(self):
        return self.google.events("Events (created")

    def _push_under(self, method, *faults):
        meeting = self.meeting("One")
        self.meeting("Two")
        self.emulator.faults.script(method, list(faults))
        run = self.sync(self.account)
        self._until_done(run)
        self._assert_same("One", "Two")
        return meeting

    def test_an_insert_whose_answer_is_lost_is_not_repeated_as_a_second_event(self):
        self._push_under("events.insert", Fault.lost_answer())

    def test_an_entry_that_google_refuses_to_write_for_good_is_set_aside(self):
        for method, reason in product(("patch", "delete"), ("forbidden", "requiredAccessLevel")):
            with self.subTest(method=method, reason=reason):
                meeting = self.meeting("One")
                self.sync(self.account)
                event_id = self.link(meeting).event_id
                meeting.write({"name": "New"}) if method == "patch" else meeting.unlink()
                self.meeting("Else")
                refused = [Fault(403, reason)] * 2
                self.emulator.faults.script(
                    f"events.{method}", refused, lambda r, own=event_id: r.event_id == own
                )
                run = self.sync(self.account)
                self.assertEqual((run.state, run.set_aside), ("done", 1))
                self.assertIn("Else", self.events())
                self.sync(self.account)
                self._assert_same("Else", *(["New"] if method == "patch" else []))
                self.meetings().unlink()
                self.sync(self.account)

    def test_a_batch_whose_answer_is_lost_doubles_nothing(self):
        self._push_under("batch", Fault.lost_answer())

    def test_a_batch_that_is_refused_whole_is_sent_again(self):
        self._push_under("batch", Fault(status=503, reason="backendError"))

    def test_half_an_answer_of_a_batch_is_as_good_as_none(self):
        self._push_under("events.insert", Fault.half_answer())

    def test_a_missing_part_of_a_batch_is_asked_for_again(self):
        self._push_under("events.insert", Fault.missing_part())

    def test_a_rate_limit_by_403_waits_and_goes_on(self):
        self._push_under("events.insert", RATE)

    def test_a_429_waits_as_long_as_google_says(self):
        self.meeting("One")
        self.emulator.faults.script("events.insert", [Fault(status=429, retry_after=77)])
        run = self.sync(self.account)
        self.assertEqual(run.state, "running")
        self.assertGreater(run.resume_at, fields.Datetime.now() + timedelta(seconds=70))
        self._until_done(run)
        self._assert_same("One")

    def test_a_server_error_of_one_entry_is_tried_again(self):
        self._push_under("events.insert", Fault(status=500, reason="backendError"))

    def test_a_list_that_cannot_be_reached_is_tried_again(self):
        self._push_under("events.list", Fault.reset(), Fault.reset())

    def test_a_google_that_stays_out_of_reach_ends_the_run_and_the_next_one_goes_on(self):
        self.meeting("One")
        self.emulator.faults.script("events.list", [Fault(status=503)] * 2 * (TRIES + 1))
        run = self.sync(self.account)
        for _try in range(TRIES):
            self.assertEqual(run.state, "running")
            self._again()
        self.assertEqual(run.state, "failed")
        self.assertIn("could not be reached for minutes", run.summary)
        self.sync(self.account)
        self._assert_same("One")

    def test_an_expired_cursor_means_a_full_list_and_no_deletion(self):
        meeting = self.meeting("One")
        self.sync(self.account)
        self.emulator.expire_sync_tokens()
        meeting.name = "Uno"
        self.account._start_run("auto")
        self.work()
        self.assertIn("Uno", self.events())

    def test_what_was_deleted_while_the_cursor_was_lost_is_noticed(self):
        meeting = self.meeting("One")
        self.sync(self.account)
        self.google.delete("Events", self.link(meeting).event_id)
        self.emulator.expire_sync_tokens()
        self.account._start_run("auto")
        self.work()
        self.assertEqual(self.link(meeting).state, "detached")

    def test_a_patch_whose_answer_is_lost_does_not_eat_the_next_edit(self):
        meeting = self.meeting("One")
        self.sync(self.account)
        meeting.name = "Uno"
        self.emulator.faults.script("events.patch", [Fault.lost_answer()])
        run = self.sync(self.account)
        meeting.name = "Eins"
        self._until_done(run)
        self.sync(self.account)
        self._assert_same("Eins")

    def test_a_deletion_whose_answer_is_lost_is_done(self):
        meeting = self._push_under("events.list")
        meeting.unlink()
        self.emulator.faults.script("events.delete", [Fault.lost_answer()])
        self._until_done(self.sync(self.account))
        self._assert_same("Two")

    def test_an_entry_that_google_always_calls_outdated_is_set_aside_alone(self):
        meeting = self.meeting("One")
        self.sync(self.account)
        meeting.name, other = "Uno", self.meeting("Two")
        refusals, slices = [Fault(status=412)] * run.ROUNDS, links.PATIENCE + 1
        self.emulator.faults.script("events.patch", refusals * slices)
        self._until_done(self.sync(self.account), most=slices)
        self.assertEqual(
            (self.link(meeting).state, self.link(other).state), ("set_aside", "linked")
        )
        self.assertIn("Wait some minutes", self.link(meeting).reason)
        self.assertEqual(sorted(self.events()), ["One", "Two"])
        self.link(meeting).with_user(self.user).action_retry()
        self.work()
        self._assert_same("Uno", "Two")

    def test_a_change_in_google_between_list_and_write_is_merged(self):
        meeting = self.meeting("One", location="Here")
        self.sync(self.account)
        meeting.name = "Uno"
        link = self.link(meeting)
        self.google.edit("Events", link.event_id, location="There")
        self.emulator.faults.script("events.patch", [Fault(status=412, reason="conditionNotMet")])
        self._until_done(self.sync(self.account))
        self.assertEqual((meeting.name, meeting.location), ("Uno", "There"))
        self.assertEqual(self.events()["Uno"]["location"], "There")

    def test_an_entry_that_google_refuses_is_set_aside_alone_and_can_be_retried(self):
        bad, _good = self.meeting("Bad"), self.meeting("Good")
        self.emulator.faults.script(
            "events.insert",
            [Fault(status=400, reason="invalid")],
            when=lambda request: (request.body or {}).get("summary") == "Bad",
        )
        run = self.sync(self.account)
        self.assertEqual((run.state, run.set_aside), ("done", 1))
        link = self.link(bad)
        self.assertEqual(link.state, "set_aside")
        self.assertIn("refused", link.reason)
        link.with_user(self.user).action_retry()
        self.work()
        self._assert_same("Bad", "Good")

    def test_what_was_set_aside_goes_on_as_a_whole_once_google_has_news_of_it(self):
        meeting = self.meeting("Old")
        self.sync(self.account)
        meeting.name = "Refused"
        self.emulator.faults.script("events.patch", Fault(400, "invalid"))
        self.assertEqual(self.sync(self.account).set_aside, 1)
        self.google.edit("Events", self.link(meeting).event_id, location="There")
        self.account._nudge("auto")
        self.work()
        self.assertEqual((meeting.location, self.link(meeting).state), ("There", "linked"))
        self.assertEqual(self.events()["Refused"]["location"], "There")

    def test_a_record_that_odoo_refuses_is_set_aside_alone(self):
        day = self.soon().date()
        for title in ("Good", "Bad", "Fine"):
            self.google.add_event("Events", title, f"{day}T12:00", f"{day}T13:00")
        event_class = type(self.env["calendar.event"])
        create = event_class.create

        def picky(records, vals_list):
            if any(values.get("name") == "Bad" for values in vals_list):
                raise ValueError("not this one")
            return create(records, vals_list)

        self.patch(event_class, "create", picky)
        run = self.sync(self.account)
        self.assertEqual((run.state, run.set_aside, run.crm_created), ("done", 1, 2))
        self.assertEqual(sorted(self.meetings().mapped("name")), ["Fine", "Good"])
        self.patch(event_class, "create", create)
        self.env["crm.google.link"].search([("state", "=", "set_aside")]).with_user(
            self.user
        ).action_retry()
        self.work()
        self._assert_same("Bad", "Fine", "Good")

    def test_a_dead_grant_stops_everything_and_is_said_once(self):
        self.meeting("One")
        self.emulator.kill_grants()
        self.emulator.expire_access_tokens()
        run = self.sync(self.account)
        self.assertEqual((run.state, self.account.state), ("failed", "reconnect"))
        self.assertIn("Reconnect", run.message)
        asked = self.emulator.count()
        self.account._nudge("auto")
        self.work()
        self.assertEqual(self.emulator.count(), asked)

    def test_a_calendar_deleted_by_hand_loses_nothing_and_the_other_goes_on(self):
        meeting = self.meeting("One")
        self.sync(self.account)
        self.google.delete_calendar("Events (created")
        self.task("Two")
        run = self.sync(self.account)
        self.assertEqual(run.state, "done")
        self.assertEqual(self.calendar(self.account).state, "gone")
        self.assertTrue(meeting.active)
        self.assertEqual(list(self.events("task")), ["Call: Two"])
        self.env["crm.google.account"].with_user(self.user).action_create_again()
        self.work()
        self.sync(self.account)
        self.assertEqual(list(self.events()), ["One"])

    def test_what_was_deleted_in_google_before_does_not_come_with_the_new_calendar(self):
        kept, deleted = self.meeting("Kept"), self.meeting("Deleted")
        self.sync(self.account)
        self.google.delete("Events", self.link(deleted).event_id)
        self.sync(self.account)
        self.google.delete_calendar("Events (created")
        self.sync(self.account)
        self.env["crm.google.account"].with_user(self.user).action_create_again()
        self.work()
        self.sync(self.account)
        self.assertEqual(list(self.events()), [kept.name])

    def test_a_calendar_that_vanishes_while_writing_deletes_nothing(self):
        meeting = self.meeting("One")
        self.sync(self.account)
        meeting.name = "Uno"
        self.emulator.faults.script("events.patch", [Fault(status=404, reason="notFound")])
        self.emulator.faults.script("calendars.get", [Fault(status=404, reason="notFound")])
        self._until_done(self.sync(self.account))
        self.assertTrue(meeting.active)
        self.assertEqual(self.link(meeting).state, "linked")
        self.assertEqual(self.calendar(self.account).state, "gone")

    def test_many_deletions_at_once_stop_and_ask(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.ceiling_number", "3")
        meetings = [self.meeting(f"Meeting {number}") for number in range(6)]
        self.sync(self.account)
        for meeting in meetings[:5]:
            meeting.unlink()
        run = self.sync(self.account)
        self.assertEqual((run.held, len(self._all())), (5, 6))
        run.with_user(self.user).action_delete_held()
        self.work()
        self._assert_same("Meeting 5")

    def test_many_deletions_can_be_kept(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.ceiling_number", "3")
        meetings = [self.meeting(f"Meeting {number}") for number in range(6)]
        self.sync(self.account)
        for meeting in meetings[:5]:
            self.google.delete("Events", self.link(meeting).event_id)
        run = self.sync(self.account)
        self.assertEqual(run.held, 5)
        run.with_user(self.user).action_keep_held()
        self.sync(self.account)
        self.assertEqual(len(self.meetings()), 6)
        self.assertEqual(self.sync(self.account).held, 0)
