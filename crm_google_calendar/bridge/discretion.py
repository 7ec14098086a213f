"""Keeps titles, addresses and tokens out of the log, also where something unexpected fails."""

from __future__ import annotations

import logging
import re
import threading
import traceback
from contextlib import contextmanager

import psycopg2

# what Python says of these names the code, never the data
_HARMLESS = (AttributeError, ImportError, NameError, TypeError)

_ANSWER = re.compile(r"(/crm_google_calendar/callback\?)\S+")
_OF_NAMES = (psycopg2.IntegrityError, psycopg2.ProgrammingError)  # of tables and constraints


def explain(error: BaseException) -> str:
    """Where an error came from and what it is, without the values that its text may quote."""
    lines = traceback.format_tb(error.__traceback__)
    return "".join(["Traceback (most recent call last):\n", *lines, _name(error)])


def _name(error: BaseException) -> str:
    text = ""
    if isinstance(error, _OF_NAMES):
        text = error.diag.message_primary  # values stand in its details
    elif isinstance(error, _HARMLESS):
        text = error
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextmanager
def discretion():
    """Odoo logs a whole query that fails, with all that it was to write; not so within this."""
    logger, guard = logging.getLogger("odoo.sql_db"), _Guard()
    logger.addFilter(guard)
    try:
        yield
    finally:
        logger.removeFilter(guard)


class _Guard(logging.Filter):
    """Says of this thread's failed queries only what they failed of."""

    def __init__(self):
        super().__init__()
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.args[-1] if isinstance(record.args, tuple) and record.args else None
        if record.thread != self._thread or not isinstance(error, psycopg2.Error):
            return True
        if isinstance(error, psycopg2.OperationalError):
            return False  # somebody else was faster: the work is repeated, and that is logged
        record.msg, record.args = "a query of the Google synchronization failed: %s", _name(error)
        return True


class WithoutAnswer(logging.Filter):
    """Keeps the code that comes from Google's page out of the web server's log of requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(_without_answer, record.args))
        return True


def _without_answer(value):
    return _ANSWER.sub(r"\1...", value) if isinstance(value, str) else value
