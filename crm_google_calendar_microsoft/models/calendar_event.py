from odoo import models
from odoo.fields import Domain


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _get_microsoft_sync_domain(self):
        """Leave out what came from a user's own Google calendar: it would stand there twice."""
        return super()._get_microsoft_sync_domain() & Domain("crm_from_google", "=", False)

    def write(self, vals):
        """Odoo may make new rows of it, and would send those right away; and it would refuse
        changes of a series, which Outlook cannot take, but need not."""
        pulled = self.filtered("crm_from_google")
        if not pulled or self.env.context.get("no_calendar_sync"):
            return super().write(vals)
        if self - pulled:
            super(CalendarEvent, self - pulled).write(dict(vals))
        return super(CalendarEvent, pulled.with_context(no_calendar_sync=True)).write(vals)

    def _check_recurrence_overlapping(self, new_start):
        """A limit of Outlook only concerns what is sent there."""
        return None if self.crm_from_google else super()._check_recurrence_overlapping(new_start)

    def _check_microsoft_sync_status(self):
        """Nothing that a run writes goes to Outlook; so it must not ask there for a token either,
        which waits for the network and, refused, ends the run's transaction."""
        if self.env.context.get("no_calendar_sync"):
            return False
        return super()._check_microsoft_sync_status()

    def _skip_send_mail_status_update(self):
        """Outlook tells no guest of what it is not sent, so that is left to Odoo."""
        return not self.crm_from_google and super()._skip_send_mail_status_update()
