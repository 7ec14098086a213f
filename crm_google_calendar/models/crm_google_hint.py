from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..bridge.settings import auto_sync_is_on

WAITING = "crm_google_calendar.hints"


class CrmGoogleHint(models.Model):
    _name = "crm.google.hint"
    _description = "Hint that a record may have changed"
    _log_access = False

    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="model", required=True)
    account_id = fields.Many2one(
        "crm.google.account",
        ondelete="cascade",
        index="btree_not_null",
        help="Whose run it waits for; empty until the worker has found out",
    )

    @api.model
    def _leave(self, model, ids):
        """Note that these records may have changed, and ask for a run soon.

        Costs the caller's transaction one statement when it commits, however much it changed:
        nothing here may slow or fail a save. A lost hint costs time, never data, since a daily pass
        compares everything.
        """
        if not ids or not auto_sync_is_on(self.env):
            return
        waiting = self.env.cr.precommit.data.setdefault(WAITING, set())
        if not waiting:
            self.env.cr.precommit.add(self._write_waiting)
        waiting.update((model, res_id) for res_id in ids)

    @api.model
    def _leave_for_meetings(self, domain):
        """Note that these meetings are about to change, by the database and not by the ORM."""
        if auto_sync_is_on(self.env):
            # sudo: whoever deletes what meetings show need not see them all
            meetings = self.env["calendar.event"].sudo().with_context(active_test=False)
            self._leave(meetings._name, meetings.search(domain).ids)

    @api.model
    def _leave_once(self, record):
        """Note a message through a channel, or a visit of an account's user; many leave one hint.

        Only one that nobody has taken yet counts: whoever took it may have asked Google already.
        """
        if not auto_sync_is_on(self.env):
            return
        # sudo: Google sends its messages to nobody in particular, and users may not see hints
        hints = self.sudo()
        same = [("model", "=", record._name), ("res_id", "=", record.id)]
        if not hints.search_count([*same, ("account_id", "=", False)], limit=1):
            hints.create({"model": record._name, "res_id": record.id})
            hints.env["crm.google.account"]._wake()

    @api.model
    def _waits(self, records):
        """Whether a change of one of these, as (model, id), waits for the worker or a run."""
        same = (Domain("model", "=", model) & Domain("res_id", "=", id_) for model, id_ in records)
        return bool(self.search_count(Domain.OR(same), limit=1))

    @api.model
    def _write_waiting(self):
        waiting = self.env.cr.precommit.data.pop(WAITING, ())
        if not waiting:
            return
        models, ids = zip(*sorted(waiting), strict=True)
        accounts = self.env["crm.google.account"]
        # one statement, and no rights to check: whoever saves a record may not know our tables
        self.env.cr.execute(
            SQL(
                "WITH hints AS (INSERT INTO crm_google_hint (model, res_id)"
                " SELECT * FROM unnest(%s::varchar[], %s::int[]))"
                " INSERT INTO ir_cron_trigger (cron_id, call_at) VALUES (%s, %s)",
                list(models),
                list(ids),
                accounts._worker_id(),
                fields.Datetime.now(),
            )
        )
        accounts._ring_at_commit()
