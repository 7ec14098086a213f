"""Whatever a run can do to an entry is taken back by its undo, once, and stays so."""

from datetime import timedelta

from odoo.exceptions import UserError

from odoo.addons.crm_google_calendar.bridge import settings

from .common import GoogleCase
from .lives import LivesMixin


class UndoCase(LivesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()

    def set(self, **values):
        for name, value in values.items():
            settings.put(self.env, name, value)

    def undo(self, run):
        run.with_user(self.user).action_undo()
        self.work()
        undo = self.env["crm.google.run"].search([("undo_of", "=", run.id)], limit=1)
        self.assertEqual((undo.state, undo.set_aside), ("done", 0), undo.message)
        return undo

    def sides(self):
        """What stands on both sides: titles, places, days and whether it is done."""
        self.env.invalidate_all()
        meetings = [(row.name, row.location or "", row.start) for row in self.meetings()]
        tasks = self.env["mail.activity"].with_context(active_test=False)
        tasks = tasks.search([("user_id", "=", self.user.id), ("calendar_event_id", "=", False)])
        found = [(row.summary, row.date_deadline, row.active) for row in tasks]
        google = [*self.google.events("Events (created"), *self.google.events("Tasks (created")]
        events = [(each.get("summary"), each.get("location", ""), each["start"]) for each in google]
        return sorted(meetings), sorted(found, key=str), sorted(events, key=str)

    def assert_undone(self, run, before):
        """Both sides are as before; that stays, and a second undo does nothing."""
        first = self.undo(run)
        self.assertEqual(self.sides(), before)
        self.assertNotIn("left alone", first.summary)
        self.assertNotIn("Nothing", first.summary)
        self.assert_silent()
        self.assertIn("Nothing was undone", self.undo(run).summary)
        self.assertEqual(self.sides(), before)
        self.assert_silent()

    def assert_silent(self):
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)
        links = self.env["crm.google.link"].search([("account_id", "=", self.account.id)])
        self.assertFalse(links.filtered(lambda link: link.state == "set_aside"))

    def google_meeting(self, title="Lunch", **values):
        day = self.soon().date()
        return self.google.add_event("Events", title, f"{day}T12:00", f"{day}T13:00", **values)

    def event_of(self, record):
        return self.link(record).event_id

    def both(self, make):
        """A record of that kind that stands on both sides: (record, name of its calendar)."""
        record = make()
        self.sync(self.account)
        return record, "Events" if record._name == "calendar.event" else "Tasks"

    def each_kind(self, test):
        """Let a test live once with a meeting and once with a task, under each policy."""
        for policy in ("detach", "archive"):
            for make in (self.meeting, self.task):
                with self.subTest(policy=policy, kind=make.__name__), self.one_life():
                    self.set(gone_in_google=policy)
                    test(*self.both(make))


class TestUndoMatrix(UndoCase):
    def test_a_change_in_the_crm(self):
        def test(record, _name):
            before = self.sides()
            record["name" if record._name == "calendar.event" else "summary"] = "New"
            self.assert_undone(self.sync(self.account), before)

        self.each_kind(test)

    def test_a_change_in_google(self):
        def test(record, name):
            before = self.sides()
            self.google.edit(name, self.event_of(record), summary="Newer")
            self.assert_undone(self.sync(self.account), before)

        self.each_kind(test)

    def test_a_deletion_in_google(self):
        def test(record, name):
            before = self.sides()
            self.google.delete(name, self.event_of(record))
            self.assert_undone(self.sync(self.account), before)
            self.assertEqual(self.link(record).state, "linked")

        self.each_kind(test)

    def test_a_deletion_in_the_crm(self):
        def test(record, _name):
            before = self.sides()
            record.unlink()
            self.assert_undone(self.sync(self.account), before)

        self.each_kind(test)

    def test_one_far_beyond_the_window_is_sent_again_too(self):
        far = self.meeting("Far", self.soon(days=800))
        self.account._start_run("wizard", full=True)
        self.work()
        self.assertIn("Far", self.events())
        far.unlink()
        self.undo(self.sync(self.account))
        self.assertIn("Far", self.events())

    def test_an_archiving_in_the_crm(self):
        self.both(self.meeting)
        before = self.sides()
        self.meetings().with_user(self.user).action_archive()
        run = self.sync(self.account)
        self.assertEqual(self.events(), {})
        self.assert_undone(run, before)

    def test_a_task_done_in_the_crm(self):
        for rule in ("mark", "remove"):
            with self.subTest(rule), self.one_life():
                self.set(done_tasks=rule)
                task, _name = self.both(self.task)
                before = self.sides()
                task.with_user(self.user).action_done()
                self.assert_undone(self.sync(self.account), before)

    def test_a_task_done_in_google(self):
        for rule in ("mark", "remove"):
            for later in (0, 1):
                with self.subTest(rule=rule, later=later), self.one_life():
                    self.set(done_tasks=rule)
                    task, _name = self.both(self.task)
                    before = self.sides()
                    event = self.google.event("Tasks", self.event_of(task))
                    self.google.edit("Tasks", event["id"], summary="✓ " + event["summary"])
                    run = self.sync(self.account)
                    self.assertFalse(task.active)
                    for _time in range(later):
                        self.sync(self.account)
                    self.assert_undone(run, before)

    def test_the_removal_of_a_task_done_in_google(self):
        self.set(done_tasks="remove")
        task, _name = self.both(self.task)
        before = self.sides()
        event = self.google.event("Tasks", self.event_of(task))
        self.google.edit("Tasks", event["id"], summary="✓ " + event["summary"])
        self.sync(self.account)
        run = self.sync(self.account)
        self.assertEqual(run.google_removed, 1)
        self.assert_undone(run, before)

    def test_what_came_back_from_googles_bin(self):
        def test(record, name):
            event_id = self.event_of(record)
            self.google.delete(name, event_id)
            self.sync(self.account)
            self.google.restore(name, event_id)
            before, active = self.sides(), record.active
            run = self.sync(self.account)
            if record.active and not active:  # else nothing but the link was changed
                self.assert_undone(run, before)

        self.each_kind(test)

    def test_what_was_archived_here_and_came_back_from_googles_bin(self):
        meeting, _name = self.both(self.meeting)
        event_id = self.event_of(meeting)
        meeting.action_archive()
        self.sync(self.account)
        self.google.restore("Events", event_id)
        before = self.sides()
        run = self.sync(self.account)
        self.assertTrue(meeting.active)
        self.assert_undone(run, before)

    def test_what_was_archived_here_while_it_was_edited_in_google(self):
        meeting, _name = self.both(self.meeting)
        meeting.action_archive()
        self.google.edit("Events", self.event_of(meeting), summary="Newest")
        before = self.sides()
        run = self.sync(self.account)
        self.assertEqual((meeting.active, meeting.name), (True, "Newest"))
        self.assert_undone(run, before)
        self.assertEqual(meeting.name, "Demo")

    def test_what_was_deleted_here_while_it_was_edited_in_google(self):
        def test(record, name):
            event_id = self.event_of(record)
            record.unlink()
            self.google.edit(name, event_id, summary="Newest")
            before = self.sides()
            self.assert_undone(self.sync(self.account), before)

        self.each_kind(test)

    def test_what_was_new_on_either_side(self):
        for title, make in (("Events", self.google_meeting), ("Tasks", self.google_task)):
            with self.subTest(title), self.one_life():
                make()
                before = self.sides()
                self.assert_undone(self.sync(self.account), before)
        for make in (self.meeting, self.task):
            with self.subTest(make.__name__), self.one_life():
                make()
                before = self.sides()
                self.assert_undone(self.sync(self.account), before)

    def google_task(self):
        day = self.soon().date()
        self.google.add_event("Tasks", "Buy milk", f"{day}", f"{day + timedelta(days=1)}")

    def test_what_is_in_sight_again_is_taken_up_with_its_event(self):
        """A guest who was taken off stays detached by the run; invited again, the undo takes the
        event up that stands."""
        meeting, _name = self.both(self.meeting)
        guest = self.env["res.partner"].create({"name": "Gus"})
        meeting.partner_ids = guest
        run = self.sync(self.account)
        self.assertEqual(self.link(meeting).state, "detached")
        meeting.partner_ids = guest | self.user.partner_id
        self.undo(run)
        self.sync(self.account)
        self.assertEqual((self.link(meeting).state, len(self.events())), ("linked", 1))
        self.assert_silent()

    def test_who_is_still_out_of_sight_is_left_alone(self):
        meeting, _name = self.both(self.meeting)
        meeting.partner_ids = self.env["res.partner"].create({"name": "Gus"})
        run = self.sync(self.account)
        self.assertIn("Nothing was undone", self.undo(run).summary)
        self.assertEqual(self.link(meeting).state, "detached")
        self.assert_silent()

    def test_a_second_undo_leaves_alone_what_was_let_go_since(self):
        meeting, _name = self.both(self.meeting)
        self.google.delete("Events", self.event_of(meeting))
        run = self.sync(self.account)
        self.undo(run)
        self.google.delete("Events", self.event_of(meeting))
        self.sync(self.account)
        self.assertIn("Nothing was undone", self.undo(run).summary)
        self.assertEqual((self.events(), self.link(meeting).state), ({}, "detached"))

    def test_later_edits_are_left_alone_and_counted(self):
        rows = [self.meeting(f"Number {n}") for n in range(4)]
        self.sync(self.account)
        for row in rows:
            row.location = "There"
        run = self.sync(self.account)
        rows[0].location = "Elsewhere"
        rows[1].unlink()
        undo = self.undo(run)
        self.assertIn("2 left alone", undo.summary)
        self.assertEqual([row.location for row in rows[2:]], [False, False])
        self.sync(self.account)
        self.assert_silent()

    def test_neither_an_undo_nor_a_preview_can_be_undone(self):
        self.meeting("Demo")
        undo = self.undo(self.sync(self.account))
        preview = undo.copy({"trigger": "preview", "state": "done"})
        for run in (undo, preview):
            with self.assertRaisesRegex(UserError, "cannot be undone"):
                run.with_user(self.user).action_undo()

    def test_killed_at_any_step_what_was_removed_comes_back_once(self):
        for point in range(1, 9):
            with self.subTest(point), self.one_life():
                meeting, _name = self.both(self.meeting)
                before = self.sides()
                meeting.unlink()
                run = self.sync(self.account)
                run.with_user(self.user).action_undo()
                self.die(point)
                self.work()
                self.sync(self.account)
                self.assertEqual(self.sides(), before)
                self.assert_silent()
