"""What happens when somebody else writes the rows that a slice works with."""

import re
from unittest.mock import patch

import pytest

from odoo.sql_db import Cursor
from odoo.tools import SQL

from odoo.addons.crm_google_calendar.bridge import worker
from odoo.addons.crm_google_calendar.bridge.alone import alone

from .odoo_here import environment

TABLES = (
    "crm_google_account",
    "crm_google_calendar",
    "crm_google_link",
    "crm_google_run",
    "calendar_event",
)


@pytest.fixture(scope="module")
def sam(world):
    return world.add("sam")


@pytest.fixture(autouse=True)
def _no_sleep(monkeypatch):
    monkeypatch.setattr(worker, "LONGEST_WAIT", -1)


def work():
    """Let the worker do what is due, and what it has put off."""
    for _time in range(10):
        with environment() as env:
            env["crm.google.run"].search([("resume_at", "!=", False)]).resume_at = False
        call_the_worker()
        with environment() as env:
            if not env["crm.google.run"].search_count([("state", "in", ("queued", "running"))]):
                return


def call_the_worker():
    with environment() as env:
        env["crm.google.account"]._cron_work()


class Overtaken:
    """Somebody else writes a row, and commits, right before the worker does; a few times."""

    def __init__(self, table, row_id):
        self.update = SQL("UPDATE %s SET id = id WHERE id = %s", SQL.identifier(table), row_id)
        self.mine = re.compile(rf'\s*UPDATE "{table}"')
        self.left = 3

    def __enter__(self):
        execute = Cursor.execute

        def overtaken(cr, query, *args, **kwargs):
            if self.left and self.mine.match(getattr(query, "code", query)):
                self.left -= 1
                execute(cr, "SELECT 1")  # begins the transaction, if that has not begun
                with environment() as env:
                    execute(env.cr, self.update)
            return execute(cr, query, *args, **kwargs)

        self.patch = patch.object(Cursor, "execute", overtaken)
        self.patch.start()

    def __exit__(self, *_error):
        self.patch.stop()
        assert self.left == 0


@pytest.fixture
def rows(world, sam):
    """The ids of the rows of a meeting that both sides have changed, by table."""
    with environment() as env:
        account = env["crm.google.account"].browse(sam)
        meeting = world.meeting(account, "Before")
        account._start_run("wizard", full=True)
    work()
    with environment() as env:
        link = env["crm.google.link"].search([("res_id", "=", meeting.id)])
        world.hands("sam").edit("Events", link.event_id, location="There")
        meeting.with_env(env).name = f"After {meeting.id}"
        run = env["crm.google.account"].browse(sam)._start_run("retry", full=True)
        return {
            "crm_google_account": sam,
            "crm_google_calendar": link.calendar_id.id,
            "crm_google_link": link.id,
            "crm_google_run": run.id,
            "calendar_event": meeting.id,
        }


@pytest.mark.parametrize("table", TABLES)
def test_whoever_is_overtaken_begins_again(world, rows, table):
    with Overtaken(table, rows[table]):
        work()
    with environment() as env:
        assert set(env["crm.google.run"].search([]).mapped("state")) == {"done"}
        meeting = env["calendar.event"].browse(rows["calendar_event"])
        places = {event["summary"]: event["location"] for event in world.events("sam")}
        assert (meeting.location, places[meeting.name]) == ("There", "There")


def test_an_account_that_another_process_works_for_is_left_to_it(world, sam):
    kim = world.add("kim")
    with environment() as env:
        accounts = env["crm.google.account"].browse([sam, kim])
        world.meeting(accounts[1], "Of Kim")
        runs = [account._start_run("wizard", full=True).id for account in accounts]
    with environment() as other, alone(other, sam) as is_alone:
        assert is_alone
        call_the_worker()
        assert states(runs) == ["queued", "done"]
    work()
    assert states(runs) == ["done", "done"]
    assert world.titles("kim") == ["Of Kim"]


def test_a_wish_that_another_process_fulfils_is_left_to_it(world, sam):
    with environment() as env:
        env["crm.google.account"].browse(sam).check_for = "account"
    asked = world.emulator.count("calendars.get")
    with environment() as other, alone(other, sam):
        call_the_worker()
    assert world.emulator.count("calendars.get") == asked
    work()
    assert world.emulator.count("calendars.get") == asked + 2


def test_the_lock_ends_with_the_work(world, sam):
    with environment() as first, environment() as second:
        with alone(first, sam), alone(second, sam) as is_alone:
            assert not is_alone
        with alone(second, sam) as is_alone:
            assert is_alone


def states(run_ids):
    with environment() as env:
        return env["crm.google.run"].browse(run_ids).mapped("state")
