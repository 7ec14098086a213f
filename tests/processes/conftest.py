"""One database with real commits, an emulator, and workers that can be killed."""

import os
import re
from pathlib import Path

import pytest
from overheard import told

from google_emulator import Emulator

from . import crew, odoo_here  # the test's own imports of the add-on need it
from .world import World

pytest.register_assert_rewrite(f"{__package__}.story")
COMPLAINT = re.compile(r"\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")


@pytest.fixture(scope="session")
def emulator():
    with Emulator() as running:
        os.environ["CRM_GOOGLE_BASE_URL"] = running.url  # for the workers, too
        os.environ["CRM_GOOGLE_KEY"] = "a test's key"
        yield running


@pytest.fixture(scope="session")
def world(emulator):
    """Both sides; at the end no process must have complained in the log."""
    crew.prepare()
    yield World(emulator)
    lines = Path(odoo_here.LOG).read_text(errors="replace").splitlines()
    assert told(lines, emulator, ["test-secret"]) == []
    assert [line for line in lines if COMPLAINT.match(line)] == []
