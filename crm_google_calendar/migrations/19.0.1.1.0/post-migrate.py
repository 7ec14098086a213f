"""From 19.0.1.0: sealed values are bound to their row and field."""

from odoo import SUPERUSER_ID, api

from odoo.addons.crm_google_calendar.bridge import grant


def migrate(cr, version):
    grant.reseal(api.Environment(cr, SUPERUSER_ID, {}), unbound=True)
