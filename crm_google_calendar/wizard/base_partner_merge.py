from odoo import api, models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # without the ORM: guests, and documents of tasks
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["crm.google.hint"]._leave(dst_partner._name, dst_partner.ids)
        return result
