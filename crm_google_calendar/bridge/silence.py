"""How a run writes records: as their owner, and without a mail, a note or an echo."""

SILENT = "crm_google_silent"  # ours: see models/silence.py

# Odoo's own keys; `facts`: together they queue no mail and log no message for meetings, and keep
# Odoo's google_calendar and microsoft_calendar from sending what we pulled.
_SILENT = {
    SILENT: True,
    "dont_notify": True,
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "mail_activity_quick_update": True,
    "mail_activity_automation_skip": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tracking_disable": True,
    "no_calendar_sync": True,
    "active_test": False,
}


def owner_env(env, user):
    """An environment that acts as the user, in his language and zone, and mails nobody."""
    context = {
        "lang": user.lang or "en_US",
        "tz": user.tz or "UTC",
        "allowed_company_ids": (user.company_id | user.company_ids).ids,  # his own is the default
        **_SILENT,
    }
    return env(user=user.id, su=False, context=context)
