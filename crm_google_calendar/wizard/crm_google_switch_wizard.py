from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmGoogleSwitchWizard(models.TransientModel):
    _name = "crm.google.switch.wizard"
    _description = "Another Google account than before"

    account_id = fields.Many2one(
        "crm.google.account", required=True, readonly=True, default=lambda self: self._mine()
    )
    email = fields.Char(related="account_id.email", related_sudo=False)
    other_email = fields.Char(related="account_id.other_email", related_sudo=False)
    google_only = fields.Integer(compute="_compute_google_only")
    choice = fields.Selection(
        [
            ("move", "Move: make new calendars and send every entry there"),
            ("leave", "Leave: keep the old calendars as they are, and begin anew"),
            ("delete", "Delete: delete the old calendars, and begin anew"),
            ("keep", "Keep the old account: forget the new one"),
        ],
        required=True,
        default="move",
    )

    @api.depends("account_id")
    def _compute_google_only(self):
        for wizard in self:
            # sudo: counts in the user's own calendars
            wizard.google_only = sum(wizard.sudo().account_id.calendar_ids.mapped("google_only"))

    @api.model
    def _mine(self):
        return self.env["crm.google.account"].search([("user_id", "=", self.env.uid)])

    @api.constrains("account_id")
    def _check_owner(self):
        # sudo: compares the owner only, whom the user may not be allowed to see
        if any(wizard.sudo().account_id.user_id != self.env.user for wizard in self):
            raise UserError(self.env._("Only its owner can change a Google connection."))

    def action_continue(self):
        """Leave the work to the worker; nothing in the CRM is changed by any choice."""
        self.ensure_one()
        self._check_owner()
        account = self.account_id.sudo()  # sudo: after `_check_owner`
        if account.state != "choosing":
            raise UserError(
                self.env._(
                    "This choice is no longer open. Look at the link on the calendar page for the "
                    "next step."
                )
            )
        account._choose(self.choice)
        return {"type": "ir.actions.act_window_close", "infos": {"started": True}}
