"""What the test command reads from the programs it runs."""

import pytest

from scripts.check_install import loud_lines
from scripts.stages import Session

STAMP = "2026-01-02 03:04:05,678 42"


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("=========== 12 passed in 3.45s ===========", (12, 0)),
        ("==== 2 failed, 10 passed, 1 warning, 1 error in 63.40s (0:01:03) ====", (10, 3)),
        ("7 passed in 0.12s", (7, 0)),
        ("the log says 12 passed in 3.45s", (0, 0)),
    ],
)
def test_closing_lines_are_counted(line, numbers):
    session = Session(tools=None, arguments=[])
    session.count(line)
    assert (session.passed, session.failed) == numbers


@pytest.mark.parametrize(
    ("line", "loud"),
    [
        (f"{STAMP} WARNING db odoo.addons.crm_google_calendar: oh", True),
        (f"{STAMP} ERROR db odoo.sql_db: bad query", True),
        (f"{STAMP} INFO db odoo.registry: fine", False),
        (f"{STAMP} WARNING db py.warnings: /x/site-packages/a.py:1: FutureWarning: b", False),
        ("Running as user 'root' is a security risk.", False),
    ],
)
def test_a_clean_log_has_no_warning(line, loud):
    assert bool(loud_lines(line)) is loud
