from odoo import models


class MailActivityType(models.Model):
    """Its name stands before the title of a task in Google."""

    _inherit = "mail.activity.type"

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self._crm_google_hint()
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        result = super()._update_field_translations(field_name, *args, **kwargs)
        if field_name == "name":
            self._crm_google_hint()
        return result

    def _crm_google_hint(self):
        self.env["crm.google.hint"]._leave(self._name, self.ids)
