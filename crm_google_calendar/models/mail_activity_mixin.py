from odoo import models


class MailActivityMixin(models.AbstractModel):
    """Whatever has activities: their entries in Google show its name, as some meetings do."""

    _inherit = "mail.activity.mixin"

    def write(self, vals):
        result = super().write(vals)
        if self._rec_name in vals:
            self.env["crm.google.hint"]._leave(self._name, self.ids)
        return result
