"""Random lives of series, on both sides at once: whatever happens, both sides end up equal."""

import os
import random
from contextlib import suppress
from datetime import timedelta

from google_emulator.errors import ApiError

from .common import GoogleCase
from .lives import LivesMixin, seeds
from .series import SeriesMixin

ROUNDS = int(os.environ.get("SERIES_ROUNDS", "6"))
SEEDS = seeds("SERIES_SEEDS", "1-3")
RULES = (
    "FREQ=WEEKLY;COUNT=6",
    "FREQ=DAILY;COUNT=6",
    "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=7",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=4",
    "FREQ=MONTHLY;COUNT=3",
    "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=4",
)


class TestSeriesStory(LivesMixin, SeriesMixin, GoogleCase):
    def test_both_sides_end_up_equal(self):
        self.archiving()
        self.env["ir.config_parameter"].set_param("crm_google_calendar.ceiling_number", "9999")
        account = self.connected()
        for seed in SEEDS:
            with self.subTest(seed=seed), self.one_life():
                self.chance = random.Random(seed)
                self._begin(seed)
                for number in range(ROUNDS):
                    self._round(account, seed, number)

    def meetings(self):
        """Without those that were deleted in Google after they had been changed here."""
        rows = super().meetings().with_user(self.user)
        return rows.filtered(lambda row: row.crm_google_state != "detached").with_user(
            self.env.user
        )

    def _begin(self, seed):
        for number, rule in enumerate(RULES):
            self.make_series(f"Series {seed}.{number}", rule, self.soon(days=number + 1))
        for number in range(3):
            rule = ({"rrule_type": "daily"}, {}, {"interval": 2})[number]
            self.recurrence(
                f"Recurrence {seed}.{number}", self.soon(days=number + 1, hour=6), **rule
            )

    def _round(self, account, seed, number):
        for _edit in range(5):
            self.chance.choice((self._edit_google, self._edit_here))(f"{seed}.{number}")
        mails = self.env["mail.mail"].search_count([])
        for trigger in self.chance.choice(
            (("auto", "auto"), ("wizard", "auto"), ("auto", "wizard"))
        ):
            run = self.sync(account, trigger=trigger, last=self.soon(days=250).date())
            self.assertEqual((run.state or "done", run.cause), ("done", False), run.message)
        run = self.sync(account, last=self.soon(days=250).date())
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assert_same()
        again = self.sync(account, last=self.soon(days=250).date())
        told = again.line_ids.mapped(lambda line: (line.side, line.verb, line.title, line.reason))
        self.assertIn("nothing had to be changed", again.summary, told)

    # -- Google's hands ----------------------------------------------------------------------

    def _edit_google(self, name):
        masters = [e for e in self.google.events("Events (created") if "recurrence" in e]
        if not masters:
            return
        master = self.chance.choice(masters)
        ids = self.google.occurrences("Events", master["id"])
        edit = self.chance.choice(
            ("rename", "shift", "delete", "all", "shift all", "split", "end", "restore", "gone")
        )
        # an occurrence may be gone already, or be the last of its series
        with suppress(ApiError, StopIteration, KeyError):
            self._one_edit(edit, master, self.chance.choice(ids), name)

    def _one_edit(self, edit, master, occurrence, name):
        google = self.google
        if edit == "rename":
            google.edit_occurrence("Events", occurrence, summary=f"One {name}")
        elif edit == "shift":
            self.shift_occurrence(occurrence, hours=self.chance.choice((-3, 2, 30)))
        elif edit == "delete":
            google.delete_occurrence("Events", occurrence)
        elif edit == "all":
            google.edit("Events", master["id"], location=f"All {name}")
        elif edit == "shift all":
            self.shift_series(master["id"], hours=1)
        elif edit == "split":
            google.split_series("Events", occurrence, location=f"Later {name}")
        elif edit == "end":
            google.end_series("Events", occurrence)
        elif edit == "restore":
            google.restore("Events", occurrence)
        elif self.chance.random() < 0.3:
            google.delete("Events", master["id"])

    # -- the CRM's hands ---------------------------------------------------------------------

    def _edit_here(self, name):
        rows = self.meetings().sorted(lambda row: (row.start, row.name, row.id))
        if not rows:
            return
        row = self.chance.choice(rows).with_context(no_mail_to_attendees=True)
        by = timedelta(minutes=self.chance.choice((30, 60, 1440)))
        later = {"start": row.start + by, "stop": row.stop + by}
        edit = self.chance.choice(
            ("rename", "shift", "delete", "all", "shift all", "future", "gone", "end")
        )
        recurs = bool(row.recurrence_id)
        # Odoo finds no new one where the first meeting was moved, and then moves none of them
        has_base = bool(row.recurrence_id.base_event_id)
        if edit == "rename":
            row.name = f"Mine {name}"
        elif edit == "shift":
            row.write(later)
        elif edit == "delete":
            row.unlink()
        elif edit == "all" and recurs:
            row.write({"location": f"Mine {name}", "recurrence_update": "all_events"})
        elif edit == "shift all" and has_base and row.follow_recurrence:
            row.write({**later, "recurrence_update": "all_events"})
        elif edit == "future" and recurs and row.follow_recurrence:
            row.write({**later, "recurrence_update": "future_events"})
        elif edit == "gone" and recurs and self.chance.random() < 0.3:
            row.action_mass_deletion("all_events")
        elif edit == "end" and recurs:
            row.action_mass_deletion("future_events")
