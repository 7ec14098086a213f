# isort: off
from . import crm_google_mark_mixin  # first: others inherit it

# isort: on
from . import (
    calendar_attendee,
    calendar_event,
    calendar_recurrence,
    crm_google_account,
    crm_google_account_switch,
    crm_google_calendar,
    crm_google_channel,
    crm_google_hint,
    crm_google_link,
    crm_google_link_reason,
    crm_google_run,
    crm_lead,
    mail_activity,
    mail_activity_mixin,
    mail_activity_type,
    res_config_settings,
    res_partner,
    res_users,
    silence,
)
