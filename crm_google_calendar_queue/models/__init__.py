from . import crm_google_account
