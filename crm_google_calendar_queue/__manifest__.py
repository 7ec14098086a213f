{
    "name": "CRM Google Calendar in a job queue",
    "summary": "Makes each account's synchronization a job, which any number of hosts share",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Google Calendar contributors",
    "license": "LGPL-3",
    "depends": ["crm_google_calendar", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "auto_install": True,
}
