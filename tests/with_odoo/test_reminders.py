"""Silence means no mail now: Odoo's own reminders come at their time, also after a run."""

from datetime import timedelta

from odoo import Command, fields

from .common import GoogleCase


class TestReminders(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.cron = self.env.ref("calendar.ir_cron_scheduler_alarm")
        self.alarm = self.env["calendar.alarm"].create(
            {"name": "Mail", "alarm_type": "email", "duration": 3, "interval": "hours"}
        )

    def _reminded(self, **values):
        """A meeting with a mail reminder, in sync, of which no reminder is scheduled any more."""
        meeting = self.meeting(alarm_ids=[Command.set(self.alarm.ids)], **values)
        self.sync(self.account)
        self.env["ir.cron.trigger"].search([]).unlink()
        return meeting

    def _scheduled(self):
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        return triggers.mapped("call_at")

    def _moved(self, event_id, start):
        times = (start, start + timedelta(hours=1))
        start, end = ({"dateTime": f"{moment.isoformat()}Z", "timeZone": "UTC"} for moment in times)
        self.google.edit("Events", event_id, start=start, end=end)

    def test_a_meeting_moved_in_google_is_reminded_of_at_its_new_time(self):
        meeting = self._reminded()
        self._moved(self.link(meeting).event_id, self.soon(days=5, hour=12))
        self.sync(self.account)
        self.assertEqual(meeting.start, self.soon(days=5, hour=12))
        self.assertEqual(self._scheduled(), [self.soon(days=5, hour=9)])

    def test_a_meeting_renamed_in_google_schedules_nothing(self):
        meeting = self._reminded()
        self.google.edit("Events", self.link(meeting).event_id, summary="Other")
        self.sync(self.account)
        self.assertEqual(self._scheduled(), [])

    def test_a_meeting_that_is_opened_again_is_reminded_of(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.gone_in_google", "archive")
        meeting = self._reminded()
        event_id = self.link(meeting).event_id
        self.google.delete("Events", event_id)
        self.sync(self.account)
        self.assertFalse(meeting.active)
        self.google.restore("Events", event_id)
        self.sync(self.account)
        self.assertTrue(meeting.active)
        self.assertEqual(self._scheduled(), [self.soon(hour=7)])

    def test_a_series_moved_in_google_is_reminded_of_at_its_new_time(self):
        weekly = {"recurrency": True, "rrule": "FREQ=DAILY;COUNT=3", "event_tz": "UTC"}
        series = self._reminded(**weekly).recurrence_id
        self._moved(self.link(series).event_id, self.soon(hour=14))
        self.sync(self.account)
        starts = series.calendar_event_ids.filtered("active").mapped("start")
        self.assertEqual(min(starts), self.soon(hour=14))
        self.assertEqual(self._scheduled(), [self.soon(hour=11)])

    def test_a_pop_up_tells_no_open_page_at_once(self):
        alarm = self.alarm.create(
            {"name": "Pop", "alarm_type": "notification", "duration": 1, "interval": "hours"}
        )
        meeting = self._reminded()
        meeting.alarm_ids += alarm
        self.sync(self.account)
        self.env["bus.bus"].search([]).unlink()
        self.env["ir.cron.trigger"].search([]).unlink()
        self._moved(self.link(meeting).event_id, self.soon(days=5, hour=12))
        self.sync(self.account)
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].search([("message", "ilike", "calendar.alarm")])
        self.assertFalse(told)
        self.assertEqual(self._scheduled(), [self.soon(days=5, hour=9)])


class TestDone(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.mail_type = self.env.ref("mail.mail_activity_data_email")
        self.call = self.env.ref("mail.mail_activity_data_call")
        self.call.write({"chaining_type": "trigger", "triggered_next_type_id": self.mail_type.id})
        self.task_ = self.task("Ring up")
        self.lead = self.env["crm.lead"].browse(self.task_.res_id)
        self.follower = self.env.ref("base.user_admin")
        self.follower.notification_type = "inbox"
        self.lead.message_subscribe(
            self.follower.partner_id.ids, subtype_ids=self.env.ref("mail.mt_activities").ids
        )
        self.sync(self.account)
        self.event_id = self.link(self.task_).event_id

    def _titled(self, summary):
        self.google.edit("Tasks", self.event_id, summary=summary)
        self.sync(self.account)

    def _counted(self):
        self.env.flush_all()
        return self.env["crm.activity.report"].search_count(
            [("lead_id", "=", self.lead.id), ("mail_activity_type_id", "=", self.call.id)]
        )

    def _next(self):
        return self.env["mail.activity"].search(
            [("res_id", "=", self.lead.id), ("activity_type_id", "=", self.mail_type.id)]
        )

    def test_a_task_ticked_off_in_google_counts_as_done_without_a_mail(self):
        before = self.env["mail.mail"].search_count([])
        self._titled("✓ Call: Ring up")
        self.assertFalse(self.task_.active)
        self.assertEqual(self._counted(), 1)
        message = self.lead.message_ids[0]
        self.assertEqual(message.author_id, self.user.partner_id)
        self.assertFalse(message.notification_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_a_task_on_a_document_that_the_user_may_not_see_is_done_all_the_same(self):
        own = self.env.ref("sales_team.group_sale_salesman")
        self.assertIn(own, self.user.group_ids)
        self.lead.user_id = self.follower
        self.env.flush_all()
        self._titled("✓ Call: Ring up")
        self.assertEqual((self.task_.active, self.link(self.task_).state), (False, "linked"))

    def test_the_next_activity_of_a_task_ticked_off_in_google_goes_there(self):
        self._titled("✓ Call: Ring up")
        following = self._next()
        self.assertEqual((len(following), following.user_id), (1, self.user))
        self.sync(self.account)
        self.assertEqual(set(self.events("task")), {"✓ Call: Ring up", "Email: Email"})

    def test_a_check_mark_that_is_taken_off_again_takes_everything_back(self):
        for _time in range(2):
            self._titled("✓ Call: Ring up")
            self.sync(self.account)
            self._titled("Call: Ring up")
            self.sync(self.account)
            self.assertTrue(self.task_.active)
            self.assertEqual((self._counted(), len(self._next())), (0, 0))
            self.assertEqual(list(self.events("task")), ["Call: Ring up"])

    def test_a_next_activity_that_was_worked_on_stays_and_comes_once(self):
        self._titled("✓ Call: Ring up")
        following = self._next()
        self.env.cr.execute(
            "UPDATE mail_activity SET write_date = write_date + interval '1 s' WHERE id = %s",
            [following.id],
        )
        self.env.invalidate_all()
        for title in ("Call: Ring up", "✓ Call: Ring up"):
            self._titled(title)
        self.assertFalse(self.task_.active)
        self.assertEqual((self._counted(), self._next()), (1, following))

    def test_what_the_crm_marked_as_done_is_followed_once_whatever_google_says(self):
        self.task_.with_user(self.user).action_feedback()
        following = self._next()
        self.sync(self.account)
        for title in ("Call: Ring up", "✓ Call: Ring up"):
            self._titled(title)
        self.assertEqual((self._counted(), self._next()), (1, following))

    def test_a_task_deleted_in_google_is_not_done_also_where_deletions_archive(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.gone_in_google", "archive")
        self.google.delete("Tasks", self.event_id)
        self.sync(self.account)
        self.assertTrue(self.task_.active)
        self.assertEqual(self.link(self.task_).state, "detached")
        self.assertEqual((self._counted(), len(self._next())), (0, 0))
        self.assertNotIn(fields.Date.today(), self.task_.mapped("date_done"))
