"""What a user is told after a run, and what they can do about it with a click."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_google_calendar.bridge import settings, slices
from odoo.addons.crm_google_calendar.bridge.meeting import MeetingSource

from .common import GoogleCase
from .series import SeriesMixin


class ResultCase(SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.accounts = self.env["crm.google.account"].with_user(self.user)

    def mine(self, records):
        return self.env["crm.google.link"].with_user(self.user).browse(records.ids)

    def undone(self, number=3):
        rows = [self.meeting(f"Number {n}") for n in range(number)]
        run = self.sync(self.account)
        run.with_user(self.user).action_undo()
        self.work()
        return rows

    def questioned(self, rows, number="1"):
        settings.put(self.env, "ceiling_number", number)
        for row in rows:
            row.unlink()
        return self.sync(self.account)


class TestApart(ResultCase):
    def test_after_an_undo_the_result_says_what_is_no_longer_synchronized(self):
        self.undone()
        run = self.sync(self.account)
        self.assertIn("nothing had to be changed", run.summary)
        self.assertIn("3 entries are no longer synchronized.", run.summary)
        self.assertEqual(self.accounts.get_status()["run"]["apart"], 3)

    def test_they_are_listed_and_synchronized_again_by_one_click(self):
        self.undone()
        self.sync(self.account)
        action = self.accounts.action_show_apart()
        self.assertEqual(action["res_model"], "crm.google.link")
        self.accounts.action_push_all_again()
        self.work()
        self.assertEqual(len(self.events()), 3)
        self.assertNotIn("no longer", self.sync(self.account).summary)

    def test_what_was_made_in_google_and_undone_is_taken_in_again(self):
        day = self.soon().date()
        self.google.add_event("Events", "Lunch", f"{day}T12:00", f"{day}T13:00")
        run = self.sync(self.account)
        run.with_user(self.user).action_undo()
        self.work()
        self.assertIn("1 entry is no longer synchronized.", self.sync(self.account).summary)
        self.accounts.action_push_all_again()
        self.work()
        self.assertEqual(self.meetings().mapped("name"), ["Lunch"])

    def test_entries_that_are_apart_for_another_reason_are_not_told_of(self):
        meeting = self.meeting("Demo")
        self.sync(self.account)
        meeting.action_archive()
        self.sync(self.account)
        self.assertNotIn("no longer", self.sync(self.account).summary)


class TestManyAtOnce(ResultCase):
    def test_push_again_takes_of_a_mixed_selection_what_is_detached(self):
        rows = self.undone(2)
        other = self.meeting("Other")
        self.sync(self.account)
        before = self.link(other).event_id
        links = self.link(rows[0]) | self.link(rows[1]) | self.link(other)
        self.mine(links).action_push_again()
        self.work()
        self.assertEqual(len(self.events()), 3)
        self.assertEqual(self.link(other).event_id, before)

    def test_retry_takes_what_needs_attention_and_each_failure_stands_alone(self):
        day = self.soon().date()
        for title in ("Bad", "Good"):
            self.google.add_event("Events", title, f"{day}T12:00", f"{day}T13:00")
        with patch.object(MeetingSource, "add", side_effect=ValueError("no")):
            self.sync(self.account)
        links = self.env["crm.google.link"].search([("state", "=", "set_aside")])
        self.assertEqual(len(links), 2)
        original = MeetingSource.add

        def add(source, entries):
            if any(entry.title == "Bad" for entry in entries):
                raise ValueError("no")
            return original(source, entries)

        with patch.object(MeetingSource, "add", add):
            self.mine(links).action_retry()
            self.work()
        self.assertEqual(self.meetings().mapped("name"), ["Good"])
        self.assertEqual(links.exists().mapped("state").count("set_aside"), 1)

    def test_nothing_happens_to_others_entries(self):
        [row] = self.undone(1)
        eve = self.new_user("eve", "eve@example.com")
        link = self.link(row)
        self.assertFalse(self.env["crm.google.link"].with_user(eve).search([]))
        with self.assertRaises(AccessError):
            link.with_user(eve).action_push_again()
        with self.assertRaises(AccessError):
            link.with_user(self.env.ref("base.user_admin")).action_push_again()
        self.assertEqual(link.state, "detached")

    def test_the_filters_find_what_they_say(self):
        rows = self.undone(2)
        links = self.mine(self.link(rows[0]) | self.link(rows[1]))
        view = self.env.ref("crm_google_calendar.crm_google_link_view_search").arch
        waiting = (
            "[('state', '=', 'linked'), '|', ('last_sync', '=', False), ('cause', '=', 'held')]"
        )
        self.assertIn(waiting, view)
        domain = ["&", ("state", "=", "linked"), "|", ("last_sync", "=", False)]
        domain += [("cause", "=", "held")]
        self.assertFalse(links.search(domain))
        links[0].action_push_again()
        self.assertEqual(links.search(domain), links[0])

    def test_every_user_reaches_the_list_by_a_menu(self):
        menu = self.env.ref("crm_google_calendar.menu_calendar_google_link")
        visible = self.env["ir.ui.menu"].with_user(self.user)._visible_menu_ids()
        self.assertIn(menu.id, visible)
        self.assertIn("uid", menu.action.domain)


class TestHeldWords(ResultCase):
    def test_the_result_says_on_which_side_how_many_of_what_were_deleted(self):
        rows = [self.meeting(f"Number {n}") for n in range(3)]
        task = self.task()
        self.sync(self.account)
        run = self.questioned([*rows, task])
        self.assertIn(
            "Deleted in the CRM: 3 meetings, 1 task. In Google they wait for your answer.",
            run.summary,
        )
        shown = self.accounts.get_status()["run"]
        self.assertEqual((shown["held_on"], shown["archives"]), ({"google": 4}, False))

    def test_and_of_what_was_deleted_in_google(self):
        rows = [self.meeting(f"Number {n}") for n in range(3)]
        self.sync(self.account)
        settings.put(self.env, "ceiling_number", "1")
        for row in rows:
            self.google.delete("Events", self.link(row).event_id)
        run = self.sync(self.account)
        self.assertIn("Deleted in Google: 3 meetings. In the CRM they wait", run.summary)

    def test_the_list_shows_them_with_their_titles(self):
        rows = [self.meeting(f"Number {n}") for n in range(3)]
        self.sync(self.account)
        run = self.questioned(rows)
        action = run.with_user(self.user).action_show_held()
        links = self.env["crm.google.link"].with_user(self.user).search(action["domain"])
        self.assertEqual(sorted(links.mapped("title")), ["Number 0", "Number 1", "Number 2"])

    def test_a_series_shown_singly_counts_once(self):
        self.make_series("Odd", "FREQ=DAILY;BYHOUR=10,15;COUNT=20")
        self.sync(self.account)
        rows = self.meetings()
        self.assertGreater(len(rows), 10)
        run = self.questioned(rows)
        self.assertEqual(run.held, 0, run.summary)

    def test_keep_leaves_in_sync_what_came_back_in_google_since(self):
        rows = [self.meeting(f"Number {n}") for n in range(3)]
        self.sync(self.account)
        settings.put(self.env, "ceiling_number", "1")
        for row in rows:
            self.google.delete("Events", self.link(row).event_id)
        run = self.sync(self.account)
        self.google.restore("Events", self.link(rows[0]).event_id)
        run.with_user(self.user).action_keep_held()
        self.sync(self.account, "auto")
        self.assertEqual([self.link(row).state for row in rows], ["linked", "detached", "detached"])

    def test_and_what_was_opened_again_here(self):
        rows = [self.meeting(f"Number {n}") for n in range(3)]
        self.sync(self.account)
        settings.put(self.env, "ceiling_number", "1")
        for row in rows:
            row.action_archive()
        run = self.sync(self.account)
        self.assertEqual(run.held, 3)
        rows[0].action_unarchive()
        run.with_user(self.user).action_keep_held()
        self.sync(self.account, "auto")
        self.assertEqual([self.link(row).state for row in rows], ["linked", "detached", "detached"])
        self.assertEqual(len(self.events()), 3)


class TestLog(ResultCase):
    def test_what_is_only_no_longer_synchronized_is_not_called_removed(self):
        meeting = self.meeting("Demo")
        self.sync(self.account)
        self.google.delete("Events", self.link(meeting).event_id)
        run = self.sync(self.account)
        self.assertEqual(run.line_ids.mapped("what"), ["No longer synchronized"])
        self.assertIn("1 no longer synchronized", run.summary)

    def test_a_clash_is_named_in_the_result(self):
        meeting = self.meeting("Old")
        self.sync(self.account)
        meeting.name = "Ours"
        self.google.edit("Events", self.link(meeting).event_id, summary="Theirs")
        run = self.sync(self.account)
        self.assertIn("1 value of Google's was not kept.", run.summary)
        self.assertEqual(self.accounts.get_status()["run"]["lost"], 1)
        action = run.with_user(self.user).action_show_lost()
        lines = self.env["crm.google.run.line"].with_user(self.user).search(action["domain"])
        self.assertIn("Theirs", lines.lost)

    def preview(self):
        with patch.object(slices, "_forgetting", lambda env: self.checkpoint):
            return self.sync(self.account, "preview")

    def test_a_preview_speaks_of_what_would_be_and_is_no_sync(self):
        self.meeting("Demo")
        run = self.preview()
        self.assertEqual(run.line_ids.mapped("what"), ["Would be created"])
        self.assertFalse(self.account.last_sync)

    def test_a_preview_says_what_the_run_would_ask_about(self):
        rows = [self.meeting(f"Number {n}") for n in range(3)]
        self.sync(self.account)
        settings.put(self.env, "ceiling_number", "1")
        for row in rows:
            row.unlink()
        run = self.preview()
        self.assertIn("It would ask before it deletes: 3 meetings.", run.summary)
        self.assertEqual((run.google_removed, run.held, len(run.line_ids)), (0, 3, 3))


class TestSteering(ResultCase):
    def test_administrators_delete_old_runs_and_others_do_not(self):
        self.meeting("Demo")
        run = self.sync(self.account)
        with self.assertRaises(AccessError):
            run.with_user(self.user).unlink()
        waiting = self.account._start_run("wizard")
        admin = self.env.ref("base.user_admin")
        with self.assertRaisesRegex(UserError, "under way"):
            waiting.with_user(admin).unlink()
        run.with_user(admin).unlink()
        self.assertFalse(run.exists() or self.env["crm.google.run.line"].search([]))

    def test_who_undoes_anothers_run_or_answers_for_them_stands_in_the_log(self):
        admin = self.env.ref("base.user_admin")
        rows = [self.meeting(f"Number {n}") for n in range(3)]
        first = self.sync(self.account)
        run = self.questioned(rows)
        run.with_user(admin).action_keep_held()
        self.assertEqual(run.answered_by_id, admin)
        first.with_user(admin).action_undo()
        self.work()
        undo = self.env["crm.google.run"].search([("undo_of", "=", first.id)])
        self.assertEqual(undo.started_by_id, admin)
        mine = self.sync(self.account)
        self.assertFalse(mine.started_by_id or mine.answered_by_id)
