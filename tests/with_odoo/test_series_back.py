"""What was let go and comes back is one, not two; and a master goes with its last occurrence."""

from odoo import Command

from odoo.addons.crm_google_calendar.bridge import settings

from .lives import LivesMixin
from .series import EdgeCase

EVA = "eva@example.com"


class TestComesBack(LivesMixin, EdgeCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "gone_in_google", "detach")

    def assert_one_each(self, before):
        every = self.env["calendar.event"].with_context(active_test=False)
        every = every.search([("partner_ids", "in", self.user.partner_id.ids)])
        self.assertEqual(every.sorted("start"), before.sorted("start"))
        self.assertEqual(set(self.env["crm.google.link"].search([]).mapped("state")), {"linked"})
        self.settled(len(before))

    def revive(self, event_id):
        """An occurrence that stands again with its series, as if it had never been deleted."""
        calendar = self.google.calendar("Events (created")
        event = calendar.events.pop(event_id)
        del calendar.exceptions[event.master_id][event.original.key()]
        calendar.log = [name if name != event_id else event.master_id for name in calendar.log]

    def test_a_restored_series_takes_its_detached_meeting_back(self):
        for moved in (False, True):
            with self.subTest(moved=moved), self.one_life():
                event, ids = self.series()
                before = self.meetings()
                if moved:
                    self.shift(self.row(2), hours=1)
                    self.run_()
                self.google.delete_occurrence("Events", ids[2])
                self.run_()
                self.google.delete("Events", event["id"])
                self.run_()
                self.google.restore("Events", event["id"])
                self.revive(ids[2])
                self.run_()
                self.assert_one_each(before)

    def test_and_what_was_written_in_it_meanwhile(self):
        event, ids = self.series()
        before = self.meetings()
        self.google.delete_occurrence("Events", ids[2])
        self.run_()
        self.row(2).location = "Here"
        self.google.delete("Events", event["id"])
        self.run_()
        self.google.restore("Events", event["id"])
        self.revive(ids[2])
        self.run_()
        self.assertEqual(self.row(2).location, "Here")
        self.assert_one_each(before)

    def test_an_end_in_google_that_is_taken_back(self):
        event, ids = self.series()
        before = self.meetings().sorted("start")
        self.google.end_series("Events", ids[3])
        self.run_()
        self.assertFalse(before[-1].recurrence_id)
        self.google.edit("Events", event["id"], recurrence=["RRULE:FREQ=WEEKLY;COUNT=6"])
        self.run_()
        self.assert_one_each(before)

    def test_a_second_part_that_is_seen_a_run_later(self):
        _event, ids = self.series()
        before = self.meetings().sorted("start")
        new = self.google.split_series("Events", ids[3], summary="Later")
        calendar = self.google.calendar("Events (created")
        hidden = calendar.events.pop(new["id"])
        calendar.order.remove(hidden)
        calendar.log.remove(new["id"])
        self.run_()
        calendar.events[new["id"]] = hidden
        calendar.order.append(hidden)
        calendar.log.append(new["id"])
        self.run_()
        self.assert_one_each(before)
        self.assertEqual(set(before[3:].mapped("name")), {"Later"})


class TestTakenOff(LivesMixin, EdgeCase):
    def test_a_guest_taken_off_the_first_part_has_no_day_twice(self):
        self.emulator.add_user(EVA, "Eva", "Europe/Berlin")
        eva = self.new_user("eva", EVA)
        hers = self.connected(eva, EVA)
        guests = [Command.set((self.user.partner_id | eva.partner_id).ids)]
        self.recurrence(partner_ids=guests)
        self.run_()
        self.sync(hers)
        self.row(3).write({"name": "Ours", "recurrence_update": "future_events"})
        first = self.meetings().filtered(lambda row: row.name != "Ours")
        first.write({"partner_ids": [Command.unlink(eva.partner_id.id)]})
        self.sync(hers)
        self.google = self.emulator.user(EVA)
        spans = self.google_spans()
        self.assertEqual((len(spans), max(spans.values())), (6, 1))
        days = [span[1].date() for span in spans]
        self.assertEqual(len(set(days)), 6)
        states = self.env["crm.google.link"].search([("account_id", "=", hers.id)])
        self.assertEqual(sorted(states.mapped("state")), ["detached", "linked"])
        self.assertIn("nothing had to be changed", self.sync(hers).summary)


class TestEmptied(LivesMixin, EdgeCase):
    def test_a_master_goes_with_its_last_occurrence(self):
        for gone in ("archive", "detach"):
            for here in (0, 1, 3):
                with self.subTest(gone=gone, here=here), self.one_life():
                    settings.put(self.env, "gone_in_google", gone)
                    _event, ids = self.series("FREQ=WEEKLY;COUNT=3")
                    rows = self.meetings().sorted("start")
                    rows[:here].unlink()
                    for event_id in ids[here:]:
                        self.google.delete_occurrence("Events", event_id)
                    self.run_()
                    self.assertFalse(self.masters())
                    left = 3 - here if gone == "detach" else 0
                    self.assertEqual(len(self.meetings()), left)
                    run = self.run_()
                    self.assertIn("nothing had to be changed", run.summary)
                    self.assertEqual(run.done, 0)

    def test_and_with_the_last_of_the_guests(self):
        _event, ids = self.series("FREQ=WEEKLY;COUNT=2")
        self.google.delete_occurrence("Events", ids[0])
        self.run_()
        self.google.delete_occurrence("Events", ids[1])
        self.run_()
        self.assertFalse(self.masters())
        self.assertFalse(self.meetings())
        self.assertIn("nothing had to be changed", self.run_().summary)


class TestNewAddress(LivesMixin, EdgeCase):
    """What an edit in Google brings back under a new id names that id there, in the same run."""

    def described(self):
        events = self.google.events("Events (created") + self.google.events("Tasks (created")
        return " ".join(event.get("description", "") for event in events)

    def test_of_a_meeting_a_task_and_a_series(self):
        self.meeting("Single")
        self.task("Call back")
        self.recurrence("Jour fixe")
        self.run_()
        meeting = self.meetings().filtered(lambda row: row.name == "Single")
        series = self.meetings() - meeting
        task = self.env["mail.activity"].search([("summary", "=", "Call back")])
        gone = [f"calendar.event/{row.id}" for row in meeting | series.sorted("start")[:1]]
        for records in (meeting, series, task):
            records.unlink()
        for event in self.google.events("Events (created"):
            self.google.edit("Events", event["id"], location="There")
        [event] = self.google.events("Tasks (created")
        self.google.edit("Tasks", event["id"], description=event["description"] + "<br>More")
        self.run_()
        for name in gone:
            self.assertNotIn(f"{name}\n", self.described() + "\n")
            self.assertNotIn(f"{name}<", self.described())
            self.assertNotIn(f'{name}"', self.described())
        first = self.meetings().filtered("recurrence_id").recurrence_id.base_event_id
        self.assertIn(f"calendar.event/{first.id}", self.described())
        run = self.run_()
        self.assertIn("nothing had to be changed", run.summary)
        self.assertEqual(run.done, 0)
