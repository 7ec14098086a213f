from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request

from ..bridge import channels
from ..bridge.calendars import is_misnamed


class ResUsers(models.Model):
    _inherit = "res.users"

    crm_google_account_id = fields.Many2one(
        "crm.google.account", "Google account", compute="_compute_crm_google_account"
    )
    crm_google_account_state = fields.Char(compute="_compute_crm_google_account")
    crm_google_email = fields.Char("Google address", compute="_compute_crm_google_account")
    crm_google_since = fields.Datetime("Connected since", compute="_compute_crm_google_account")
    crm_google_last_sync = fields.Datetime("Last sync", compute="_compute_crm_google_account")
    crm_google_granted = fields.Text("What was granted", compute="_compute_crm_google_account")
    crm_google_calendars = fields.Text("Calendars", compute="_compute_crm_google_account")
    crm_google_message = fields.Char(compute="_compute_crm_google_account")
    crm_google_push = fields.Char("Changes in Google", compute="_compute_crm_google_account")

    crm_google_only = fields.Integer(
        "Entries that stand in Google alone", compute="_compute_crm_google_account"
    )
    crm_google_misnamed = fields.Boolean(compute="_compute_crm_google_account")

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + [
            name for name in self._fields if name.startswith("crm_google_")
        ]

    @api.depends_context("uid")
    def _compute_crm_google_account(self):
        accounts = self.env["crm.google.account"].search([("user_id", "in", self.ids)])
        by_user = {account.user_id.id: account for account in accounts}
        for user in self:
            account = by_user.get(user._origin.id, accounts.browse())
            user.crm_google_account_id = account
            user.crm_google_account_state = account.state or "disconnected"
            user.crm_google_email = account.email
            user.crm_google_since = account.connected_since
            user.crm_google_last_sync = account.last_sync
            user.crm_google_granted = account.scopes_text
            user.crm_google_calendars = "\n".join(filter(None, account.calendar_ids.mapped("name")))
            user.crm_google_message = account.message
            user.crm_google_push = account.state == "connected" and channels.text_for_owner(account)
            # sudo: his own calendars' names, which his company's tells; he may not read that one
            user.crm_google_only = sum(account.sudo().calendar_ids.mapped("google_only"))
            own = account.sudo().calendar_ids if account.state == "connected" else ()
            user.crm_google_misnamed = any(is_misnamed(calendar) for calendar in own)

    def action_crm_google_configure(self):
        self._check_crm_google_owner()
        return self.env["crm.google.account"].action_configure(self._crm_google_page())

    def action_crm_google_switch(self):
        self._check_crm_google_owner()
        return self.crm_google_account_id and self.crm_google_account_id.action_switch(
            self._crm_google_page()
        )

    def action_crm_google_revoke(self):
        self._check_crm_google_owner()
        return self.crm_google_account_id and self.crm_google_account_id.action_revoke()

    def action_crm_google_check(self):
        self._check_crm_google_owner()
        return self.crm_google_account_id and self.crm_google_account_id.action_check()

    def action_crm_google_rename(self):
        self._check_crm_google_owner()
        return self.crm_google_account_id and self.crm_google_account_id.action_rename()

    def _check_crm_google_owner(self):
        if self != self.env.user:
            raise AccessError(self.env._("Only its owner can change a Google connection."))

    def _crm_google_page(self):
        """The page that the preferences were opened on, to come back to it from Google."""
        parts = urlsplit((request and request.httprequest.referrer) or "")
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def action_crm_google_runs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_google_calendar.action_crm_google_run"
        )
        return {**action, "domain": [("user_id", "=", self.id)]}

    def _has_any_active_synchronization(self):
        """Whoever syncs here deletes a meeting without Odoo's cancellation dialog."""
        connected = self.env["crm.google.account"].search_count(
            [("user_id", "=", self.id), ("state", "=", "connected")], limit=1
        )
        return bool(connected) or super()._has_any_active_synchronization()
