from odoo import models
from odoo.fields import Domain


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _get_microsoft_sync_domain(self):
        """Leave out what came from the user's own Google calendar: it would stand there twice."""
        links = self.env["crm.google.link"]
        theirs = Domain("id", "in", links._made_in_google("calendar.event"))
        theirs |= Domain("recurrence_id", "in", links._made_in_google("calendar.recurrence"))
        return super()._get_microsoft_sync_domain() & ~theirs

    def _is_microsoft_insertion_blocked(self, sender_user):
        """A guest's synchronization would send it too, in the name of the one who made it."""
        links = self.env["crm.google.link"].with_user(sender_user)
        theirs = links._made_in_google("calendar.event", self.ids)
        theirs += links._made_in_google("calendar.recurrence", self.recurrence_id.ids)
        return bool(theirs) or super()._is_microsoft_insertion_blocked(sender_user)

    def _check_microsoft_sync_status(self):
        """Nothing that a run writes goes to Outlook; so it must not ask there for a token either,
        which waits for the network and, refused, ends the run's transaction."""
        if self.env.context.get("no_calendar_sync"):
            return False
        return super()._check_microsoft_sync_status()
