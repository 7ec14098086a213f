"""Opens the record behind a link, or behind a line of a log."""

from __future__ import annotations

from odoo.exceptions import UserError


def open_record(env, model: str, res_id: int) -> dict:
    """The action that shows a record, a series by its first meeting; raises UserError."""
    record = env[model].browse(res_id or 0).exists() if model in env else None
    if record and model == "calendar.recurrence":
        record = record.base_event_id or record.calendar_event_ids[:1]
    if not record or not record.has_access("read"):
        raise UserError(
            env._("This entry cannot be opened: it is no longer in the CRM, or you may not see it.")
        )
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [(False, "form")],
        "target": "current",
    }
