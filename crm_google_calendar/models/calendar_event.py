from odoo import api, fields, models
from odoo.tools import SQL

from ..bridge import own

OWN_FIELDS = ("crm_from_google", "crm_google_changed")


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "crm.google.mark.mixin"]

    # Odoo copies it to the rows that it makes anew when a user changes a whole series
    crm_from_google = fields.Boolean(
        "Made in Google", readonly=True, help="A run made this meeting from an event in Google"
    )

    # ids of all guests. Of `partner_ids` a user reads those whom he may see, and the cache hands
    # that on to whoever asks next, with all rights or not; so runs never decide by that
    crm_google_guests = fields.Json(
        compute="_compute_crm_google_guests", compute_sudo=True, groups=fields.NO_ACCESS
    )

    _crm_google_fields = frozenset(
        "name start stop start_date stop_date allday duration description location privacy show_as"
        " alarm_ids partner_ids attendee_ids user_id active opportunity_id videocall_location"
        " res_id res_model_id recurrency recurrence_id".split()
    )

    @api.depends("partner_ids")
    def _compute_crm_google_guests(self):
        query = SQL(
            "SELECT calendar_event_id, array_agg(res_partner_id ORDER BY res_partner_id)"
            " FROM calendar_event_res_partner_rel WHERE calendar_event_id = ANY(%s) GROUP BY 1",
            self.ids,
        )
        found = dict(self.env.execute_query(query)) if self.ids else {}
        for meeting in self:
            meeting.crm_google_guests = found.get(meeting.id, [])

    def _crm_google_partners(self):
        """All guests of these meetings, whoever may see them."""
        ids = {each for row in self.sudo() for each in row.crm_google_guests}
        return self.env["res.partner"].browse(sorted(ids))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([own.to_create(self, OWN_FIELDS, vals) for vals in vals_list])

    def write(self, vals):
        return super().write(own.to_write(self, OWN_FIELDS, vals))

    def copy_data(self, default=None):
        """Odoo makes the meetings of a series of such values."""
        default = own.to_write(self, OWN_FIELDS, default or {})
        return [
            {name: own.Own(value) if name in OWN_FIELDS else value for name, value in each.items()}
            for each in super().copy_data(default)
        ]

    def copy(self, default=None):
        """What a user duplicates is a meeting of his own."""
        return super().copy({**(default or {}), "crm_from_google": own.Own(False)})
