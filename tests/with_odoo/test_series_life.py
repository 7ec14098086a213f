"""Series over time and among people: guests, windows, links that were lost, both sides at once."""

from datetime import timedelta

from odoo import Command

from .common import GoogleCase
from .series import SeriesMixin

EVA = "eva@example.com"


class TestSeriesLife(SeriesMixin, GoogleCase):
    def masters(self, email="sam@example.com"):
        events = self.emulator.user(email).events("Events (created")
        return [event for event in events if event.get("recurrence")]

    def _with_eva(self):
        """A series of two connected guests; returns their accounts and its meetings."""
        self.emulator.add_user(EVA, "Eva", "Europe/Berlin")
        eva = self.new_user("eva", EVA)
        mine, hers = self.connected(), self.connected(eva, EVA)
        guests = [Command.set((self.user.partner_id | eva.partner_id).ids)]
        return mine, hers, self.recurrence(partner_ids=guests)

    def _assert_eva_has_the_same(self):
        google, self.google = self.google, self.emulator.user(EVA)
        self.assert_same()
        self.google = google
        self.assert_same()

    def test_every_guest_has_a_series_of_his_own(self):
        mine, hers, rows = self._with_eva()
        self.sync(mine)
        self.sync(hers)
        self._assert_eva_has_the_same()
        ids = self.google.occurrences("Events", self.masters()[0]["id"])
        self.shift_occurrence(ids[1], hours=3)
        self.google.edit_occurrence("Events", ids[2], location="There")
        self.sync(mine)
        self.sync(hers)
        self._assert_eva_has_the_same()
        rows[3].unlink()
        self.sync(hers)
        self.sync(mine)
        self._assert_eva_has_the_same()
        self.assertIn("nothing had to be changed", self.sync(hers).summary)

    def test_a_series_moved_by_one_guest_moves_for_the_other(self):
        mine, hers, _rows = self._with_eva()
        self.sync(mine)
        self.sync(hers)
        self.shift_series(self.masters()[0]["id"], hours=2)
        self.sync(mine)
        self.sync(hers)
        self._assert_eva_has_the_same()
        self.assertEqual(len(self.masters(EVA)), 1)
        self.assertIn("nothing had to be changed", self.sync(mine).summary)

    def test_a_guest_who_deletes_in_google_archives_nothing_for_the_others(self):
        self.archiving()
        mine, hers, rows = self._with_eva()
        self.sync(mine)
        self.sync(hers)
        eva = self.emulator.user(EVA)
        master = self.masters(EVA)[0]["id"]
        for delete in (
            lambda: eva.delete_occurrence("Events", eva.occurrences("Events", master)[1]),
            lambda: eva.delete("Events", master),
        ):
            delete()
            self.sync(hers)
            self.sync(mine)
            self.assertTrue(all(rows.mapped("active")))
            self.assert_same()
        self.google.delete("Events", self.masters()[0]["id"])
        self.sync(mine)
        self.assertFalse(any(rows.mapped("active")))

    def test_a_guest_taken_off_one_meeting_keeps_it_in_google(self):
        account, hers, rows = self._with_eva()
        self.sync(account)
        self.sync(hers)
        rows[2].partner_ids -= rows[2].partner_ids.filtered(lambda p: p.email == EVA)
        self.sync(hers)
        self.assertEqual(self.emulator.count("events.delete"), 0)
        self.assertEqual(self.series_link().mapped("state"), ["linked", "linked"])

    def test_a_guest_taken_off_all_meetings_keeps_the_series_detached(self):
        account, hers, rows = self._with_eva()
        self.sync(account)
        self.sync(hers)
        eva = rows[0].partner_ids.filtered(lambda partner: partner.email == EVA)
        for row in rows:
            row.partner_ids -= eva
        self.sync(hers)
        link = self.series_link().filtered(lambda link: link.account_id == hers)
        self.assertEqual((link.state, link.cause), ("detached", "not_a_guest"))
        self.assertEqual(len(self.masters(EVA)), 1)

    def test_meetings_of_a_series_made_in_google_keep_guests_that_the_crm_added(self):
        account = self.connected()
        series = self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=6")
        self.sync(account)
        guest = self.env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
        rows = self.meetings().sorted("start")
        quietly = rows.with_context(no_mail_to_attendees=True)
        quietly.write({"partner_ids": [Command.link(guest.id)]})
        self.shift_series(series["id"], hours=3)
        self.sync(account)
        ids = self.google.occurrences("Events", series["id"])
        self.google.split_series("Events", ids[3], location="Later")
        self.sync(account)
        self.assert_same()
        self.assertTrue(all(guest in row.partner_ids for row in self.meetings()))
        self.assertFalse(self.env["mail.mail"].search([("recipient_ids", "in", guest.ids)]))

    def test_a_lost_link_is_found_again_by_the_mark(self):
        account = self.connected()
        rows = self.recurrence()
        rows[1].start += timedelta(hours=1)
        self.sync(account)
        self.env["crm.google.link"].search([]).unlink()
        self.sync(account)
        self.assertEqual((len(self.masters()), len(self.meetings())), (1, 6))
        self.assert_same()

    def test_an_expired_cursor_loses_and_doubles_nothing(self):
        account = self.connected()
        self.recurrence()
        series = self.make_series("Theirs", "FREQ=WEEKLY;COUNT=5")
        self.sync(account)
        ids = self.google.occurrences("Events", series["id"])
        self.shift_occurrence(ids[1], hours=2)
        self.google.delete_occurrence("Events", ids[2])
        self.archiving()
        self.emulator.expire_sync_tokens()
        self.sync(account, trigger="auto")
        self.assert_same()

    def test_a_series_deleted_while_the_cursor_expired_is_noticed(self):
        account = self.connected()
        series = self.make_series("Theirs", "FREQ=WEEKLY;COUNT=5")
        self.sync(account)
        self.google.delete("Events", series["id"])
        self.emulator.expire_sync_tokens()
        self.sync(account, trigger="auto")
        self.assertEqual(self.series_link().state, "detached")
        self.assertEqual(len(self.meetings()), 5)

    def test_a_series_that_enters_late_brings_its_exceptions(self):
        account = self.connected()
        far = self.soon(days=300)
        series = self.make_series("Far", "FREQ=WEEKLY;COUNT=5", far)
        ids = self.google.occurrences("Events", series["id"])
        self.google.delete_occurrence("Events", ids[1])
        self.shift_occurrence(ids[3], hours=2)
        self.sync(account)
        self.assertFalse(self.meetings())
        self.google.edit("Events", series["id"], summary="Near")
        account._start_run("auto")
        self.work()
        self.assert_same()
        self.assertEqual(len(self.meetings()), 4)

    def test_an_occurrence_moved_into_the_window_brings_its_series(self):
        account = self.connected()
        far = self.soon(days=500)
        series = self.make_series("Far", "FREQ=WEEKLY;COUNT=3", far)
        self.sync(account)
        ids = self.google.occurrences("Events", series["id"])
        self.shift_occurrence(ids[1], days=-480)
        self.sync(account, trigger="auto")
        self.assert_same()

    def test_the_words_of_a_last_meeting_are_not_those_of_its_series(self):
        self.archiving()
        account = self.connected()
        rows = self.recurrence()
        rows[0].name = "Own"
        self.sync(account)
        first = self.google.occurrences("Events", self.series_link().event_id)[0]
        rows[1:].unlink()
        self.google.edit_occurrence("Events", first, summary="Jour fixe")
        self.sync(account)
        self.assert_same()
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_push_again_sends_an_occurrence_that_was_deleted_in_google(self):
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        ids = self.google.occurrences("Events", self.series_link().event_id)
        self.google.delete_occurrence("Events", ids[2])
        self.sync(account, trigger="auto")
        row = rows[2].with_user(self.user)
        self.assertEqual(row.crm_google_state, "detached")
        row.action_crm_google_push_again()
        self.work()
        self.assert_same()
        self.assertEqual(row.crm_google_state, "linked")
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_a_meeting_of_a_series_shows_its_google_state(self):
        account = self.connected()
        rows = self.recurrence().with_user(self.user)
        self.assertEqual(rows[1].crm_google_state, "none")
        self.sync(account)
        self.assertEqual(set(rows.mapped("crm_google_state")), {"linked"})

    def test_a_single_meeting_of_a_series_says_so(self):
        account = self.connected()
        self.make_series("Odd", "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=6")
        self.sync(account)
        row = self.meetings()[0].with_user(self.user)
        self.assertIn("belongs to a series", row.crm_google_line()["text"])

    def test_single_meetings_of_a_series_go_both_ways(self):
        account = self.connected()
        series = self.make_series("Odd", "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=6")
        window = {"last": self.soon(days=300).date()}
        self.sync(account, **window)
        rows = self.meetings().sorted("start")
        rows[0].name = "Ours"
        rows[1].write({"start": rows[1].start + timedelta(hours=1)})
        rows[2].unlink()
        ids = self.google.occurrences("Events", series["id"])
        self.google.edit_occurrence("Events", ids[4], location="There")
        self.sync(account, **window)
        self.assert_same()
        self.google.edit("Events", series["id"], description="For all")
        self.sync(account, trigger="auto")
        self.assert_same()
        self.assertEqual(sum("For all" in (r.description or "") for r in self.meetings()), 5)

    def test_a_series_among_the_tasks_is_an_activity_each(self):
        account = self.connected()
        day = self.soon(days=2).date()
        rule = ["RRULE:FREQ=WEEKLY;COUNT=4"]
        after = day + timedelta(days=1)
        self.google.add_event("Tasks", "Report", day, after, recurrence=rule)
        self.sync(account)
        todos = self.env["mail.activity"].search([("summary", "=", "Report")])
        days = {day + timedelta(days=7 * number) for number in range(4)}
        self.assertEqual(set(todos.mapped("date_deadline")), days)
        todos[0].date_deadline += timedelta(days=1)
        self.sync(account)
        self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_the_cap_counts_a_series_by_its_meetings(self):
        account = self.connected()
        for number in range(4):
            self.make_series(f"Series {number}", "FREQ=DAILY;COUNT=40")
        self.patch_cap(100)
        run = self.sync(account)
        self.assertEqual((len(self.recurrences()), run.left_over), (2, 2))
        self.sync(account)
        self.assert_same()

    def test_the_newest_change_wins_where_the_company_wants_it(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.clash_winner", "newest")
        account = self.connected()
        rows = self.recurrence()
        self.sync(account)
        ids = self.google.occurrences("Events", self.series_link().event_id)
        rows[1].name = "Ours"
        self.env.flush_all()
        self.google.edit_occurrence("Events", ids[1], summary="Theirs")
        self.sync(account)
        self.assertIn(rows[1].name, ("Theirs", "Ours"))
        self.assert_same()

    def test_with_a_series_that_is_shown_singly_go_its_exceptions_too(self):
        self.archiving()
        account = self.connected()
        series = self.make_series("Odd", "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=6")
        window = {"last": self.soon(days=300).date()}
        self.sync(account, **window)
        ids = self.google.occurrences("Events", series["id"])
        self.google.edit_occurrence("Events", ids[1], location="There")
        self.sync(account, **window)
        self.google.delete("Events", series["id"])
        self.sync(account, trigger="auto")
        self.assertFalse(self.meetings())
