from odoo import models
from odoo.fields import Domain


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _get_sync_domain(self):
        """Leave out what came from the user's own Google calendar: it would stand there twice."""
        links = self.env["crm.google.link"]
        theirs = Domain("id", "in", links._made_in_google("calendar.event"))
        theirs |= Domain("recurrence_id", "in", links._made_in_google("calendar.recurrence"))
        return super()._get_sync_domain() & ~theirs
