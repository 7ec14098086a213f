"""A database that was restored from a backup meets what it has lost: ids are used again."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError

from odoo.addons.crm_google_calendar.bridge import settings

from .series import EdgeCase

EVE = "eve@example.com"
TABLES = ("calendar_event", "mail_activity", "calendar_recurrence", "crm_google_link")


class RestoredCase(EdgeCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")
        self.kept = self.meeting("Kept")
        self.run_()

    def back_up(self):
        self.env.cr.flush()
        self.numbers = {}
        for table in TABLES:
            self.cr.execute(f"SELECT nextval('{table}_id_seq')")
            [self.numbers[table]] = self.cr.fetchone()
        self.cr.execute("SAVEPOINT backup")

    def restore(self):
        """Go back to the backup; ids that were given since then are free again."""
        self.env.cr.flush()
        self.cr.execute("ROLLBACK TO SAVEPOINT backup")
        self.env.invalidate_all(flush=False)
        for table, number in self.numbers.items():
            self.cr.execute("SELECT setval(%s, %s)", (f"{table}_id_seq", number))

    def lose(self, make):
        """What `make` returns is made after the backup, sent, and lost; returns its id."""
        self.back_up()
        lost = make()
        self.run_("auto")
        number = lost[:1].id
        self.restore()
        return number

    def titles(self, kind="event"):
        return sorted(self.events(kind))

    def silent(self):
        self.assertIn("nothing had to be changed", self.run_().summary)


class TestRestored(RestoredCase):
    def test_a_new_meeting_with_a_lost_ones_id_gets_an_event_of_its_own(self):
        for trigger in ("auto", "wizard"):
            for policy in ("crm", "google", "newest"):
                with self.subTest(trigger=trigger, policy=policy):
                    settings.put(self.env, "conflict", policy)
                    number = self.lose(lambda: self.meeting("Lost"))
                    new = self.meeting("New", self.soon(days=5))
                    self.assertEqual(new.id, number)
                    self.run_(trigger)
                    self.assertEqual(self.titles(), ["Kept", "Lost", "New"])
                    self.assertEqual(
                        sorted(self.meetings().mapped("name")), ["Kept", "Lost", "New"]
                    )
                    self.assertEqual(new.name, "New")
                    self.settled(3)
                    (self.meetings() - self.kept).unlink()
                    self.run_("auto")
                    self.assertEqual(self.titles(), ["Kept"])

    def test_what_was_lost_comes_back_once_where_nothing_new_has_its_id(self):
        for trigger in ("auto", "wizard"):
            with self.subTest(trigger):
                self.lose(lambda: self.meeting("Lost") | self.meeting("Other"))
                self.run_(trigger)
                self.settled(3)
                (self.meetings() - self.kept).unlink()
                self.run_("auto")

    def test_a_new_task_with_a_lost_ones_id_gets_an_event_of_its_own(self):
        for trigger in ("auto", "wizard"):
            with self.subTest(trigger):
                number = self.lose(lambda: self.task("Lost"))
                new = self.task("New")
                self.assertEqual(new.id, number)
                self.run_(trigger)
                titles = sorted(title.partition(": ")[2] for title in self.titles("task"))
                self.assertEqual(titles, ["Lost", "New"])
                mine = [("user_id", "=", self.user.id)]
                tasks = self.env["mail.activity"].search(mine)
                self.assertEqual(sorted(tasks.mapped("summary")), ["Lost", "New"])
                self.run_()
                self.silent()
                tasks.unlink()
                self.run_("auto")

    def test_a_new_series_with_a_lost_ones_id_gets_a_master_of_its_own(self):
        for trigger in ("auto", "wizard"):
            with self.subTest(trigger):
                rows = self.lose(lambda: self.recurrence("Lost"))
                new = self.recurrence("New", self.soon(days=4), count=3)
                self.assertTrue(rows)
                self.run_(trigger)
                self.assertEqual(self.titles(), ["Kept", "Lost", "New"])
                self.assertEqual(set(new.exists().mapped("name")), {"New"})
                self.settled(10)
                (self.meetings() - self.kept).unlink()
                self.run_("auto")

    def test_a_new_meeting_is_not_taken_for_a_lost_series(self):
        self.lose(lambda: self.recurrence("Lost"))
        self.meeting("New")
        self.run_("auto")
        self.settled(8)

    def test_what_came_back_is_known_again_once_its_link_is_lost(self):
        self.lose(lambda: self.meeting("Lost") | self.recurrence("Series"))
        self.run_("auto")
        for _number in range(2):
            self.env["crm.google.link"].search([]).unlink()
            run = self.run_()
            self.assertEqual((run.google_created, run.crm_created), (0, 0))
        self.settled(8)

    def test_what_was_lost_and_what_the_user_made_in_google_come_together(self):
        day = self.soon().date()
        self.lose(lambda: self.meeting("Lost"))
        self.google.add_event("Events", "Theirs", f"{day}T12:00", f"{day}T13:00")
        run = self.run_("auto")
        self.assertEqual(run.crm_created, 2)
        self.settled(3)

    def test_a_copy_of_what_was_lost_is_one_of_its_own(self):
        self.back_up()
        self.meeting("Lost")
        self.run_("auto")
        copied = self.google.duplicate("Events", self.events()["Lost"]["id"])
        self.google.edit("Events", copied["id"], summary="Copy")
        self.restore()
        self.meeting("New")
        self.run_("auto")
        self.assertEqual(self.titles(), ["Copy", "Kept", "Lost", "New"])
        self.settled(4)

    def test_an_id_used_again_without_a_backup_is_another_records(self):
        meeting = self.meeting("Gone")
        self.run_("auto")
        number = meeting.id
        meeting.unlink()
        self.cr.execute("SELECT setval('calendar_event_id_seq', %s)", [number - 1])
        new = self.meeting("New", self.soon(days=6))
        self.assertEqual(new.id, number)
        self.run_("auto")
        self.assertEqual(self.titles(), ["Kept", "New"])
        self.settled(2)

    def test_a_deletion_made_after_the_backup_is_told(self):
        self.back_up()
        self.google.delete("Events", self.link(self.kept).event_id)
        self.restore()
        settings.put(self.env, "gone_in_google", "keep")
        self.run_("auto")
        self.assertEqual(self.link(self.kept).state, "detached")


class TestOldMarks(RestoredCase):
    """Marks of earlier versions name a number only."""

    def old_mark(self, title, **fields):
        event = self.events()[title]
        private = {**event["extendedProperties"]["private"], "crm_identity": None}
        self.google.edit("Events", event["id"], extendedProperties={"private": private}, **fields)
        shown = self.events()[title]["extendedProperties"]["private"]
        self.assertFalse(shown.get("crm_identity"))

    def unlinked(self):
        self.env["crm.google.link"].search([]).unlink()

    def test_an_event_is_adopted_by_a_record_that_is_older(self):
        self.old_mark("Kept")
        self.unlinked()
        run = self.run_()
        self.assertEqual((run.google_created, run.crm_created), (0, 0))
        self.settled(1)

    def test_one_that_the_user_made_in_google_is_adopted_too(self):
        day = self.soon().date()
        self.google.add_event("Events", "Theirs", f"{day}T12:00", f"{day}T13:00")
        self.run_()
        row = self.meetings().filtered(lambda row: row.name == "Theirs")
        row.location = "Here"
        self.run_("auto")
        self.assertIn("crm_identity", self.events()["Theirs"]["extendedProperties"]["private"])
        self.old_mark("Theirs")
        self.unlinked()
        run = self.run_()
        self.assertEqual((run.google_created, run.crm_created), (0, 0))
        self.settled(2)

    def test_one_that_is_younger_is_another_record(self):
        self.old_mark("Kept")
        self.unlinked()
        late = self.env.cr.now() + timedelta(hours=2)
        self.cr.execute(
            "UPDATE calendar_event SET create_date = %s, name = 'New' WHERE id = %s",
            (late, self.kept.id),
        )
        self.env.invalidate_all()
        self.run_()
        self.assertEqual(self.titles(), ["Kept", "New"])
        self.assertEqual(self.kept.name, "New")
        self.settled(2)

    def test_a_mark_gets_its_name_with_the_next_write(self):
        self.old_mark("Kept")
        self.silent()
        self.kept.location = "Here"
        self.run_("auto")
        private = self.events()["Kept"]["extendedProperties"]["private"]
        self.assertTrue(private["crm_identity"])
        self.silent()

    def test_a_record_without_a_name_is_sent_and_found_again(self):
        record = self.meeting("Old")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE calendar_event SET crm_google_identity = NULL, create_date = NULL"
            " WHERE id = %s",
            [record.id],
        )
        self.env.invalidate_all()
        self.run_("auto")
        self.unlinked()
        run = self.run_()
        self.assertEqual((run.google_created, run.crm_created), (0, 0))
        self.settled(2)


class TestTwoGuestsRestored(RestoredCase):
    def setUp(self):
        super().setUp()
        self.eve = self.new_user("eve", EVE)
        self.emulator.add_user(EVE, "Eve", "Europe/Berlin")
        self.hers = self.connected(self.eve, EVE)
        self.sync(self.hers)

    def both(self):
        for _number in range(3):
            self.sync(self.account, "auto")
            self.sync(self.hers, "auto")

    def guests(self, name):
        rows = self.env["calendar.event"].search([("name", "=", name)])
        self.assertTrue(rows)
        for row in rows:
            self.assertEqual(row.partner_ids, self.user.partner_id | self.eve.partner_id, row.start)
        return rows

    def lose_both(self, make):
        self.back_up()
        rows = make()
        quietly = rows.with_context(no_mail_to_attendees=True)
        quietly.write({"partner_ids": [Command.link(self.eve.partner_id.id)]})
        self.both()
        self.assertIn("Lost", self.events(email=EVE))
        self.restore()

    def test_a_meeting_comes_back_once_for_both(self):
        self.lose_both(lambda: self.meeting("Lost"))
        self.meeting("New")
        self.both()
        self.assertEqual(len(self.guests("Lost")), 1)
        self.assertEqual(self.titles(), ["Kept", "Lost", "New"])
        self.assertEqual(list(self.events(email=EVE)), ["Lost"])
        for account in (self.account, self.hers):
            self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_a_series_comes_back_once_for_both(self):
        self.lose_both(lambda: self.recurrence("Lost"))
        self.recurrence("New", count=2)
        self.both()
        self.assertEqual(len(self.guests("Lost")), 6)
        self.assertEqual(list(self.events(email=EVE)), ["Lost"])
        for account in (self.account, self.hers):
            self.sync(account)
            self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_a_name_read_off_an_event_opens_no_other_meeting(self):
        secret = self.meeting("Secret", privacy="private")
        self.run_("auto")
        private = self.events()["Secret"]["extendedProperties"]["private"]
        day = self.soon().date()
        hands = self.emulator.user(EVE)
        known = {name: value for name, value in private.items() if name != "crm_identity"}
        hands.add_event(
            "Events",
            "Forged",
            f"{day}T12:00",
            f"{day}T13:00",
            extendedProperties={"private": known},
        )
        self.both()
        self.assertNotIn(self.eve.partner_id, secret.partner_ids)
        with self.assertRaises(AccessError):
            secret.with_user(self.eve).read(["crm_google_identity"])
        with self.assertRaises(AccessError):
            secret.with_user(self.eve).search([("crm_google_identity", "=like", "a%")])
