"""A save is never kept waiting by the call of the worker, and many saves make few calls."""

from types import SimpleNamespace

import psycopg2
import pytest

from crm_google_calendar.bridge import bell


class Crons:
    """Odoo's scheduled actions, which count how often they were called."""

    env = SimpleNamespace(cr=SimpleNamespace(dbname="crm"))
    calls = 0

    def _notifydb(self):
        self.calls += 1


class Threads:
    """Threads that run when the test says so, and their clock."""

    def __init__(self):
        self.begun, self.naps, self.now = [], [], 1000.0

    def thread(self, target, args, **_more):
        return SimpleNamespace(start=lambda: self.begun.append(lambda: target(*args)))

    def run(self):
        self.begun.pop()()


@pytest.fixture
def threads(monkeypatch):
    result = Threads()
    clock = SimpleNamespace(sleep=result.naps.append, monotonic=lambda: result.now)
    monkeypatch.setattr(bell, "threading", SimpleNamespace(Thread=result.thread))
    monkeypatch.setattr(bell, "time", clock)
    monkeypatch.setattr(bell, "_waiting", set())
    monkeypatch.setattr(bell, "_called", {})
    return result


def test_one_call_tells_of_all_commits_before_it(threads):
    crons = Crons()
    for _commit in range(3):
        bell.ring(crons)
    assert (len(threads.begun), crons.calls) == (1, 0)
    threads.run()
    assert crons.calls == 1


def test_a_commit_after_the_call_has_one_of_its_own(threads):
    crons = Crons()
    bell.ring(crons)
    threads.run()
    bell.ring(crons)
    threads.run()
    assert crons.calls == 2


def test_calls_keep_apart(threads):
    crons = Crons()
    bell.ring(crons)
    threads.run()
    threads.now += bell.APART / 4
    bell.ring(crons)
    threads.run()
    assert threads.naps == [0.0, bell.APART * 3 / 4]


def test_a_call_that_fails_harms_nobody(threads, monkeypatch):
    def fail(_crons):
        raise psycopg2.OperationalError

    monkeypatch.setattr(Crons, "_notifydb", fail)
    bell.ring(Crons())
    threads.run()
    assert not bell._waiting
