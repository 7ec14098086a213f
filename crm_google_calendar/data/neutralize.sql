-- neutralization of crm_google_calendar: a copied database forgets every grant and runs nothing
UPDATE crm_google_account
   SET state = 'disconnected',
       refresh_token = NULL,
       access_token = NULL,
       code = NULL,
       verifier = NULL;
UPDATE crm_google_calendar
   SET cursor = NULL;
UPDATE crm_google_run
   SET state = 'stopped'
 WHERE state IN ('queued', 'running');
DELETE FROM crm_google_hint;
DELETE FROM ir_config_parameter
 WHERE key IN (
       'crm_google_calendar.client_id',
       'crm_google_calendar.client_secret',
       'crm_google_calendar.auto_sync'
 );
UPDATE ir_cron
   SET active = FALSE
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE module = 'crm_google_calendar'
          AND name IN ('ir_cron_worker', 'ir_cron_auto_sync')
 );
