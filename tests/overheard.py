"""Listens to all that is logged, at every level, for what no log may tell."""

import logging
import re
from contextlib import contextmanager
from unittest.mock import patch

# ours, the libraries we call, and what Odoo logs of our requests, queries and scheduled actions
LISTENED = {
    "crm_google_calendar": logging.DEBUG,
    "odoo.addons.crm_google_calendar": logging.DEBUG,
    "google": logging.DEBUG,
    "google_auth_httplib2": logging.DEBUG,
    "google_auth_oauthlib": logging.DEBUG,
    "googleapiclient": logging.DEBUG,
    "httplib2": logging.DEBUG,
    "oauthlib": logging.DEBUG,
    "requests_oauthlib": logging.DEBUG,
    "odoo.addons.base.models.ir_cron": logging.INFO,
    "odoo.http": logging.INFO,
    "odoo.models.unlink": logging.INFO,
    "odoo.sql_db": logging.INFO,
    "werkzeug": logging.INFO,
}
SHORTEST_TITLE = 5  # shorter ones are words like any other
FORMAT = logging.Formatter("%(name)s: %(message)s")  # and the traceback


@contextmanager
def listening():
    """Yield a list that fills with the text of every record that a handler could get."""
    texts = []
    call_handlers = logging.Logger.callHandlers
    before = {name: logging.getLogger(name).level for name in LISTENED}

    def call(logger, record):
        if record.name.startswith(tuple(LISTENED)):
            texts.append(FORMAT.format(record))
            record.exc_text = None  # other formatters may want another one
        return call_handlers(logger, record)

    for name, level in LISTENED.items():
        logging.getLogger(name).setLevel(level)
    try:
        with patch.object(logging.Logger, "callHandlers", call):
            yield texts
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def told(texts, emulator, more=()):
    """The records that tell a token, a code, an address, or the title of an entry."""
    grants = emulator.grants
    secrets = [*grants.tokens, *grants.codes, *emulator.store.people, *more]
    exact = re.compile("|".join(map(re.escape, secrets)))
    words = re.compile(rf"\b({'|'.join(map(re.escape, titles(emulator)))})\b")
    return [text for text in texts if exact.search(text) or words.search(text)]


def titles(emulator):
    """The titles of all entries that stand, or stood, in Google."""
    calendars = emulator.store.calendars.values()
    found = {event.data.get("summary") or "" for each in calendars for event in each.order}
    return sorted(title for title in found if len(title) >= SHORTEST_TITLE) or ["no title"]
