from odoo import fields, models


class CrmGoogleCalendar(models.Model):
    _name = "crm.google.calendar"
    _description = "Google Calendar of an Account"
    _order = "account_id, kind"

    account_id = fields.Many2one(
        "crm.google.account", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        related="account_id.user_id", store=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection([("event", "Events"), ("task", "Tasks")], required=True, readonly=True)
    name = fields.Char(readonly=True, help="The name it was given in Google")
    google_id = fields.Char("Google ID", readonly=True)
    state = fields.Selection(
        [
            ("wanted", "To be made"),
            ("making", "Being made"),
            ("uncertain", "Perhaps made"),
            ("offered", "Found by the user"),
            ("ready", "Ready"),
            ("gone", "Deleted in Google"),
        ],
        required=True,
        default="wanted",
        readonly=True,
        help="Perhaps made: Google was asked to make it and the answer was lost.",
    )
    shown = fields.Boolean(readonly=True, help="Ticked in the user's list in Google")
    cursor = fields.Char(readonly=True, help="Google's sync token: what changed since the last run")
    seen = fields.Char(readonly=True, help="Google's time of the latest change that it has told")
    zone = fields.Char(readonly=True, help="Time zone of the calendar in Google")
    full_pass = fields.Datetime(readonly=True, help="When all of it was last compared")
    google_only = fields.Integer(
        readonly=True, help="Entries that stood in Google alone when all of it was last compared"
    )

    channel_ids = fields.One2many("crm.google.channel", "calendar_id", readonly=True)

    _account_kind_unique = models.Constraint(
        "UNIQUE(account_id, kind)", "An account has one calendar of each kind."
    )

    def write(self, values):
        """A calendar that is made again is watched anew."""
        if "google_id" in values:
            other = self.filtered(lambda calendar: calendar.google_id != values["google_id"])
            other.channel_ids._let_go()
        return super().write(values)

    def _answer(self, stands, google_id):
        """The user's answer whether a calendar stands whose making was never answered."""
        if self.state == "uncertain":  # not twice
            values = {"state": "offered", "google_id": google_id} if stands else {"state": "wanted"}
            self.write(values)
            self.account_id._change("connecting")
