from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def unlink(self):
        # the database itself takes a contact off the guests
        self.env["crm.google.hint"]._leave_for_meetings([("partner_ids", "in", self.ids)])
        return super().unlink()


class MergePartners(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # without the ORM: guests, and documents of tasks
        super()._update_foreign_keys(src_partners, dst_partner)
        self.env["crm.google.hint"]._leave(dst_partner._name, dst_partner.ids)
