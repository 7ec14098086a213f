-- neutralization of crm_google_calendar: a copied database forgets every connection and runs nothing
DELETE FROM crm_google_calendar; -- with their links and channels: the copy never touches our entries
DELETE FROM crm_google_hint;
UPDATE crm_google_account
   SET state = 'disconnected',
       sub = NULL,
       email = NULL,
       scopes = NULL,
       cause = NULL,
       message = NULL,
       connected_since = NULL,
       last_sync = NULL,
       lively = NULL,
       resume_at = NULL,
       check_for = NULL,
       refresh_token = NULL,
       access_token = NULL,
       access_expires = NULL,
       code = NULL,
       other_grant = NULL,
       other_email = NULL,
       other_until = NULL,
       choice = NULL,
       left_behind = NULL,
       verifier = NULL;
UPDATE crm_google_run
   SET state = 'stopped'
 WHERE state IN ('queued', 'running');
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
          AND name IN ('ir_cron_worker', 'ir_cron_auto_sync', 'ir_cron_channels')
 );
