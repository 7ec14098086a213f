from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..bridge.words import dates_text
from ..bridge.zones import two_months_later
from ..engine.plan import CAP

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)


class CrmGoogleSyncWizard(models.TransientModel):
    _name = "crm.google.sync.wizard"
    _description = "Synchronize with Google"

    scope = fields.Selection(
        [
            ("months", "This month and the next two"),
            ("range", "From – to"),
            ("all", "Everything"),
        ],
        string="Which entries",
        required=True,
        default="months",
    )
    date_from = fields.Date("From", default=lambda self: self._months()[0])
    date_to = fields.Date("To", default=lambda self: self._months()[1], help="Included")
    cap = fields.Integer(default=CAP, readonly=True)
    email = fields.Char(compute="_compute_email")
    months_text = fields.Char("Dates", compute="_compute_months_text")
    problem = fields.Char(compute="_compute_problem")

    def _compute_email(self):
        account = self.env["crm.google.account"].search([("user_id", "=", self.env.uid)])
        self.email = account.email

    def _compute_months_text(self):
        self.months_text = dates_text(self.env, *self._months())

    @api.depends("scope", "date_from", "date_to")
    def _compute_problem(self):
        for wizard in self:
            wizard.problem = wizard.scope == "range" and wizard._problem_of_range()

    def _problem_of_range(self):
        """What is wrong with the dates, said in the dialog while they are chosen."""
        first, last = self.date_from, self.date_to
        if not (first and last):
            return self.env._("Choose both dates, or another choice.")
        if first > last:
            return self.env._("The first date is after the last one. Swap them and try again.")
        if first < FIRST_DAY or last > LAST_DAY:
            return self.env._(
                "Choose dates between the years %(first)s and %(last)s.",
                first=str(FIRST_DAY.year),
                last=str(LAST_DAY.year),
            )
        return False

    @api.constrains("scope", "date_from", "date_to")
    def _check_range(self):
        for wizard in self.filtered("problem"):
            raise UserError(wizard.problem)

    def action_start(self):
        """Queue the run and close; the work goes on in the background."""
        return self._start("wizard")

    @api.model
    def action_start_default(self):
        """Start what the wizard offers by itself, without showing it."""
        self.create({}).action_start()

    def action_preview(self):
        """Queue a run that only lists what it would do, and writes nothing on either side."""
        return self._start("preview")

    def _start(self, trigger):
        self.ensure_one()
        account = self.env["crm.google.account"]._mine()
        if account.state != "connected":
            raise UserError(
                self.env._(
                    "You are not connected with Google. Click the link on the calendar page."
                )
            )
        first, last = self._dates()
        account._start_chosen(trigger, full=True, date_from=first, date_to=last)
        return {"type": "ir.actions.act_window_close", "infos": {"started": True}}

    def _dates(self):
        if self.scope == "all":
            return False, False
        return (self.date_from, self.date_to) if self.scope == "range" else self._months()

    def _months(self):
        """The first day of this month and the last one two months later, for the user."""
        today = fields.Date.context_today(self)
        return today.replace(day=1), two_months_later(today)
