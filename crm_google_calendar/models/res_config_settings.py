from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..bridge import channels, sentences, settings, vault
from ..bridge.settings import BOUNDS, DEFAULTS
from ..bridge.words import number_text

TEXTS = ("client_id", "clash_winner", "gone_in_google", "done_tasks")
NUMBERS = {name: f"crm_google_{name}" for name in BOUNDS}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    # no `config_parameter`: Odoo would store a number of 0 as "not set"
    crm_google_client_id = fields.Char("Client ID")
    crm_google_client_secret = fields.Char(
        "Client Secret",
        compute="_compute_crm_google_client_secret",
        inverse="_inverse_crm_google_client_secret",
        help="Never shown again; leave it empty to keep the one that is stored",
    )
    crm_google_sealed_secret = fields.Char(groups=fields.NO_ACCESS)
    crm_google_secret_is_set = fields.Boolean(readonly=True)
    crm_google_redirect_uri = fields.Char("Redirect Address", readonly=True)
    crm_google_warning = fields.Char(readonly=True, help="What keeps users from connecting")
    crm_google_auto_sync = fields.Boolean("Sync with Google Calendar")
    crm_google_push = fields.Boolean("Messages from Google")
    crm_google_push_text = fields.Char(readonly=True, help="How changes in Google arrive")
    crm_google_interval = fields.Integer("Synchronize every (minutes)", default=60)
    crm_google_longest = fields.Integer("Where nothing happens, up to every (minutes)")
    crm_google_days_back = fields.Integer("Days back", default=30)
    crm_google_days_ahead = fields.Integer("Days ahead", default=365)
    crm_google_clash_winner = fields.Selection(
        [
            ("crm", "The CRM's value is kept"),
            ("google", "Google's value is kept"),
            ("newest", "The value of the side that was changed last is kept"),
        ],
        "Changed on both sides",
        default="crm",
    )
    crm_google_gone_in_google = fields.Selection(
        [("detach", "Keep the record"), ("archive", "Archive the record")],
        "Deleted in Google",
        default="detach",
    )
    crm_google_done_tasks = fields.Selection(
        [("mark", "Get a check mark in Google"), ("remove", "Are removed from Google")],
        "Tasks that are done",
        default="mark",
    )
    crm_google_ceiling_number = fields.Integer("Ask before more deletions than", default=50)
    crm_google_ceiling_percent = fields.Integer("and more than this share (%)", default=20)

    def _compute_crm_google_client_secret(self):
        self.crm_google_client_secret = False

    def _inverse_crm_google_client_secret(self):
        """Seal it at once: not even this passing row holds it readable."""
        for record in self.filtered("crm_google_client_secret"):
            # sudo: nobody may read the sealed field
            secret = record.crm_google_client_secret.strip()
            sealed = vault.seal(self.env, secret, settings.SECRET_PLACE)
            record.sudo().crm_google_sealed_secret = sealed

    @api.model
    def get_values(self):
        env = self.env
        problem = settings.problem(env)
        return {
            **super().get_values(),
            **{f"crm_google_{name}": settings.get(env, name) for name in TEXTS},
            **{field: settings.number(env, name) for name, field in NUMBERS.items()},
            "crm_google_auto_sync": settings.auto_sync_is_on(env),
            "crm_google_push": settings.get(env, "push") == "True",
            "crm_google_push_text": channels.text(self._connected_accounts()),
            "crm_google_secret_is_set": bool(settings.stored_secret(env)),
            "crm_google_redirect_uri": settings.redirect_uri(env),
            "crm_google_warning": problem != "no_client" and sentences.setup_text(env, problem),
        }

    def _connected_accounts(self):
        return self.env["crm.google.account"].search([("state", "=", "connected")])

    def set_values(self):
        result = super().set_values()
        self._store_crm_google()
        return result

    def _store_crm_google(self):
        for name in TEXTS:
            value = (self[f"crm_google_{name}"] or "").strip()
            settings.put(self.env, name, value or DEFAULTS[name])
        for name, field in NUMBERS.items():
            settings.put(self.env, name, str(self[field]))
        settings.put(self.env, "auto_sync", str(bool(self.crm_google_auto_sync)))
        settings.put(self.env, "push", str(bool(self.crm_google_push)))
        sealed = self.sudo().crm_google_sealed_secret  # sudo: as in the inverse
        if sealed:
            settings.put(self.env, "client_secret", sealed)
        settings.align_auto_sync(self.env)
        self.env["crm.google.channel"]._tend()

    @api.constrains(*NUMBERS.values())
    def _check_crm_google_numbers(self):
        for name, field in NUMBERS.items():
            lowest, highest = BOUNDS[name]
            if any(not lowest <= page[field] <= highest for page in self):
                raise ValidationError(
                    self.env._(
                        "%(setting)s: enter a number from %(lowest)s to %(highest)s.",
                        setting=self.fields_get([field], ["string"])[field]["string"],
                        lowest=number_text(self.env, lowest),
                        highest=number_text(self.env, highest),
                    )
                )

    @api.model
    def crm_google_test_client(self, client_id, secret):
        """Let the worker ask Google whether it knows the client as it is typed, saved or not; an
        empty secret stands for the stored one.

        Returns the verdict where it needs no question, else False: it is sent to the page.
        """
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators can test the Google client."))
        return self.env["crm.google.account"]._test_client(client_id, secret)
