from odoo import api, fields, models


class CrmGoogleCalendarWizard(models.TransientModel):
    _name = "crm.google.calendar.wizard"
    _description = "A Google calendar that may or may not have been made"

    calendar_id = fields.Many2one(
        "crm.google.calendar", required=True, readonly=True, default=lambda self: self._uncertain()
    )
    name = fields.Char(related="calendar_id.name")
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

    def action_continue(self):
        """Carry the connection on with the user's answer; only he can look into his Google."""
        self.ensure_one()
        account = self.env["crm.google.account"]._of_user(self.env.user)
        calendar = account.calendar_ids.filtered(lambda calendar: calendar == self.calendar_id)
        if calendar.state == "uncertain":
            use = self.answer == "use"
            calendar.write(
                {
                    "state": "offered" if use else "wanted",
                    "google_id": (self.google_id or "").strip() if use else False,
                }
            )
        account._change("connecting")
        return {"type": "ir.actions.act_window_close", "infos": {"started": True}}
