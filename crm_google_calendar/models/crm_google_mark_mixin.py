from uuid import uuid4

from odoo import api, fields, models
from odoo.fields import Domain


class CrmGoogleMarkMixin(models.AbstractModel):
    """A record that may stand in Google too: it shows its state there, and leaves hints."""

    _name = "crm.google.mark.mixin"
    _description = "Google state of a record"

    # fields whose change may change the entry in Google
    _crm_google_fields = frozenset()

    # closed to everybody: who knows it could make an event that seems to be this record's
    crm_google_identity = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=fields.NO_ACCESS,
        help="The record's name in marks: its id may belong to another record one day",
    )
    crm_google_link_id = fields.Many2one(
        "crm.google.link", "Google entry", compute="_compute_crm_google_link"
    )
    crm_google_state = fields.Selection(
        [
            ("none", "Not in Google"),
            ("linked", "In sync"),
            ("pending", "On its way"),
            ("set_aside", "Set aside"),
            ("detached", "Detached"),
        ],
        "Google state",
        compute="_compute_crm_google_link",
        search="_search_crm_google_state",
    )

    # beside `write_date`, which every tag moves
    crm_google_changed = fields.Datetime(
        "Changed for Google",
        readonly=True,
        copy=False,
        help="When something was last changed that Google shows of it",
    )

    @api.depends_context("uid")
    def _compute_crm_google_link(self):
        links = self._crm_google_links()
        for record in self:
            link = links.get(record.id)
            record.crm_google_link_id = link
            record.crm_google_state = link._shown_state() if link else "none"

    def _crm_google_links(self):
        """The current user's links of these records, by the records' ids."""
        return self.env["crm.google.link"]._of_records(self._name, self.ids)

    def crm_google_line(self):
        """What a form says of this record in Google: its state and a text; nothing without a link.

        The page asks once the record is shown or saved, so that neither waits for it.
        """
        self.ensure_one()
        link = self._crm_google_links().get(self.id)
        if not link:
            return False
        # a meeting of a series shows the link of its series
        records = {(self._name, self.id), (link.model, link.res_id)}
        # sudo: users may not see hints
        return link._line(self.env["crm.google.hint"].sudo()._waits(records))

    def _search_crm_google_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self._crm_google_shown(*value)
        return found | ~self._crm_google_shown() if "none" in value else found

    def _crm_google_shown(self, *states):
        """A domain of the records that show the current user a link in one of these states; of
        those that show any link where none is given."""
        ids = self.env["crm.google.link"]._of_states(*states)
        return Domain("id", "in", ids.get(self._name, ()))

    def action_crm_google_open(self):
        return self.crm_google_link_id.action_open_in_google()

    def action_crm_google_retry(self):
        return self.crm_google_link_id.action_retry()

    def action_crm_google_push_again(self):
        return self.crm_google_link_id.action_push_again()

    def _prepare_create_values(self, vals_list):
        """No default: Odoo would give one name to all records that are there at installation."""
        rows = super()._prepare_create_values(vals_list)
        return [{**row, "crm_google_identity": uuid4().hex} for row in rows]

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._crm_google_hint()
        return records

    def write(self, vals):
        if self._crm_google_fields.isdisjoint(vals):
            return super().write(vals)
        result = super().write({**vals, "crm_google_changed": self.env.cr.now()})
        self._crm_google_hint()
        return result

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        self.env["crm.google.hint"]._leave(self._name, ids)
        return result

    def _crm_google_hint(self):
        self.env["crm.google.hint"]._leave(self._name, self.ids)
