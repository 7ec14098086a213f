from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def unlink(self):
        # the database itself takes a contact off the guests
        self.env["crm.google.hint"]._leave_for_meetings([("partner_ids", "in", self.ids)])
        return super().unlink()
