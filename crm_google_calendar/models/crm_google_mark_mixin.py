from odoo import api, fields, models

NOTHING = (False, "none", False)  # id, state and text of no link


class CrmGoogleMarkMixin(models.AbstractModel):
    """A record that may stand in Google too: it shows its state there, and leaves hints."""

    _name = "crm.google.mark.mixin"
    _description = "Google state of a record"

    # fields whose change may change the entry in Google
    _crm_google_fields = frozenset()

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
    crm_google_text = fields.Char("In Google", compute="_compute_crm_google_link")

    @api.depends_context("uid")
    def _compute_crm_google_link(self):
        shown = self.env["crm.google.link"]._shown(self._name, self.ids)
        for record in self:
            link, state, text = shown.get(record.id, NOTHING)
            record.crm_google_link_id = link
            record.crm_google_state = state
            record.crm_google_text = text

    def _search_crm_google_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        links = self.env["crm.google.link"].search(
            [
                ("model", "=", self._name),
                ("user_id", "=", self.env.uid),
                ("state", "in", [state for state in value if state != "pending"]),
            ]
        )
        return [("id", "in", links.mapped("res_id"))]

    def action_crm_google_open(self):
        return self.crm_google_link_id.action_open_in_google()

    def action_crm_google_retry(self):
        return self.crm_google_link_id.action_retry()

    def action_crm_google_push_again(self):
        return self.crm_google_link_id.action_push_again()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._crm_google_hint()
        return records

    def write(self, vals):
        result = super().write(vals)
        if not self._crm_google_fields.isdisjoint(vals):
            self._crm_google_hint()
        return result

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        self.env["crm.google.hint"]._leave(self._name, ids)
        return result

    def _crm_google_hint(self):
        self.env["crm.google.hint"]._leave(self._name, self.ids)
