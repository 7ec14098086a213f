from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..bridge.opening import open_record
from ..bridge.results import summary_text
from ..bridge.words import moment_text

ACTIVE = ("queued", "running")
COUNTS = (
    "crm_created",
    "crm_changed",
    "crm_removed",
    "crm_detached",
    "crm_attached",
    "google_created",
    "google_changed",
    "google_removed",
)


class CrmGoogleRun(models.Model):
    _name = "crm.google.run"
    _description = "Run of the Google synchronization"
    _order = "id desc"

    account_id = fields.Many2one(
        "crm.google.account", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        related="account_id.user_id", store=True, index=True, ondelete="cascade"
    )
    trigger = fields.Selection(
        [
            ("wizard", "Synchronize with Google"),
            ("auto", "Auto sync"),
            ("save", "Save in the CRM"),
            ("push", "Message from Google"),
            ("visit", "Visit of the calendar page"),
            ("retry", "Retry"),
            ("preview", "Preview"),
            ("undo", "Undo"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("stopped", "Stopped"),
        ],
        required=True,
        default="queued",
        readonly=True,
        index=True,
    )
    # the window, in the user's dates; both empty: everything
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("To", readonly=True, help="Included")
    undo_of = fields.Many2one("crm.google.run", readonly=True, ondelete="set null")
    full = fields.Boolean(readonly=True, help="Compares all entries, not only what changed")
    allow_deletions = fields.Boolean(readonly=True, help="The user has allowed many deletions")
    started = fields.Datetime(readonly=True)
    finished = fields.Datetime(readonly=True)
    done = fields.Integer("Entries done", readonly=True)
    total = fields.Integer("Entries to do", readonly=True)
    crm_created = fields.Integer("Created in the CRM", readonly=True)
    crm_changed = fields.Integer("Changed in the CRM", readonly=True)
    crm_removed = fields.Integer("Archived or removed in the CRM", readonly=True)
    crm_detached = fields.Integer("No longer synchronized", readonly=True)
    crm_attached = fields.Integer("Synchronized again", readonly=True)
    google_created = fields.Integer("Created in Google", readonly=True)
    google_changed = fields.Integer("Changed in Google", readonly=True)
    google_removed = fields.Integer("Removed in Google", readonly=True)
    set_aside = fields.Integer(readonly=True)
    left_over = fields.Integer("Left for the next run", readonly=True)
    held = fields.Integer("Deletions waiting for an answer", readonly=True)
    held_what = fields.Char(readonly=True, help="How many of what wait, on which side")
    lost_crm = fields.Integer("Values of the CRM not kept", readonly=True)
    lost_google = fields.Integer("Values of Google not kept", readonly=True)
    apart = fields.Integer("Entries no longer synchronized", readonly=True)
    started_by_id = fields.Many2one(
        "res.users", "Started by", readonly=True, help="Who has asked for it, if not its owner"
    )
    answered_by_id = fields.Many2one(
        "res.users", "Answered by", readonly=True, help="Who has answered, if not its owner"
    )
    resume_at = fields.Datetime(readonly=True, help="Google asked to wait until then")
    expected = fields.Datetime(readonly=True, help="When it should be done, at Google's pace")
    tries = fields.Integer(readonly=True, help="Interruptions in a row; makes the pauses longer")
    cut_off = fields.Integer(
        default=0, readonly=True, help="Processes that ended within it in a row and did nothing"
    )
    cause = fields.Char(readonly=True)
    message = fields.Char("What happened", readonly=True)
    summary = fields.Char(compute="_compute_summary")
    line_ids = fields.One2many("crm.google.run.line", "run_id", "Log", readonly=True)

    _one_active = models.UniqueIndex(
        "(account_id, trigger) WHERE state IN ('queued', 'running')",
        "Such a run of this account is already under way.",
    )

    @api.depends_context("lang")
    @api.depends("state", "message", "set_aside", "left_over", "held", "held_what", *COUNTS)
    def _compute_summary(self):
        for run in self:
            run.summary = summary_text(run)

    @api.depends_context("lang", "tz")
    @api.depends("trigger", "started", "create_date")
    def _compute_display_name(self):
        for run in self:
            # a run begins soon after it was asked for; a new one on a page has neither
            moment = run.started or run.create_date
            run.display_name = moment and run._name_of(moment_text(self.env, moment))

    def _name_of(self, moment):
        if self.trigger == "preview":
            return self.env._("Preview of %s", moment)
        if self.trigger == "undo":
            return self.env._("Undo of %s", moment)
        return self.env._("Sync of %s", moment)

    def action_synchronize(self):
        """Do what a preview has shown; leads to the calendar, which shows how far it is."""
        self.ensure_one()
        account = self.env["crm.google.account"]._mine()
        if self.account_id != account:
            raise AccessError(self.env._("Only its owner can steer a run."))
        window = {"date_from": self.date_from, "date_to": self.date_to}
        account._start_chosen("wizard", full=True, **window)
        return self.env["ir.actions.act_window"]._for_xml_id("calendar.action_calendar_event")

    @api.ondelete(at_uninstall=False)
    def _keep_active(self):
        if any(run.state in ACTIVE for run in self):
            raise UserError(self.env._("A run that is under way cannot be deleted. Stop it first."))

    def action_stop(self):
        """Stop a run after the entries it is busy with; what is done stays done.

        Leaves a hint for the worker, since writing the run would collide with its progress.
        """
        for run in self._of_current_user().filtered(lambda run: run.state in ACTIVE):
            hint = {"model": self._name, "res_id": run.id, "account_id": run.account_id.id}
            run.env["crm.google.hint"].create(hint)
            run.account_id._wake()

    def action_show_set_aside(self):
        return self._show_links(self.env._("Needs attention"), [("state", "=", "set_aside")])

    def _show_links(self, name, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.google.link",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": [("account_id", "=", self.account_id.id), *domain],
        }

    def action_open(self):
        """The run's own page, with its counts and its log."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_undo(self):
        """Undo this run from its log, as far as both sides still hold what it wrote."""
        run = self._of_current_user()
        run.ensure_one()
        if run.state in ACTIVE or run.trigger in ("preview", "undo"):
            raise UserError(self.env._("This run cannot be undone."))
        run.account_id._start_chosen("undo", undo_of=run.id, **run._by_another())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The run is being undone; this takes a few seconds."),
            },
        }

    def action_delete_held(self):
        """The user's answer to "many deletions at once": carry them out."""
        self._answer_held({"allow_deletions": True})

    def action_keep_held(self):
        """The user's answer to "many deletions at once": keep the entries, cut their links."""
        self._answer_held({})

    def _answer_held(self, values):
        run = self._of_current_user()
        run.ensure_one()
        if values:
            window = {"date_from": run.date_from, "date_to": run.date_to}
            trigger = "wizard" if run.trigger == "wizard" else "retry"
            by = run._by_another()
            run.account_id._start_chosen(trigger, full=True, **window, **values, **by)
        else:
            run.account_id._keep_deleted()
            run.message = self.env._("Kept as they are; they are no longer synchronized.")
        run.write({"held": 0, **run._by_another("answered_by_id")})

    def _by_another(self, name="started_by_id"):
        """Whoever steers a run that is not theirs stands in its log."""
        return {} if self.user_id == self.env.user else {name: self.env.user.id}

    def action_show_held(self):
        """The entries whose deletion waits for an answer."""
        return self._show_links(self.env._("Deletions that wait"), [("cause", "=", "held")])

    def action_show_lost(self):
        """The values that were not kept."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Values that were not kept"),
            "res_model": "crm.google.run.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [("run_id", "=", self.id), ("verb", "=", "clash")],
        }

    def _of_current_user(self):
        """These runs for writing, after making sure that the user may steer them."""
        if not self.env.user.has_group("base.group_system") and any(
            run.user_id != self.env.user for run in self.sudo()
        ):
            raise AccessError(self.env._("Only its owner can steer a run."))
        # sudo: users may not write runs themselves, only through these buttons
        return self.sudo()


class CrmGoogleRunLine(models.Model):
    _name = "crm.google.run.line"
    _description = "What a run changed"
    _order = "id"
    _log_access = False  # the run says when, and thousands of lines are written at a time

    run_id = fields.Many2one(
        "crm.google.run", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(related="run_id.user_id")
    side = fields.Selection([("crm", "CRM"), ("google", "Google")], readonly=True)
    verb = fields.Selection(
        [
            ("create", "Created"),
            ("write", "Changed"),
            ("remove", "Removed"),
            ("archive", "Archived"),
            ("reopen", "Opened again"),
            ("detach", "No longer synchronized"),
            ("attach", "Synchronized again"),
            ("clash", "Not kept"),
        ],
        "What",
        readonly=True,
    )
    reason = fields.Selection(
        [
            ("new_here", "New in the CRM"),
            ("new_there", "New in Google"),
            ("adopted", "Found on both sides"),
            ("changed_here", "Changed in the CRM"),
            ("changed_there", "Changed in Google"),
            ("changed_both", "Changed on both sides"),
            ("deleted_here", "Deleted in the CRM"),
            ("deleted_there", "Deleted in Google"),
            ("edit_beats_delete", "Deleted in the CRM, but changed in Google"),
            ("gone_both", "Gone on both sides"),
            ("out_of_sight", "Out of the user's sight"),
            ("settled", "The same on both sides"),
            ("undone", "Undone"),
            ("reassigned", "Assigned to somebody else"),
            ("became_meeting", "It is a meeting now"),
        ],
        "Why",
        readonly=True,
    )
    what = fields.Char("What happened", compute="_compute_what")
    title = fields.Char(readonly=True)
    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="model", readonly=True)
    event_id = fields.Char("Event in Google", readonly=True)
    before = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    after = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    lost = fields.Text("Value that lost a clash", readonly=True)

    def action_open_record(self):
        """The record that the line is about, for who may see it."""
        self.ensure_one()
        return open_record(self.env, self.model, self.res_id)

    @api.depends("verb", "run_id.trigger")
    @api.depends_context("lang")
    def _compute_what(self):
        done = dict(self._fields["verb"]._description_selection(self.env))
        planned = {
            "create": self.env._("Would be created"),
            "write": self.env._("Would be changed"),
            "remove": self.env._("Would be removed"),
            "archive": self.env._("Would be archived"),
            "reopen": self.env._("Would be opened again"),
            "detach": self.env._("Would no longer be synchronized"),
            "attach": self.env._("Would be synchronized again"),
            "clash": self.env._("Would not be kept"),
        }
        for line in self:
            texts = planned if line.run_id.trigger == "preview" else done
            line.what = texts.get(line.verb, "")
