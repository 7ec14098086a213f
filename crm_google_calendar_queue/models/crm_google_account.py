from odoo import SUPERUSER_ID, api, models

from odoo.addons.crm_google_calendar.bridge import worker
from odoo.addons.queue_job.exception import RetryableJobError

AGAIN = 5  # seconds until an account at which another process works is tried again


class CrmGoogleAccount(models.Model):
    _inherit = "crm.google.account"

    @api.model
    def _work(self):
        """Give each account that has something to do a job of its own; any host may take it."""
        for account in worker.due_accounts(self.env):
            account._delay_work()

    @api.model
    def _wake(self, moment=None):
        """What waits for a moment is a job for then; the scheduled action looks less often."""
        if self and moment:
            return self._delay_work(moment)
        return super()._wake(moment)

    def _delay_work(self, moment=None):
        """Queue a job for this account, unless the same one waits already."""
        self.ensure_one()
        key = f"crm_google_calendar:{self.env.cr.dbname}:{self.id}:{moment or 'now'}"
        account = self.with_user(SUPERUSER_ID)  # as the scheduled action, which works for everybody
        description = f"Google Calendar: account {self.id}"
        options = {"identity_key": key, "description": description, "max_retries": 0}
        account.with_delay(eta=moment, **options)._work_as_job()

    def _work_as_job(self):
        """Do what is due for this account; it is tried again where another process is at it."""
        account = self.exists()
        if account and not worker.work(account.env, account):
            text = "Another process works for this account."
            raise RetryableJobError(text, seconds=AGAIN, ignore_retry=True)
