"""The background worker: one loop over what is due, in slices, one account after another.

Google is asked beside that whether anything changed, for many accounts at once; see `quiet`.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timezone

import psycopg2.errors

from odoo import fields
from odoo.fields import Domain

from ..gcal.ahead import Ahead
from . import hints, quiet
from .alone import alone
from .connect import check, connect, give_up
from .discretion import discretion, explain
from .here import is_here, works_here
from .revoke import revoke
from .slices import ACTIVE, work_on

_logger = logging.getLogger(__name__)
BUDGET = 45  # seconds of one call; Odoo ends a cron thread after 120
SLICE = 5  # seconds of one run before others that wait have their turn
LONGEST_WAIT = 60  # seconds that the worker stays awake for what is due soon
LOOK = 1.0  # seconds between two looks at what users have asked for meanwhile
FIELDS = ("account_id", "trigger", "full")  # of a run, that tell how it is served
AT_ONCE = 64  # accounts that are asked about at once


def work(env, account=None) -> bool:
    """Do what is due, until it is done or the time is used up; then ask to be called again.

    account: whose work alone is done. Returns False where another process is at it.
    """
    worker = Worker(env, account)
    try:
        with discretion():
            worker.work()
    finally:
        worker.ahead.close()
    return not worker.is_blocked


def due_accounts(env):
    """The accounts for which something is to be done now, whether by this process or another."""
    _give_out_hints(env)
    wishes = _wishes(env).filtered(lambda account: _is_now(account.resume_at))
    return wishes | env["crm.google.run"].search(_active() & _is_due()).account_id


class Worker:
    """One call of the worker: who is being asked, who was served, who is out of the way."""

    def __init__(self, env, account=None):
        self.env = env
        self.account = account  # the only one that is served; None: all
        self.checkpoint = checkpoint_of(env)
        self.deadline = time.monotonic() + BUDGET
        self.ahead = Ahead()
        self.asked: dict[int, int] = {}  # runs, and the newest hint when Google was asked for them
        self.served: set[int] = set()  # runs that had a slice in this turn
        self.parked: set[int] = set()  # runs that wait or are over
        self.taken: set[int] = set()  # runs at which another process is
        self.is_blocked = False  # whether another process was at anything
        self.looked = self.worked = 0.0  # when we last looked around, and gave a slice
        self.waiting_wishes: list = []  # moments at which a revocation is tried again

    def work(self) -> None:
        """Let everybody have his turn, again and again: nobody's 5,000 hold up another's 5."""
        self.checkpoint()
        while self._is_in_time() and self._undisturbed_turn():
            pass
        if not self._is_in_time() or self.ahead.keys:
            # Odoo would wait up to a minute for unfinished work; a trigger of our own calls at once
            self.env["crm.google.account"]._wake()

    def _is_in_time(self) -> bool:
        return time.monotonic() < self.deadline

    def _undisturbed_turn(self) -> bool:
        """A turn; where somebody else has just written the same rows, what is left comes again."""
        try:
            if time.monotonic() - self.looked > LOOK:
                self._look_around()
            return self._turn()
        except psycopg2.OperationalError as error:
            self.env.cr.rollback()
            _logger.info("a turn of the worker is repeated: %s", type(error).__name__)
            return True

    def _turn(self) -> bool:
        """Serve who is due; returns whether more may be to do within this call."""
        runs = self._due(AT_ONCE - len(self.ahead.keys))
        asked = quiet.ask(self.ahead, runs)
        self.asked |= asked
        others = runs.filtered(lambda run: run.id not in asked)
        news = self._listen(0.0 if others else LOOK)
        for run_id, heard in news.items():
            self._serve(self.env["crm.google.run"].browse(run_id), heard)
        if others:
            self._serve(self._next_of(others))
        return bool(asked or others or news or self.ahead.keys) or self._waits_for_more()

    def _due(self, limit):
        """The next runs that are neither being asked about nor out of the way."""
        runs = self.env["crm.google.run"]
        away = [*self.parked, *self.taken, *self.ahead.keys]
        domain = self._mine() & _is_due() & Domain("id", "not in", away)
        order = "cut_off, resume_at nulls first, id"  # a run that costs processes comes last
        return runs.search_fetch(domain, FIELDS, order=order, limit=limit) if limit else runs

    def _listen(self, seconds):
        """End the runs whose accounts have nothing new; returns what the others have heard."""
        if not self.ahead.keys:
            return {}
        self.checkpoint()  # no lock and no old snapshot over the wait
        heard = self.ahead.answers(seconds)
        try:
            heard = quiet.in_time(self.env, heard, self.asked)
            ended = quiet.end(self.env, heard)
            self.checkpoint()
        except psycopg2.OperationalError:
            self.env.cr.rollback()  # somebody changed an account just now: all are asked again
            return {}
        return {key: said for key, said in heard.items() if key not in ended}

    def _next_of(self, runs):
        """The first that had no slice in this turn; when all had, the next turn begins."""
        if self.served.issuperset(runs.ids):
            self.served.clear()
        return next(run for run in runs if run.id not in self.served)

    def _serve(self, run, heard=None) -> None:
        """Give one run a slice."""
        run_id, account = run.id, run.exists().account_id
        if not account:
            return  # disconnected while Google was asked
        with alone(self.env, account.id) as is_alone:
            self.checkpoint()  # a new snapshot: the row as whoever had it before has left it
            run = run.exists().filtered(lambda run: run.state in ACTIVE)
            if not is_alone:
                self.taken.add(run_id)
                self.is_blocked = True
            elif run and not is_here(account.user_id):
                self.parked.add(run_id)
            elif run:
                over = work_on(run, self.checkpoint, self._end_of_slice(run_id), heard)
                (self.parked if over else self.served).add(run_id)
        self.worked = time.monotonic()

    def _end_of_slice(self, run_id):
        """A function that tells whether the slice that begins now should stop.

        Not when it is asked first, and the time counts from then on: all that was read until then
        is lost with the slice, so two who take long to read would never come on.
        """
        end = None

        def is_over():
            nonlocal end
            now = time.monotonic()
            if end is None:
                end = now + SLICE
                return False
            if end < now < self.deadline:
                end = 0.0 if self._somebody_waits(run_id) else now + LOOK
            return not end or now >= self.deadline

        return is_over

    def _mine(self) -> Domain:
        """The runs that this worker serves."""
        mine = Domain("account_id", "=", self.account.id) if self.account else Domain.TRUE
        return _active() & mine

    def _somebody_waits(self, run_id) -> bool:
        """Whether anybody else wants to be served."""
        if self.account:
            return False
        wishes = _wishes(self.env).filtered(lambda account: _is_now(account.resume_at))
        if self.ahead.keys or wishes or _undelivered_hints(self.env):
            return True
        others = Domain("id", "not in", [run_id, *self.parked, *self.taken])
        return bool(
            self.env["crm.google.run"].search_count(_active() & _is_due() & others, limit=1)
        )

    def _look_around(self) -> None:
        """See to what users, and their saves, have asked for."""
        self.looked = time.monotonic()
        wishes = _wishes(self.env) & self.account if self.account else _wishes(self.env)
        later = wishes.filtered(lambda account: not _is_now(account.resume_at))
        self.waiting_wishes = later.mapped("resume_at")
        for account in wishes - later:
            self.is_blocked |= not _fulfil(account, self.checkpoint)
        if _give_out_hints(self.env):
            self.checkpoint()

    def _waits_for_more(self) -> bool:
        """Wait a moment for what is due soon; Odoo itself would look once a minute only."""
        if self.worked > self.looked:
            self._look_around()  # what was just written may concern other users
            return True
        seconds = LOOK if self.taken else self._seconds_to_next()
        if self.account or seconds is None or seconds > LONGEST_WAIT:
            return False
        self.checkpoint()  # no lock and no old snapshot over the wait
        time.sleep(min(LOOK, max(0.1, seconds), max(0.0, self.deadline - time.monotonic())))
        self.parked.clear()
        self.taken.clear()
        return True

    def _seconds_to_next(self) -> float | None:
        """Seconds until the next run or revocation is due; None where none waits."""
        later = Domain("resume_at", "!=", False)
        runs = self.env["crm.google.run"].search(_active() & later, order="resume_at", limit=1)
        moments = runs.mapped("resume_at") + self.waiting_wishes
        if not moments:
            return None
        now = datetime.now(timezone.utc).replace(tzinfo=None)  # not cut to seconds as Odoo's is
        return (min(moments) - now).total_seconds()


def _active() -> Domain:
    return Domain("state", "in", ACTIVE) & works_here()


def _is_due() -> Domain:
    return Domain("resume_at", "=", False) | Domain("resume_at", "<=", fields.Datetime.now())


def _give_out_hints(env) -> bool:
    """Start the runs that hints ask for; returns whether there were any hints."""
    if not env["crm.google.hint"].search_count([], limit=1):
        return False
    hints.dispatch(env)
    for account, trigger in hints.waiting_accounts(env):
        account._start_run(trigger)
    return True


def _undelivered_hints(env) -> int:
    return env["crm.google.hint"].search_count([("account_id", "=", False)], limit=1)


def _wishes(env):
    """Accounts with a connection, check or revocation that the user asked for."""
    to_connect = Domain("state", "=", "connecting") & works_here()
    to_revoke = Domain("state", "=", "revoking")
    to_check = Domain("check_for", "!=", False) & works_here()
    return env["crm.google.account"].search(to_connect | to_revoke | to_check)


def _is_now(moment) -> bool:
    return not moment or moment <= fields.Datetime.now()


def _fulfil(account, checkpoint) -> bool:
    """Do what the user asked for; returns False where another process is at it."""
    with alone(account.env, account.id) as is_alone:
        checkpoint()  # a new snapshot: the row as whoever worked on it before has left it
        if is_alone and account.exists():
            _fulfil_alone(account, checkpoint)
    return is_alone


def _fulfil_alone(account, checkpoint) -> None:
    """Each step may be overtaken by the user's next wish."""
    for state, step in (("connecting", connect), ("revoking", revoke)):
        if account.state == state:
            _guarded(account, step, checkpoint)
    if account.exists().check_for and is_here(account.user_id):
        _guarded(account, check, checkpoint)


def _guarded(account, step, checkpoint) -> None:
    """One account's trouble is never another's."""
    account_id = account.id
    try:
        step(account, checkpoint)
    except psycopg2.OperationalError:
        account.env.cr.rollback()  # a serialization failure: the next call does it
        account._wake()
    except Exception as error:  # noqa: BLE001 - whatever it is concerns one account
        account.env.cr.rollback()
        _logger.error("account %s: an unexpected error\n%s", account_id, explain(error))
        if account.exists():
            give_up(account)
        checkpoint()


def checkpoint_of(env):
    """The one place that commits: everything before it lasts, whatever happens after."""

    def checkpoint():
        # a step is progress: Odoo gives up a scheduled action that is cut off three times without
        env["ir.cron"]._commit_progress(1)

    return checkpoint
