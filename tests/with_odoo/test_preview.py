"""A preview lists what a run would do, with names, and writes nothing on either side."""

from unittest.mock import patch

from odoo.addons.crm_google_calendar.bridge import slices

from .series import EdgeCase

TABLES = (
    *("calendar_event", "calendar_recurrence", "calendar_attendee", "mail_activity"),
    *("mail_message", "crm_google_link", "crm_google_calendar", "crm_google_hint"),
)
WRITES = ("insert", "patch", "update", "delete", "move", "import")


class TestPreview(EdgeCase):
    def setUp(self):
        super().setUp()
        ours, theirs = self.meeting("Changed here"), self.make("Changed there")
        self.doomed = self.meeting("Deleted here")
        self.gone = self.meeting("Deleted there")
        self.task("Done here"), self.recurrence("Series here")
        self.weekly, self.ids = self.series()
        ours.name = "Changed here!"
        self.google.edit("Events", theirs["id"], summary="Changed there!")
        self.doomed.unlink()
        self.google.delete("Events", self.link(self.gone).event_id)
        self.env["mail.activity"].search([("summary", "=", "Done here")]).action_feedback()
        self.google.edit("Events", self.weekly["id"], location="There")
        self.meeting("New here"), self.make("New there"), self.task("New task")
        self.recurrence("New series here")
        self.make_series("New series there", "FREQ=DAILY;COUNT=3")
        self.env.flush_all()

    def make(self, title):
        day = self.soon().date()
        return self.google.add_event("Events", title, f"{day}T12:00", f"{day}T13:00")

    def snapshot(self):
        self.env.flush_all()
        found = {}
        for table in TABLES:
            self.env.cr.execute(f"SELECT t::text FROM {table} t ORDER BY id")  # noqa: S608
            found[table] = self.env.cr.fetchall()
        return found

    def preview(self):
        """Its checkpoints roll back, as they do outside of tests."""

        def forget():
            self.env.flush_all()
            self.env.cr.execute("ROLLBACK TO SAVEPOINT before_preview")
            self.watch.commit()
            self.env.invalidate_all()

        account = self.account
        run = account._start_run("preview", full=True)
        self.env.flush_all()
        self.env.cr.execute("SAVEPOINT before_preview")
        with patch.object(slices, "_forgetting", lambda env: forget):
            self.work()
        return run

    def test_it_lists_all_and_writes_nothing(self):
        before, calls = self.snapshot(), self.writes()
        run = self.preview()
        self.assertEqual((run.state, self.writes()), ("done", calls), run.message)
        self.assertEqual(self.snapshot(), before)
        listed = {(line.side, line.verb, line.title) for line in run.line_ids}
        for wanted in (
            ("google", "write", "Changed here!"),
            ("crm", "write", "Changed there!"),
            ("google", "remove", "Deleted here"),
            ("crm", "archive", "Deleted there"),
            ("google", "create", "New here"),
            ("crm", "create", "New there"),
            ("google", "create", "New task"),
            ("google", "create", "New series here"),
            ("crm", "create", "New series there"),
            ("crm", "write", "Jour fixe"),
        ):
            self.assertIn(wanted, listed)
        self.assertEqual((run.google_created, run.crm_created), (3, 2))
        self.assertIn("nothing was written", run.summary)

    def test_the_run_then_does_what_was_listed(self):
        def listed(run):
            return sorted((line.side, line.verb, line.title) for line in run.line_ids)

        preview = self.preview()
        self.assertEqual(listed(self.run_()), listed(preview))

    def writes(self):
        return [self.emulator.count(f"events.{verb}") for verb in WRITES]
