"""The first push and many changes under Google's quota, in real time."""

import threading
import time

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import settings, worker

from . import crm, ours

WINDOW = 61  # seconds until nothing that was called before counts any more
QUOTA = 600  # calls a minute and user
APART = 20  # seconds between the users' clicks
EVERY = 5  # seconds between two looks at the time left


def push(env, meter, size):
    """Users push so many entries each, twenty seconds apart."""
    numbers = range(size["watched"])
    accounts = [_connect(env, meter.google, number, size["entries"]) for number in numbers]
    env.cr.commit()
    meter.google.limit(QUOTA)
    watch = Watch(env.cr.dbname, [account.id for account in accounts])
    meter.measure("push under a quota", lambda: _work(env, watch))
    meter.google.limit(None)
    calls = meter.google.calls("events.insert")
    for number, account in enumerate(accounts):
        run = account.run_ids[:1]
        assert (run.state, run.google_created) == ("done", size["entries"]), run.summary
        mine = [call for call in calls if call["user"] == f"user{number}@example.com"]
        refused = sum(call["status"] != 200 for call in mine)
        took = (run.finished - run.started).total_seconds()
        wrong = watch.wrong(account.id, run.finished)
        meter.note("quota, each user", seconds=took, throttled=refused / len(mine), wrong=wrong)


def changes(env, meter, size):
    """One user's entries change all at once, where a change counts as three units, and as one."""
    account = _connect(env, meter.google, 0, size["patched"])
    ours.sync(env, account)
    settings.put(env, "auto_sync", "True")
    for units in (3, 1):
        time.sleep(WINDOW)
        account.pace = False  # what is learnt with one would spoil the other
        _rename(env, units)
        meter.google.post("settings", quota_per_minute=QUOTA, patch_units=units)
        meter.measure(f"changes of {units} units", lambda: _work_until_done(env))
        meter.google.limit(None)
        calls = [c for c in meter.google.calls("events.patch") if c["status"] != 412]
        refused = sum(call["status"] != 200 for call in calls)
        meter.note(f"throttled at {units}", share=refused / len(calls))


def _rename(env, number):
    meetings = env["calendar.event"].with_user(crm.user(env, "user0")).with_context(**crm.QUIET)
    for meeting in meetings.search([("name", "=like", "Meeting %")]):
        meeting.name = f"Meeting {meeting.id}, version {number}"
    env.cr.commit()


def _work_until_done(env):
    while True:
        env["crm.google.account"]._cron_work()
        env.cr.commit()
        waiting = env["crm.google.run"].search_count([("state", "in", worker.ACTIVE)])
        if not waiting and not env["crm.google.hint"].search_count([]):
            return
        time.sleep(0.1)


def _connect(env, google, number, count):
    email = f"user{number}@example.com"
    google.post("users", email=email, name=email)
    user = crm.user(env, f"user{number}")
    crm.make_meetings(env, user, count)
    return ours.connect(env, google, user, email)


def _work(env, watch):
    watch.start()
    while not watch.done:
        env["crm.google.account"]._cron_work()
        env.cr.commit()
        time.sleep(0.1)


class Watch(threading.Thread):
    """Lets the users begin, one after the other, and notes how much time they are told is left."""

    def __init__(self, database, account_ids):
        super().__init__(daemon=True)
        self.database, self.account_ids = database, account_ids
        self.begun, self.seen = [], []
        self.done = False

    def run(self):
        while not self.done:
            with crm.opened(self.database) as env:
                self._look(env)
            time.sleep(EVERY)

    def _look(self, env):
        if len(self.begun) * APART <= len(self.seen) * EVERY:
            for account_id in self.account_ids[len(self.begun) :][:1]:
                env["crm.google.account"].browse(account_id)._start_run("wizard", full=True)
                self.begun.append(account_id)
        runs = env["crm.google.run"].search([("state", "in", worker.ACTIVE)])
        self.seen.append({run.account_id.id: (fields.Datetime.now(), run.expected) for run in runs})
        self.done = not runs and len(self.begun) == len(self.account_ids)

    def wrong(self, account_id, finished):
        """By which share the time left was wrong: the median, while half a minute was left."""
        shares = []
        for seen in self.seen:
            now, expected = seen.get(account_id, (None, None))
            left = (finished - now).total_seconds() if expected else 0
            if left >= 30:
                shares.append(abs((expected - finished).total_seconds()) / left)
        return sorted(shares)[len(shares) // 2] if shares else 0.0
