from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmGoogleCalendarWizard(models.TransientModel):
    _name = "crm.google.calendar.wizard"
    _description = "A Google calendar that may or may not have been made"

    calendar_id = fields.Many2one(
        "crm.google.calendar", required=True, readonly=True, default=lambda self: self._uncertain()
    )
    name = fields.Char(related="calendar_id.name", related_sudo=False)
    answer = fields.Selection(
        [
            ("make", "It is not there: make it now"),
            ("use", "It is there: use it"),
        ],
        required=True,
        default="make",
    )
    google_id = fields.Char(
        "Calendar ID", help="In Google: Settings of the calendar, Integrate calendar"
    )

    @api.model
    def _uncertain(self):
        calendars = self.env["crm.google.calendar"]
        return calendars.search(
            [("user_id", "=", self.env.uid), ("state", "=", "uncertain")], limit=1
        )

    @api.constrains("calendar_id")
    def _check_owner(self):
        # sudo: compares the owner only, whom the user may not be allowed to see
        if any(wizard.sudo().calendar_id.user_id != self.env.user for wizard in self):
            raise UserError(self.env._("Only its owner can look for a calendar in Google."))

    def action_continue(self):
        """Carry the connection on with the user's answer; only he can look into his Google."""
        self.ensure_one()
        self._check_owner()
        stands, google_id = self.answer == "use", (self.google_id or "").strip()
        if stands and not google_id:
            raise UserError(
                self.env._(
                    "Copy the Calendar ID from Google: it stands in the calendar's settings, "
                    "under Integrate calendar."
                )
            )
        # sudo: after `_check_owner`; users may not write calendars themselves
        self.sudo().calendar_id._answer(stands, google_id)
        return {"type": "ir.actions.act_window_close", "infos": {"started": True}}
