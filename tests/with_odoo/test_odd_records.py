"""What is odd about one record concerns it alone; and fields of ours are closed to everybody."""

import json
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_google_calendar.bridge import settings
from odoo.addons.crm_google_calendar.bridge.meeting import MeetingSource

from .common import GoogleCase

CLOCKS = ("boom", "25:00", "-1", "10", "\u0661\u0660:00", "10:00+05:00", " ", "10:00:00.5")


class OddCase(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.good = self.meeting("Good"), self.task("Fine")

    def tamper(self, record, **values):
        """Write past all checks, as an older version or another program may have."""
        names = ", ".join(f"{name} = %s" for name in values)
        self.env.flush_all()
        query = f"UPDATE {record._table} SET {names} WHERE id = %s"  # noqa: S608
        self.cr.execute(query, [*values.values(), record.id])
        record.invalidate_recordset()

    def assert_alone(self, record, aside=1):
        """The record is set aside, its neighbours are in Google; once mended, it follows."""
        run = self.sync(self.account)
        self.assertEqual((run.state, run.set_aside), ("done", aside), run.message)
        self.assertIn("Good", self.events())
        self.assertIn("Call: Fine", self.events("task"))
        if aside:
            self.assertEqual(self.link(record).state, "set_aside")
            self.assertIn("cannot be read in the CRM", self.link(record).reason)
        self.assertEqual(self.sync(self.account, "auto").state or "done", "done")

    def assert_heals(self, record, **values):
        self.tamper(record, **values)
        self.link(record).with_user(self.user).action_retry()
        self.work()
        self.assertEqual(self.link(record).state, "linked")
        self.assertIn("nothing had to be changed", self.sync(self.account).summary)


class TestOddTasks(OddCase):
    def test_a_clock_that_is_none_sets_its_task_aside(self):
        task = self.task("Odd")
        self.tamper(task, crm_google_clock="boom", crm_google_minutes=60)
        self.assert_alone(task)
        self.assert_heals(task, crm_google_clock=None)

    def test_so_it_is_for_one_that_is_in_google_already(self):
        task = self.task("Odd")
        self.sync(self.account)
        self.tamper(task, crm_google_clock="25:00")
        task.summary = "Odder"
        self.assert_alone(task)
        self.assertIn("Call: Odd", self.events("task"))
        self.assert_heals(task, crm_google_clock=None)
        self.assertIn("Call: Odder", self.events("task"))

    def test_no_such_value_fails_a_form_or_a_run(self):
        odd = [{"crm_google_clock": clock} for clock in CLOCKS]
        odd += [{"crm_google_clock": "10:00", "crm_google_zone": z} for z in ("Europe", "x", "/")]
        odd += [{"crm_google_minutes": n} for n in (-5, 2**31 - 1)]
        odd += [{"crm_google_clock": "10:00", "crm_google_minutes": 2**31 - 1}]
        odd += [{"date_deadline": date(9999, 12, 31)}, {"date_deadline": date(1, 1, 1)}]
        odd += [{"date_deadline": date(9999, 12, 31), "crm_google_clock": "23:00"}]
        tasks = [self.task(f"Odd {number}") for number in range(len(odd))]
        for task, values in zip(tasks, odd, strict=True):
            self.tamper(task, **values)
            task.with_user(self.user).web_read({"crm_google_time": {}, "crm_google_clock": {}})
        run = self.sync(self.account, first=date(1900, 1, 1), last=date(2199, 1, 1))
        self.assertEqual(run.state, "done", run.message)
        self.assertIn("Call: Fine", self.events("task"))


class TestOddMeetings(OddCase):
    def test_a_meeting_beyond_what_calendars_count_is_set_aside(self):
        meeting = self.meeting("Odd")
        self.sync(self.account)
        self.tamper(meeting, start="9999-12-31 23:00:00", stop="9999-12-31 23:30:00")
        meeting.location = "There"
        self.assert_alone(meeting)
        self.assert_heals(meeting, start="2026-12-01 10:00:00", stop="2026-12-01 11:00:00")

    def test_one_without_a_name_or_with_its_end_before_its_start_is_sent(self):
        odd = self.meeting("Odd")
        self.tamper(odd, name="", stop=odd.start - timedelta(hours=1))
        self.tamper(self.meeting("Blank"), location="\u0007", description="<p>")
        self.assert_alone(odd, aside=0)
        self.assertIn("", self.events())

    def test_a_record_that_raises_is_set_aside_alone(self):
        meeting = self.meeting("Odd")
        read = MeetingSource._read_when

        def raising(source, record):
            if record == meeting:
                raise RuntimeError("whatever another add-on raises")
            return read(source, record)

        with patch.object(MeetingSource, "_read_when", raising):
            self.assert_alone(meeting)
        self.assert_heals(meeting, location="Here")


class TestClosedFields(GoogleCase):
    VALUES = {"crm_google_clock": "boom", "crm_google_minutes": 5, "crm_google_zone": "x"}

    def test_nobody_writes_them_whatever_context_he_sends(self):
        task = self.task().with_user(self.user)
        meeting = self.meeting()
        for name, value in self.VALUES.items():
            for context in ({}, {"from_google": True, "su": True, "install_mode": True}):
                with self.assertRaisesRegex(AccessError, "Only a synchronization"):
                    task.with_context(**context).write({name: value})
        for user in (self.user, self.env.ref("base.user_admin")):
            with self.assertRaisesRegex(AccessError, "Only a synchronization"):
                meeting.with_user(user).write({"crm_from_google": True})

    def test_nobody_creates_with_them(self):
        activities = self.env["mail.activity"].with_user(self.user)
        for name, value in self.VALUES.items():
            with self.assertRaisesRegex(AccessError, "Only a synchronization"):
                activities.create({**self.values(), name: value})
        with self.assertRaisesRegex(AccessError, "Only a synchronization"):
            self.env["calendar.event"].with_user(self.user).create(
                {**self.meeting_values(), "crm_from_google": True}
            )

    def test_nobody_gives_them_defaults(self):
        context = {f"default_{name}": value for name, value in self.VALUES.items()}
        context["default_crm_from_google"] = True
        colleague = self.env(user=self.user, context=context)
        task = colleague["mail.activity"].create(self.values())
        meeting = colleague["calendar.event"].create(self.meeting_values())
        self.env["ir.default"].with_user(self.user).set(
            "mail.activity", "crm_google_clock", "boom", user_id=True
        )
        other = self.env["mail.activity"].with_user(self.user).create(self.values())
        for each in (task, other):
            self.assertEqual([each[name] for name in self.VALUES], [False, 0, False])
        self.assertFalse(meeting.crm_from_google)

    def test_nobody_imports_them(self):
        activities = self.env["mail.activity"].with_user(self.user)
        names = ["summary", "date_deadline", "res_model_id/.id", "res_id", "crm_google_clock"]
        on_lead = self.on_lead()
        row = ["x", "2026-12-01", str(on_lead["res_model_id"]), str(on_lead["res_id"]), "boom"]
        answer = activities.load(names, [row])
        self.assertFalse(answer["ids"])

    def test_a_copy_takes_none_along(self):
        task = self.task().with_user(self.user)
        task.sudo().write({"crm_google_clock": "10:00", "crm_google_minutes": 30})
        copied = task.copy()
        self.assertEqual([copied[name] for name in self.VALUES], [False, 0, False])
        with self.assertRaisesRegex(AccessError, "Only a synchronization"):
            task.copy({"crm_google_clock": "boom"})
        json.dumps(self.meeting().copy_data(), default=str)

    def test_odoos_own_copies_of_a_series_from_google_keep_the_flag(self):
        meeting = self.meeting(recurrency=True, rrule_type="daily", count=3, end_type="count")
        rows = meeting.recurrence_id.calendar_event_ids
        rows.sudo().write({"crm_from_google": True})
        meeting = meeting.with_context(no_mail_to_attendees=True)
        meeting.write(
            {"recurrence_update": "all_events", "start": self.soon(4), "stop": self.soon(4, 11)}
        )
        found = self.meetings().filtered(lambda row: row.name == "Demo")
        self.assertEqual(found.mapped("crm_from_google"), [True] * 3)

    def values(self):
        return {
            "summary": "Call",
            "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
            "date_deadline": self.soon().date(),
            "user_id": self.user.id,
            **self.on_lead(),
        }

    def meeting_values(self):
        return {"name": "Demo", "start": self.soon(), "stop": self.soon(hour=11)}


class TestWindow(GoogleCase):
    def wizard(self, first, last):
        wizards = self.env["crm.google.sync.wizard"].with_user(self.user)
        return wizards.create({"scope": "range", "date_from": first, "date_to": last})

    def test_dates_that_no_calendar_shows_are_refused_with_a_sentence(self):
        for first, last in (
            (date(1, 1, 1), date(2026, 1, 1)),
            (date(2026, 1, 1), date(9999, 12, 31)),
            (date(1, 1, 1), date(9999, 12, 31)),
            (date(2026, 1, 1), date(2200, 1, 1)),
        ):
            with self.assertRaisesRegex(UserError, "Choose dates between the years"):
                self.wizard(first, last)
        self.assertTrue(self.wizard(date(1970, 1, 1), date(2199, 12, 31)))

    def test_a_run_over_such_dates_ends_well_all_the_same(self):
        account = self.connected()
        meeting = self.meeting()
        for first, last in ((date.min, date.max), (date.max, date.max), (date.min, date.min)):
            self.assertEqual(self.sync(account, first=first, last=last).state, "done")
        self.assertTrue(self.link(meeting))

    def test_days_beyond_all_calendars_end_well_too(self):
        account = self.connected()
        settings.put(self.env, "days_back", "99999999")
        settings.put(self.env, "days_ahead", "99999999999")
        self.meeting()
        self.sync(account, "auto")
        self.assertIn("Demo", self.events())


class TestSize(GoogleCase):
    BIG = "<p>" + "word <b>bold</b> " * 120_000 + "</p>"

    def test_a_huge_description_is_sent_as_its_beginning_and_never_cut_here(self):
        account = self.connected()
        meeting = self.meeting()
        self.cr.execute(
            "UPDATE calendar_event SET description = %s WHERE id = %s", [self.BIG, meeting.id]
        )
        meeting.invalidate_recordset()
        self.sync(account)
        event = self.events()["Demo"]
        self.assertLess(len(event["description"]), 8200)
        self.google.edit("Events", event["id"], description="Cut")
        self.sync(account, "auto")
        self.assertEqual(len(meeting.description), len(self.BIG))
        self.assertIn("nothing had to be changed", self.sync(account).summary)
