"""Watches every call to Google in a test: who makes it, and what he holds meanwhile."""

import re
import threading
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.http import request
from odoo.sql_db import Cursor

from odoo.addons.crm_google_calendar.gcal import endpoints

LOCKS = re.compile(r"\s*(INSERT|UPDATE|DELETE|SELECT\b.*\bFOR (NO KEY )?UPDATE)\b", re.I | re.S)


class Watch:
    """Complaints about calls that a user waits for, or over which rows are locked.

    A row is locked from the statement that writes it until the commit. In a test nothing is
    committed: `commit` says where that would be.
    """

    def __init__(self):
        self.complaints = []
        self._worker = None  # the thread that may call Google now
        self._written = []  # statements since the last commit

    def patchers(self):
        """What a test has to start to be watched."""
        execute, call = Cursor.execute, endpoints.Http.request

        def watched_execute(cursor, query, *args, **kwargs):
            self._note(getattr(query, "code", query))
            return execute(cursor, query, *args, **kwargs)

        def watched_call(http, uri, *args, **kwargs):
            self._look(urlsplit(uri).path)
            return call(http, uri, *args, **kwargs)

        return (
            patch.object(Cursor, "execute", watched_execute),
            patch.object(endpoints.Http, "request", watched_call),
        )

    def commit(self):
        """Here what was written is committed."""
        self._written.clear()

    @contextmanager
    def working(self):
        """Let this thread be the worker, who begins without a lock."""
        self.commit()
        self._worker = threading.get_ident()
        try:
            yield
        finally:
            self._worker = None

    def _note(self, statement):
        if threading.get_ident() == self._worker and LOCKS.match(statement):
            self._written.append(" ".join(statement.split())[:80])

    def _look(self, path):
        ahead = threading.current_thread().name.startswith("crm-google")
        if request or not (self._worker or ahead):
            self.complaints.append(f"a user waits for {path}")
        elif self._written and not ahead:
            self.complaints.append(f"{path} is called while rows are locked by {self._written}")
