from odoo import api, fields, models
from odoo.fields import Domain

from ..bridge.sentences import reasons, with_detail


class CrmGoogleLink(models.Model):
    """Why an entry is set aside or detached, in the language of whoever reads it."""

    _inherit = "crm.google.link"

    cause = fields.Char(readonly=True)
    # closed to everybody: what Odoo said of a record may quote it
    detail = fields.Char(
        readonly=True, groups=fields.NO_ACCESS, help="What Google or Odoo said when it refused"
    )
    reason = fields.Char(
        compute="_compute_reason",
        search="_search_reason",
        compute_sudo=False,
        help="Why it is set aside or detached, in plain words",
    )

    @api.depends("cause", "detail")
    @api.depends_context("uid", "lang")
    def _compute_reason(self):
        texts = reasons(self.env) if any(link.cause for link in self) else {}
        for link in self:
            is_mine = link.user_id == self.env.user
            # sudo: the detail is closed, but this is the user's own entry
            detail = link.sudo().detail if is_mine else False
            link.reason = with_detail(texts.get(link.cause, ""), detail)

    def _search_reason(self, operator, value):
        """By the texts as the user reads them; of their own entries by the details too."""
        texts = reasons(self.env)
        if operator == "ilike":
            words = value.lower()
            causes = [cause for cause, text in texts.items() if words in text.lower()]
            mine = [("user_id", "=", self.env.uid), ("detail", "ilike", value)]
            detailed = self.sudo()._search([*mine, ("cause", "in", list(texts))])  # sudo: as above
            return Domain("cause", "in", causes) | Domain("id", "in", detailed)
        if operator != "in":
            return NotImplemented
        told = self.search([("cause", "in", list(texts))])
        found = Domain("id", "in", told.filtered(lambda link: link.reason in value).ids)
        return found if value.isdisjoint([False, ""]) else found | ~Domain("id", "in", told.ids)

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Groups by cause are headed by the reason."""
        if groupby_spec != "cause":
            return super()._web_read_group_groupby_formatter(groupby_spec, values)
        texts = reasons(self.env)
        return lambda cause: (texts.get(cause, cause), [("cause", "=", cause)])
