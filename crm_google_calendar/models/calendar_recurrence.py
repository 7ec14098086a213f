from uuid import uuid4

from odoo import api, fields, models

from ..bridge.series_rule import FIELDS


class CalendarRecurrence(models.Model):
    _inherit = "calendar.recurrence"

    crm_google_identity = fields.Char(
        readonly=True, copy=False, index="btree_not_null", groups=fields.NO_ACCESS
    )

    def _prepare_create_values(self, vals_list):
        rows = super()._prepare_create_values(vals_list)
        return [{**row, "crm_google_identity": uuid4().hex} for row in rows]

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

    def _crm_google_links(self):
        """A meeting of a series shows the link of its series."""
        links = super()._crm_google_links()
        rest = self.filtered(lambda row: row.recurrence_id and row.id not in links)
        series = self.env["crm.google.link"]._of_records(
            "calendar.recurrence", rest.recurrence_id.ids
        )
        return links | {
            row.id: series[row.recurrence_id.id] for row in rest if row.recurrence_id.id in series
        }
