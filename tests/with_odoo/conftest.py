"""Fails a test in which the add-on logged a warning that the test did not expect."""

import logging

import pytest


class Collector(logging.Handler):
    """Keeps warnings; what `assertLogs` or `mute_logger` catches never gets here."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_warning():
    logger = logging.getLogger("odoo.addons.crm_google_calendar")
    collector = Collector()
    logger.addHandler(collector)
    yield
    logger.removeHandler(collector)
    assert not collector.lines
