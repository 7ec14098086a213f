"""What happens around a connection: people, companies and records that change."""

from odoo import Command

from odoo.addons.crm_google_calendar.bridge import settings

from .common import SAM
from .connecting import ConnectCase


class LifeCase(ConnectCase):
    def written(self):
        """How many events were made, changed or deleted in Google so far."""
        return sum(self.emulator.count(f"events.{verb}") for verb in ("insert", "patch", "delete"))

    def lead(self, name="Big deal"):
        return self.env["crm.lead"].create({"name": name, "user_id": self.user.id})

    def on(self, lead):
        return {"res_model_id": self.env["ir.model"]._get_id("crm.lead"), "res_id": lead.id}


class TestRename(LifeCase):
    def setUp(self):
        super().setUp()
        self.consent()
        self.names = self.in_google()

    def mine(self):
        self.env.invalidate_all()
        return self.user.with_user(self.user)

    def rename(self):
        self.assertTrue(self.mine().crm_google_misnamed)
        notices = self.notices()
        self.mine().action_crm_google_rename()
        self.work()
        return notices[-1]

    def test_calendars_keep_their_names_until_the_user_wants_new_ones(self):
        self.assertFalse(self.mine().crm_google_misnamed)
        self.company.name = "Zenith"
        self.sync(self.account)
        self.assertEqual(self.in_google(), self.names)
        self.assertEqual(self.rename()["type"], "success")
        self.assertEqual(self.in_google(), [name.replace("Acme", "Zenith") for name in self.names])
        self.assertFalse(self.mine().crm_google_misnamed)

    def test_a_renamed_calendar_keeps_the_day_it_was_made(self):
        for calendar in self.account.calendar_ids:
            calendar.name = calendar.name[:-11] + "2020-02-02)"
        self.company.name = "Zenith"
        self.rename()
        self.assertTrue(all(name.endswith("(created: 2020-02-02)") for name in self.in_google()))

    def test_a_user_who_moves_to_another_company_may_rename_them_too(self):
        zenith = self.env["res.company"].create({"name": "Zenith"})
        self.user.write({"company_ids": [Command.link(zenith.id)], "company_id": zenith.id})
        self.sync(self.account)
        self.assertEqual(self.in_google(), self.names)
        self.rename()
        self.assertTrue(all(name.startswith("Zenith ") for name in self.in_google()))

    def test_a_calendar_that_is_gone_is_said_and_the_other_is_renamed(self):
        self.company.name = "Zenith"
        self.google.delete_calendar("Events")
        self.assertEqual(self.rename()["type"], "danger")
        self.assertTrue(self.in_google()[0].startswith("Zenith Tasks"))
        self.assertTrue(self.accounts.get_status()["gone"])

    def test_a_grant_that_is_dead_leads_to_reconnect(self):
        self.company.name = "Zenith"
        self.emulator.kill_grants()
        self.emulator.expire_access_tokens()
        self.rename()
        self.assertState("reconnect", "Reconnect")


class TestRecords(LifeCase):
    def setUp(self):
        super().setUp()
        self.connected()

    def test_a_lead_that_is_lost_keeps_its_meetings_and_tasks_in_google(self):
        lead = self.lead()
        self.meeting("Demo", opportunity_id=lead.id)
        self.task("Call", **self.on(lead))
        self.sync(self.account)
        lead.action_set_lost()
        self.sync(self.account)
        self.assertEqual((list(self.events()), len(self.events("task"))), (["Demo"], 1))

    def test_meetings_and_tasks_of_merged_leads_stand_once_under_the_lead_that_is_left(self):
        left, gone = self.lead("Big deal"), self.lead("Same deal")
        meeting = self.meeting("Demo", opportunity_id=gone.id)
        task = self.task("Call", **self.on(gone))
        self.sync(self.account)
        ids = {self.link(meeting).event_id, self.link(task).event_id}
        merged = (left | gone).merge_opportunity()
        self.sync(self.account)
        events = [*self.events().values(), *self.events("task").values()]
        self.assertEqual({event["id"] for event in events}, ids)
        self.assertEqual((meeting.opportunity_id, task.res_id), (merged, merged.id))
        self.assertIn(f"Opportunity: {merged.name}", self.events()["Demo"]["description"])

    def test_a_guest_who_is_merged_into_another_partner_changes_the_details_only(self):
        guests = self.env["res.partner"].create([{"name": "Bea"}, {"name": "Beatrix"}])
        both = self.user.partner_id | guests[0]
        meeting = self.meeting("Demo", partner_ids=[Command.set(both.ids)])
        self.sync(self.account)
        kept = self.events()["Demo"]["id"]
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(guests.ids, guests[1])
        self.env.invalidate_all()
        self.sync(self.account)
        event = self.events()["Demo"]
        self.assertEqual((event["id"], len(self.meetings())), (kept, 1))
        self.assertIn("Guests: Beatrix", event["description"])
        self.assertEqual(self.link(meeting).state, "linked")

    def test_another_time_zone_of_the_user_pushes_nothing_again(self):
        self.meeting("Demo")
        self.task("Call")
        self.sync(self.account)
        before, written = self.events()["Demo"]["start"], self.written()
        self.user.tz = "America/New_York"
        self.sync(self.account)
        self.assertEqual((self.events()["Demo"]["start"], self.written()), (before, written))

    def test_another_company_of_the_user_moves_and_deletes_nothing(self):
        meeting = self.meeting("Demo")
        self.task("Call")
        self.sync(self.account)
        written = self.written()
        zenith = self.env["res.company"].create({"name": "Zenith"})
        self.user.write({"company_ids": [Command.link(zenith.id)], "company_id": zenith.id})
        self.sync(self.account)
        self.assertEqual((self.written(), self.link(meeting).state), (written, "linked"))


class TestThreeGuests(LifeCase):
    """Each has a copy of his own; whatever one does reaches the others through the CRM, once."""

    def setUp(self):
        super().setUp()
        self.accounts_, self.emails = [], []
        users = [
            self.user,
            *(self.new_user(name, f"{name}@example.com") for name in ("eve", "kim")),
        ]
        for user in users:
            if user != self.user:
                self.emulator.add_user(user.email, user.name, "Europe/Berlin")
            self.emails.append(user.email)
            self.accounts_.append(self.connected(user, user.email))
        settings.put(self.env, "auto_sync", "True")
        guests = self.user.partner_id.concat(*(user.partner_id for user in users))
        self.shared = self.meeting("Shared", partner_ids=[Command.set(guests.ids)])
        self.work()

    def all_run(self):
        for account in self.accounts_:
            account._nudge("auto")
        self.work()
        self.work()

    def event(self, email):
        [event] = self.emulator.user(email).events("Events (created")
        return event

    def assertOneEach(self, title, place=None):
        for email in self.emails:
            event = self.event(email)
            self.assertEqual((event["summary"], event.get("location")), (title, place), email)
        self.assertEqual((self.shared.name, self.shared.location or None), (title, place))
        self.assertEqual(self.env["calendar.event"].search_count([("name", "=", title)]), 1)
        written = self.written()
        self.all_run()
        self.assertEqual(self.written(), written)

    def test_a_change_by_one_reaches_the_two_others_once(self):
        self.assertOneEach("Shared")
        written = self.written()
        eve = self.emulator.user(self.emails[1])
        eve.edit("Events", self.event(self.emails[1])["id"], summary="Moved by Eve")
        self.all_run()
        self.assertEqual(self.written(), written + 2)
        self.assertOneEach("Moved by Eve")

    def test_two_change_different_things_at_once(self):
        for email, change in zip(
            self.emails, ({"summary": "New"}, {"location": "There"}), strict=False
        ):
            hands = self.emulator.user(email)
            hands.edit("Events", self.event(email)["id"], **change)
        self.all_run()
        self.assertOneEach("New", "There")

    def test_one_deletes_his_copy_and_the_others_keep_theirs(self):
        gone = self.emails[2]
        self.emulator.user(gone).delete("Events", self.event(gone)["id"])
        self.all_run()
        self.assertTrue(self.shared.active)
        self.shared.with_user(self.user).name = "Goes on"
        self.all_run()
        self.assertEqual(
            [self.event(email)["summary"] for email in self.emails[:2]], ["Goes on"] * 2
        )
        self.assertEqual(self.events(email=gone), {})

    def assertBackOnce(self, delete, number=1):
        """Two guests edit it in Google while it is deleted here: so many meetings come back."""
        edits = ({"summary": "New"}, {"location": "There"})
        for email, edit in zip(self.emails[1:], edits, strict=True):
            self.emulator.user(email).edit("Events", self.event(email)["id"], **edit)
        delete(self.shared.with_user(self.user))
        mails = self.env["mail.mail"].search_count([])
        self.all_run()
        self.all_run()
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        back = self.env["calendar.event"].search([])
        self.assertEqual([(row.name, row.location) for row in back], [("New", "There")] * number)
        guests = back.partner_ids.mapped("email")  # and the first, unless his event went before
        self.assertLessEqual(set(self.emails[1:]), set(guests))
        for email in guests:
            event = self.event(email)
            self.assertEqual((event["summary"], event["location"]), ("New", "There"))
        for email in set(self.emails) - set(guests):
            self.assertEqual(self.events(email=email), {})
        written = self.written()
        self.all_run()
        self.assertEqual(self.written(), written)

    def test_edits_by_two_guests_bring_a_deleted_meeting_back_once(self):
        self.assertBackOnce(lambda meeting: meeting.unlink())

    def test_edits_by_two_guests_bring_a_deleted_series_back_once(self):
        daily = {"recurrency": True, "rrule_type": "daily", "end_type": "count", "count": 4}
        self.shared.write(daily)
        self.all_run()
        self.assertBackOnce(lambda meeting: meeting.action_mass_deletion("all_events"), 4)

    def test_where_deletions_archive_only_that_of_the_organizer_does(self):
        settings.put(self.env, "gone_in_google", "archive")
        gone, organizer = self.emails[2], self.emails[0]
        self.emulator.user(gone).delete("Events", self.event(gone)["id"])
        self.all_run()
        self.assertTrue(self.shared.active)
        self.assertEqual(self.event(organizer)["summary"], "Shared")
        self.emulator.user(organizer).delete("Events", self.event(organizer)["id"])
        self.all_run()
        self.assertFalse(self.shared.active)
        self.assertEqual([self.events(email=email) for email in self.emails], [{}] * 3)


class TestSharedGoogleAccount(LifeCase):
    def test_two_users_of_one_google_account_have_two_calendars_each_and_no_mixture(self):
        eve = self.new_user("eve", "eve@example.com")
        mine, hers = self.connected(), self.connected(eve)
        self.assertEqual(len(self.in_google()), 4)
        self.meeting("Mine")
        self.meeting("Hers", user=eve)
        both = self.user.partner_id | eve.partner_id
        self.meeting("Both", partner_ids=[Command.set(both.ids)])
        for account in (mine, hers, mine, hers):
            self.sync(account)
        for account, wanted in ((mine, ["Both", "Mine"]), (hers, ["Both", "Hers"])):
            events = self.emulator.user(SAM).events(self.calendar(account).google_id)
            self.assertEqual(sorted(event["summary"] for event in events), wanted)
        names = self.env["calendar.event"].search([]).mapped("name")
        self.assertEqual([names.count(name) for name in ("Mine", "Hers", "Both")], [1, 1, 1])
