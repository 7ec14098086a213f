"""Series of meetings: `calendar.recurrence` records and their meetings, as their owner."""

from __future__ import annotations

from odoo.fields import Domain

from ..engine.entry import AllDay, Timed
from .meeting import MeetingSource
from .series_state import MODEL
from .zones import meant


class SeriesSource(MeetingSource):
    """The recurrences of the meetings a user attends; its records are their meetings."""

    model = MODEL

    @property
    def records(self):
        return self.env["calendar.event"]

    @property
    def recurrences(self):
        return self.env[MODEL]

    def _read_when(self, record):
        """A meeting that follows its rule stands where Odoo has computed it; see `meant`."""
        when = super()._read_when(record)
        if isinstance(when, AllDay) or not record.follow_recurrence:
            return when
        zone = record.recurrence_id.event_tz
        return Timed(meant(when.start, zone), meant(when.end, zone))

    @staticmethod
    def _rows_of(record):
        return record.calendar_event_ids

    def rows_of(self, recurrences: set[int]) -> list[int]:
        """Ids of the meetings of these recurrences."""
        return self.records.search(Domain("recurrence_id", "in", list(recurrences))).ids
