import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..bridge.detached import NOT_THEIRS
from ..bridge.opening import open_record

# a series that the user let go: nothing of it is sent before they push it again
RESTING = {("detached", cause) for cause in ("deleted_there", "archived_there", "kept", "undone")}
# causes of links that came apart by a decision of somebody's
APART = ("undone", "kept", "deleted_there", "calendar_gone")


class RecordId(fields.Many2oneReference):
    """NULL where there is no record: PostgreSQL then lets any number of events have none."""

    def convert_to_column(self, value, record, values=None, validate=True):
        return super().convert_to_column(value, record, values, validate) or None


class CrmGoogleLink(models.Model):
    _name = "crm.google.link"
    _description = "Link between a record and its event in Google"
    _order = "id desc"
    _rec_name = "title"
    _log_access = False  # our own code alone writes links, thousands at a time

    calendar_id = fields.Many2one(
        "crm.google.calendar", required=True, readonly=True, ondelete="cascade"
    )
    account_id = fields.Many2one(
        related="calendar_id.account_id", store=True, index=True, readonly=True
    )
    # not stored: thousands are written at a time, and each column that refers to a row costs
    user_id = fields.Many2one(related="account_id.user_id")
    kind = fields.Selection(related="calendar_id.kind", store=True)
    model = fields.Char(readonly=True)
    # not a foreign key: the link of a deleted record is its tombstone
    res_id = RecordId("Record", model_field="model", readonly=True)
    title = fields.Char(compute="_compute_title", compute_sudo=False)
    event_id = fields.Char("Event in Google", required=True, readonly=True)
    from_google = fields.Boolean(readonly=True, help="The user made it in Google, not in the CRM")
    series = fields.Char(readonly=True, help="The series in Google that the event belongs to")
    identity = fields.Char(
        readonly=True, groups=fields.NO_ACCESS, help="The record's name in the event's mark"
    )
    generation = fields.Integer(
        readonly=True, help="Part of the event's id: an id that was deleted is never free again"
    )
    etag = fields.Char(readonly=True)
    # closed to everybody, administrators too: they hold what Odoo may hide of a private meeting
    base = fields.Text(
        readonly=True, groups=fields.NO_ACCESS, help="The entry both sides last agreed on"
    )
    held = fields.Text(
        readonly=True, groups=fields.NO_ACCESS, help="How the record reads, if that is not the base"
    )
    pending = fields.Text(
        readonly=True, groups=fields.NO_ACCESS, help="The entry being sent, until Google answers"
    )
    receipt = fields.Char(readonly=True, help="What an event carries once the pending one arrived")
    occurrences = fields.Text(readonly=True, help="Of a series: its meetings, by original start")
    url = fields.Char("Address in Google", readonly=True)
    state = fields.Selection(
        [
            ("linked", "In sync"),
            ("set_aside", "Needs attention"),
            ("detached", "No longer synchronized"),
        ],
        required=True,
        default="linked",
        readonly=True,
    )
    last_sync = fields.Datetime(readonly=True)

    _event_unique = models.Constraint(
        "UNIQUE(calendar_id, event_id)", "An event in Google has one link."
    )
    _record_unique = models.Constraint(
        # in this order, since links are found by their records
        "UNIQUE(res_id, model, calendar_id)",
        "A record has one link in each calendar; an event without a record has none to share.",
    )

    # few rows each, so that a run finds them among any number of links; the first is `links.OPEN`
    _open = models.Index(
        "(account_id) WHERE state = 'linked'"
        " AND (base IS NULL OR base = '' OR etag IS NULL OR etag = '' OR pending <> '')"
    )
    _of_series = models.Index("(series) WHERE series IS NOT NULL")

    @api.depends("model", "res_id")
    @api.depends_context("uid")
    def _compute_title(self):
        """The record's name, for the owner of the entry alone: others, administrators too, may see
        that there is an entry, and not what it is about."""
        for link in self:
            is_mine = link.user_id == self.env.user
            record = is_mine and link._record()
            link.title = record.display_name if record else is_mine and link._title_of_base()

    @api.depends("title")
    @api.depends_context("uid")
    def _compute_display_name(self):
        for link in self:
            link.display_name = link.title or self.env._("Entry %s", link.id)

    def _title_of_base(self):
        """The title of an entry whose record was deleted here, for its owner; else empty."""
        base = self.sudo().base  # sudo: closed, but this is the user's own entry
        if not base or self._exists_here():
            return ""
        values = json.loads(base)
        return values.get("title") or json.loads(values.get("entry") or "{}").get("title") or ""

    def _exists_here(self):
        # sudo: a record that is there, but hidden, keeps its title
        return bool(self.res_id and self.sudo().env[self.model].browse(self.res_id).exists())

    def _record(self):
        """The linked record as this user may see it, or an empty one."""
        self.ensure_one()
        if not self.model or not self.res_id:
            return self.env["calendar.event"]
        record = self.env[self.model].with_context(active_test=False).browse(self.res_id).exists()
        return record if record and record.has_access("read") else record.browse()

    @api.model
    def _of_records(self, model, ids):
        """The current user's own links of these records, by the records' ids."""
        mine = [("model", "=", model), ("res_id", "in", ids), ("user_id", "=", self.env.uid)]
        # sudo: whether an entry has ever arrived is told by a field that is closed to everybody
        return {link.res_id: link for link in self.sudo().search(mine)} if ids else {}

    @api.model
    def _shown_states(self):
        """What is shown of links, as domains."""
        linked = Domain("state", "=", "linked")
        arrived = Domain("base", "!=", False) & Domain("last_sync", "!=", False)
        return {
            "linked": linked & arrived,
            "pending": linked & ~arrived,
            "set_aside": Domain("state", "=", "set_aside"),
            "detached": Domain("state", "=", "detached"),
        }

    @api.model
    def _of_states(self, *states):
        """The ids of the records whose own links show the current user one of these states, or
        any, by model."""
        shown = self._shown_states()
        any_ = Domain.OR(shown[state] for state in states or shown if state in shown)
        # sudo: as in `_of_records`
        links = self.sudo().search_fetch(
            Domain("user_id", "=", self.env.uid) & any_, ["model", "res_id"]
        )
        with_record = links.filtered("res_id").grouped("model")
        return {model: each.mapped("res_id") for model, each in with_record.items()}

    def _shown_state(self):
        has_arrived = self.base and self.last_sync
        return "pending" if self.state == "linked" and not has_arrived else self.state

    def _line(self, changed):
        """What a form says of the entry: what stands in Google, or why it does not.

        changed: the record was saved, and the worker has not come to it yet.
        """
        on_its_way = changed and self.state == "linked" and self.account_id.state == "connected"
        state = "pending" if on_its_way else self._shown_state()
        line = {"state": state, "text": self._line_text(state)}
        # the page says how long ago, and goes on saying so
        since = {"since": fields.Datetime.to_string(self.last_sync)} if state == "linked" else {}
        return {**line, **since}

    def _line_text(self, state):
        if state == "pending":
            return self.env._("On its way to Google.")
        if state != "linked":
            return self.reason
        if self.series:
            return self.env._(
                "The same in Google. There it belongs to a series, which the CRM can only show as "
                "single entries."
            )
        return self.env._("The same in Google")

    def action_retry(self):
        """Try what was set aside once more, in a run of its own."""
        return self._own_in("set_aside")._try_again()

    def action_push_again(self):
        """Send detached records to Google again: as new events, unless their old ones stand."""
        return self._own_in("detached")._synchronize_again()

    def _try_again(self):
        # without an etag the next run asks Google for the event, whatever its feed says
        self.write({"state": "linked", "cause": False, "detail": False, "etag": False})
        return self._nudge()

    def _synchronize_again(self):
        # an event without a link is found when all of its calendar is compared
        self.filtered(lambda link: not link.res_id).calendar_id.write({"full_pass": False})
        accounts = self.account_id
        self._send_again()
        return self._nudge(accounts)

    @api.model
    def _apart_domain(self):
        """Of entries that came apart by a decision, and not because one side is out of sight."""
        return [("state", "=", "detached"), ("cause", "in", APART)]

    def _own_in(self, state):
        """Those of these links, for writing, that are in that state; of a mixed selection the
        others are left as they are. Raises AccessError where none is the user's own."""
        mine = self.sudo().filtered(lambda link: link.user_id == self.env.user)
        if self and not mine:
            raise AccessError(self.env._("Only the owner of an entry can send it to Google."))
        # sudo: users may not write links themselves, only through these two buttons
        return mine.filtered(lambda link: link.state == state)

    def action_open_record(self):
        self.ensure_one()
        return open_record(self.env, self.model, self.res_id)

    def action_open_in_google(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def _send_again(self):
        """Forget what was agreed, but not the event: which may stand again by now."""
        others = self.filtered(lambda link: link.cause in NOT_THEIRS)
        others._look_again()
        self -= others
        names = ("cause", "detail", "base", "pending")
        single = self.filtered(lambda link: link.res_id and link.etag and not link._is_of_series())
        single.write({"state": "linked", "last_sync": False, **dict.fromkeys(names, False)})
        (self - single)._start_over()

    def _look_again(self):
        """Compare once more, in case the record is the user's again."""
        for link in self:
            values = {"model": link.model, "res_id": link.res_id}
            self.env["crm.google.hint"].create({**values, "account_id": link.account_id.id})

    def _is_of_series(self):
        return bool(self.series or self.occurrences)

    def _start_over(self):
        """Forget the events: the records are sent anew, under ids that Google has never seen."""
        names = ("cause", "detail", "base", "pending", "etag", "url", "series", "occurrences")
        with_record = self.filtered("res_id")
        (self - with_record).unlink()
        for link, fresh in with_record._next_ids().items():
            values = {"state": "linked", "last_sync": False, **fresh}
            link.write({**values, **dict.fromkeys(names, False)})

    def _let_rest(self, recurrence):
        """Keep what was split off these series, which the user let go, from being sent."""
        for link in self.filtered(lambda link: (link.state, link.cause) in RESTING):
            values = {name: link[name] for name in ("state", "cause", "detail", "last_sync")}
            event_id = link.account_id._event_id(recurrence._name, recurrence.id, 0)
            record = {"model": recurrence._name, "res_id": recurrence.id, "event_id": event_id}
            self.create({**values, **record, "calendar_id": link.calendar_id.id})

    def _next_id(self):
        """Values that give the link an id which Google has never seen."""
        return self._next_ids()[self]

    def _next_ids(self):
        """Such values for each of these links; no id is one that any link has, or had."""
        found, open_ = {}, {link: link.generation + 1 for link in self}
        while open_:
            named = {link: link._id_of(number) for link, number in open_.items()}
            domain = [("event_id", "in", list(named.values()))]
            used = set(self.search_fetch(domain, ["event_id"]).mapped("event_id"))
            for link, event_id in named.items():
                if event_id not in used:
                    generation = open_.pop(link)
                    found[link] = {"generation": generation, "event_id": event_id}
            open_ = {link: number + 1 for link, number in open_.items()}
        return found

    def _id_of(self, generation):
        words = (self.model, self.res_id, generation, self.identity or "")
        return self.account_id._event_id(*words)

    def _nudge(self, accounts=None):
        accounts = accounts or self.account_id
        accounts._nudge("retry")
        if not accounts:
            return self._notice("warning", self.env._("None of these entries can be sent again."))
        text = self.env._("It is on its way to Google; this takes a few seconds.")
        if len(self) > 1:
            text = self.env._(
                "%s entries are on their way to Google; this takes a few seconds.", len(self)
            )
        return self._notice("info", text)

    def _notice(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
