"""The background worker: one loop over what is due, in slices, one account after another."""

from __future__ import annotations

import logging
import random
import time
from contextlib import closing
from datetime import datetime, timedelta, timezone

import psycopg2.errors

from odoo import fields
from odoo.fields import Domain

from ..engine.entry import Kind
from ..gcal.backoff import pause
from ..gcal.errors import Cause, GoogleError, Throttled
from . import hints, settings, status
from .connect import check, connect, give_up, google_of, keep_access_token, lapse
from .meeting import MeetingSource
from .revoke import revoke
from .run import run_slice
from .sentences import cause_text
from .series_source import SeriesSource
from .series_state import SERIES
from .task import TaskSource
from .work import Work
from .zones import Window, zone_of

_logger = logging.getLogger(__name__)
BUDGET = 45  # seconds of one call; Odoo ends a cron thread after 120
SLICE = 15  # seconds of one run before others have their turn
LONGEST_WAIT = 20  # seconds that a call of the worker waits with nothing to do
TRIES = 8  # of a run that meets faults which pass, before it says so and ends
ACTIVE = ("queued", "running")
CHOSEN = ("wizard", "preview", "undo")  # runs that a user started, with a window of his choice


def work(env) -> None:
    """Do what is due, until it is done or the time is used up; then ask to be called again."""
    deadline = time.monotonic() + BUDGET
    checkpoint = _checkpoint_of(env)
    hints.dispatch(env)
    _start_hinted_runs(env)
    checkpoint()
    _take_turns(env, checkpoint, deadline)
    _call_again(env)


def _take_turns(env, checkpoint, deadline) -> None:
    """Give every run that is due a slice, again and again: nobody's 5,000 hold up another's 5."""
    parked: set[int] = set()
    had_its_turn: set[int] = set()
    while time.monotonic() < deadline:
        connections(env, checkpoint)
        run = _next_run(env, parked | had_its_turn)
        if run:
            run_id = run.id
            parks = _work_on(env, run, checkpoint, min(deadline, time.monotonic() + SLICE))
            (parked if parks else had_its_turn).add(run_id)
        elif had_its_turn:
            had_its_turn.clear()
        elif _wait_for_next(env, checkpoint, deadline):
            parked.clear()
        else:
            break


def _wait_for_next(env, checkpoint, deadline) -> bool:
    """Wait a moment for what is due within this call; Odoo itself would look once a minute only."""
    waiting = Domain("resume_at", "!=", False) & Domain("user_id.active", "=", True)
    runs = env["crm.google.run"].search(waiting & Domain("state", "in", ACTIVE))
    accounts = env["crm.google.account"].search(waiting & Domain("state", "=", "revoking"))
    moments = runs.mapped("resume_at") + accounts.mapped("resume_at")
    if not moments:
        return False
    seconds = (min(moments) - datetime.now(timezone.utc).replace(tzinfo=None)).total_seconds()
    if seconds > min(LONGEST_WAIT, deadline - time.monotonic()):
        return False
    checkpoint()  # no lock and no old snapshot over the wait
    time.sleep(min(1.0, max(0.1, seconds)))
    return True


def connections(env, checkpoint) -> None:
    """Carry on every connection, check and revocation that a user asked for."""
    accounts = env["crm.google.account"]
    due = Domain("resume_at", "=", False) | Domain("resume_at", "<=", fields.Datetime.now())
    there = Domain("user_id.active", "=", True)
    for domain, step in (
        (Domain("state", "=", "connecting") & there, connect),
        (Domain("state", "=", "revoking") & due, revoke),
        (Domain("check_for", "!=", False) & there, check),
    ):
        for account in accounts.search(domain):
            _guarded(account, step, checkpoint)


def _guarded(account, step, checkpoint) -> None:
    """One account's trouble is never another's."""
    account_id = account.id
    try:
        step(account, checkpoint)
    except psycopg2.OperationalError:
        account.env.cr.rollback()  # a serialization failure: the next call does it
        account._wake()
    except Exception:
        account.env.cr.rollback()
        _logger.exception("account %s: an unexpected error", account_id)
        if account.exists():
            give_up(account)
        checkpoint()


def _start_hinted_runs(env) -> None:
    for account in hints.waiting_accounts(env):
        account._start_run("save")


def _next_run(env, seen):
    """The oldest run that is due and had no slice yet in this turn."""
    due = ["|", ("resume_at", "=", False), ("resume_at", "<=", fields.Datetime.now())]
    runs = env["crm.google.run"]
    return runs.search(
        [
            ("state", "in", ACTIVE),
            ("user_id.active", "=", True),
            ("id", "not in", list(seen)),
            *due,
        ],
        order="id",
        limit=1,
    )


def _work_on(env, run, checkpoint, deadline) -> bool:
    """Give one run a slice; returns whether it is out of the way for this call of the worker."""
    run_id, account = run.id, run.account_id
    try:
        _begin(run)
        env.invalidate_all()  # what one user may not see must not stay in the cache of another
        with closing(google_of(account)) as google:
            work_ = _work_of(env, run, google, checkpoint, deadline)
            finished = not work_.is_stopped_by_user() and run_slice(work_)
            work_.checkpoint = _showing(work_, checkpoint)
        keep_access_token(account, google)
        return _end(work_, finished)
    except GoogleError as error:
        _fail(run, error)
    except psycopg2.OperationalError as error:
        env.cr.rollback()
        _logger.info("run %s is repeated: %s", run_id, type(error).__name__)
        _pause(run, 1)
    except Exception:
        env.cr.rollback()
        _logger.exception("run %s: an unexpected error", run_id)
        _fail(run, GoogleError(Cause.UNKNOWN))
    checkpoint()
    return True


def _begin(run) -> None:
    if run.state == "queued":
        run.write({"state": "running", "started": fields.Datetime.now()})
    run.resume_at = False
    status.send(run.account_id)


def _work_of(env, run, google, checkpoint, deadline) -> Work:
    account, user = run.account_id, run.account_id.user_id
    rules = settings.settings(env)
    sources = {
        Kind.EVENT.value: MeetingSource(env, user, rules),
        Kind.TASK.value: TaskSource(env, user, rules),
        SERIES: SeriesSource(env, user, rules),
    }
    now = datetime.now(timezone.utc)
    work_ = Work(
        env=env,
        account=account,
        run=run,
        google=google,
        settings=rules,
        window=_window(run, rules, now),
        sources=sources,
        now=now,
        checkpoint=checkpoint,
        out_of_time=lambda: time.monotonic() > deadline,
    )
    checkpoint()
    work_.checkpoint = _forgetting(env) if run.trigger == "preview" else _showing(work_, checkpoint)
    return work_


def _window(run, rules, now) -> Window:
    zone = zone_of(run.user_id.tz)
    if run.trigger in CHOSEN:
        return Window(run.date_from or None, run.date_to or None, zone)
    today = now.astimezone(zone).date()
    return Window(
        today - timedelta(days=rules.days_back), today + timedelta(days=rules.days_ahead), zone
    )


def _showing(work_: Work, checkpoint):
    """A checkpoint that also shows how far the run is, at most twice a second."""
    last = [0.0]

    def show():
        work_.save_progress()
        if time.monotonic() - last[0] > 0.5:
            last[0] = time.monotonic()
            status.send(work_.account)
        checkpoint()

    return show


def _forgetting(env):
    """The checkpoint of a preview: nothing it came to write may last."""
    return env.cr.rollback


def _end(work_: Work, finished: bool) -> bool:
    """Settle what becomes of the run after a slice; returns whether it waits or is over."""
    run, error = work_.run, work_.interruption
    work_.checkpoint()
    if finished:
        _finish(run)
    elif work_.is_stopped_by_user():
        _stop(run)
    elif error is None or error.cause is Cause.CALENDAR_GONE:
        if not work_.out_of_time():
            _pause(run, 0)
    elif error.cause is Cause.LAPSED:
        _fail(run, error)
    elif error.cause.retried and (run.tries < TRIES or isinstance(error, Throttled)):
        seconds = pause(run.tries, error.retry_after, random.random(), error.cause)  # noqa: S311
        _pause(run, seconds)
    else:
        _fail(run, error)
    over = not run.exists() or run.state not in ACTIVE or bool(run.resume_at)
    work_.checkpoint()
    return over


def _stop(run) -> None:
    hints.stop_of(run).unlink()
    run.write({"state": "stopped", "finished": fields.Datetime.now(), "resume_at": False})
    status.send(run.account_id)


def _pause(run, seconds: float) -> None:
    """Let a run wait, and be called again then; other accounts go on meanwhile."""
    moment = fields.Datetime.now() + timedelta(seconds=max(1, round(seconds)))
    run.write({"resume_at": moment, "tries": run.tries + 1})
    run.account_id._wake(moment)
    status.send(run.account_id)


def _finish(run) -> None:
    now = fields.Datetime.now()
    run.write({"state": "done", "finished": now, "resume_at": False, "tries": 0})
    run.account_id.write({"last_sync": now, "cause": False})
    notice = {"type": "warning" if run.set_aside else "success", "message": run.summary}
    status.send(run.account_id, notice if run.trigger in CHOSEN else None)
    hints.stop_of(run).unlink()
    if run.trigger in ("auto", "save") and not (run.line_ids or run.held or run.set_aside):
        run.unlink()  # nothing happened: the account's last sync says enough


def _fail(run, error: GoogleError) -> None:
    account = run.account_id
    message = cause_text(account.with_context(lang=account.user_id.lang).env, error.cause)
    run.write(
        {
            "state": "failed",
            "finished": fields.Datetime.now(),
            "cause": error.cause.value,
            "message": message,
        }
    )
    _logger.info("run %s of account %s failed: %s", run.id, account.id, error)
    if error.cause is Cause.LAPSED:
        lapse(account)
    else:
        notice = {"type": "danger", "message": message, "sticky": True}
        status.send(account, notice if run.trigger in CHOSEN else None)


def _checkpoint_of(env):
    """The one place that commits: everything before it lasts, whatever happens after."""

    def checkpoint():
        env["ir.cron"]._commit_progress(0)

    return checkpoint


def _call_again(env) -> None:
    """Odoo would wait up to a minute for unfinished work; a trigger of our own calls at once."""
    if _next_run(env, ()):
        env["crm.google.account"]._wake()
