from odoo import fields, models


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "crm.google.mark.mixin"]

    # Odoo copies it to the rows that it makes anew when a user changes a whole series
    crm_from_google = fields.Boolean(
        "Made in Google", readonly=True, help="A run made this meeting from an event in Google"
    )

    _crm_google_fields = frozenset(
        "name start stop start_date stop_date allday duration description location privacy show_as"
        " alarm_ids partner_ids attendee_ids user_id active opportunity_id videocall_location"
        " res_id res_model_id recurrency recurrence_id".split()
    )

    def copy(self, default=None):
        """What a user duplicates is a meeting of his own."""
        return super().copy({**(default or {}), "crm_from_google": False})
