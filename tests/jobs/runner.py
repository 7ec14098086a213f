"""Plays the part of queue_job's runner: which job is to be run, and when. The rest is queue_job's.

The real one asks Odoo's web server over HTTP to run a job, as in `test_server`; here the process
that is asked is ours.
"""

import time
from contextlib import closing

import psycopg2.errors
from processes import crew
from processes.odoo_here import DATABASE, environment

from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.jobrunner.runner import Database

PATIENCE = 60  # seconds
NEXT = """
    UPDATE queue_job SET state = 'enqueued', date_enqueued = now() AT TIME ZONE 'UTC'
    WHERE id = (
        SELECT id FROM queue_job
        WHERE state = 'pending' AND (eta IS NULL OR eta <= now() AT TIME ZONE 'UTC')
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING uuid
"""


def run_one():
    """Run the next job in this process; returns whether there was one."""
    with environment() as env:
        env.cr.execute(NEXT, log_exceptions=False)  # another process may be faster
        found = env.cr.fetchone()
    if found:
        with environment() as env:
            job = RunJobController._acquire_job(env, found[0])
            RunJobController._runjob(env, job)
    return bool(found)


def hire():
    """A process that runs one job after another."""
    return crew.hire(_run_jobs)


def _run_jobs():
    try:
        if not run_one():
            time.sleep(crew.PAUSE)
    except psycopg2.errors.SerializationFailure:
        pass


def dispatch():
    """Call the scheduled action, and find the jobs whose process was killed."""
    with environment() as env:
        env["crm.google.account"]._cron_work()
    with closing(Database(DATABASE)) as database:
        database.requeue_dead_jobs()


def states(field="state"):
    with environment() as env:
        return env["queue.job"].search([], order="id").mapped(field)


def forget():
    with environment() as env:
        env["queue.job"].search([]).unlink()


def until(is_so):
    """Look again and again, for a minute."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "nothing happens any more"
        time.sleep(0.05)
