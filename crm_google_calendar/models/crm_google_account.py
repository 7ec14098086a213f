from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..bridge import (
    bell,
    client_test,
    grant,
    polling,
    sentences,
    settings,
    status,
    vault,
    worker,
)
from ..bridge.here import is_here
from ..bridge.links import detach
from ..bridge.settings import database_uuid
from ..gcal.oauth import CALENDAR_SCOPE
from ..gcal.translate import event_id
from .crm_google_run import ACTIVE


class CrmGoogleAccount(models.Model):
    _name = "crm.google.account"
    _description = "Google Account of a User"
    _rec_name = "email"

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    email = fields.Char("Google address", readonly=True)
    sub = fields.Char(readonly=True, help="Google's own, lasting number of the person")
    state = fields.Selection(
        [
            ("disconnected", "Not connected"),
            ("connecting", "Connecting"),
            ("incomplete", "Calendars incomplete"),
            ("choosing", "Another Google account chosen"),
            ("connected", "Connected"),
            ("reconnect", "Reconnect needed"),
            ("revoking", "Revoking access"),
        ],
        required=True,
        default="disconnected",
        readonly=True,
        index=True,
    )
    scopes = fields.Char("Granted", readonly=True)
    scopes_text = fields.Char("What was granted", compute="_compute_scopes_text")
    connected_since = fields.Datetime(readonly=True)
    last_sync = fields.Datetime(readonly=True)
    lively = fields.Datetime(
        readonly=True, help="When anything last happened: a change, or a visit"
    )
    cause = fields.Char(readonly=True)
    message = fields.Char(readonly=True, help="The last sentence for the user about the connection")
    # sealed by the vault, and closed to everybody: not even administrators see tokens
    refresh_token = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    access_token = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    access_expires = fields.Datetime(readonly=True, copy=False, groups=fields.NO_ACCESS)
    code = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    verifier = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    resume_at = fields.Datetime(readonly=True, help="What waits for Google is tried again then")
    tries = fields.Integer(readonly=True, help="How often that was tried in vain")
    check_for = fields.Selection(
        [("account", "The connection"), ("client", "The company's Google client")],
        readonly=True,
        help="What the user has asked to check",
    )
    asked_client = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    pace = fields.Text(readonly=True, copy=False, groups=fields.NO_ACCESS, help="See `gcal.pace`")
    calendar_ids = fields.One2many("crm.google.calendar", "account_id", readonly=True)
    channel_ids = fields.One2many("crm.google.channel", "account_id", readonly=True)
    run_ids = fields.One2many("crm.google.run", "account_id", readonly=True)

    _user_unique = models.Constraint("UNIQUE(user_id)", "A user has one Google account here.")

    @api.depends("scopes")
    def _compute_scopes_text(self):
        text = self.env._(
            "Make its own calendars in your Google account, and see and change the entries in "
            "those; see your e-mail address. Nothing else: your other calendars stay invisible."
        )
        for account in self:
            account.scopes_text = text if CALENDAR_SCOPE in (account.scopes or "").split() else ""

    # -- what pages ask -------------------------------------------------------------------

    @api.model
    def get_status(self):
        """What the calendar page shows the current user; see `bridge.status`."""
        self.check_access("read")  # a portal user has no account here
        polling.note_visit(self.env)
        return status.of_user(self.env)

    @api.model
    def action_configure(self, return_path=""):
        """What a click on *Configure*, *Reconnect* or *Finish with Google* does; an action."""
        problem = settings.problem(self.env)
        if problem in ("no_client", "unreadable") and self.env.user.has_group("base.group_system"):
            return self.env["ir.actions.act_window"]._for_xml_id(
                "crm_google_calendar.action_settings"
            )
        if problem:
            raise UserError(sentences.setup_text(self.env, problem))
        account = self._mine()
        if account._needs_consent():
            url = status.connect_path(return_path)
            return {"type": "ir.actions.act_url", "target": "self", "url": url}
        return account._carry_on()

    def _needs_consent(self):
        """Whether the next step to a connection leads over Google's page."""
        return self.state in ("disconnected", "reconnect")

    def _carry_on(self):
        """The next step where the grant is there, or something is under way."""
        if self.state != "incomplete":
            self._wake()
            return False
        if "uncertain" in self.calendar_ids.mapped("state"):
            return self.env["ir.actions.act_window"]._for_xml_id(
                "crm_google_calendar.action_crm_google_calendar_wizard"
            )
        self._change("connecting")
        return False

    @api.model
    def action_create_again(self):
        """Make the calendars anew that were deleted in Google; nothing in the CRM changes.

        An action, where the way leads over Google's page.
        """
        account = self._mine()
        gone = account.calendar_ids.filtered(lambda calendar: calendar.state == "gone")
        if not gone or account.state in ("connecting", "choosing", "revoking"):
            return False
        gone.write({"state": "wanted", "google_id": False, "cursor": False, "full_pass": False})
        # sudo: only our own code writes links
        links = self.env["crm.google.link"].sudo().search([("calendar_id", "in", gone.ids)])
        links.filtered(lambda link: link.state != "detached")._start_over()
        if account._needs_consent():
            return self.action_configure()
        account._change("connecting")
        return False

    def action_revoke(self):
        """Disconnect: both calendars and the grant go, the CRM's records stay."""
        account = self._of_current_user()
        if account.state in ("disconnected", "revoking"):
            return False
        account._change("revoking")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Access is being revoked; this takes a few seconds."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_check(self):
        """Check the connection and both calendars; the answer comes as a notification."""
        return self._of_current_user()._ask_for("account")

    @api.model
    def _test_client(self, client_id, secret):
        """Ask Google about a client of the company; see `bridge.client_test`."""
        return client_test.ask(self._mine(), client_id, secret)

    def _ask_for(self, what):
        self.check_for = what
        self._wake()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Google is being asked; the answer comes in a moment."),
            },
        }

    # -- what controllers and wizards ask ----------------------------------------------------

    @api.model
    def _of_user(self, user):
        """The account row of a user, with all rights; made at the first need."""
        # sudo: users read their account but only our own code writes it
        accounts = self.sudo()
        own = [("user_id", "=", user.id)]
        account = accounts.search(own)
        if not account:
            accounts._make_row(user)
            account = accounts.search(own)
        return account

    def _make_row(self, user):
        """Of two clicks at once, one makes the row; PostgreSQL asks the other one to begin again,
        which Odoo does, where a plain `create` would show the user an error."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_google_account (user_id, state, create_uid, create_date)"
                " VALUES (%s, 'disconnected', %s, %s) ON CONFLICT (user_id) DO NOTHING",
                user.id,
                self.env.uid,
                self.env.cr.now(),
            ),
            log_exceptions=False,
        )

    def _mine(self):
        self.check_access("read")
        return self._of_user(self.env.user)

    def _of_current_user(self):
        self.ensure_one()
        # sudo: compares the owner only; a user may not write his account otherwise
        account = self.sudo()
        if account.user_id != self.env.user:
            raise AccessError(self.env._("Only its owner can change a Google connection."))
        return account

    def _receive_code(self, code, verifier):
        """Keep what Google's consent page sent; the worker exchanges it in the background."""
        self.ensure_one()
        if self._may_connect():
            self._change("connecting", **vault.sealed(self, code=code, verifier=verifier))

    def _may_connect(self):
        return self._needs_consent() or self.state == "incomplete"

    def _consent_failed(self, error):
        """Say why no consent came; whatever works, or is under way, goes on."""
        self.ensure_one()
        if not self._may_connect():
            return
        message = sentences.connection_text(self.env, error, self.state)
        self.write({"cause": error.cause.value, "message": message})

    def _change(self, state, **values):
        """Ask the worker for a change of the connection."""
        fresh = {"cause": False, "message": False, "resume_at": False, "tries": 0}
        self.write({"state": state, **fresh, **values})
        self._wake()

    # -- runs ------------------------------------------------------------------------------

    def _start_run(self, trigger, **values):
        """Queue a run, unless one that does as much is under way; return it.

        values: what the user has chosen; his run waits beside one that began by itself, so that
        his choice is not lost. A run that he began himself goes on as it is.
        """
        self.ensure_one()
        runs = self.env["crm.google.run"].sudo()  # sudo: only our own code writes runs
        active = runs.search([("account_id", "=", self.id), ("state", "in", ACTIVE)])
        run = active.filtered(lambda run: run.trigger == trigger or not values)[:1]
        if not run:
            owner = {"account_id": self.id, "user_id": self.user_id.id}
            run = runs.create({**owner, "trigger": trigger, **values})
        self._wake()
        return run

    def _start_chosen(self, trigger, **values):
        """Queue just this run; raises UserError where another one of the user's goes on."""
        run = self._start_run(trigger, **values)
        if any(run._convert_to_write({name: run[name]})[name] != values[name] for name in values):
            raise UserError(
                self.env._(
                    "Another synchronization of yours is under way. Wait for its end, or stop it, "
                    "then start this one."
                )
            )
        return run

    def _nudge(self, trigger):
        """Ask that the account be synced soon; carries no data, losing it only costs time."""
        accounts = self.filtered(lambda account: account._is_worked_on())
        runs = self.env["crm.google.run"].sudo()  # sudo: only our own code writes runs
        active = runs.search_fetch(
            [("account_id", "in", accounts.ids), ("state", "in", ACTIVE)], ["account_id"]
        )
        new = accounts - active.account_id
        runs.create(
            [
                {"account_id": account.id, "user_id": account.user_id.id, "trigger": trigger}
                for account in new
            ]
        )
        if accounts:
            self._wake()

    def _is_worked_on(self):
        """Whether runs are made: not for somebody who has left."""
        return self.state == "connected" and is_here(self.user_id)

    def _stop_runs(self):
        """What was begun or queued ends here; nothing of it is lost."""
        active = self.run_ids.filtered(lambda run: run.state in ACTIVE)
        active.write({"state": "stopped", "finished": fields.Datetime.now()})

    @api.model
    def _wake(self, moment=None):
        """Call the worker once this transaction is committed, or at a later moment.

        What `_trigger` does, without the query that asks whether the scheduled action is active.
        """
        # sudo: any user may wake the worker, nobody may edit it
        triggers = self.env["ir.cron.trigger"].sudo()
        triggers.create({"cron_id": self._worker_id(), "call_at": moment or fields.Datetime.now()})
        self._ring_at_commit()

    @api.model
    def _worker_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id("crm_google_calendar.ir_cron_worker")

    @api.model
    def _ring_at_commit(self):
        crons = self.env["ir.cron"]
        self.env.cr.postcommit.add(lambda: bell.ring(crons))

    def _keep_deleted(self):
        """The user's answer "Keep them": cut the links whose deletion was held back.

        Where the other side came back since, the next run finds both and goes on with them.
        """
        links = self.env["crm.google.link"].sudo()  # sudo: after _of_current_user of the run
        held = links.search([("account_id", "=", self.id), ("cause", "=", "held")])
        detach(held, "kept")

    def _links_apart(self, count=False):
        """Entries that are no longer synchronized, and could be again; or their number."""
        links = self.env["crm.google.link"].sudo()  # sudo: of the account's own, for its user
        domain = [("account_id", "in", self.ids), *links._apart_domain()]
        return links.search_count(domain) if count else links.search(domain)

    @api.model
    def action_push_all_again(self):
        """Synchronize again all of the user's entries that are no longer synchronized."""
        return self._mine()._links_apart().with_env(self.env).action_push_again()

    @api.model
    def action_show_apart(self):
        """The user's entries that are no longer synchronized."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_google_calendar.action_crm_google_link_mine"
        )
        return {**action, "context": {"search_default_detached": 1}}

    def _event_id(self, model, res_id, generation, identity=""):
        """The event's id in Google: ours, the same at every try, so that a repeat cannot double."""
        words = (model, res_id, generation, identity)
        return event_id(database_uuid(self.env), self.id, *words)

    # -- crons -----------------------------------------------------------------------------

    @api.model
    @api.autovacuum
    def _seal_with_the_newest_key(self):
        """Once an earlier key is not needed any more, an administrator may take it away."""
        grant.reseal(self.env)

    @api.model
    def _cron_work(self):
        env = self.with_user(SUPERUSER_ID).env
        settings.align_auto_sync(env)
        env["crm.google.account"]._forget_old_offers()
        env["crm.google.account"]._work()

    @api.model
    def _work(self):
        """Do what is due for everybody; `crm_google_calendar_queue` shares it out instead."""
        worker.work(self.env)

    @api.model
    def _cron_auto_sync(self):
        if settings.auto_sync_is_on(self.env):
            polling.due(self.env)._nudge("auto")
