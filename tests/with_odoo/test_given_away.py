"""A task that the user made in Google, that somebody else gets, and that may come back."""

from google_emulator import Fault

from .common import GoogleCase


class TestGivenAway(GoogleCase):
    def setUp(self):
        super().setUp()
        self.eve = self.new_user("eve", "eve@example.com")
        self.account = self.connected()
        days = self.soon(days=3).date(), self.soon(days=4).date()
        self.event_id = self.google.add_event("Tasks", "Call Bob", *days)["id"]
        self.sync(self.account)
        self.task_ = self.env["mail.activity"].search([("summary", "=", "Call Bob")])

    def give(self, user, sync=True):
        self.task_.user_id = user
        if sync:
            self.sync(self.account)

    def restore(self):
        self.google.restore("Tasks", self.event_id)
        self.sync(self.account)

    def assertOnce(self):
        """It stands once on either side, and a second run finds nothing to do."""
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)
        self.assertEqual(len(self.google.events("Tasks (created")), 1)
        tasks = self.env["mail.activity"].search([("user_id", "=", self.user.id)])
        self.assertEqual(tasks, self.task_)
        self.assertEqual(self.link(self.task_).state, "linked")

    def test_it_leaves_google_and_says_why(self):
        self.give(self.eve)
        self.assertEqual(self.events("task"), {})
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)
        link = self.link(self.task_)
        self.assertEqual((link.state, bool(link.base)), ("detached", False))
        self.assertIn("removed in Google", link.reason)

    def test_it_comes_back_and_its_event_is_restored(self):
        self.give(self.eve)
        self.give(self.user, sync=False)
        self.restore()
        self.assertOnce()
        self.assertEqual(self.link(self.task_).event_id, self.event_id)

    def test_its_event_is_restored_and_it_comes_back(self):
        self.give(self.eve)
        self.restore()
        self.assertEqual(list(self.events("task")), ["Call Bob"])
        self.assertIn("stays", self.link(self.task_).reason)
        self.assertEqual(self.env["mail.activity"].search([]), self.task_)
        self.give(self.user)
        self.assertOnce()

    def test_it_comes_back_and_is_sent_anew(self):
        self.give(self.eve)
        self.give(self.user)
        self.assertOnce()
        self.assertNotEqual(self.link(self.task_).event_id, self.event_id)

    def test_it_is_given_away_twice(self):
        for _time in range(2):
            self.give(self.eve)
            self.assertEqual(self.events("task"), {})
            self.give(self.user)
            self.assertOnce()

    def test_the_answer_to_the_deletion_was_lost(self):
        self.emulator.faults.script("events.delete", Fault.lost_answer())
        self.give(self.eve)
        self.env["crm.google.run"].search([]).resume_at = False
        self.work()
        self.assertEqual(self.link(self.task_).cause, "given_away")
        self.give(self.user, sync=False)
        self.restore()
        self.assertOnce()

    def test_it_is_deleted_by_the_other_and_leaves_no_link(self):
        self.give(self.eve)
        self.task_.unlink()
        self.sync(self.account)
        self.assertFalse(self.env["crm.google.link"].search([]))
