"""Calls the worker after a commit, without letting a user's save wait for it.

Odoo wakes its cron threads through a connection to another database, which it opens anew each time;
that takes as long as a fifth of a save.
"""

from __future__ import annotations

import logging
import threading
import time

import psycopg2

_logger = logging.getLogger(__name__)
APART = 1.0  # seconds between two calls; one tells of all commits before it
_waiting: set[str] = set()  # databases for which a thread is about to call
_called: dict[str, float] = {}  # when it last did


def ring(crons) -> None:
    """Wake Odoo's cron threads for this database, from a thread of our own.

    Lost with its process it costs a minute: Odoo looks for triggers by itself then.
    """
    database = crons.env.cr.dbname
    if database not in _waiting:
        _waiting.add(database)
        name = f"crm-google-bell-{database}"
        threading.Thread(target=_ring, args=(crons, database), name=name, daemon=True).start()


def _ring(crons, database: str) -> None:
    time.sleep(max(0.0, _called.get(database, 0.0) + APART - time.monotonic()))
    _called[database] = time.monotonic()
    _waiting.discard(database)  # a commit from here on has a call of its own
    try:
        crons._notifydb()
    except psycopg2.Error as error:
        _logger.info("the worker was not called at once: %s", type(error).__name__)
