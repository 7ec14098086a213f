from odoo import models
from odoo.fields import Domain


class CalendarRecurrence(models.Model):
    _inherit = "calendar.recurrence"

    def _get_sync_domain(self):
        """Leave out what came from the user's own Google calendar: it would stand there twice."""
        theirs = self.env["crm.google.link"]._made_in_google("calendar.recurrence")
        return super()._get_sync_domain() & ~Domain("id", "in", theirs)
