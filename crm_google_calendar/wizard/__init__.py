from . import (
    base_partner_merge,
    crm_google_calendar_wizard,
    crm_google_switch_wizard,
    crm_google_sync_wizard,
)
