"""An Odoo server with queue_job's own runner: from a save to Google without help."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection

import pytest
from processes.odoo_here import DATABASE, LOG, environment

from odoo.addons.crm_google_calendar.bridge import settings

from . import runner
from .runner import PATIENCE, until


@pytest.fixture
def server(world):
    """A web server that runs jobs and scheduled actions."""
    port = _free_port()
    options = ["-c", os.environ["PROCESSES_CONFIG"], "-d", DATABASE, "--logfile", LOG]
    options += ["--load", "base,web,queue_job", "--max-cron-threads", "1"]
    options += ["--http-interface", "127.0.0.1", "--http-port", str(port)]
    told = {"CHANNELS": "root:2", "HOST": "127.0.0.1", "PORT": str(port)}
    variables = {f"ODOO_QUEUE_JOB_{name}": value for name, value in told.items()}
    command = [sys.executable, "-m", "odoo", "server", *options]
    running = subprocess.Popen(command, env={**os.environ, **variables})
    until(lambda: _answers(port))
    yield
    running.send_signal(signal.SIGTERM)
    running.wait(PATIENCE)
    runner.forget()


def test_a_save_reaches_google_through_a_job_that_the_server_runs(world, server):
    account_id = world.add("gil")
    with environment() as env:
        settings.put(env, "auto_sync", "True")
        world.meeting(env["crm.google.account"].browse(account_id), "Saved")
    until(lambda: world.titles("gil") == ["Saved"])
    until(lambda: set(runner.states()) == {"done"})
    with environment() as env:
        settings.put(env, "auto_sync", "False")


def _answers(port):
    with (
        contextlib.suppress(OSError),
        contextlib.closing(HTTPConnection("127.0.0.1", port)) as http,
    ):
        http.request("GET", "/web/health")
        return http.getresponse().status == 200


def _free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
