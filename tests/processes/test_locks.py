"""While Google is asked nobody's row is locked: looked at from a connection of one's own."""

from datetime import timedelta

import pytest

from odoo import fields
from odoo.sql_db import db_connect

from odoo.addons.crm_google_calendar.bridge import worker

from .odoo_here import DATABASE, environment

WRITTEN = """
    SELECT DISTINCT relname FROM pg_locks JOIN pg_class ON pg_class.oid = relation
    WHERE mode = 'RowExclusiveLock' AND relkind = 'r' AND database =
        (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
def seen(emulator, monkeypatch):
    """The calls made meanwhile, and the tables with locked rows during each."""
    answer, calls = emulator.answer, []

    def listen(call):
        with db_connect(DATABASE).cursor() as cr:
            cr.execute(WRITTEN)
            calls.append((call.path.split("/")[-1], [name for (name,) in cr.fetchall()]))
        return answer(call)

    monkeypatch.setattr(emulator, "answer", listen)
    monkeypatch.setattr(worker, "LONGEST_WAIT", -1)
    return calls


def work():
    with environment() as env:
        env["crm.google.account"]._cron_work()


def test_no_row_is_locked_while_google_is_asked(world, seen):
    account_id = world.add("tess")
    day = fields.Date.today() + timedelta(days=2)
    with environment() as env:
        account = env["crm.google.account"].browse(account_id)
        world.meeting(account, "Once")
        rule = {"recurrency": True, "rrule_type": "daily", "end_type": "count", "count": 3}
        world.meeting(account, "Thrice", **rule)
        account._start_run("wizard", full=True)
    hands = world.hands("tess")
    hands.add_event("Events", "There", f"{day}T12:00", f"{day}T13:00")
    rule = {"recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]}
    hands.add_event("Events", "There thrice", f"{day}T14:00", f"{day}T15:00", **rule)
    work()
    with environment() as env:
        account = env["crm.google.account"].browse(account_id)
        assert set(account.run_ids.mapped("state")) == {"done"}
        account.check_for = "account"
        account._nudge("auto")
    work()
    with environment() as env:
        env["crm.google.account"].browse(account_id)._change("revoking")
    work()
    assert len(seen) > 12
    assert [call for call in seen if call[1]] == []
    assert {"token", "v3", "events", "revoke"} <= {path for path, _tables in seen}
