from odoo import SUPERUSER_ID, api, fields, models

from ..bridge import channels, settings, worker


class CrmGoogleChannel(models.Model):
    _name = "crm.google.channel"
    _description = "Push channel of a Google calendar"

    name = fields.Char(required=True, readonly=True, help="Google's X-Goog-Channel-ID")
    account_id = fields.Many2one(
        "crm.google.account", required=True, readonly=True, ondelete="cascade", index=True
    )
    calendar_id = fields.Many2one(
        "crm.google.calendar", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        related="account_id.user_id", store=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("asked", "Asked for"),
            ("open", "In use"),
            ("refused", "Refused"),
            ("old", "To be ended"),
        ],
        required=True,
        default="asked",
        readonly=True,
        help="Asked for: Google's answer is not known, or was lost; it ends by itself.",
    )
    # of the secret that Google repeats in every message; the secret itself is nowhere
    secret_hash = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    resource_id = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    address = fields.Char(readonly=True, help="Where Google sends its messages")
    expires = fields.Datetime(readonly=True, help="It ends by itself then")
    look_at = fields.Datetime(readonly=True, help="It is renewed, or tried again, then")
    heard = fields.Datetime("First message", readonly=True)
    cause = fields.Char(readonly=True, help="Why Google refused it")

    _name_unique = models.Constraint("UNIQUE(name)", "A channel's name is used once.")

    def _let_go(self):
        """Have these ended at Google, where they were opened at all."""
        opened = self.filtered(lambda channel: channel.state in ("asked", "open"))
        opened.write({"state": "old"})
        self.filtered(lambda channel: channel.state == "refused").unlink()

    @api.model
    def _tend(self):
        """Have channels opened, renewed and ended soon, in the background."""
        # sudo: whoever connects, or saves the settings, may not see channels
        every = self.sudo()
        every.search([("state", "=", "refused")]).look_at = fields.Datetime.now()
        if settings.push_problem(self.env) and not every.search_count([], limit=1):
            return
        # sudo: scheduled actions are closed to users
        self.env.ref("crm_google_calendar.ir_cron_channels").sudo()._trigger()

    @api.model
    def _cron_tend(self):
        env = self.with_user(SUPERUSER_ID).env
        channels.tend(env, worker.checkpoint_of(env))
