from odoo import models

from ..bridge.silence import SILENT


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """What a run writes down, such as that an activity is done, is told to nobody."""
        if self.env.context.get(SILENT):
            return []
        return super()._notify_thread(message, msg_vals=msg_vals, **kwargs)


class CalendarAlarmManager(models.AbstractModel):
    _inherit = "calendar.alarm_manager"

    def _notify_next_alarm(self, partner_ids):
        """A run schedules reminders for their time, and sends nothing now."""
        if self.env.context.get(SILENT):
            return None
        return super()._notify_next_alarm(partner_ids)
