from odoo import models
from odoo.fields import Domain


class CalendarRecurrence(models.Model):
    _inherit = "calendar.recurrence"

    def _get_sync_domain(self):
        """Leave out what came from a user's own Google calendar: it would stand there twice."""
        pulled = Domain("calendar_event_ids.crm_from_google", "=", True)
        return super()._get_sync_domain() & ~pulled
