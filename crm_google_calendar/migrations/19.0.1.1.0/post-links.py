"""From 19.0.1.0: the link of an event without a record has no record's id, instead of 0."""


def migrate(cr, version):
    cr.execute("UPDATE crm_google_link SET res_id = NULL WHERE res_id = 0")
