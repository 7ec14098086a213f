"""One slice of one run: begin it, let it work, and settle what becomes of it."""

from __future__ import annotations

import logging
import random
import time
from contextlib import closing
from datetime import datetime, timedelta, timezone

import psycopg2.errors

from odoo import fields

from ..engine.entry import Kind
from ..gcal.backoff import pause
from ..gcal.client import Google
from ..gcal.errors import Cause, GoogleError, Throttled
from ..gcal.pace import Pace
from . import hints, settings, status
from .connect import DEAD, google_of, keep_access_token, lapse
from .discretion import explain
from .meeting import MeetingSource
from .results import held_message, run_summary
from .run import run_slice
from .sentences import env_for, run_text
from .series_source import SeriesSource
from .series_state import SERIES
from .task import TaskSource
from .tempo import Tempo
from .work import Work
from .zones import Window, zone_of

_logger = logging.getLogger(__name__)
WORTH_KEEPING = 100  # calls within a minute
TRIES = 8  # of a run that meets faults which pass, before it says so and ends
MOST_DAYS = 50_000  # on one side of today
ACTIVE = ("queued", "running")
CHOSEN = ("wizard", "preview", "undo")  # runs that a user started, with a window of his choice


def work_on(run, checkpoint, out_of_time, heard=None) -> bool:
    """Give one run a slice; returns whether it is out of the way for this call of the worker.

    heard: what Google has just said about the account's calendars, see `quiet`.
    """
    run = run.with_env(env_for(run.account_id))
    env, run_id, account = run.env, run.id, run.account_id
    try:
        _begin(run)
        env.invalidate_all()  # what one user may not see must not stay in the cache of another
        with closing(_google(account, heard)) as google:
            work_ = _work_of(env, run, google, checkpoint, out_of_time)
            finished = not work_.is_stopped_by_user() and run_slice(work_)
            work_.checkpoint = _showing(work_, checkpoint)
        keep_access_token(account, google)
        _keep_pace(account, google)
        over = _end(work_, finished)
        checkpoint()
        return over
    except GoogleError as error:
        _fail(run, error)
    except psycopg2.OperationalError as error:
        env.cr.rollback()
        _logger.info("run %s is repeated: %s", run_id, type(error).__name__)
        _pause(run, 1)
    except Exception as error:  # noqa: BLE001 - whatever it is concerns one run
        env.cr.rollback()
        _logger.error("run %s: an unexpected error\n%s", run_id, explain(error))
        _fail(run, GoogleError(Cause.UNKNOWN))
    checkpoint()
    return True


def _google(account, heard) -> Google:
    pace = Pace.from_json(account.pace)
    if heard is None:
        google = google_of(account)
        google.pace = pace
        return google
    google = Google(heard.credentials, pace=pace)
    google.remember(heard.news)
    return google


def _begin(run) -> None:
    """Raises GoogleError where process after process has ended within the run, say for memory."""
    if run.cut_off >= TRIES:
        _logger.error("run %s: %s processes ended within it and did nothing", run.id, run.cut_off)
        raise GoogleError(Cause.UNKNOWN, reason="cut_off")
    values = {"cut_off": run.cut_off + 1, "resume_at": False}
    if run.state == "queued":
        values |= {"state": "running", "started": fields.Datetime.now()}
    run.write(values)
    status.send(run.account_id)


def _keep_pace(account, google) -> None:
    """Store how much was called, where it may matter: a few calls never meet a limit."""
    if google.pace.limit or google.pace.used(time.time()) > WORTH_KEEPING:
        account.pace = google.pace.to_json()


def _work_of(env, run, google, checkpoint, out_of_time) -> Work:
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
        out_of_time=out_of_time,
        tempo=Tempo(google.pace),
    )
    checkpoint()
    work_.checkpoint = _forgetting(env) if run.trigger == "preview" else _showing(work_, checkpoint)
    return work_


def _window(run, rules, now) -> Window:
    zone = zone_of(run.user_id.tz)
    if run.trigger in CHOSEN:
        return Window(run.date_from or None, run.date_to or None, zone)
    today = now.astimezone(zone).date()
    days = (min(each, MOST_DAYS) for each in (rules.days_back, rules.days_ahead))
    back, ahead = map(timedelta, days)
    return Window(today - back, today + ahead, zone)


def _showing(work_: Work, checkpoint):
    """A checkpoint that also shows how far the run is, at most twice a second, and at once how much
    there is to do: the next news may be long in coming."""
    last, total = 0.0, None

    def show():
        nonlocal last, total
        work_.save_progress()
        _expect(work_.run, work_.tempo)
        if time.monotonic() - last > 0.5 or work_.run.total != total:
            last, total = time.monotonic(), work_.run.total
            status.send(work_.account)
        checkpoint()

    return show


def _expect(run, tempo: Tempo) -> None:
    if tempo.has_sent:
        left = tempo.left(run.total - run.done)
        run.expected = fields.Datetime.now() + timedelta(seconds=left)


def _forgetting(env):
    """The checkpoint of a preview: nothing it came to write may last."""
    return env.cr.rollback


def _end(work_: Work, finished: bool) -> bool:
    """Settle what becomes of the run after a slice; returns whether it waits or is over."""
    run, error = work_.run, work_.interruption
    run.cut_off = 0
    work_.checkpoint()
    if finished:
        _finish(run)
    elif work_.is_stopped_by_user():
        _stop(run)
    elif seconds := _own_pace(work_):
        _pause(run, seconds, tries=0)
    elif error is None or error.cause is Cause.CALENDAR_GONE:
        if not work_.out_of_time():
            _pause(run, 0)
    elif error.cause is Cause.LAPSED:
        _fail(run, error)
    elif error.cause.retried and (run.tries < TRIES or isinstance(error, Throttled)):
        seconds = pause(run.tries, error.retry_after, random.random(), error.cause)  # noqa: S311
        _pause(run, seconds, cause=error.cause)
    else:
        _fail(run, error)
    return not run.exists() or run.state not in ACTIVE or bool(run.resume_at)


def _stop(run) -> None:
    hints.stop_of(run).unlink()
    run.write({"state": "stopped", "finished": fields.Datetime.now(), "resume_at": False})
    status.send(run.account_id)


def _own_pace(work_: Work) -> float:
    """Seconds until Google takes more calls, where only that keeps the run from going on."""
    error = work_.interruption
    if error is not None and error.cause is not Cause.RATE_LIMITED:
        return 0.0
    seconds = work_.tempo.pause()
    return max(seconds, error.retry_after or 0.0) if error and seconds else seconds


def _pause(run, seconds: float, tries: int | None = None, cause: Cause | None = None) -> None:
    """Let a run wait, and be called again then; other accounts go on meanwhile.

    cause: what Google's fault is, for who looks on.
    """
    moment = fields.Datetime.now() + timedelta(seconds=max(1, round(seconds)))
    tries = run.tries + 1 if tries is None else tries
    waits = {"resume_at": moment, "tries": tries, "cut_off": 0}
    run.write({**waits, "cause": cause and cause.value})
    run.account_id._wake(moment)
    status.send(run.account_id)


def _finish(run) -> None:
    now = fields.Datetime.now()
    run.write({"state": "done", "finished": now, "resume_at": False, "tries": 0, "cause": False})
    if run.trigger == "wizard":
        run.apart = run.account_id._links_apart(count=True)
    if run.trigger != "preview":
        run.account_id.write({"last_sync": now, "cause": False})
    if run.trigger != "auto" or run.line_ids:
        run.account_id.lively = now
    notice = {"type": "warning" if run.set_aside else "success", "message": run_summary(run)}
    status.send(run.account_id, notice if run.trigger in CHOSEN else None)
    hints.stop_of(run).unlink()
    if run.trigger not in ("preview", "undo"):
        _ask_about_held(run)
    if run.trigger in status.BY_ITSELF and not (run.line_ids or run.held or run.set_aside):
        run.unlink()  # nothing happened: the account's last sync says enough


def _ask_about_held(run) -> None:
    """Only the newest run asks; where nobody is looking, the user is told once until he answers."""
    unanswered = [("account_id", "=", run.account_id.id), ("id", "!=", run.id), ("held", ">", 0)]
    unanswered += [("trigger", "!=", "preview")]
    older = run.search(unanswered)
    if run.held and not older and run.trigger not in CHOSEN:
        status.announce(run.account_id, *held_message(run))
    older.held = 0


def _fail(run, error: GoogleError) -> None:
    account = run.account_id
    message = run_text(run.env, error.cause)
    run.write(
        {
            "state": "failed",
            "finished": fields.Datetime.now(),
            "cause": error.cause.value,
            "message": message,
        }
    )
    _logger.info("run %s of account %s failed: %s", run.id, account.id, error)
    if error.cause in DEAD:
        lapse(account, error.cause)
    else:
        account.cause = error.cause.value
        notice = {"type": "danger", "message": message, "sticky": True}
        status.send(account, notice if run.trigger in CHOSEN else None)
