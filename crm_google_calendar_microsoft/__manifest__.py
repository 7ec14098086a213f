{
    "name": "CRM Google Calendar beside Odoo's own Outlook synchronization",
    "summary": "Keeps meetings made in Google out of Odoo's own Outlook synchronization",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Google Calendar contributors",
    "license": "LGPL-3",
    "depends": ["crm_google_calendar", "microsoft_calendar"],
    "auto_install": True,
}
