"""A working life in one test: 2,000 mixed entries, changed and deleted on random sides."""

import random
from datetime import timedelta

from .common import GoogleCase
from .compare import crm_meetings, crm_tasks, google_meetings, google_tasks

EACH = 500  # meetings and tasks in Odoo, events of both kinds in Google: 2,000 in all
CHANGED = 300
DELETED = 100


class TestTwoThousand(GoogleCase):
    def test_both_sides_are_equal_after_two_runs(self):
        self.chance = random.Random(7)
        self.env["ir.config_parameter"].set_param("crm_google_calendar.gone_in_google", "archive")
        account = self.connected()
        self._fill()
        self._sync_without_a_mail(account)
        self._assert_equal(2 * EACH, 2 * EACH)
        kept = self._stir()
        self._sync_without_a_mail(account)
        self._sync_without_a_mail(account)
        self._assert_equal(*kept)
        links = self.env["crm.google.link"].search([])
        self.assertEqual(set(links.mapped("cause")), {False, "archived_there", "deleted_there"})
        self.assertEqual(len(links.filtered(lambda link: link.state == "linked")), sum(kept))

    def _sync_without_a_mail(self, account):
        mails = self.env["mail.mail"].search_count([])
        self.assertEqual(self.sync(account).state, "done")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def _fill(self):
        lead = self.on_lead()
        call = self.env.ref("mail.mail_activity_data_call").id
        self.env["calendar.event"].with_user(self.user).with_context(dont_notify=True).create(
            [self._meeting_values(number) for number in range(EACH)]
        )
        self.env["mail.activity"].with_user(self.user).create(
            [
                {
                    "summary": f"Task {number}",
                    "activity_type_id": call,
                    "date_deadline": self._day(number),
                    "user_id": self.user.id,
                    **lead,
                }
                for number in range(EACH)
            ]
        )
        for number in range(EACH):
            self.google.add_event("Events", f"Event {number}", *self._span(number))
            day = self._day(number)
            self.google.add_event("Tasks", f"Entry {number}", day, day + timedelta(days=1))

    def _day(self, number):
        return self.soon(days=number % 60 - 20).date()

    def _span(self, number):
        if number % 5 == 0:
            return self._day(number), self._day(number) + timedelta(days=1 + number % 3)
        start = self.soon(days=number % 60 - 20, hour=number % 24)
        ends = start + timedelta(minutes=15 * (1 + number % 7))
        return start.isoformat() + "Z", ends.isoformat() + "Z"

    def _meeting_values(self, number):
        values = {"name": f"Meeting {number}", "location": f"Room {number % 9}"}
        if number % 5 == 0:
            first = self._day(number)
            days = {"start_date": first, "stop_date": first + timedelta(days=number % 3)}
            return {**values, "allday": True, "start": first, "stop": first, **days}
        start = self.soon(days=number % 60 - 20, hour=number % 24)
        return {**values, "start": start, "stop": start + timedelta(minutes=30)}

    def _stir(self):
        """Change 300 entries and delete 100 others; returns how many meetings and tasks stay."""
        links = list(self.env["crm.google.link"].search([]))
        touched = self.chance.sample(links, CHANGED + DELETED)
        for number, link in enumerate(touched[:CHANGED]):
            self._change(link, number)
        for link in touched[CHANGED:]:
            self._delete(link)
        deleted = [link.kind for link in touched[CHANGED:]]
        return 2 * EACH - deleted.count("event"), 2 * EACH - deleted.count("task")

    def _change(self, link, number):
        calendar = "Events" if link.kind == "event" else "Tasks"
        record = self.env[link.model].browse(link.res_id).with_user(self.user)
        in_google = self.chance.random() < 0.5
        if in_google and self.chance.random() < 0.5:
            day = self._day(number * 7)
            self.google.edit(calendar, link.event_id, start=day, end=day + timedelta(days=1))
        elif in_google:
            label = self.google.event(calendar, link.event_id)["summary"].partition(": ")[1]
            prefix = "Call: " if label else ""
            self.google.edit(calendar, link.event_id, summary=f"{prefix}Changed {number}")
        elif link.kind == "event":
            record.write({"name": f"Renamed {number}", "location": "Elsewhere"})
        elif number % 2:
            record.date_deadline = self._day(number * 3)
        else:
            record.action_feedback()

    def _delete(self, link):
        if self.chance.random() < 0.5:
            self.google.delete("Events" if link.kind == "event" else "Tasks", link.event_id)
        else:
            self.env[link.model].browse(link.res_id).unlink()

    def _assert_equal(self, meetings, tasks):
        """Archived meetings count as gone; a task that was deleted in Google stays here alone."""
        in_google = self.google.events("Events (created")
        self.assertEqual(crm_meetings(self.env, self.user), google_meetings(in_google))
        self.assertEqual(len(in_google), meetings)
        linked = self.env["crm.google.link"].search(
            [("kind", "=", "task"), ("state", "=", "linked")]
        )
        in_google = self.google.events("Tasks (created")
        tasks_here = crm_tasks(self.env, self.user)
        here_alone = tasks_here - google_tasks(in_google)
        self.assertEqual(google_tasks(in_google) - tasks_here, {})
        self.assertEqual((len(linked), len(in_google)), (tasks, tasks))
        apart = self.env["crm.google.link"].search(
            [("kind", "=", "task"), ("state", "=", "detached")]
        )
        self.assertEqual(here_alone.total(), len(apart))
