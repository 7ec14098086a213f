from . import crm_google_calendar_wizard, crm_google_sync_wizard
