"""Which changes lead to a run: all but those that a run has made itself, as it meant them."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command

from odoo.addons.crm_google_calendar.bridge import hints, settings

from .common import GoogleCase
from .series import SeriesMixin


class HintCase(SeriesMixin, GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        settings.put(self.env, "auto_sync", "True")
        self.sync(self.account)

    def hints(self, model=None):
        domain = [("model", "=", model)] if model else []
        return self.env["crm.google.hint"].search(domain)

    def asked(self):
        """Let the scheduled action look, as it does every hour."""
        self.account._nudge("auto")
        self.work()

    @contextmanager
    def automation(self, model, method, then):
        """A rule that does something whenever records are made or written, as Odoo's rules do."""
        cls = self.env.registry[model]
        origin, busy = getattr(cls, method), []

        def patched(records, values):
            result = origin(records, values)
            if not busy:
                busy.append(True)
                then(result if method == "create" else records)
                busy.clear()
            return result

        with patch.object(cls, method, patched):
            yield


class TestAutomations(HintCase):
    """What a rule does while a run writes is no write of the run: it reaches Google at once."""

    def add(self, title="Lunch"):
        day = self.soon().date()
        return self.google.add_event("Events", title, f"{day}T12:00", f"{day}T13:00")

    def add_task(self, title="Call Bob"):
        days = self.soon(days=3).date(), self.soon(days=4).date()
        return self.google.add_event("Tasks", title, *days)

    def edit(self, title="Dinner"):
        """Pull a meeting, then a change of it."""
        self.add()
        self.asked()
        [event] = self.events().values()
        self.google.edit("Events", event["id"], summary=title)

    def test_one_that_renames_a_new_meeting(self):
        self.add()
        with self.automation("calendar.event", "create", lambda new: new.write({"name": "Ours"})):
            self.asked()
        self.assertEqual((self.meetings().name, list(self.events())), ("Ours", ["Ours"]))
        self.assertFalse(self.hints())

    def test_one_that_renames_a_changed_meeting(self):
        self.edit()
        with self.automation("calendar.event", "write", lambda rows: rows.write({"name": "Ours"})):
            self.asked()
        self.assertEqual((self.meetings().name, list(self.events())), ("Ours", ["Ours"]))
        self.assertFalse(self.hints())

    def test_one_that_renames_only_in_some_other_way_than_google_has_it(self):
        self.edit()
        with self.automation(
            "calendar.event", "write", lambda rows: rows.write({"location": "Room 1"})
        ):
            self.asked()
        [event] = self.events().values()
        self.assertEqual((event["summary"], event["location"]), ("Dinner", "Room 1"))

    def test_one_that_makes_a_follow_up_meeting(self):
        self.add()
        with self.automation("calendar.event", "create", lambda new: self.meeting("Follow-up")):
            self.asked()
        self.assertEqual(sorted(self.events()), ["Follow-up", "Lunch"])

    def test_one_that_makes_a_follow_up_task(self):
        self.add()
        with self.automation("calendar.event", "create", lambda new: self.task("Thank them")):
            self.asked()
        self.assertEqual(list(self.events("task")), ["Call: Thank them"])

    def test_one_that_archives_a_changed_meeting(self):
        self.edit()
        with self.automation("calendar.event", "write", lambda rows: rows.write({"active": False})):
            self.asked()
        self.assertEqual(self.events(), {})

    def test_one_that_deletes_a_changed_meeting(self):
        self.edit()
        with self.automation("calendar.event", "write", lambda rows: rows.unlink()):
            self.asked()
        self.assertEqual(self.events(), {})

    def test_one_that_invites_a_guest(self):
        bea = self.env["res.partner"].create({"name": "Bea"})
        invite = {"partner_ids": [Command.link(bea.id)]}
        self.add()
        with self.automation("calendar.event", "create", lambda new: new.write(invite)):
            self.asked()
        self.assertIn("Guests: Bea", self.events()["Lunch"]["description"])

    def test_one_that_gives_a_new_task_to_somebody_else(self):
        eve = self.new_user("eve", "eve@example.com")
        self.add_task()
        with self.automation("mail.activity", "create", lambda new: new.write({"user_id": eve.id})):
            self.asked()
        self.assertEqual(self.events("task"), {})

    def test_one_that_renames_a_new_task(self):
        self.add_task()
        with self.automation("mail.activity", "create", lambda new: new.write({"summary": "Ours"})):
            self.asked()
        self.assertEqual(list(self.events("task")), ["Ours"])

    def test_one_that_renames_the_meetings_of_a_new_series(self):
        self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=3")
        with self.automation("calendar.event", "create", lambda new: new.write({"name": "Ours"})):
            self.asked()
        self.assertEqual(set(self.meetings().mapped("name")), {"Ours"})
        self.assertEqual(list(self.events()), ["Ours"])
        self.assertFalse(self.hints())

    def test_one_that_makes_a_task_for_each_meeting_of_a_changed_series(self):
        self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=3")
        self.asked()
        [event] = self.events().values()
        self.google.edit("Events", event["id"], summary="Monday")
        with self.automation("calendar.event", "write", lambda rows: self.task("Prepare")):
            self.asked()
        self.assertEqual(list(self.events()), ["Monday"])
        self.assertEqual(list(self.events("task")), ["Call: Prepare"])

    def test_without_one_a_run_leads_to_no_other(self):
        self.add()
        self.add_task()
        self.make_series("Jour fixe", "FREQ=WEEKLY;COUNT=3")
        for _run in range(2):
            calls = self.emulator.count("events.list")
            self.asked()
            self.assertEqual(self.emulator.count("events.list"), calls + 2)
            self.assertFalse(self.hints())
            [event] = [each for each in self.google.events("Events") if "recurrence" not in each]
            self.google.edit("Events", event["id"], summary="Dinner")
        self.assertEqual(len(self.meetings()), 4)

    def test_what_odoo_refuses_is_not_tried_again_by_its_own_hint(self):
        self.edit()

        def refuse(rows):
            raise ValueError("no")

        lists = self.emulator.count("events.list")
        with self.automation("calendar.event", "write", refuse):
            self.asked()
        self.assertEqual(self.link(self.meetings()).state, "set_aside")
        self.assertEqual(self.emulator.count("events.list"), lists + 2)
        self.assertFalse(self.hints())


class TestNames(HintCase):
    """Names that the entries show are other records': renaming one reaches Google at once."""

    def lead(self, name="Big deal"):
        return self.env["crm.lead"].create({"name": name, "user_id": self.user.id})

    def partner(self, name="Bea", **values):
        return self.env["res.partner"].create({"name": name, **values})

    def on(self, record):
        return {"res_model_id": self.env["ir.model"]._get_id(record._name), "res_id": record.id}

    def guests(self, *partners):
        every = self.user.partner_id.concat(*partners)
        return {"partner_ids": [Command.set(every.ids)]}

    def said(self, title="Demo", kind="event"):
        return self.events(kind)[title].get("description", "")

    def test_of_an_opportunity(self):
        lead = self.lead()
        self.meeting("Demo", opportunity_id=lead.id)
        self.task("Write", **self.on(lead))
        self.work()
        lead.name = "Bigger deal"
        self.work()
        self.assertIn("Opportunity: Bigger deal", self.said())
        self.assertIn("Bigger deal", self.said("Call: Write", "task"))

    def test_of_an_opportunity_of_a_series(self):
        lead = self.lead()
        self.recurrence("Demo", opportunity_id=lead.id)
        self.work()
        lead.name = "Bigger deal"
        self.work()
        self.assertIn("Opportunity: Bigger deal", self.said())

    def test_of_a_guest(self):
        bea = self.partner()
        self.meeting("Demo", **self.guests(bea))
        self.recurrence("Jour fixe", **self.guests(bea))
        self.work()
        bea.name = "Beatrix"
        self.work()
        self.assertIn("Guests: Beatrix", self.said())
        self.assertIn("Guests: Beatrix", self.said("Jour fixe"))

    def test_of_a_guest_who_is_a_user(self):
        eve = self.new_user("eve", "eve@example.com")
        self.meeting("Demo", **self.guests(eve.partner_id))
        self.work()
        eve.name = "Eva"
        self.work()
        self.assertIn("Guests: Eva", self.said())

    def test_of_a_contact_with_a_task_and_of_the_company_it_belongs_to(self):
        company = self.partner("Zenith", is_company=True)
        bea = self.partner(parent_id=company.id)
        self.task("Write", **self.on(bea))
        self.work()
        self.assertIn("Zenith, Bea", self.said("Call: Write", "task"))
        bea.name = "Beatrix"
        self.work()
        self.assertIn("Zenith, Beatrix", self.said("Call: Write", "task"))
        company.name = "Nadir"
        self.work()
        self.assertIn("Nadir, Beatrix", self.said("Call: Write", "task"))

    def test_of_a_type_of_activity(self):
        self.task("Write")
        self.work()
        self.env.ref("mail.mail_activity_data_call").name = "Ring"
        self.work()
        self.assertEqual(list(self.events("task")), ["Ring: Write"])

    def test_of_a_type_of_activity_in_the_users_language_alone(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.user.lang = "de_DE"
        self.task("Write")
        self.work()
        self.env.ref("mail.mail_activity_data_call").update_field_translations(
            "name", {"de_DE": "Klingeln"}
        )
        self.work()
        self.assertEqual(list(self.events("task")), ["Klingeln: Write"])

    def test_of_an_opportunity_that_is_deleted(self):
        lead = self.lead()
        self.meeting("Demo", opportunity_id=lead.id)
        self.recurrence("Jour fixe", opportunity_id=lead.id)
        self.work()
        lead.unlink()
        self.work()
        self.assertNotIn("Opportunity", self.said())
        self.assertNotIn("Opportunity", self.said("Jour fixe"))

    def test_of_a_guest_who_is_deleted(self):
        bea = self.partner()
        self.meeting("Demo", **self.guests(bea))
        self.work()
        bea.unlink()
        self.work()
        self.assertNotIn("Bea", self.said())

    def test_of_leads_that_are_merged(self):
        left, gone = self.lead("Big deal"), self.lead("Same deal")
        self.meeting("Demo", opportunity_id=gone.id)
        self.task("Write", **self.on(gone))
        self.work()
        merged = (left | gone).merge_opportunity()
        self.work()
        self.assertIn(f"Opportunity: {merged.name}", self.said())
        self.assertIn(merged.name, self.said("Call: Write", "task"))

    def test_of_guests_who_are_merged(self):
        bea, beatrix = self.partner(), self.partner("Beatrix")
        self.meeting("Demo", **self.guests(bea))
        self.work()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((bea | beatrix).ids, beatrix)
        self.env.invalidate_all()
        self.work()
        self.assertIn("Guests: Beatrix", self.said())

    def test_saving_a_lead_or_a_contact_costs_nothing_unless_its_name_is_written(self):
        lead, bea = self.lead(), self.partner()
        self.env.cr.flush()
        lead.write({"expected_revenue": 5, "priority": "1"})
        bea.write({"phone": "1"})
        self.env.cr.flush()
        self.assertFalse(self.hints())
        counts = []
        for switch in ("True", "", "True"):
            settings.put(self.env, "auto_sync", switch)
            lead.name, bea.name = f"Deal {len(counts)}", f"Bea {len(counts)}"
            self.env.flush_all()
            self.env["crm.google.account"]._worker_id()  # remembered, but by the test's own switch
            before = self.env.cr.sql_log_count
            self.env.cr.precommit.run()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2] - counts[1], 1)

    def test_without_auto_sync_a_rename_leaves_no_hint(self):
        lead, bea = self.lead(), self.partner()
        self.meeting("Demo", opportunity_id=lead.id, **self.guests(bea))
        self.work()
        settings.put(self.env, "auto_sync", "")
        lead.name, bea.name = "Other deal", "Beatrix"
        self.env.ref("mail.mail_activity_data_call").name = "Ring"
        lead.unlink()
        bea.unlink()
        self.env.cr.flush()
        self.assertFalse(self.hints())

    def test_a_name_shown_by_many_is_found_in_a_few_statements(self):
        call = self.env.ref("mail.mail_activity_data_call")
        for number in range(30):
            self.task(f"Write {number}")
        self.work()
        self.env.cr.flush()
        call.name = "Ring"
        self.env.cr.precommit.run()
        self.assertEqual(len(self.hints()), 1)
        before = self.env.cr.sql_log_count
        hints.dispatch(self.env)
        self.assertLess(self.env.cr.sql_log_count - before, 15)
        self.assertEqual(len(self.hints("mail.activity")), 30)


class TestMany(HintCase):
    def test_while_reconnect_is_pending_many_saves_of_one_meeting_leave_one_hint(self):
        meeting = self.meeting("Demo")
        self.work()
        self.account.state = "reconnect"
        for number in range(3):
            meeting.name = f"Demo {number}"
            self.work()
        self.assertEqual(len(self.hints()), 1)
        self.account.state = "connected"
        self.work()
        self.assertEqual(list(self.events()), ["Demo 2"])
        self.assertFalse(self.hints())
