from odoo import models


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "crm.google.mark.mixin"]

    _crm_google_fields = frozenset(
        "name start stop start_date stop_date allday duration description location privacy show_as"
        " alarm_ids partner_ids attendee_ids user_id active opportunity_id videocall_location"
        " res_id res_model_id recurrency recurrence_id".split()
    )
