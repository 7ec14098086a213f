from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def unlink(self):
        # the database itself takes a lead off its meetings
        self.env["crm.google.hint"]._leave_for_meetings([("opportunity_id", "in", self.ids)])
        return super().unlink()
