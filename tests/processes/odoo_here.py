"""Odoo within this process, on a database where commits are commits.

A fork server imports this module and then forks workers, as Odoo's own prefork server does.
"""

import contextlib
import os

import odoo.init  # noqa: F401  (sets Odoo up; must come first)
from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.sql_db import close_all
from odoo.tools import config

DATABASE = os.environ["PROCESSES_DATABASE"]
LOG = os.environ["PROCESSES_LOG"]

options = ["-c", os.environ["PROCESSES_CONFIG"], "--logfile", LOG, "--no-http"]
config.parse_config(options, setup_logging=True)
Registry(DATABASE)
close_all()  # nobody may share a connection with those he is forked from


@contextlib.contextmanager
def environment():
    """All rights, in a transaction that is committed at the end."""
    with Registry(DATABASE).cursor() as cr:
        yield Environment(cr, SUPERUSER_ID, {})
