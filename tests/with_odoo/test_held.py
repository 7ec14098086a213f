"""Many deletions that a run in the background has found: the user is asked where he reads."""

from odoo.exceptions import UserError

from odoo.addons.crm_google_calendar.bridge import settings

from .connecting import ConnectCase


class TestHeld(ConnectCase):
    def setUp(self):
        super().setUp()
        self.consent()
        settings.put(self.env, "ceiling_number", "3")
        self.made = [self.meeting(f"Meeting {number}") for number in range(6)]
        self.sync(self.account)

    def delete(self, *numbers):
        for number in numbers:
            self.google.delete("Events", self.link(self.made[number]).event_id)

    def run_by_itself(self):
        self.account._nudge("auto")
        self.work()
        return self.env["crm.google.run"].search([("trigger", "=", "auto")], limit=1)

    def told(self):
        partner = self.user.partner_id
        here = [("model", "=", "res.partner"), ("res_id", "=", partner.id)]
        messages = self.env["mail.message"].search(here)
        return messages.filtered(lambda message: "deleted at once" in (message.subject or ""))

    def status(self):
        return self.accounts.get_status()["run"]

    def test_the_user_is_told_once_and_the_way_to_answer(self):
        self.delete(0, 1, 2, 3)
        self.run_by_itself()
        self.run_by_itself()
        message = self.told()
        self.assertEqual(len(message), 1)
        self.assertIn("4 meetings", message.body)
        self.assertIn('href="http://127.0.0.1:8069/odoo/calendar"', message.body)
        self.assertEqual(message.notified_partner_ids, self.user.partner_id)

    def test_tasks_that_somebody_else_got_do_not_wait_since_none_is_lost(self):
        eve = self.new_user("eve", "eve@example.com")
        tasks = [self.task(f"Task {number}") for number in range(5)]
        self.sync(self.account)
        for task in tasks:
            task.user_id = eve
        self.delete(0)
        run = self.sync(self.account)
        self.assertEqual((run.held, run.google_removed, self.events("task")), (0, 5, {}))

    def test_meetings_that_left_the_users_sight_do_not_wait_since_none_is_lost(self):
        for meeting in self.made[:5]:
            meeting.partner_ids = self.env["res.partner"].create({"name": "Bea"})
        run = self.sync(self.account)
        self.assertEqual((run.held, len(self.events())), (0, 6))
        self.assertEqual(self.link(self.made[0]).cause, "not_a_guest")

    def test_what_is_deleted_waits_beside_them(self):
        eve = self.new_user("eve", "eve@example.com")
        tasks = [self.task(f"Task {number}") for number in range(5)]
        self.sync(self.account)
        for task in tasks:
            task.user_id = eve
        self.delete(0, 1, 2, 3)
        run = self.sync(self.account)
        self.assertEqual((run.held, run.google_removed), (4, 5))

    def test_who_has_started_the_run_reads_it_on_the_page(self):
        self.delete(0, 1, 2, 3)
        self.assertEqual(self.sync(self.account).held, 4)
        self.assertFalse(self.told())
        self.assertEqual(self.status()["held"], 4)

    def test_only_the_newest_run_asks(self):
        self.delete(0, 1, 2, 3)
        first = self.run_by_itself()
        self.delete(4)
        second = self.run_by_itself()
        self.assertEqual((first.held, second.held, self.status()["held"]), (0, 5, 5))
        second.with_user(self.user).action_keep_held()
        self.assertFalse(self.status()["held"])
        self.assertEqual(len(self.meetings()), 6)

    def test_what_solved_itself_asks_no_more(self):
        self.delete(0, 1, 2, 3)
        self.run_by_itself()
        settings.put(self.env, "ceiling_number", "50")
        self.run_by_itself()
        self.assertFalse(self.status() and self.status()["held"])

    def test_after_an_answer_the_next_time_is_told_again(self):
        settings.put(self.env, "ceiling_number", "1")
        self.delete(0, 1)
        self.run_by_itself().with_user(self.user).action_delete_held()
        self.work()
        self.assertEqual(len(self.meetings()), 6)  # deleted in Google: detached, by policy
        self.delete(2, 3)
        self.run_by_itself()
        self.assertEqual(len(self.told()), 2)

    def test_what_was_restored_since_is_not_cut_off_by_a_late_answer(self):
        self.delete(0, 1, 2, 3)
        run = self.sync(self.account)
        for number in range(4):
            self.google.restore("Events", self.link(self.made[number]).event_id)
        self.sync(self.account)
        run.with_user(self.user).action_keep_held()
        links = self.link(self.made[0]) | self.link(self.made[3])
        self.assertEqual(links.mapped("state"), ["linked", "linked"])
        self.assertFalse(any(links.mapped("reason")))

    def test_an_answer_while_another_run_waits_is_not_lost_silently(self):
        self.delete(0, 1, 2, 3)
        run = self.sync(self.account)
        self.account._start_run("wizard", full=True)
        with self.assertRaisesRegex(UserError, "under way"):
            run.with_user(self.user).action_delete_held()
        self.assertEqual(run.held, 4)
