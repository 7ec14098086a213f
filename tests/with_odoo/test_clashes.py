"""One field changed on both sides: a policy decides, and the losing value is kept."""

from datetime import timedelta

from odoo import fields

from .common import GoogleCase


class TestClashes(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.clashing = self.meeting("Base")
        self.sync(self.account)

    def _clash(self, policy=None, older=None):
        if policy:
            self.env["ir.config_parameter"].set_param("crm_google_calendar.clash_winner", policy)
        self.clashing.name = "From the CRM"
        if older:
            self._changed(hours=-1)
        self.google.edit("Events", self.link(self.clashing).event_id, summary="From Google")
        run = self.sync(self.account)
        self.assertEqual(list(self.events()), [self.clashing.name])
        return run

    def _changed(self, **ago):
        """As if it had been saved then; a test has but one moment."""
        self.clashing.sudo().crm_google_changed = fields.Datetime.now() + timedelta(**ago)

    def _notes(self):
        return " ".join(self.clashing.message_ids.mapped("body"))

    def test_the_crm_wins_by_default_and_the_other_value_is_kept(self):
        run = self._clash()
        self.assertEqual(self.clashing.name, "From the CRM")
        self.assertIn("From Google", " ".join(filter(None, run.line_ids.mapped("lost"))))
        self.assertIn("From Google", self._notes())

    def test_google_wins_where_the_policy_says_so(self):
        self._clash("google")
        self.assertEqual(self.clashing.name, "From Google")
        self.assertIn("From the CRM", self._notes())

    def test_the_newest_value_wins_where_the_policy_says_so(self):
        self._clash("newest", older=True)
        self.assertEqual(self.clashing.name, "From Google")

    def test_the_crms_value_is_the_newest_where_it_was_written_last(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.clash_winner", "newest")
        self.google.edit("Events", self.link(self.clashing).event_id, summary="From Google")
        self.clashing.name = "From the CRM"
        self._changed(hours=1)
        self.sync(self.account)
        self.assertEqual(self.clashing.name, "From the CRM")

    def test_a_tag_that_is_set_later_makes_an_older_title_no_newer(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.clash_winner", "newest")
        self.clashing.name = "From the CRM"
        self._changed(hours=-2)
        self.google.edit("Events", self.link(self.clashing).event_id, summary="From Google")
        self.clashing.categ_ids = self.env["calendar.event.type"].create({"name": "Tag"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE calendar_event SET write_date = %s WHERE id = %s",
            [fields.Datetime.now() + timedelta(hours=1), self.clashing.id],
        )
        self.env.invalidate_all()
        self.sync(self.account)
        self.assertEqual(self.clashing.name, "From Google")

    def test_a_save_notes_when_only_of_what_google_shows(self):
        self.clashing.sudo().crm_google_changed = False
        self.clashing.categ_ids = self.env["calendar.event.type"].create({"name": "Tag"})
        self.assertFalse(self.clashing.crm_google_changed)
        self.clashing.location = "Here"
        self.assertTrue(self.clashing.crm_google_changed)
        task = self.task("Write")
        task.summary = "Write again"
        self.assertTrue(task.crm_google_changed)
