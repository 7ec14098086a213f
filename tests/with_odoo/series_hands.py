"""What people do with series, in the CRM and in Google, in a random story."""

from contextlib import suppress
from datetime import timedelta

from google_emulator.errors import ApiError


class SeriesHands:
    """For a GoogleCase with `chance`."""

    def tell(self, *words):
        """For the story of a seed that fails, where one is kept."""

    def meetings(self):
        """Without those that were deleted in Google after they had been changed here."""
        rows = super().meetings().with_user(self.user)
        return rows.filtered(lambda row: row.crm_google_state != "detached").with_user(
            self.env.user
        )

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
        self.tell(master["summary"], edit)
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
        self.tell(row, row.name, row.start, edit, by)
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
