"""A series that Odoo makes anew, when it is edited as a whole, keeps its link in every state."""

from odoo.addons.crm_google_calendar.bridge import settings

from google_emulator import Fault

from .series import EdgeCase

ALL, FUTURE = {"recurrence_update": "all_events"}, {"recurrence_update": "future_events"}


class TestInherited(EdgeCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")
        settings.put(self.env, "gone_in_google", "keep")
        self.recurrence("Series")
        self.run_()
        self.event_id = self.series_link().event_id

    def let_go(self):
        self.google.delete("Events", self.event_id)
        self.run_("auto")
        self.assertEqual(self.series_link().state, "detached")

    def edit_all(self):
        """As Odoo's form does it: the recurrence and all meetings but one are made anew."""
        before = self.recurrences()
        self.shift(self.row(2), "all_events", hours=2)
        self.assertNotEqual(self.recurrences(), before)
        self.assertEqual(len(self.meetings()), 6)

    def shown(self):
        self.env.invalidate_all()
        rows = self.meetings().with_user(self.user)
        return {(row.crm_google_state, bool(row.crm_google_link_id)) for row in rows}

    def test_one_that_is_no_longer_synchronized_says_so(self):
        for runs in ((), ("auto",), ("wizard", "auto", "wizard")):
            with self.subTest(runs):
                self.let_go()
                self.edit_all()
                for trigger in runs:
                    self.run_(trigger)
                self.assertEqual(self.shown(), {("detached", True)})
                self.assertIn("deleted in Google", self.row(0).crm_google_line()["text"])
                self.assertEqual(self.masters(), [])
                self.row(0).action_crm_google_push_again()
                self.work()
                self.assertEqual(self.shown(), {("linked", True)})
                self.settled(6)
                self.event_id = self.series_link().event_id

    def test_it_is_edited_again_and_again(self):
        self.let_go()
        for _number in range(3):
            self.edit_all()
            self.run_("auto")
        self.assertEqual((self.shown(), self.masters()), ({("detached", True)}, []))

    def test_the_meeting_that_odoo_kept_goes_later(self):
        self.let_go()
        self.edit_all()
        self.row(0).unlink()
        self.run_()
        self.assertEqual((self.shown(), self.masters()), ({("detached", True)}, []))

    def test_what_is_split_off_it_is_not_sent_either(self):
        self.let_go()
        self.shift(self.row(3), "future_events", hours=2)
        self.assertEqual(len(self.recurrences()), 2)
        for trigger in ("auto", "wizard", "auto"):
            self.assertEqual(self.shown(), {("detached", True)})
            self.run_(trigger)
        self.assertEqual(self.masters(), [])
        for number in (0, 5):
            self.row(number).action_crm_google_push_again()
        self.work()
        self.assertEqual(self.shown(), {("linked", True)})
        self.settled(6)

    def test_one_that_is_set_aside_can_be_tried_again(self):
        row = self.row(0)
        row.write({"name": "Bad", **ALL})
        self.emulator.faults.script("events.patch", Fault(400, "invalid"))
        run = self.sync(self.account, "auto")
        self.assertEqual(run.set_aside, 1)
        self.edit_all()
        self.assertEqual(self.shown(), {("set_aside", True)})
        self.row(0).action_crm_google_retry()
        self.work()
        self.assertEqual(self.shown(), {("linked", True)})
        self.settled(6)

    def test_one_in_sync_is_on_its_way_at_once(self):
        self.edit_all()
        self.env.cr.flush()  # hints are written right before a commit
        self.assertEqual(self.shown(), {("linked", True)})
        self.assertEqual(self.row(0).crm_google_line()["state"], "pending")
        self.run_("auto")
        self.assertEqual([event["id"] for event in self.masters()], [self.event_id])
        self.settled(6)

    def test_a_link_left_by_an_earlier_version_follows_with_the_next_run(self):
        self.let_go()
        link = self.series_link()
        old = link.res_id
        self.edit_all()
        link.res_id = old
        self.run_()
        self.assertEqual((self.shown(), self.masters()), ({("detached", True)}, []))

    def test_one_that_returns_from_the_bin_is_one(self):
        self.let_go()
        self.edit_all()
        self.run_("auto")
        self.google.restore("Events", self.event_id)
        self.run_("auto")
        self.assertEqual([event["id"] for event in self.masters()], [self.event_id])
        self.settled(6)


class TestSplitByTwo(EdgeCase):
    """Two guests: what one does to a series in Google leaves the other's links whole."""

    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")
        self.eve = self.new_user("eve", "eve@example.com")
        self.emulator.add_user("eve@example.com", "Eve", "Europe/Berlin")
        self.hers = self.connected(self.eve, "eve@example.com")

    def both(self):
        for _number in range(2):
            for account in (self.account, self.hers):
                for trigger in ("auto", "wizard"):
                    run = self.sync(account, trigger)
                    self.assertEqual((run.state or "done", run.cause), ("done", False))

    def test_the_last_meeting_is_split_off_and_moved(self):
        for number in (3, 5):
            for days in (0, 1):
                with self.subTest(number=number, days=days):
                    rows = self.recurrence(f"S{number}{days}")
                    quietly = rows.with_context(no_mail_to_attendees=True)
                    quietly.write({"partner_ids": [(4, self.eve.partner_id.id)]})
                    self.both()
                    link = self.env["crm.google.link"].search(
                        [("res_id", "=", rows.recurrence_id.id), ("user_id", "=", self.user.id)]
                    )
                    ids = self.google.occurrences("Events", link.event_id)
                    new = self.google.split_series("Events", ids[number])
                    self.shift_series(new["id"], hours=3, days=days)
                    self.both()
                    titles = list(self.events(email="eve@example.com"))
                    self.assertIn(f"S{number}{days}", titles)
                    self.assertEqual(
                        self.env["crm.google.link"]
                        .search([("state", "!=", "linked")])
                        .mapped("reason"),
                        [],
                    )
        for account in (self.account, self.hers):
            self.assertIn("nothing had to be changed", self.sync(account).summary)

    def test_it_is_a_single_event_afterwards(self):
        rows = self.recurrence("Series")
        quietly = rows.with_context(no_mail_to_attendees=True)
        quietly.write({"partner_ids": [(4, self.eve.partner_id.id)]})
        self.both()
        link = self.env["crm.google.link"].search([("user_id", "=", self.user.id)])
        ids = self.google.occurrences("Events", link.event_id)
        new = self.google.split_series("Events", ids[5])
        self.both()
        self.shift_series(new["id"], days=1)
        self.google.edit("Events", new["id"], recurrence=None)
        self.both()
        self.google.edit("Events", new["id"], recurrence=["RRULE:FREQ=DAILY;COUNT=2"])
        self.both()
        for account in (self.account, self.hers):
            self.assertIn("nothing had to be changed", self.sync(account).summary)
