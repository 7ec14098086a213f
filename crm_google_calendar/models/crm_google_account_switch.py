from odoo import api, fields, models
from odoo.exceptions import UserError

from ..bridge import sentences, settings, status, switch, vault


class CrmGoogleAccount(models.Model):
    """The way to another Google account, and to other names; see `bridge.switch`."""

    _inherit = "crm.google.account"

    other_grant = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    other_email = fields.Char(
        "Other Google address", readonly=True, help="Of another Google account, chosen just now"
    )
    other_until = fields.Datetime(
        readonly=True, help="Until then the user may choose; then its grant is forgotten"
    )
    choice = fields.Selection(
        [
            ("move", "Move everything to the new account"),
            ("leave", "Leave the old calendars, begin anew"),
            ("delete", "Delete the old calendars, begin anew"),
            ("keep", "Keep the old account"),
        ],
        readonly=True,
        help="What is to be done with the old calendars; empty once it is done",
    )
    left_behind = fields.Char(readonly=True, help="What stays in the old Google account, in words")
    check_for = fields.Selection(
        selection_add=[
            ("names", "The names of the calendars"),
            ("another", "Another Google account"),
        ]
    )

    def action_rename(self):
        """Give both calendars in Google the names that fit the company's of today."""
        return self._of_current_user()._ask_for("names")

    def action_switch(self, return_path=""):
        """Choose another Google account on Google's page; the connection works on meanwhile."""
        self._of_current_user()
        problem = settings.problem(self.env)
        if problem:
            raise UserError(sentences.setup_text(self.env, problem))
        url = status.connect_path(return_path, another=True)
        return {"type": "ir.actions.act_url", "target": "self", "url": url}

    def _receive_code(self, code, verifier, another=False):
        """another: the user wants another Google account; nothing changes before the worker has
        looked whether it is one, and before he has said what becomes of his calendars."""
        if not (another and self.state == "connected"):
            return super()._receive_code(code, verifier)
        sealed = vault.sealed(self, code=code, verifier=verifier)
        self.write({**sealed, "check_for": "another"})
        return self._wake()

    def _consent_failed(self, error):
        if self.state == "connected":
            return status.send(self, switch.stayed(self, error))
        return super()._consent_failed(error)

    def _carry_on(self):
        if self.state != "choosing":
            return super()._carry_on()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_google_calendar.action_crm_google_switch_wizard"
        )

    def _choose(self, choice):
        """The user's answer what becomes of the calendars in his old Google account."""
        if self.state == "choosing":  # not twice
            self._change("connecting", choice=choice)

    @api.model
    def _forget_old_offers(self):
        """After a day without an answer, the grant of another Google account is forgotten."""
        old = self.search(
            [("state", "=", "choosing"), ("other_until", "<=", fields.Datetime.now())]
        )
        for account in old:
            account.other_grant = False  # at once, though nothing is done for an archived user
            account._choose("keep")
