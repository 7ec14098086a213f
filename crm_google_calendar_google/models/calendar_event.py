from odoo import models
from odoo.fields import Domain


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _get_sync_domain(self):
        """Leave out what came from a user's own Google calendar: it would stand there twice."""
        return super()._get_sync_domain() & Domain("crm_from_google", "=", False)

    def write(self, vals):
        """Odoo may make new rows and recurrences of it, and would send those right away."""
        pulled = self.filtered("crm_from_google")
        if not pulled or self.env.context.get("no_calendar_sync"):
            return super().write(vals)
        if self - pulled:
            super(CalendarEvent, self - pulled).write(dict(vals))
        return super(CalendarEvent, pulled.with_context(no_calendar_sync=True)).write(vals)

    def action_mass_archive(self, recurrence_update_setting):
        """Odoo would ask Google to delete the series, which it has never sent."""
        apart = self.with_context(no_calendar_sync=True) if self.crm_from_google else self
        return super(CalendarEvent, apart).action_mass_archive(recurrence_update_setting)

    def _skip_send_mail_status_update(self):
        """Google tells no guest of what it is not sent, so that is left to Odoo."""
        return not self.crm_from_google and super()._skip_send_mail_status_update()
