from odoo import api, models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    @api.model_create_multi
    def create(self, vals_list):
        attendees = super().create(vals_list)
        attendees._crm_google_hint(attendees.event_id.ids)
        return attendees

    def unlink(self):
        ids = self.event_id.ids
        result = super().unlink()
        self._crm_google_hint(ids)
        return result

    def _crm_google_hint(self, event_ids):
        self.env["crm.google.hint"]._leave("calendar.event", event_ids)
