"""With queue_job each account's work is a job: shared among processes, done once, never lost."""

import pytest
from processes.crew import dismiss
from processes.odoo_here import environment

from odoo import sql_db

from odoo.addons.crm_google_calendar.bridge.alone import alone

from . import runner
from .runner import until

PEOPLE = ("ada", "ben", "cleo")
EACH = 30
CHANNEL = "root.crm_google_calendar"


@pytest.fixture(scope="module")
def accounts(world):
    return {login: world.add(login) for login in PEOPLE}


@pytest.fixture(autouse=True)
def _no_job():
    yield
    runner.forget()


def start(account_ids):
    with environment() as env:
        for account_id in account_ids:
            env["crm.google.account"].browse(account_id)._start_run("retry", full=True)


def active():
    with environment() as env:
        runs = env["crm.google.run"].search([("state", "in", ("queued", "running"))])
        return sorted(runs.account_id.ids)


def test_each_account_gets_a_job_of_its_own_and_waits_for_no_call(world, accounts):
    start(accounts.values())
    asked = world.emulator.count()
    runner.dispatch()
    assert (runner.states(), set(runner.states("channel"))) == (["pending"] * 3, {CHANNEL})
    runner.dispatch()
    assert len(runner.states()) == 3  # the same job waits already
    assert world.emulator.count() == asked
    while runner.run_one():
        pass
    assert (set(runner.states()), active()) == ({"done"}, [])


def test_a_job_in_which_nothing_happens_takes_few_statements(accounts):
    for _time in range(3):  # after the first ones nothing is left to hear of
        with environment() as env:
            env["crm.google.account"].browse(accounts["ben"])._nudge("auto")
        before = sql_db.sql_counter
        runner.dispatch()
        assert runner.run_one()
        assert not runner.run_one()
    assert sql_db.sql_counter - before <= 60
    assert active() == []


def test_a_job_does_its_own_account_only(accounts):
    start(accounts.values())
    with environment() as env:
        env["crm.google.account"].browse(accounts["ben"])._work_as_job()
    assert active() == sorted({accounts["ada"], accounts["cleo"]})
    runner.dispatch()
    while runner.run_one():
        pass


def test_an_account_at_which_another_process_works_is_tried_again(accounts):
    start([accounts["ada"]])
    runner.dispatch()
    with environment() as other, alone(other, accounts["ada"]):
        runner.run_one()
        assert runner.states() == ["pending"]
        assert runner.states("eta")[0]
    with environment() as env:
        env["queue.job"].search([]).eta = False
    runner.run_one()
    assert (runner.states(), active()) == (["done"], [])


def test_what_waits_for_a_moment_is_a_job_for_then(accounts):
    with environment() as env:
        account = env["crm.google.account"].browse(accounts["ada"])
        moment = env.cr.now().replace(year=2100, microsecond=0)
        account._wake(moment)
        account._wake(moment)
    assert runner.states("eta") == [moment]
    assert not runner.run_one()


def test_hosts_share_the_work_and_one_that_is_killed_loses_none(world, accounts):
    with environment() as env:
        for account in env["crm.google.account"].browse(accounts.values()):
            for number in range(EACH):
                world.meeting(account, f"Meeting {number} of {account.user_id.login}")
    start(accounts.values())
    runner.dispatch()
    inserted = world.emulator.count("events.insert")
    first, second = runner.hire(), runner.hire()
    until(lambda: world.emulator.count("events.insert") > inserted)
    dismiss(first)
    until(lambda: runner.dispatch() or not active())
    dismiss(second)
    for login in PEOPLE:
        titles = world.titles(login)
        assert len(titles) == len(set(titles)) == EACH
