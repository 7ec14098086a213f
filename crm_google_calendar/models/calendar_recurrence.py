from odoo import api, models

from ..bridge.series_rule import FIELDS
from .crm_google_mark_mixin import NOTHING


class CalendarRecurrence(models.Model):
    _inherit = "calendar.recurrence"

    @api.model_create_multi
    def create(self, vals_list):
        recurrences = super().create(vals_list)
        recurrences._crm_google_hint(recurrences.ids)
        return recurrences

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(FIELDS):
            self._crm_google_hint(self.ids)
        return result

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        self._crm_google_hint(ids)
        return result

    def _crm_google_hint(self, ids):
        self.env["crm.google.hint"]._leave(self._name, ids)


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def unlink(self):
        # a meeting of a series has no link of its own that would be its tombstone
        ids = self.recurrence_id.ids
        result = super().unlink()
        self.env["calendar.recurrence"]._crm_google_hint(ids)
        return result

    @api.depends_context("uid")
    def _compute_crm_google_link(self):
        """A meeting of a series shows the link of its series."""
        result = super()._compute_crm_google_link()
        rest = self.filtered(lambda row: row.recurrence_id and not row.crm_google_link_id)
        shown = self.env["crm.google.link"]._shown("calendar.recurrence", rest.recurrence_id.ids)
        for row in rest:
            link, state, text = shown.get(row.recurrence_id.id, NOTHING)
            row.crm_google_link_id = link
            row.crm_google_state = state
            row.crm_google_text = text
        return result
