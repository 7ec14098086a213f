"""Series of meetings: `calendar.recurrence` records and their meetings, as their owner."""

from __future__ import annotations

from odoo.fields import Domain

from .meeting import MeetingSource
from .series_state import MODEL


class SeriesSource(MeetingSource):
    """The recurrences of the meetings a user attends; its records are their meetings."""

    model = MODEL

    @property
    def records(self):
        return self.env["calendar.event"]

    @property
    def recurrences(self):
        return self.env[MODEL]

    def rows_of(self, recurrences: set[int]) -> list[int]:
        """Ids of the meetings of these recurrences."""
        return self.records.search(Domain("recurrence_id", "in", list(recurrences))).ids
