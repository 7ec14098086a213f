"""Entries of the Tasks calendar that repeat: an activity for each occurrence of the window."""

from datetime import date, timedelta

from odoo.addons.crm_google_calendar.bridge import settings

from google_emulator.event_view import occurrences

from .common import GoogleCase
from .series import SeriesMixin

NAME = "Tasks (created"


class TestSeriesOfTasks(SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        settings.put(self.env, "auto_sync", "True")
        self.account = self.connected()
        self.day = self.soon(days=2).date()

    def daily(self, rule="FREQ=DAILY", **fields):
        after = self.day + timedelta(days=1)
        rule = [f"RRULE:{rule}"]
        return self.google.add_event("Tasks", "Report", self.day, after, recurrence=rule, **fields)

    def until(self, days, trigger="wizard"):
        return self.sync(self.account, trigger, last=self.day + timedelta(days=days - 1))

    def todos(self):
        todos = self.env["mail.activity"].with_context(active_test=False)
        return todos.search([("user_id", "=", self.user.id)], order="date_deadline, id")

    def ids(self, series):
        return self.google.occurrences("Tasks", series["id"])

    def exceptions(self):
        """What Google keeps of single occurrences: (title, first day, whether it is there)."""
        calendar = self.google.calendar(NAME)
        found = [event for event in calendar.order if event.master_id]
        return [(event.data.get("summary"), event.cancelled) for event in found]

    def days_in_google(self):
        """The days on which something stands in the Tasks calendar."""
        calendar = self.google.calendar(NAME)
        found = []
        for event in calendar.order:
            if event.is_master and not event.cancelled:
                starts = ((when, exception) for when, exception in occurrences(calendar, event))
                found += [
                    (exception.start or when if exception else when).day
                    for when, exception in starts
                    if not (exception and exception.cancelled)
                ]
            elif not event.master_id and not event.cancelled:
                found.append(event.start.day)
        return sorted(found)

    def assert_silent(self):
        self.assertIn("nothing had to be changed", self.until(10).summary)

    # -- from Google -----------------------------------------------------------------------

    def test_each_day_of_the_window_is_an_activity_linked_to_its_occurrence(self):
        series = self.daily()
        self.until(10)
        days = [self.day + timedelta(days=number) for number in range(10)]
        self.assertEqual(self.todos().mapped("date_deadline"), days)
        links = [self.link(todo) for todo in self.todos()]
        self.assertEqual([link.event_id for link in links], self.ids(series)[:10])
        self.assertEqual({link.series for link in links}, {series["id"]})
        self.assert_silent()
        self.assertEqual(self.exceptions(), [])

    def test_exceptions_come_along(self):
        series = self.daily("FREQ=DAILY;COUNT=6")
        ids = self.ids(series)
        self.google.delete_occurrence("Tasks", ids[1])
        self.google.edit_occurrence("Tasks", ids[2], summary="Special")
        after = self.day + timedelta(days=20)
        self.google.edit_occurrence("Tasks", ids[3], start=after, end=after + timedelta(days=1))
        self.until(30)
        expected = [(self.day + timedelta(days=n), "Report") for n in (0, 4, 5, 20)]
        expected.insert(1, (self.day + timedelta(days=2), "Special"))
        found = [(todo.date_deadline, todo.summary) for todo in self.todos()]
        self.assertEqual(found, expected)

    def test_an_occurrence_with_a_time_of_day_keeps_it(self):
        start = self.soon(days=2)
        self.google.add_event(
            "Tasks",
            "Call",
            start.isoformat() + "Z",
            (start + timedelta(minutes=30)).isoformat() + "Z",
            recurrence=["RRULE:FREQ=DAILY;COUNT=4"],
            time_zone="Europe/Berlin",
        )
        self.until(10)
        self.assertEqual(len(self.todos()), 4)
        self.assertEqual(len(set(self.todos().mapped("crm_google_clock"))), 1)
        self.assertTrue(self.todos()[0].crm_google_clock)
        self.assert_silent()

    def test_an_occurrence_edited_in_google_changes_only_its_activity(self):
        series = self.daily()
        self.until(10)
        before = self.todos().ids
        self.google.edit_occurrence("Tasks", self.ids(series)[4], summary="Special")
        self.sync(self.account, trigger="auto")
        self.assertEqual(self.todos().ids[:10], before)
        titles = [todo.summary for todo in self.todos()][:10]
        self.assertEqual(titles, ["Report"] * 4 + ["Special"] + ["Report"] * 5)

    def test_all_of_a_series_is_edited_in_google(self):
        series = self.daily("FREQ=DAILY;COUNT=10")
        self.google.edit_occurrence("Tasks", self.ids(series)[3], summary="Special")
        self.until(10)
        before = self.todos().ids
        self.google.edit("Tasks", series["id"], summary="New name", description="For all")
        self.sync(self.account, trigger="auto")
        self.assertEqual(self.todos().ids, before)
        titles = self.todos().mapped("summary")
        self.assertEqual(titles, ["New name"] * 3 + ["Special"] + ["New name"] * 6)
        self.assertEqual(sum("For all" in str(todo.note) for todo in self.todos()), 10)

    def test_an_occurrence_deleted_in_google_is_detached(self):
        series = self.daily("FREQ=DAILY;COUNT=10")
        self.until(10)
        self.google.delete_occurrence("Tasks", self.ids(series)[2])
        self.sync(self.account, trigger="auto")
        states = [self.link(todo).state for todo in self.todos()]
        self.assertEqual(states, ["linked"] * 2 + ["detached"] + ["linked"] * 7)
        self.assertTrue(all(self.todos().mapped("active")))
        self.assert_silent()

    def test_a_series_deleted_in_google_is_detached(self):
        series = self.daily()
        self.until(10)
        self.google.delete("Tasks", series["id"])
        self.sync(self.account, trigger="auto")
        self.assertEqual(len(self.todos()), 10)
        states = {(link.state, link.cause) for link in map(self.link, self.todos())}
        self.assertEqual(states, {("detached", "deleted_there")})
        self.assert_silent()

    def test_a_deleted_series_is_not_done_also_where_deletions_archive(self):
        self.archiving()
        series = self.daily()
        self.until(10)
        self.google.delete("Tasks", series["id"])
        self.sync(self.account, trigger="auto")
        self.assertEqual(set(self.todos().mapped("active")), {True})
        self.assertEqual({self.link(todo).state for todo in self.todos()}, {"detached"})

    def test_a_series_that_ends_earlier_detaches_the_later_activities(self):
        series = self.daily()
        self.until(10)
        self.google.end_series("Tasks", self.ids(series)[6])
        self.sync(self.account, trigger="auto")
        states = [self.link(todo).state for todo in self.todos()]
        self.assertEqual(states, ["linked"] * 6 + ["detached"] * 4)

    def test_the_later_part_of_a_series_goes_on_as_the_same_activities(self):
        series = self.daily("FREQ=DAILY;COUNT=10")
        self.until(10)
        before = self.todos().ids
        self.google.split_series("Tasks", self.ids(series)[6], summary="Later")
        self.sync(self.account, trigger="auto")
        self.assertEqual(self.todos().ids, before)
        self.assertEqual(self.todos().mapped("summary"), ["Report"] * 6 + ["Later"] * 4)
        self.assert_silent()

    def test_a_single_entry_that_becomes_a_series_keeps_its_activity(self):
        after = self.day + timedelta(days=1)
        event = self.google.add_event("Tasks", "Report", self.day, after)
        self.until(10)
        before = self.todos()
        self.google.edit("Tasks", event["id"], recurrence=["RRULE:FREQ=DAILY;COUNT=4"])
        self.sync(self.account, trigger="auto")
        self.assertEqual(len(self.todos()), 4)
        self.assertEqual(self.todos()[0], before)
        self.assert_silent()

    # -- from the CRM ------------------------------------------------------------------------

    def test_one_done_in_the_crm_marks_only_that_occurrence(self):
        series = self.daily("FREQ=DAILY;COUNT=10")
        self.until(10)
        self.todos()[3].action_done()
        self.sync(self.account, trigger="auto")
        self.assertEqual(self.exceptions(), [("✓ Report", False)])
        self.assertEqual(self.google.event("Tasks", self.ids(series)[3])["summary"], "✓ Report")
        self.assertEqual(self.google.event("Tasks", series["id"])["summary"], "Report")
        self.assertEqual(self.todos().mapped("active").count(False), 1)
        self.assert_silent()

    def test_one_marked_done_in_google_is_done_in_the_crm(self):
        series = self.daily("FREQ=DAILY;COUNT=10")
        self.until(10)
        self.google.edit_occurrence("Tasks", self.ids(series)[3], summary="✓ Report")
        self.sync(self.account, trigger="auto")
        active = self.todos().mapped("active")
        self.assertEqual(active, [True] * 3 + [False] + [True] * 6)
        self.assert_silent()

    def test_one_moved_and_renamed_in_the_crm_is_one_exception(self):
        series = self.daily("FREQ=DAILY;COUNT=10")
        self.until(10)
        todo = self.todos()[3]
        todo.write({"summary": "Special", "date_deadline": self.day + timedelta(days=20)})
        self.sync(self.account, trigger="auto")
        event = self.google.event("Tasks", self.ids(series)[3])
        self.assertEqual((event["summary"], len(self.exceptions())), ("Special", 1))
        start = date.fromisoformat(event["start"]["date"])
        self.assertEqual(start, self.day + timedelta(days=20))
        self.assertIn("nothing had to be changed", self.until(30).summary)

    def test_one_deleted_in_the_crm_cancels_only_that_occurrence(self):
        self.daily("FREQ=DAILY;COUNT=10")
        self.until(10)
        self.todos()[3].unlink()
        self.sync(self.account, trigger="auto")
        self.assertEqual([cancelled for _title, cancelled in self.exceptions()], [True])
        self.assert_silent()
        self.assertEqual(len(self.todos()), 9)

    def test_a_done_one_that_leaves_google_comes_back_once_it_is_open_again(self):
        settings.put(self.env, "done_tasks", "remove")
        self.daily("FREQ=DAILY;COUNT=10")
        self.until(10)
        todo = self.todos()[3]
        todo.action_done()
        self.sync(self.account, trigger="auto")
        self.assertEqual([cancelled for _title, cancelled in self.exceptions()], [True])
        todo.action_unarchive()
        self.sync(self.account, trigger="auto")
        self.assert_silent()
        self.assertEqual(self.link(todo).state, "linked")
        self.assertEqual(len(self.todos()), 10)
        self.assertEqual(self.days_in_google(), [self.day + timedelta(days=n) for n in range(10)])

    def test_one_deleted_in_google_can_be_pushed_again(self):
        series = self.daily("FREQ=DAILY;COUNT=10")
        self.until(10)
        todo = self.todos()[2]
        self.google.delete_occurrence("Tasks", self.ids(series)[2])
        self.sync(self.account, trigger="auto")
        self.link(todo).with_user(self.user).action_push_again()
        self.work()
        self.assert_silent()
        self.assertEqual(self.link(todo).state, "linked")
        self.assertEqual(self.days_in_google(), [self.day + timedelta(days=n) for n in range(10)])

    def test_one_assigned_to_somebody_else_leaves_google_alone(self):
        self.daily("FREQ=DAILY;COUNT=10")
        self.until(10)
        self.todos()[3].user_id = self.env.ref("base.user_admin")
        self.sync(self.account, trigger="auto")
        self.assertEqual([cancelled for _title, cancelled in self.exceptions()], [True])
        self.assert_silent()
        self.assertEqual(len(self.todos()), 9)

    def test_both_sides_change_different_occurrences(self):
        series = self.daily("FREQ=DAILY;COUNT=10")
        self.until(10)
        self.todos()[3].summary = "Ours"
        self.google.edit("Tasks", series["id"], summary="All")
        self.google.edit_occurrence("Tasks", self.ids(series)[5], summary="Theirs")
        self.sync(self.account)
        titles = self.todos().mapped("summary")
        self.assertEqual(titles, ["All"] * 3 + ["Ours", "All", "Theirs"] + ["All"] * 4)
        self.assertEqual(self.google.event("Tasks", self.ids(series)[3])["summary"], "Ours")

    # -- the window, and what is lost on the way ----------------------------------------------

    def test_as_the_window_moves_on_more_activities_come_by_themselves(self):
        self.daily()
        self.until(10)
        settings.put(self.env, "days_ahead", "21")
        for calendar in self.account.calendar_ids:
            calendar.full_pass -= timedelta(hours=25)
        self.sync(self.account, trigger="auto")
        days = [self.day + timedelta(days=number) for number in range(20)]
        self.assertEqual(self.todos().mapped("date_deadline"), days)
        self.assertEqual(self.exceptions(), [])

    def test_an_activity_before_the_window_stays_linked_to_its_occurrence(self):
        series = self.daily()
        self.until(10)
        self.google.edit("Tasks", series["id"], summary="New name")
        self.sync(self.account, first=self.day + timedelta(days=5))
        self.assertEqual(set(self.todos()[:10].mapped("summary")), {"New name"})

    def test_a_rule_that_only_google_reads_is_taken_apart_by_google(self):
        after = self.day + timedelta(days=1)
        event = self.google.add_event("Tasks", "Report", self.day, after)
        self.until(10)
        before = self.todos()
        rules = ["RRULE:FREQ=DAILY;COUNT=3", "EXRULE:FREQ=DAILY;COUNT=0"]
        self.google.edit("Tasks", event["id"], recurrence=rules)
        self.sync(self.account, trigger="auto")
        self.assertEqual((len(self.todos()), self.todos()[0]), (3, before))
        self.assertEqual(self.emulator.count("events.instances"), 1)

    def test_no_doubles_after_a_lost_cursor(self):
        series = self.daily()
        self.until(10)
        before = self.todos().ids
        self.todos()[3].action_done()
        self.google.delete_occurrence("Tasks", self.ids(series)[5])
        self.account.calendar_ids.write({"cursor": False})
        self.until(10)
        self.until(10)
        self.assertEqual(self.todos().ids, before)
        states = [self.link(todo).state for todo in self.todos()]
        self.assertEqual(states.count("detached"), 1)
