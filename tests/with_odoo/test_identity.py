"""A link belongs to one record, of one model, and to no other one that has the same number."""

from odoo.addons.crm_google_calendar.bridge import settings

from .series import EdgeCase

STATES = ("none", "pending", "linked", "detached", "set_aside")
NEGATED = {"=": "!=", "in": "not in"}


class TestLinkKeys(EdgeCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")

    def next_id(self, table, number):
        self.cr.execute("SELECT setval(%s, %s)", (f"{table}_id_seq", number - 1))

    def twins(self):
        """A linked series, and a meeting that has the same id as its recurrence."""
        self.cr.execute("SELECT nextval('calendar_event_id_seq') + 1000")
        [number] = self.cr.fetchone()
        self.next_id("calendar_recurrence", number)
        rows = self.recurrence("Series")
        self.sync(self.account)
        self.next_id("calendar_event", number)
        meeting = self.meeting("Meeting")
        self.assertEqual(meeting.id, rows.recurrence_id.id)
        return meeting, rows

    def test_a_meeting_whose_id_equals_a_recurrences_is_sent(self):
        for trigger in ("wizard", "auto"):
            with self.subTest(trigger):
                meeting, rows = self.twins()
                self.run_(trigger)
                self.assertIn("Meeting", self.events())
                self.assertEqual(self.link(meeting).state, "linked")
                self.settled()
                meeting.name = "Renamed"
                self.run_("auto")
                self.assertIn("Renamed", self.events())
                (meeting | rows).unlink()
                self.settled(0)

    def assertFoundAsShown(self, records):
        """Every way to search by the state finds what shows it, and nothing else."""
        records = records.with_user(self.user)
        records.invalidate_recordset(["crm_google_state"])
        shown = {record: record.crm_google_state for record in records}
        for state in STATES:
            for operator, value in (("=", state), ("in", [state]), ("in", [state, "linked"])):
                for negated in (False, True):
                    word = NEGATED[operator] if negated else operator
                    states = {*value} if operator == "in" else {value}
                    condition = ("crm_google_state", word, value)
                    found = records.search([("id", "in", records.ids), condition])
                    expected = {each for each in shown if (shown[each] in states) != negated}
                    self.assertEqual({*found}, expected, condition)
        return {*shown.values()}

    def test_records_are_found_by_the_state_that_they_show(self):
        meeting, rows = self.twins()
        both = meeting | rows
        self.assertEqual(self.assertFoundAsShown(both), {"none", "linked"})
        self.run_()
        self.assertEqual(self.assertFoundAsShown(both), {"linked"})
        self.link(meeting).write({"base": False, "last_sync": False})
        self.assertEqual(self.assertFoundAsShown(both), {"pending", "linked"})
        self.link(rows.recurrence_id).write({"state": "set_aside", "cause": "refused"})
        self.assertEqual(self.assertFoundAsShown(both), {"pending", "set_aside"})
        values = {"calendar_id": self.link(meeting).calendar_id.id, "event_id": "own"}
        apart = {"model": rows._name, "res_id": rows[2].id, "state": "detached"}
        self.env["crm.google.link"].create({**values, **apart})
        self.assertEqual(self.assertFoundAsShown(both), {"pending", "set_aside", "detached"})
        self.user = self.new_user("kim", "kim@example.com")
        both.partner_ids += self.user.partner_id
        self.assertEqual(self.assertFoundAsShown(both), {"none"})

    def test_tasks_are_found_by_the_state_that_they_show(self):
        tasks = self.task("One")
        self.run_()
        tasks |= self.task("Two")
        self.assertEqual(self.assertFoundAsShown(tasks), {"none", "linked"})
        self.link(tasks[0]).state = "detached"
        # an event without a record
        values = {"calendar_id": self.link(tasks[0]).calendar_id.id, "event_id": "no_record"}
        self.env["crm.google.link"].create({**values, "state": "detached"})
        self.assertEqual(self.assertFoundAsShown(tasks), {"none", "detached"})

    def test_each_of_both_shows_its_own_link(self):
        meeting, rows = self.twins()
        self.assertEqual(meeting.with_user(self.user).crm_google_state, "none")
        self.assertEqual(set(rows.with_user(self.user).mapped("crm_google_state")), {"linked"})
