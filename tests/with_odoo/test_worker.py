"""When the worker runs, for whom, and how much."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields

from odoo.addons.crm_google_calendar.bridge import push, slices, worker
from odoo.addons.crm_google_calendar.bridge import run as run_module

from .common import SAM, GoogleCase


class TestWorker(GoogleCase):
    def _auto(self, value="True"):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.auto_sync", value)

    def _hints(self):
        return self.env["crm.google.hint"].search([])

    def test_a_save_with_auto_sync_on_reaches_google_without_a_click(self):
        account = self.connected()
        self._auto()
        self.sync(account)
        meeting = self.meeting("Saved")
        self.work()
        self.assertEqual(list(self.events()), ["Saved"])
        meeting.name = "Saved again"
        self.work()
        self.assertEqual(list(self.events()), ["Saved again"])
        meeting.unlink()
        self.work()
        self.assertEqual(self.events(), {})
        self.assertFalse(self._hints())

    def test_a_task_saved_or_done_reaches_google_without_a_click(self):
        account = self.connected()
        self._auto()
        self.sync(account)
        task = self.task("Write")
        self.work()
        self.assertEqual(list(self.events("task")), ["Call: Write"])
        task.action_feedback()
        self.work()
        self.assertEqual(list(self.events("task")), ["✓ Call: Write"])

    def test_what_failed_is_not_tried_again_at_once_for_every_save(self):
        account = self.connected()
        self._auto()
        self.sync(account)
        self.emulator.configure(api_enabled=False)
        self.meeting("Saved")
        self.work()
        failed = account.run_ids.filtered(lambda run: run.state == "failed")
        self.assertEqual(len(failed), 1)
        self.emulator.configure(api_enabled=True)
        account._nudge("auto")
        self.work()
        self.assertEqual(list(self.events()), ["Saved"])

    def test_a_save_makes_no_call_to_google(self):
        account = self.connected()
        self._auto()
        self.sync(account)
        before = self.emulator.count()
        self.meeting("Saved").name = "Twice"
        self.env.flush_all()
        self.assertEqual(self.emulator.count(), before)

    def test_a_save_costs_two_queries_more(self):
        self.connected()
        self._auto()
        meeting = self.meeting("Saved")
        self.env.flush_all()

        def queries(title):
            before = self.env.cr.sql_log_count
            meeting.name = title
            self.env.flush_all()
            self.env.cr.precommit.run()
            return self.env.cr.sql_log_count - before

        queries("Warm")
        with_us = queries("Once")
        self._auto("")
        queries("Warm again")
        self.assertLessEqual(with_us - queries("Without"), 2)

    def test_without_auto_sync_a_save_leaves_no_hint(self):
        self.connected()
        self.meeting("Saved")
        self.assertFalse(self._hints())

    def test_what_was_saved_while_auto_sync_was_off_comes_once_it_is_on(self):
        account = self.connected()
        self._auto()
        meeting = self.meeting("Before")
        self.work()
        self._auto("")
        self.work()
        meeting.name = "Meanwhile"
        self.env.flush_all()
        self._auto()
        account._nudge("auto")
        self.work()
        self.assertEqual(list(self.events()), ["Meanwhile"])

    def test_our_own_writes_leave_no_hint_for_ourselves(self):
        account = self.connected()
        self._auto()
        day = self.soon().date()
        self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00")
        self.sync(account)
        self.assertEqual(len(self.meetings()), 1)
        self.assertFalse(self._hints())

    def test_a_change_of_one_guest_reaches_the_others_through_the_crm_once(self):
        eve = self.new_user("eve", "eve@example.com")
        self.emulator.add_user("eve@example.com", "Eve", "Europe/Berlin")
        mine, hers = self.connected(), self.connected(eve, "eve@example.com")
        self._auto()
        both = self.user.partner_id | eve.partner_id
        self.meeting("Both", partner_ids=[Command.set(both.ids)])
        self.work()
        self.assertEqual(list(self.events(email="eve@example.com")), ["Both"])
        event = self.events()["Both"]
        self.google.edit("Events", event["id"], summary="Both of us")
        mine._start_run("auto")
        self.work()
        self.work()
        self.assertEqual(list(self.events(email="eve@example.com")), ["Both of us"])
        patches = self.emulator.count("events.patch")
        mine._start_run("auto")
        hers._start_run("auto")
        self.work()
        self.assertEqual(self.emulator.count("events.patch"), patches)

    def test_an_idle_run_costs_two_calls_and_leaves_no_row(self):
        account = self.connected()
        self.meeting("One")
        self.sync(account)
        self.sync(account, "auto")  # hears the echo of what was just written
        self.emulator.log.clear()
        account._start_run("auto")
        self.work()
        self.assertEqual(self.emulator.count(), 2)
        self.assertFalse(self.env["crm.google.run"].search([("trigger", "=", "auto")]))

    def test_a_run_that_writes_nothing_has_done_nothing(self):
        account = self.connected()
        meetings = [self.meeting(f"Meeting {number}") for number in range(3)]
        self.sync(account)
        self.assertEqual((account.run_ids[:1].done, account.run_ids[:1].total), (3, 3))
        self.env["crm.google.link"].search([]).unlink()  # as from a backup: they are found again
        run = self.sync(account)
        self.assertEqual((run.done, run.total, len(self.events())), (0, 0, 3))
        self.google.delete("Events", self.link(meetings[0]).event_id)
        meetings[0].unlink()  # gone on both sides
        run = self.sync(account)
        self.assertEqual((run.done, run.total), (0, 0))
        self.assertIn("nothing had to be changed", run.summary)

    def test_starting_twice_does_not_run_twice(self):
        account = self.connected()
        self.assertEqual(account._start_run("wizard"), account._start_run("wizard"))

    def test_the_cap_counts_what_is_left_over_and_the_next_run_goes_on(self):
        account = self.connected()
        for number in range(5):
            self.meeting(f"Meeting {number}", start=self.soon(days=number + 1))
        with patch.object(run_module, "CAP", 3):
            run = self.sync(account)
            self.assertEqual((run.google_created, run.left_over), (3, 2))
            self.assertEqual(sorted(self.events()), ["Meeting 0", "Meeting 1", "Meeting 2"])
            self.assertIn("2 left over", run.summary)
            self.assertEqual(self.sync(account).left_over, 0)
        self.assertEqual(len(self.events()), 5)

    def test_the_window_chooses_which_unlinked_entries_enter(self):
        account = self.connected()
        today = fields.Date.today()
        self.meeting("Near")
        far = self.meeting("Far", start=self.soon(days=300))
        self.sync(account)
        self.assertEqual(list(self.events()), ["Near"])
        near = self.meetings().filtered(lambda meeting: meeting.name == "Near")
        near.write({"start": far.start, "stop": far.stop})
        self.sync(account)
        self.assertEqual(list(self.events()), ["Near"])  # what is linked stays in sync
        self.sync(account, first=today, last=today + timedelta(days=400))
        self.assertEqual(sorted(self.events()), ["Far", "Near"])

    def test_everything_means_everything(self):
        account = self.connected()
        self.meeting("Far", start=self.soon(days=3000))
        account._start_run("wizard", full=True)
        self.work()
        self.assertEqual(list(self.events()), ["Far"])

    def test_a_run_out_of_time_goes_on_later_and_ends_the_same(self):
        account = self.connected()
        for number in range(6):
            self.meeting(f"Meeting {number}", start=self.soon(days=number + 1))
        account._start_run("wizard", full=True)
        at_once = patch.object(worker.Worker, "_end_of_slice", lambda self, run_id: lambda: True)
        with at_once, patch.object(worker, "BUDGET", 0.3):
            self.work()
        self.assertEqual(self.events(), {})
        self.work()
        self.assertEqual(len(self.events()), 6)
        self.assertEqual(account.run_ids[:1].state, "done")

    def test_runs_whose_reading_takes_longer_than_their_turn_come_on_all_the_same(self):
        eve = self.new_user("eve", "eve@example.com")
        self.emulator.add_user("eve@example.com", "Eve", "Europe/Berlin")
        accounts = self.connected(), self.connected(eve, "eve@example.com")
        for number in range(3):
            self.meeting(f"Mine {number}")
            self.meeting(f"Hers {number}", user=eve)
        runs = [account._start_run("wizard", full=True) for account in accounts]
        no_time = patch.multiple(worker, SLICE=0.0, LOOK=0.0, BUDGET=20)
        with no_time, patch.object(push, "CHUNK", 1):
            self.work()
        self.assertEqual([run.state for run in runs], ["done", "done"])
        self.assertEqual([run.google_created for run in runs], [3, 3])

    def test_a_stopped_run_stays_stopped(self):
        account = self.connected()
        self.meeting("One")
        run = account._start_run("wizard", full=True)
        run.with_user(self.user).action_stop()
        self.work()
        self.assertEqual((run.state, self.events()), ("stopped", {}))

    def test_one_account_in_trouble_does_not_hold_up_another(self):
        eve = self.new_user("eve", "eve@example.com")
        self.emulator.add_user("eve@example.com", "Eve", "Europe/Berlin")
        mine, hers = self.connected(), self.connected(eve, "eve@example.com")
        self.emulator.kill_grants(SAM)
        self.emulator.expire_access_tokens(SAM)
        self.meeting("Hers", user=eve)
        for account in (mine, hers):
            account._start_run("wizard", full=True)
        self.work()
        self.assertEqual((mine.state, hers.state), ("reconnect", "connected"))
        self.assertEqual(list(self.events(email="eve@example.com")), ["Hers"])

    def test_a_private_meeting_is_never_written_as_busy_by_another_users_pass(self):
        eve = self.new_user("eve", "eve@example.com")
        self.emulator.add_user("eve@example.com", "Eve", "Europe/Berlin")
        hers, mine = self.connected(eve, "eve@example.com"), self.connected()
        secret = self.meeting("Secret", privacy="private")
        secret.with_user(eve).search_fetch([("id", "=", secret.id)], ["name"])
        for account in (hers, mine):
            account._start_run("wizard", full=True)
        self.work()
        self.assertEqual(list(self.events()), ["Secret"])
        self.assertEqual(self.events(email="eve@example.com"), {})

    def test_entries_of_another_database_are_not_touched(self):
        account = self.connected()
        day = self.soon().date()
        mark = {"private": {"crm_db": "another", "crm_record": "calendar.event,1"}}
        self.google.add_event(
            "Events", "Theirs", f"{day}T12:00", f"{day}T13:00", extendedProperties=mark
        )
        self.sync(account)
        self.assertFalse(self.meetings())
        self.assertEqual(list(self.events()), ["Theirs"])

    def test_a_users_copy_of_our_entry_becomes_a_meeting_of_its_own(self):
        account = self.connected()
        self.meeting("One")
        self.sync(account)
        event = self.events()["One"]
        copied = self.google.duplicate("Events", event["id"])
        self.google.edit("Events", copied["id"], summary="Two")
        self.sync(account)
        self.assertEqual(sorted(self.meetings().mapped("name")), ["One", "Two"])
        self.assertEqual(self.sync(account).google_created, 0)

    def test_lost_links_are_found_again_by_their_marks(self):
        account = self.connected()
        self.meeting("One")
        self.task("Two")
        self.sync(account)
        self.env["crm.google.link"].search([]).unlink()
        run = self.sync(account)
        self.assertEqual((run.google_created, run.crm_created), (0, 0))
        self.assertEqual(len(self.env["crm.google.link"].search([])), 2)

    def test_a_preview_lists_what_a_run_would_do_and_writes_nothing(self):
        account = self.connected()
        self.meeting("Here")
        day = self.soon().date()
        self.google.add_event("Events", "There", f"{day}T12:00", f"{day}T13:00")
        with patch.object(slices, "_forgetting", lambda env: self.checkpoint):
            run = self.sync(account, "preview")
        self.assertEqual((run.state, run.google_created, run.crm_created), ("done", 1, 1))
        self.assertEqual(sorted(run.line_ids.mapped("title")), ["Here", "There"])
        self.assertEqual(self.meetings().mapped("name"), ["Here"])
        self.assertEqual(list(self.events()), ["There"])
        self.assertFalse(self.env["crm.google.link"].search([]))
        self.assertIn("nothing was written", run.summary)

    def test_a_preview_tells_an_archived_record_that_is_opened_again_for_changed(self):
        account = self.connected()
        meeting = self.meeting("Here")
        self.sync(account)
        meeting.with_user(self.user).action_archive()
        self.google.edit("Events", self.link(meeting).event_id, location="There")
        with patch.object(slices, "_forgetting", lambda env: self.checkpoint):
            told = self.sync(account, "preview")
        done = self.sync(account)
        for run in (told, done):
            self.assertEqual((run.crm_created, run.crm_changed), (0, 1))

    def test_a_reassigned_task_moves_to_the_new_users_google(self):
        eve = self.new_user("eve", "eve@example.com")
        self.emulator.add_user("eve@example.com", "Eve", "Europe/Berlin")
        mine, hers = self.connected(), self.connected(eve, "eve@example.com")
        self._auto()
        for account in (mine, hers):
            account._start_run("auto")
        task = self.task("Call Bob")
        self.work()
        self.assertEqual(list(self.events("task")), ["Call: Call Bob"])
        task.user_id = eve
        self.work()
        self.assertEqual(self.events("task"), {})
        self.assertEqual(list(self.events("task", "eve@example.com")), ["Call: Call Bob"])

    def test_a_reassigned_task_that_the_user_edited_in_google_stays_there(self):
        eve = self.new_user("eve", "eve@example.com")
        account = self.connected()
        task = self.task("Call Bob")
        self.sync(account)
        self.google.edit("Tasks", self.link(task).event_id, summary="My own words")
        task.user_id = eve
        self.sync(account)
        self.assertEqual(list(self.events("task")), ["My own words"])
        self.assertEqual(self.link(task).state, "detached")

    def test_a_reassigned_task_that_the_user_restored_in_google_stays_there_and_says_why(self):
        eve = self.new_user("eve", "eve@example.com")
        account = self.connected()
        task = self.task("Call Bob")
        self.sync(account)
        event_id = self.link(task).event_id
        task.user_id = eve
        self.sync(account)
        self.google.restore("Tasks", event_id)
        self.sync(account)
        self.assertEqual(list(self.events("task")), ["Call: Call Bob"])
        link = self.link(task)
        self.assertEqual((link.state, link.cause), ("detached", "reassigned"))
        self.assertIn("nothing had to be changed", self.sync(account).summary)
