"""Workers: processes that do what Odoo's cron processes do, and are killed as those are."""

import multiprocessing
import multiprocessing.forkserver
import os
import sys
import time

from . import odoo_here

PAUSE = 0.02  # seconds; Odoo's own wait for a message of PostgreSQL, up to a minute
# the server that forks the workers looks for modules where this process does
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
_HIRING = multiprocessing.get_context("forkserver")
_HIRING.set_forkserver_preload([odoo_here.__name__])


def prepare():
    """Start the server that forks workers: it needs the time that Odoo takes to load."""
    multiprocessing.forkserver.ensure_running()


def hire(work=None):
    """Start a worker, by default one for scheduled actions; its `kill` is SIGKILL."""
    worker = _HIRING.Process(target=_live, args=(work or _do_what_is_due, os.getpid()), daemon=True)
    worker.start()
    return worker


def dismiss(worker):
    """Kill it and wait until it is gone."""
    worker.kill()
    worker.join()


def _live(work, master):
    """Do one thing again and again, as long as the tests run."""
    while os.path.exists(f"/proc/{master}"):
        work()


def _do_what_is_due():
    odoo_here.Registry(odoo_here.DATABASE)["ir.cron"]._process_jobs(odoo_here.DATABASE)
    time.sleep(PAUSE)


def work_at_once():
    """What a scheduled action does, without its lock: as if there were several of them."""
    with odoo_here.environment() as env:
        env["crm.google.account"]._cron_work()
    time.sleep(PAUSE)
