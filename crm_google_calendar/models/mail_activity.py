from odoo import api, fields, models

from ..bridge import own, task
from ..bridge.task import read_when
from ..bridge.zones import naive, zone_of
from ..engine.entry import Timed

OWN_FIELDS = (*task.OWN_FIELDS, "crm_google_changed")


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["mail.activity", "crm.google.mark.mixin"]

    _crm_google_fields = frozenset(
        "summary note date_deadline activity_type_id user_id active res_id res_model_id"
        " calendar_event_id".split()
    )

    # Odoo's activities have a date only; these keep what Google's entry has beyond it
    crm_google_clock = fields.Char(
        "Start in Google", readonly=True, copy=False, help="Local time of day"
    )
    crm_google_minutes = fields.Integer("Minutes in Google", readonly=True, copy=False)
    crm_google_zone = fields.Char("Time zone in Google", readonly=True, copy=False)
    # what became of it when it was ticked off in Google, to take that back: `message` on the
    # document, `next` activity. Closed to everybody, since runs delete what it names
    crm_google_done = fields.Json(copy=False, groups=fields.NO_ACCESS)
    crm_google_time = fields.Char("Time", compute="_compute_crm_google_time")

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([own.to_create(self, OWN_FIELDS, vals) for vals in vals_list])

    def write(self, vals):
        return super().write(own.to_write(self, OWN_FIELDS, vals))

    @api.depends("date_deadline", "crm_google_clock", "crm_google_minutes", "crm_google_zone")
    @api.depends_context("tz", "lang")
    def _compute_crm_google_time(self):
        self.crm_google_time = False
        for activity in self.filtered(lambda activity: activity.date_deadline):
            try:
                when = read_when(activity)
            except ValueError:
                continue  # no form fails for it; a run says what is wrong
            if isinstance(when, Timed):
                activity.crm_google_time = self._format_span(when)

    def _format_span(self, when):
        zone = zone_of(self.env.context.get("tz") or self.env.user.tz).key
        start, end = (
            self.env["ir.qweb.field.time"].value_to_html(local.hour + local.minute / 60, {})
            for local in (
                naive(when.start).replace(tzinfo=when.start.tzinfo).astimezone(zone_of(zone)),
                naive(when.end).replace(tzinfo=when.end.tzinfo).astimezone(zone_of(zone)),
            )
        )
        return f"{start} – {end}"
