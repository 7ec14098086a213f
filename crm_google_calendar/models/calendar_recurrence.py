from uuid import uuid4

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ..bridge import link_keys
from ..bridge.series_rule import FIELDS
from ..bridge.series_state import Memory

HEIRS = "crm_google_heirs"  # links of recurrences that this transaction has removed, by meeting


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
        recurrences._crm_google_inherit()
        return recurrences

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(FIELDS):
            self._crm_google_hint(self.ids)
        return result

    def unlink(self):
        ids = self.ids
        self._crm_google_bequeath()
        result = super().unlink()
        self._crm_google_hint(ids)
        return result

    def _stop_at(self, event):
        self._crm_google_bequeath()
        return super()._stop_at(event)

    def _crm_google_end(self):
        """End the rule at the last meeting left, as Odoo does where it archives the others."""
        last = self.calendar_event_ids.sorted("start")[-1:]
        if not last:
            self.unlink()
            return
        start = pytz.utc.localize(last.start).astimezone(self._get_timezone())
        until = last.start_date if last.allday else start.date()
        self.write({"end_type": "end_date", "until": until})

    def _crm_google_hint(self, ids):
        self.env["crm.google.hint"]._leave(self._name, ids)

    def _crm_google_own_links(self):
        # sudo: the links of all users, which only our own code sees and writes
        return link_keys.of_everybody(self.sudo().env, self._name, self.ids)

    def _crm_google_bequeath(self):
        """Note whose meetings these are: where a user edits a series, or its end, Odoo makes a new
        recurrence in the same transaction, of one of the meetings."""
        for link in self._crm_google_own_links():
            rows = {
                *Memory.of(link).rows.values(),
                *self.browse(link.res_id).calendar_event_ids.ids,
            }
            heirs = self.env.cr.precommit.data.setdefault(HEIRS, {})
            for row in rows:
                heirs.setdefault(row, set()).add(link.id)

    def _crm_google_inherit(self):
        heirs = self.env.cr.precommit.data.get(HEIRS)
        for recurrence in self if heirs else ():
            # sudo: as above
            links = self.env["crm.google.link"].sudo()
            links = links.browse(heirs.pop(recurrence.base_event_id.id, ())).exists()
            same = links.grouped("calendar_id").values()
            links = links.browse().concat(*(each[0] for each in same))
            left = links.filtered(lambda link: not self.browse(link.res_id).exists())
            left.res_id = recurrence.id
            (links - left)._let_rest(recurrence)  # what was split off


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def unlink(self):
        # a meeting of a series has no link of its own that would be its tombstone
        ids = self.recurrence_id.ids
        result = super().unlink()
        self.env["calendar.recurrence"]._crm_google_hint(ids)
        return result

    def action_mass_deletion(self, recurrence_update_setting):
        recurrence = self.recurrence_id
        result = super().action_mass_deletion(recurrence_update_setting)
        if recurrence_update_setting == "future_events":
            # Odoo leaves the rule as it was, so it would be one that has more meetings
            recurrence.exists()._crm_google_end()
        return result

    def _crm_google_shown(self, *states):
        """A meeting of a series is found by the link of its series, unless it has its own."""
        series = self.env["crm.google.link"]._of_states(*states).get("calendar.recurrence", ())
        of_series = Domain("recurrence_id", "in", series) & ~super()._crm_google_shown()
        return super()._crm_google_shown(*states) | of_series

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
