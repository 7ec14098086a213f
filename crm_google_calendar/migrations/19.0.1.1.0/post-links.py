"""From 19.0.1.0: the link of an event without a record has no record's id, instead of 0; and of a
reason only what Google or Odoo said is stored, since the rest is in the reader's language."""

from odoo.tools.sql import column_exists


def migrate(cr, version):
    cr.execute("UPDATE crm_google_link SET res_id = NULL WHERE res_id = 0")
    if column_exists(cr, "crm_google_link", "reason"):
        # no sentence of ours ends with a bracket
        cr.execute(
            r"UPDATE crm_google_link SET detail = substring(reason FROM ' \((.*)\)$')"
            r" WHERE reason LIKE '% (%)'"
        )
        cr.execute("ALTER TABLE crm_google_link DROP COLUMN reason")
