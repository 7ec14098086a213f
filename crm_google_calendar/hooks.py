"""What Odoo calls when the add-on is removed."""

from .bridge.settings import PREFIX


def uninstall_hook(env):
    """Leave no setting behind; Odoo itself drops our tables, crons and views."""
    env["ir.config_parameter"].sudo().search([("key", "=like", PREFIX + "%")]).unlink()
