"""What people do with series that other synchronizations do not survive; both sides must agree."""

from collections import Counter

from odoo.addons.crm_google_calendar.bridge import settings

from .lives import LivesMixin
from .series import EdgeCase


class TestMovedFar(EdgeCase):
    def test_an_occurrence_moved_out_of_the_window_stays_itself(self):
        _event, ids = self.series()
        self.shift_occurrence(ids[2], days=900)
        self.settled(6)
        self.shift_occurrence(ids[2], days=-880)
        self.settled(6)

    def test_an_occurrence_moved_before_the_window_and_the_series(self):
        _event, ids = self.series()
        self.shift_occurrence(ids[2], days=-400)
        self.settled(6)
        self.shift(self.row(0), hours=2)
        self.settled(6)

    def test_a_meeting_moved_out_of_the_window_here(self):
        self.series()
        self.shift(self.row(4), days=700)
        self.settled(6)
        self.row(5).unlink()
        self.settled(5)

    def test_an_endless_series_with_an_occurrence_moved_far(self):
        _event, ids = self.series("FREQ=WEEKLY")
        number = len(self.meetings())
        self.shift_occurrence(ids[1], days=-300)
        self.shift_occurrence(ids[3], days=3)
        self.run_()
        self.assertEqual(len(self.meetings()), number)
        self.assertIn("nothing had to be changed", self.run_().summary)
        self.assertEqual(len(set(self.starts())), number)


class TestBeyondTheWindow(LivesMixin, EdgeCase):
    def test_an_occurrence_of_which_no_meeting_is_held_is_deleted_in_google(self):
        settings.put(self.env, "days_ahead", "60")
        for policy in ("detach", "archive"):
            for trigger in ("auto", "wizard"):
                with self.subTest(policy=policy, trigger=trigger), self.one_life():
                    settings.put(self.env, "gone_in_google", policy)
                    _event, ids = self.series("FREQ=WEEKLY")
                    number = len(self.meetings())
                    self.google.delete_occurrence("Events", ids[31])
                    self.run_(trigger)
                    self.assertEqual(len(self.meetings()), number)
                    self.assertIn("nothing had to be changed", self.run_().summary)
                    self.sync(self.account, last=self.soon(days=2 + 7 * 34).date())
                    days = {start.date() for start in self.starts()}
                    held = [self.soon(days=2 + 7 * week).date() in days for week in (30, 31, 32)]
                    self.assertEqual(held, [True, False, True])


class TestMovedOnto(EdgeCase):
    def test_an_occurrence_moved_onto_anothers_start(self):
        _event, ids = self.series()
        self.shift_occurrence(ids[1], days=7)
        self.settled(6)
        self.assertEqual(len(set(self.starts())), 5)
        self.shift_occurrence(ids[1], days=-7)
        self.settled(6)
        self.assertEqual(len(set(self.starts())), 6)

    def test_a_meeting_moved_onto_anothers_start(self):
        self.series()
        self.shift(self.row(1), days=7)
        self.settled(6)
        self.row(1).unlink()
        self.settled(5)

    def test_two_that_change_places(self):
        _event, ids = self.series()
        self.shift_occurrence(ids[1], days=7)
        self.shift_occurrence(ids[2], days=-7)
        self.google.edit_occurrence("Events", ids[1], summary="First")
        self.settled(6)
        self.assertEqual(
            [row.name == "First" for row in self.meetings().sorted("start")].index(True), 2
        )

    def test_two_that_change_places_here(self):
        rows = self.recurrence("Jour fixe")
        self.run_()
        first, second = rows[1], rows[2]
        self.shift(first, days=7)
        self.shift(second, days=-7)
        first.name = "First"
        self.settled(6)


class TestMovedThenAll(EdgeCase):
    def test_a_moved_occurrence_and_then_all_in_google(self):
        event, ids = self.series()
        self.shift_occurrence(ids[2], hours=5)
        self.run_()
        self.shift_series(event["id"], hours=1)
        self.settled()

    def test_a_moved_meeting_and_then_all_in_google(self):
        event, _ids = self.series()
        self.shift(self.row(2), hours=5)
        self.run_()
        self.shift_series(event["id"], hours=1)
        self.settled(6)

    def test_a_moved_occurrence_and_then_all_here(self):
        _event, ids = self.series()
        self.shift_occurrence(ids[2], hours=5)
        self.run_()
        self.shift(self.row(0), "all_events", hours=1)
        self.settled()

    def test_all_moved_to_another_day_on_both_sides(self):
        event, _ids = self.series()
        self.shift_series(event["id"], days=1)
        self.shift(self.row(0), "all_events", days=2)
        self.settled(6)

    def test_a_moved_meeting_while_all_are_moved_in_google(self):
        event, _ids = self.series()
        self.shift(self.row(2), hours=3)
        self.shift_series(event["id"], hours=1)
        self.settled(6)


class TestThisAndFollowing(EdgeCase):
    def test_twice_in_google(self):
        _event, ids = self.series("FREQ=WEEKLY;COUNT=9")
        later = self.google.split_series("Events", ids[3], location="Later")
        self.settled(9)
        ids = self.google.occurrences("Events", later["id"])
        self.google.split_series("Events", ids[3], location="Last")
        self.settled(9)
        places = [row.location or "" for row in self.meetings().sorted("start")]
        self.assertEqual(places, [""] * 3 + ["Later"] * 3 + ["Last"] * 3)

    def test_twice_before_a_run(self):
        _event, ids = self.series("FREQ=WEEKLY;COUNT=9")
        later = self.google.split_series("Events", ids[3], location="Later")
        ids = self.google.occurrences("Events", later["id"])
        self.google.split_series("Events", ids[3], location="Last")
        self.google.delete_occurrence("Events", ids[1])
        self.settled(8)

    def test_twice_here(self):
        self.recurrence("Jour fixe", count=9)
        self.run_()
        self.shift(self.row(3), "future_events", hours=1)
        self.settled(9)
        self.shift(self.row(6), "future_events", hours=1)
        self.settled(9)
        self.assertEqual(len(self.masters()), 3)

    def test_here_of_what_was_split_in_google(self):
        _event, ids = self.series("FREQ=WEEKLY;COUNT=9")
        self.google.split_series("Events", ids[4], location="Later")
        self.run_()
        self.shift(self.row(6), "future_events", hours=1)
        self.settled(9)

    def test_in_google_of_what_was_split_here(self):
        self.recurrence("Jour fixe", count=9)
        self.run_()
        self.shift(self.row(3), "future_events", hours=1)
        self.run_()
        later = max(self.masters(), key=lambda event: event["start"]["dateTime"])
        ids = self.google.occurrences("Events", later["id"])
        self.google.split_series("Events", ids[2], location="Later")
        self.run_()  # the new series still shows the old one's address in the CRM
        self.settled(9)

    def test_from_the_first_one(self):
        _event, ids = self.series()
        self.google.split_series("Events", ids[1], location="Later")
        self.run_()
        self.shift(self.row(0), "future_events", hours=1)
        self.settled(6)

    def test_on_both_sides_at_once(self):
        _event, ids = self.series("FREQ=WEEKLY;COUNT=8")
        self.google.split_series("Events", ids[5], location="Later")
        self.shift(self.row(2), "future_events", hours=2)
        self.run_()
        self.assert_same()
        self.assertIn("nothing had to be changed", self.run_().summary)

    def test_with_exceptions_on_either_side_of_the_cut(self):
        _event, ids = self.series("FREQ=WEEKLY;COUNT=8")
        self.shift_occurrence(ids[1], hours=3)
        self.google.delete_occurrence("Events", ids[2])
        self.shift(self.row(6), hours=2)
        self.run_()
        self.google.split_series("Events", ids[4], location="Later")
        self.settled(7)


class TestCancelledAndRestored(EdgeCase):
    def test_in_google(self):
        _event, ids = self.series()
        self.google.delete_occurrence("Events", ids[2])
        self.settled(5)
        self.google.restore("Events", ids[2])
        self.settled(6)

    def test_in_google_after_it_was_moved(self):
        _event, ids = self.series()
        self.shift_occurrence(ids[2], hours=4)
        self.run_()
        self.google.delete_occurrence("Events", ids[2])
        self.run_()
        self.google.restore("Events", ids[2])
        self.settled(6)

    def test_here(self):
        self.recurrence("Jour fixe")
        self.run_()
        row = self.row(2)
        row.action_archive()
        self.settled(5)
        row.action_unarchive()
        self.settled(6)

    def test_deleted_here_and_restored_in_google(self):
        _event, ids = self.series()
        self.row(2).unlink()
        self.settled(5)
        self.google.restore("Events", ids[2])
        self.settled(6)

    def test_deleted_here_while_it_was_edited_in_google(self):
        _event, ids = self.series()
        self.google.edit_occurrence("Events", ids[2], location="There")
        self.row(2).unlink()
        self.settled(6)
        self.assertEqual(self.row(2).location, "There")

    def test_the_last_but_one_by_one(self):
        _event, ids = self.series("FREQ=WEEKLY;COUNT=3")
        for each in ids:
            self.google.delete_occurrence("Events", each)
            self.run_()
        self.settled(0)

    def test_all_here_one_by_one(self):
        self.recurrence("Jour fixe", count=3)
        self.run_()
        for number in (2, 1, 0):
            self.row(number).unlink()
            self.run_()
        self.settled(0)
        self.assertEqual(self.google_spans(), Counter())

    def test_the_first_and_the_last_of_a_counted_rule(self):
        self.recurrence("Jour fixe", count=6)
        self.run_()
        self.row(5).unlink()
        self.row(0).unlink()
        self.settled(4)
        self.shift(self.row(0), "all_events", hours=1)
        self.run_()
        self.assert_same()


class TestBothAtOnce(EdgeCase):
    def test_all_renamed_in_google_and_one_here(self):
        event, _ids = self.series()
        self.google.edit("Events", event["id"], summary="New", location="There")
        self.row(2).name = "Mine"
        self.settled(6)
        names = Counter(self.meetings().mapped("name"))
        self.assertEqual(
            (names, set(self.meetings().mapped("location"))), ({"New": 5, "Mine": 1}, {"There"})
        )

    def test_all_renamed_here_and_one_in_google(self):
        _event, ids = self.series()
        self.google.edit_occurrence("Events", ids[2], summary="Theirs")
        self.row(0).write({"location": "Here", "recurrence_update": "all_events"})
        self.settled(6)
        self.assertEqual(Counter(self.meetings().mapped("name"))["Theirs"], 1)
        self.assertEqual(set(self.meetings().mapped("location")), {"Here"})

    def test_the_rule_here_and_the_title_in_google(self):
        self.recurrence("Jour fixe", count=6)
        self.run_()
        [master] = self.masters()
        self.google.edit("Events", master["id"], summary="New")
        self.row(0).write({"recurrence_update": "all_events", "count": 4})
        self.settled(4)
        self.assertEqual(set(self.meetings().mapped("name")), {"New"})

    def test_deleted_in_google_while_one_is_edited_here(self):
        event, _ids = self.series()
        self.google.delete("Events", event["id"])
        self.row(1).name = "Mine"
        self.run_()
        self.assertEqual(len(self.meetings()), 6)
        self.assertEqual(self.series_link().state, "detached")

    def test_deleted_here_while_one_is_edited_in_google(self):
        _event, ids = self.series()
        self.google.edit_occurrence("Events", ids[2], location="There")
        self.row(0).action_mass_deletion("all_events")
        self.settled()
        self.assertIn("There", self.meetings().mapped("location"))
