from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..bridge import settings, vault
from ..bridge.settings import PREFIX, SHORTEST_INTERVAL


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_google_client_id = fields.Char("Client ID", config_parameter=PREFIX + "client_id")
    crm_google_client_secret = fields.Char("Client Secret")
    crm_google_secret_is_set = fields.Boolean(readonly=True)
    crm_google_redirect_uri = fields.Char("Redirect Address", readonly=True)
    crm_google_auto_sync = fields.Boolean(
        "Sync with Google Calendar", config_parameter=PREFIX + "auto_sync"
    )
    crm_google_interval = fields.Integer(
        "Every (minutes)", config_parameter=PREFIX + "interval", default=60
    )
    crm_google_days_back = fields.Integer(
        "Days back", config_parameter=PREFIX + "days_back", default=30
    )
    crm_google_days_ahead = fields.Integer(
        "Days ahead", config_parameter=PREFIX + "days_ahead", default=365
    )
    crm_google_clash_winner = fields.Selection(
        [("crm", "The CRM's value is kept"), ("google", "Google's value is kept")],
        "Changed on both sides",
        config_parameter=PREFIX + "clash_winner",
        default="crm",
    )
    crm_google_gone_in_google = fields.Selection(
        [("detach", "Keep the record"), ("archive", "Archive the record")],
        "Deleted in Google",
        config_parameter=PREFIX + "gone_in_google",
        default="detach",
    )
    crm_google_done_tasks = fields.Selection(
        [("mark", "Get a check mark in Google"), ("remove", "Are removed from Google")],
        "Tasks that are done",
        config_parameter=PREFIX + "done_tasks",
        default="mark",
    )
    crm_google_ceiling_number = fields.Integer(
        "Ask before more deletions than", config_parameter=PREFIX + "ceiling_number", default=50
    )
    crm_google_ceiling_percent = fields.Integer(
        "and more than this share (%)", config_parameter=PREFIX + "ceiling_percent", default=20
    )

    @api.model
    def get_values(self):
        values = super().get_values()
        values.update(
            crm_google_secret_is_set=bool(settings.get(self.env, "client_secret")),
            crm_google_redirect_uri=settings.redirect_uri(self.env),
        )
        return values

    def set_values(self):
        self._check_crm_google()
        result = super().set_values()
        if self.crm_google_client_secret:
            sealed = vault.seal(self.env, self.crm_google_client_secret.strip())
            settings.put(self.env, "client_secret", sealed)
        self._switch_auto_sync()
        return result

    def _check_crm_google(self):
        if self.crm_google_interval < SHORTEST_INTERVAL:
            raise ValidationError(
                self.env._(
                    "Google Calendar can be synchronized every %s minutes at most. "
                    "Enter a longer interval.",
                    SHORTEST_INTERVAL,
                )
            )
        numbers = (
            self.crm_google_days_back,
            self.crm_google_days_ahead,
            self.crm_google_ceiling_number,
            self.crm_google_ceiling_percent,
        )
        if min(numbers) < 0:
            raise ValidationError(
                self.env._("The numbers for Google Calendar cannot be below zero. Correct them.")
            )

    def _switch_auto_sync(self):
        """Bring the cron in line with the switch; only where it differs, since a cron that is
        running cannot be written (it reads the setting itself, so nothing is lost)."""
        # sudo: settings are saved by administrators, crons belong to the system
        cron = self.env.ref("crm_google_calendar.ir_cron_auto_sync").sudo()
        wanted = {
            "active": self.crm_google_auto_sync,
            "interval_number": self.crm_google_interval,
            "interval_type": "minutes",
        }
        if any(cron[name] != value for name, value in wanted.items()) and (
            cron.try_lock_for_update(allow_referencing=True)
        ):
            if self.crm_google_auto_sync and not cron.active:
                wanted["nextcall"] = fields.Datetime.now()
            cron.write(wanted)

    def action_crm_google_test_client(self):
        """Save, and let the worker ask Google whether it knows this client."""
        self.set_values()
        return self.env["crm.google.account"]._test_client()
