"""An entry that is no longer synchronized: its cause, and what is said of it, follow what happens
later on either side."""

from odoo import Command

from odoo.addons.crm_google_calendar.bridge import settings

from .common import GoogleCase
from .series import SeriesMixin


class DetachedCase(SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        settings.put(self.env, "auto_sync", "True")
        self.bea = self.env["res.partner"].create({"name": "Bea"})
        self.eve = self.new_user("eve", "eve@example.com")

    def sent(self, record):
        """Let a new record reach Google; it is what the test is about."""
        self.record, self.where = record.with_env(self.env), "Events"
        if record._name == "mail.activity":
            self.where = "Tasks"
        self.synced()
        self.event_id = self.one().event_id
        return record

    def synced(self):
        self.account._nudge("auto")
        self.work()
        self.work()

    def one(self):
        record = self.record.recurrence_id if self.is_series() else self.record
        return self.link(record)

    def is_series(self):
        return self.record._name == "calendar.event" and bool(self.record.exists().recurrence_id)

    def every(self):
        """The record; of a series all its meetings."""
        if not self.is_series():
            return self.record
        return self.record.recurrence_id.with_context(active_test=False).calendar_event_ids

    # -- what happens -----------------------------------------------------------------------

    def take_off(self):
        self.every().write({"partner_ids": [Command.set(self.bea.ids)]})

    def invite(self):
        both = self.bea | self.user.partner_id
        self.every().write({"partner_ids": [Command.set(both.ids)]})

    def give_away(self):
        self.record.user_id = self.eve

    def give_back(self):
        self.record.user_id = self.user

    def delete_there(self):
        self.google.delete(self.where, self.event_id)

    def restore_there(self):
        self.google.restore(self.where, self.event_id)

    def edit_there(self):
        self.google.edit(self.where, self.event_id, location="There")

    def edit_here(self):
        self.every().write({"location": "Here"} if self.where == "Events" else {"note": "Here"})

    def archive_here(self):
        self.every().write({"active": False})

    def open_again(self):
        self.every().write({"active": True})

    def hide(self):
        everybody = {"name": "Hidden", "model_id": self.env["ir.model"]._get_id("calendar.event")}
        domain = [("id", "!=", self.record.id)]
        self.rule = self.env["ir.rule"].create({**everybody, "domain_force": repr(domain)})

    def show(self):
        self.rule.unlink()
        self.edit_here()

    def push_again(self):
        self.one().with_user(self.user).action_push_again()

    def after(self, *steps):
        """Let these happen, each followed by a run."""
        for step in steps:
            step()
            self.synced()

    def assertApart(self, cause, words, stands):
        """No longer synchronized, for that cause, which is told; `stands`: its event does."""
        link = self.one()
        self.assertEqual((link.state, link.cause), ("detached", cause))
        self.assertIn(words, link.reason)
        self.assertEqual(len(self.google.events(self.where)), int(stands))

    def assertTogether(self, same=False):
        """Synchronized again: once on either side, and an edit reaches the other."""
        link = self.one()
        self.assertEqual((link.state, link.cause, len(link)), ("linked", False, 1))
        self.assertEqual(len(self.google.events(self.where)), 1)
        self.assertEqual(link.event_id == self.event_id, same)
        self.after(self.edit_here)
        [event] = self.google.events(self.where)
        self.assertIn("Here", (event.get("location") or "") + (event.get("description") or ""))
        self.assertEqual(len(self.google.events(self.where)), 1)


class Meetings:
    """What is true of a meeting, and of a series, alike."""

    def test_a_guest_who_is_taken_off_keeps_the_event(self):
        self.after(self.take_off)
        self.assertApart("not_a_guest", "your entry in Google stays", True)

    def test_a_guest_who_is_invited_again_goes_on_with_the_event(self):
        self.after(self.take_off, self.invite)
        self.assertTogether(same=True)

    def test_a_guest_who_clears_the_stale_event_and_is_invited_again_gets_a_new_one(self):
        self.after(self.take_off, self.delete_there)
        self.assertApart("left", "removed in Google", False)
        self.after(self.invite)
        self.assertTogether()

    def test_the_same_while_no_run_comes_between(self):
        self.after(self.take_off)
        self.delete_there()
        self.invite()
        self.synced()
        self.assertTogether()

    def test_taken_off_and_deleted_there_at_once(self):
        self.take_off()
        self.delete_there()
        self.synced()
        self.assertApart("left", "removed in Google", False)
        self.after(self.invite)
        self.assertTogether()

    def test_the_cleared_event_is_restored(self):
        self.after(self.take_off, self.delete_there, self.restore_there)
        self.assertApart("not_a_guest", "stays", True)
        self.after(self.invite)
        self.assertTogether(same=True)

    def test_an_edit_of_the_stale_event_arrives_once_the_guest_is_back(self):
        self.after(self.take_off, self.edit_there)
        self.assertApart("not_a_guest", "stays", True)
        self.after(self.invite)
        self.assertEqual(self.every().mapped("location"), ["There"] * len(self.every()))
        self.assertTogether(same=True)

    def test_deleted_there_is_not_sent_again_unless_asked(self):
        self.after(self.delete_there, self.edit_here)
        self.assertApart("deleted_there", "not sent again", False)
        self.after(self.push_again)
        self.assertTogether()

    def test_deleted_there_and_restored_goes_on(self):
        self.after(self.delete_there, self.restore_there)
        self.assertTogether(same=True)

    def test_deleted_there_and_archived_and_opened_again_is_not_sent_again(self):
        self.after(self.delete_there, self.archive_here, self.open_again)
        self.assertApart("deleted_there", "not sent again", False)

    def test_deleted_there_by_a_guest_who_is_invited_again_is_sent(self):
        self.after(self.delete_there, self.take_off)
        self.assertApart("left", "removed in Google", False)
        self.after(self.invite)
        self.assertTogether()

    def test_archived_by_a_deletion_there_and_opened_again_says_so(self):
        settings.put(self.env, "gone_in_google", "archive")
        self.every().write({"partner_ids": [Command.set(self.user.partner_id.ids)]})
        self.synced()
        self.after(self.delete_there)
        self.assertApart("archived_there", "archived here", False)
        self.after(self.open_again)
        self.assertApart("deleted_there", "not sent again", False)
        self.after(self.push_again)
        self.assertTogether()

    def test_push_again_of_what_the_user_may_not_have_changes_nothing(self):
        self.after(self.take_off, self.push_again)
        self.assertApart("not_a_guest", "stays", True)

    def test_a_full_comparison_finds_what_no_feed_told(self):
        self.after(self.take_off)
        self.delete_there()
        self.calendar(self.account).write({"cursor": False, "full_pass": False})
        self.synced()
        self.assertApart("left", "removed in Google", False)


class TestMeeting(Meetings, DetachedCase):
    def setUp(self):
        super().setUp()
        both = self.bea | self.user.partner_id
        self.sent(self.meeting("Demo", partner_ids=[Command.set(both.ids)]))

    def test_archived_here_is_sent_again_once_it_is_open(self):
        self.after(self.archive_here)
        self.assertApart("archived", "archived here", False)
        self.after(self.open_again)
        self.assertTogether()

    def test_archived_here_and_taken_off_is_sent_again_once_both_are_undone(self):
        self.after(self.archive_here, self.take_off)
        self.assertApart("left", "no longer a guest", False)
        self.after(self.invite)
        self.assertApart("archived", "archived here", False)
        self.after(self.open_again)
        self.assertTogether()

    def test_taken_off_archived_and_invited_is_archived(self):
        self.after(self.take_off, self.archive_here, self.invite)
        self.assertApart("archived", "archived here", False)

    def test_hidden_and_seen_again_goes_on(self):
        self.after(self.hide, self.edit_here)
        self.assertApart("hidden", "stays", True)
        self.after(self.show)
        self.assertTogether(same=True)

    def test_hidden_and_deleted_there_is_not_sent_again_unless_asked(self):
        self.after(self.hide, self.edit_here, self.delete_there)
        self.assertApart("deleted_there", "not sent again", False)
        self.after(self.show)
        self.assertApart("deleted_there", "not sent again", False)
        self.after(self.push_again)
        self.assertTogether()

    def test_what_the_user_keeps_stays_as_they_said_until_it_is_restored(self):
        settings.put(self.env, "ceiling_number", "0")
        settings.put(self.env, "ceiling_percent", "0")
        self.delete_there()
        self.sync(self.account).with_user(self.user).action_keep_held()
        self.assertApart("kept", "You chose", False)
        self.after(self.edit_here)
        self.assertApart("kept", "You chose", False)
        self.after(self.restore_there)
        self.assertTogether(same=True)


class TestSeries(Meetings, DetachedCase):
    def setUp(self):
        super().setUp()
        both = self.bea | self.user.partner_id
        rows = self.recurrence("Demo", partner_ids=[Command.set(both.ids)], count=3)
        self.sent(rows[0])


class TestTask(DetachedCase):
    def setUp(self):
        super().setUp()
        self.sent(self.task("Write"))

    def test_given_away_but_edited_there_stays_until_the_user_clears_it(self):
        self.edit_there()
        self.after(self.give_away)
        self.assertApart("reassigned", "stays", True)
        self.after(self.delete_there)
        self.assertApart("given_away", "removed in Google", False)
        self.after(self.give_back)
        self.assertTogether()

    def test_given_away_but_edited_there_and_given_back_goes_on(self):
        self.edit_there()
        self.after(self.give_away, self.give_back)
        self.assertTogether(same=True)

    def test_deleted_there_and_given_away_and_back_is_sent(self):
        self.after(self.delete_there, self.give_away)
        self.assertApart("given_away", "removed in Google", False)
        self.after(self.give_back)
        self.assertTogether()

    def test_done_and_removed_there_says_so_and_comes_back_once_it_is_open(self):
        settings.put(self.env, "done_tasks", "remove")
        self.after(self.archive_here)
        self.assertApart("done", "It is done", False)
        self.after(self.open_again)
        self.assertTogether()

    def test_deleted_there_and_done_and_opened_again_is_not_sent_again(self):
        self.after(self.delete_there, self.archive_here, self.open_again)
        self.assertApart("deleted_there", "not sent again", False)
