"""Private meetings: what Odoo hides from a user, no run, page or log of ours shows him.

Odoo writes "Busy" over the fields of another user's private meeting, in a cache that all users of a
transaction share. So all of this happens in one transaction and one call of the worker.
"""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import HttpCase

from .common import SAM, GoogleCase
from .series import SeriesMixin

EVE = "eve@example.com"


class PrivacyCase(SeriesMixin, GoogleCase):
    """Sam's meetings, and Eve, whose pass of the worker comes first and last."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eve = cls.new_user("eve", EVE)

    def setUp(self):
        super().setUp()
        self.emulator.add_user(EVE, "Eve", "Europe/Berlin")
        self.first, self.mine = self.connected(self.eve, EVE), self.connected()
        self.accounts = (self.first, self.mine)

    def both(self, trigger="wizard"):
        """Two users in one call of the worker, after one of them has looked at all meetings."""
        self.eve_looks()
        runs = [account._start_run(trigger, full=True) for account in self.accounts]
        self.work()
        return runs

    def eve_looks(self):
        self.env.flush_all()
        every = self.env["calendar.event"].with_user(self.eve).search([])
        every.read(["name", "location", "description", "partner_ids", "alarm_ids"])
        every.mapped("display_name")

    def guests(self, *users):
        partners = self.user.partner_id.concat(*(user.partner_id for user in users))
        return [Command.set(partners.ids)]

    def words(self, email):
        """All that the user's calendar in Google says."""
        return str([*self.events("event", email).values(), *self.events("task", email).values()])

    def told(self, account):
        """All that our own rows and pages tell this user."""
        user = account.user_id
        self.env.invalidate_all()
        found = [self.env["crm.google.account"].with_user(user).get_status()]
        for model in ("link", "run", "run.line"):
            rows = self.env[f"crm.google.{model}"].with_user(user).search([])
            found += [*rows.read(), rows.mapped("display_name")]
        return str(found)


class TestNotInvited(PrivacyCase):
    def test_a_meeting_is_written_as_it_is_and_to_its_owner_only(self):
        self.meeting("Secret plan", privacy="private", location="Room 7")
        for _time in range(3):
            self.both()
        self.assertEqual((list(self.events()), self.events(email=EVE)), (["Secret plan"], {}))
        self.assertEqual(self.events()["Secret plan"]["location"], "Room 7")
        self.assertNotIn("Secret", self.words(EVE) + self.told(self.first))
        self.assertNotIn("Busy", self.words(SAM) + self.told(self.mine))

    def test_one_that_is_private_by_the_owners_default_too(self):
        self.user.with_user(self.user).calendar_default_privacy = "private"
        self.meeting("Secret plan")
        for _time in range(2):
            self.both()
        self.assertEqual((list(self.events()), self.events(email=EVE)), (["Secret plan"], {}))

    def test_a_change_by_the_owner_is_written_after_she_looked(self):
        secret = self.meeting("Secret plan", privacy="private")
        self.both()
        secret.with_user(self.user).location = "Room 7"
        self.both()
        self.google.edit("Events", self.link(secret).event_id, description="Bring the files")
        self.both()
        event = self.events()["Secret plan"]
        self.assertEqual((event["location"], secret.location), ("Room 7", "Room 7"))
        self.assertEqual(secret.name, "Secret plan")
        self.assertIn("Bring the files", secret.description)

    def test_a_hint_reaches_its_owner_after_she_looked(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.auto_sync", "True")
        secret = self.meeting("Secret plan", privacy="private")
        self.env.cr.precommit.run()
        self.eve_looks()
        self.work()
        self.assertEqual(list(self.events()), ["Secret plan"])
        secret.with_user(self.user).location = "Room 7"
        self.env.cr.precommit.run()
        self.eve_looks()
        self.work()
        self.assertEqual(self.events()["Secret plan"]["location"], "Room 7")

    def test_a_preview_lists_it_for_its_owner_only(self):
        self.meeting("Secret plan", privacy="private")
        self.startPatcher(patch.object(self.env.cr, "rollback", lambda: None))
        hers, mine = self.both("preview")
        self.assertEqual(mine.line_ids.mapped("title"), ["Secret plan"])
        self.assertFalse(hers.line_ids)

    def test_a_series_is_written_as_it_is_and_to_its_owner_only(self):
        rows = self.recurrence("Secret plan", privacy="private")
        self.both()
        rows[2].with_user(self.user).write({"location": "Room 7"})
        self.both()
        spans = self.google_spans()
        self.assertEqual({span[0] for span in spans}, {"Secret plan"})
        self.assertEqual(sorted(span[3] for span in spans), ["", "", "", "", "", "Room 7"])
        self.assertEqual(self.events(email=EVE), {})
        self.assertNotIn("Secret", self.told(self.first))

    def test_a_mark_forged_in_google_opens_nothing(self):
        """Eve writes an event of hers that says it were Sam's meeting."""
        secret = self.meeting("Secret plan", privacy="private")
        self.both()
        there = self.events()["Secret plan"]["extendedProperties"]
        there["private"]["crm_record"] = f"calendar.event,{secret.id}"
        start = self.soon()
        hands = self.emulator.user(EVE)
        times = f"{start.isoformat()}Z", f"{(start + timedelta(hours=1)).isoformat()}Z"
        hands.add_event("Events", "Mine", *times, extendedProperties=there)
        self.both()
        self.assertEqual(list(self.events(email=EVE)), ["Mine"])
        self.assertEqual((secret.name, list(self.events())), ("Secret plan", ["Secret plan"]))
        self.assertNotIn("Secret", self.words(EVE) + self.told(self.first))


class TestInvited(PrivacyCase):
    def test_a_guest_has_it_under_its_own_title(self):
        self.meeting("Secret plan", privacy="private", partner_ids=self.guests(self.eve))
        for _time in range(2):
            self.both()
        self.assertEqual(list(self.events()), ["Secret plan"])
        self.assertEqual(list(self.events(email=EVE)), ["Secret plan"])

    def test_a_guest_no_more_keeps_the_old_and_sees_nothing_new(self):
        secret = self.meeting("Secret plan", privacy="private", partner_ids=self.guests(self.eve))
        self.both()
        secret.with_user(self.user).partner_ids = self.guests()
        secret.with_user(self.user).write({"name": "Hidden plan", "location": "Room 7"})
        self.both()
        self.assertEqual(list(self.events(email=EVE)), ["Secret plan"])
        [link] = self.env["crm.google.link"].search([("user_id", "=", self.eve.id)])
        self.assertEqual((link.state, link.with_user(self.eve).title), ("detached", "Busy"))
        everything = self.words(EVE) + self.told(self.first)
        self.assertFalse("Hidden" in everything or "Room 7" in everything)
        self.assertEqual(list(self.events()), ["Hidden plan"])

    def test_she_cannot_take_it_back_with_a_button(self):
        secret = self.meeting("Secret plan", privacy="private", partner_ids=self.guests(self.eve))
        old, _mine = self.both()
        secret.with_user(self.user).write({"partner_ids": self.guests(), "name": "Hidden plan"})
        self.both()
        links = self.env["crm.google.link"].search([("user_id", "=", self.eve.id)])
        links.with_user(self.eve).action_push_again()
        self.work()
        old.with_user(self.eve).action_undo()
        self.work()
        self.both()
        self.assertNotIn("Hidden", self.words(EVE) + self.told(self.first))
        self.env.invalidate_all()  # what she sees of it was read last
        self.assertEqual((secret.name, list(self.events())), ("Hidden plan", ["Hidden plan"]))

    def test_a_guest_of_one_meeting_of_a_series_has_that_one(self):
        for privacy in ("private", False):
            with self.subTest(privacy=privacy):
                rows = self.recurrence("Secret plan", privacy=privacy)
                rows[2].with_user(self.user).partner_ids = self.guests(self.eve)
                self.both()
                rows[3].with_user(self.user).name = "Hidden plan"
                self.both()
                with patch.object(self, "google", self.emulator.user(EVE)):
                    [span] = self.google_spans()
                self.assertEqual(span[:2], ("Secret plan", rows[2].start))
                self.assertNotIn("Hidden", self.words(EVE) + self.told(self.first))
                self.assertNotIn("Busy", self.words(EVE) + self.words(SAM))
                self.meetings().with_context(no_mail_to_attendees=True).unlink()
                self.both()


class TestNotes(PrivacyCase, HttpCase):
    def clash(self, privacy):
        meeting = self.meeting("Plan", privacy=privacy)
        self.both()
        meeting.with_user(self.user).name = "Plan A"
        self.google.edit("Events", self.link(meeting).event_id, summary="Secret B")
        run = self.both()[1]
        return meeting, run

    def notes(self, meeting):
        """What Eve reads on the meeting's page."""
        domain = [("model", "=", "calendar.event"), ("res_id", "=", meeting.id)]
        messages = self.env["mail.message"].with_user(self.eve).search(domain)
        return " ".join(messages.mapped("body"))

    def test_the_value_that_lost_is_noted_but_others_do_not_read_it(self):
        meeting, run = self.clash("private")
        self.assertNotIn("Secret", self.notes(meeting))
        self.assertIn("Secret B", " ".join(meeting.message_ids.mapped("body")))
        self.assertIn("Secret B", " ".join(filter(None, run.line_ids.mapped("lost"))))

    def test_on_one_that_others_may_read_it_is(self):
        meeting, _run = self.clash("public")
        self.assertIn("Secret B", self.notes(meeting))

    def test_an_administrator_reads_no_title_either(self):
        self.meeting("Secret plan", privacy="private")
        self.both()
        self.env.invalidate_all()
        self.authenticate("admin", "admin")
        found = [self.url_open("/odoo/calendar").text]
        for model in ("account", "calendar", "link", "run", "run.line"):
            name = f"crm.google.{model}"
            params = {"model": name, "method": "search_read", "args": [[]], "kwargs": {}}
            url = f"/web/dataset/call_kw/{name}/search_read"
            found.append(self.make_jsonrpc_request(url, params))
        self.assertNotIn("Secret", str(found))
