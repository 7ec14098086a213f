"""Both sides, the bridge between them, and a ledger of every value that a person set.

The ledger knows the truth: which values one side holds that the other has never seen. A write of
the bridge over such a value must be a clash that the run's log names; anything else raises
Violation on the spot.
"""

import random
from datetime import datetime, timedelta, timezone
from unittest.mock import patch
from zoneinfo import ZoneInfo

import psycopg2.errors

from crm_google_calendar.bridge import hints
from crm_google_calendar.bridge import run as run_module
from crm_google_calendar.bridge.settings import Settings
from crm_google_calendar.bridge.work import Work
from crm_google_calendar.bridge.zones import Window
from crm_google_calendar.engine.decide import Policy
from crm_google_calendar.engine.entry import Entry, Kind
from crm_google_calendar.engine.plan import CAP, Ceiling
from crm_google_calendar.gcal.translate import Mark, event_id, is_gone, to_body

from . import memory
from .ledger import Ledger
from .sides import ZONE, Google, Meetings, merge, seen

DATABASE = "memory"
NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)
MODEL = Meetings.model


class Killed(BaseException):
    """The worker was killed right here."""


class World:
    """accounts: 0 and 1, each a user with a Google of his own. window: in days from now.

    Series are left out: they have laws of their own.
    """

    def __init__(self, accounts=2):
        self.database = memory.Database()
        self.database.before_write = self.collide
        self.env = memory.Env(
            self.database,
            {
                ("crm.google.account", "_event_id"): lambda account, *words: event_id(
                    DATABASE, account.id, *words
                ),
                ("crm.google.link", "_next_id"): _next_id,
                ("ir.config_parameter", "get_param"): lambda _model, _name: DATABASE,
                (MODEL, "_message_log"): lambda record, **_values: None,
                (MODEL, "_crm_google_partners"): lambda records: records.partner_ids,
            },
        )
        self.ledger = Ledger(self)
        self.policy, self.newest_wins = Policy(), False
        self.ceiling = Ceiling(50, 20)
        self.cap = CAP
        self.window = (-5, 5)
        self.now = NOW
        self.auto = True
        self.chance = random.Random(0)
        self.calm()
        self.accounts = [self._connect() for _number in range(accounts)]
        self.google = {account.id: Google(self, account) for account in self.accounts}
        self.sources = {account.id: Meetings(self, account.user_id) for account in self.accounts}
        self._commit()

    def _connect(self):
        user = self.env["res.users"].create({})
        user.user_ids = user
        account = self.env["crm.google.account"].create({"user_id": user, "state": "connected"})
        values = {"account_id": account.id, "kind": "event", "google_id": "c", "state": "ready"}
        self.env["crm.google.calendar"].create(values)
        return account

    # -- what goes wrong -------------------------------------------------------------------------

    def calm(self):
        """From now on nothing goes wrong."""
        self.fuse, self.faults, self.meddling, self.points = None, [], {}, 0

    def storm(self, fuse, faults, meddling):
        """fuse: after how many points the worker is killed; None: never. faults: of the next calls
        to Google. meddling: point -> what somebody does then."""
        self.fuse, self.faults, self.meddling, self.points = fuse, faults, meddling, 0

    def point(self):
        """Somewhere in a run: whatever happens just then."""
        self.points += 1
        if self.fuse is not None and self.points > self.fuse:
            raise Killed

    def call(self, _google):
        """A call to Google begins: no row may be locked, and people go on working meanwhile."""
        if self.database.dirty:
            raise memory.Violation("rows are locked while Google is asked")
        self.point()
        for act in self.meddling.pop(self.points, ()):
            act()

    def collide(self):
        """Somebody else commits a change of what a transaction of ours is about to write."""
        acts = self.meddling.pop("write", ())
        if acts:
            self.database.rollback()
            self.ledger.roll_back()
            for act in acts:
                act()
            raise psycopg2.errors.SerializationFailure

    def weather(self, verb):
        """What goes wrong with this call."""
        if verb == "list" and self.faults and self.faults[0] != "error":
            return ""
        return self.faults.pop(0) if self.faults else ""

    def shuffled(self, events):
        """Google promises no order, and a line may come twice."""
        events = events + self.chance.sample(events, len(events) // 2)
        self.chance.shuffle(events)
        return events

    def checkpoint(self):
        self.point()
        self.work.save_progress()
        self._commit()
        self.point()

    def _commit(self):
        self.ledger.check_log()
        self.database.commit()
        self.ledger.keep()

    # -- people ------------------------------------------------------------------------------------

    def hint(self, ids):
        """What the hooks of the models leave in the same transaction."""
        if self.auto:
            hints = self.env["crm.google.hint"]
            hints.create([{"model": MODEL, "res_id": res_id} for res_id in ids])

    def records(self, **values):
        return self.env[MODEL].search([(name, "=", value) for name, value in values.items()])

    def create_record(self, users, **fields):
        entry = Entry.make(Kind.EVENT, place=self.ledger.new_identity(), **fields)
        partners = tuple(user.id for user in users)
        values = {"entry": entry, "active": True, "partner_ids": partners}
        record = self.env[MODEL].create(values)
        self._saved(record, None)
        return record

    def edit_record(self, record, **fields):
        before = record.entry
        values = {name: getattr(before, name) for name in before.__dataclass_fields__}
        record.entry = Entry.make(**{**values, **fields})
        self._saved(record, before)

    def change_record(self, record, **values):
        """Archive it, open it again, change its guests."""
        record.write(values)
        self._saved(record, record.entry)
        if "active" in values:
            self.ledger.crm_came_or_went(record)
        self.ledger.crm_is_seen_by(record)
        self.ledger.keep()

    def delete_record(self, record):
        self.hint(record.ids)
        self.ledger.crm_deleted(record)
        record.unlink()
        self._commit()

    def _saved(self, record, before):
        self.hint(record.ids)
        self._commit()
        self.ledger.crm_edited(record, before)
        self.ledger.keep()

    def create_event(self, google, **fields):
        entry = Entry.make(Kind.EVENT, place=self.ledger.new_identity(), **fields)
        body = to_body(entry, Mark("", "", 0))
        del body["extendedProperties"]
        name = f"byhand{len(google.events)}"
        self.ledger.google_edited(google, None, google.store(name, body, by_user=True))
        self.ledger.keep()

    def edit_event(self, google, event, **fields):
        """As Google's page does it; the details below the text stay or go with it."""
        before = seen(event)
        values = {name: getattr(before, name) for name in before.__dataclass_fields__}
        body = to_body(Entry.make(**{**values, **fields}), Mark("", "", 0))
        del body["extendedProperties"]
        body.setdefault("reminders", {"useDefault": True, "overrides": None})
        for name in ("start", "end"):
            body[name] = {"date": None, "dateTime": None, "timeZone": None} | body[name]
        changed = google.store(event["id"], merge(event, body), by_user=True)
        self.ledger.google_edited(google, event, changed)
        self.ledger.keep()

    def copy_event(self, google, event):
        """The copy carries the first one's mark; what it says is new."""
        identity = self.ledger.new_identity()
        copied = {**event, "location": identity}
        name = f"copy{len(google.events)}"
        self.ledger.google_edited(google, None, google.store(name, copied, by_user=True))
        self.ledger.keep()

    def set_event_status(self, google, event, status):
        changed = google.store(event["id"], {**event, "status": status}, by_user=True)
        self.ledger.google_came_or_went(google, changed)
        self.ledger.keep()

    def push_again(self, link):
        """The user's button on a record whose event was deleted in Google."""
        record = self.env[MODEL].browse(link.res_id).exists()
        if not record or self.ledger.record(link.account_id, record.entry.place) != record:
            return
        if record.entry.place in self.google[link.account_id.id].live:
            return  # it stands there, kept apart: the button would double it, as it says
        names = ("cause", "detail", "base", "pending", "etag", "url", "series")
        link.write({"state": "linked", **_next_id(link), **dict.fromkeys(names, False)})
        self._commit()
        self.ledger.sent_again(link.account_id, record)
        self.ledger.keep()

    def link_of(self, account, record):
        domain = [("account_id", "=", account.id), ("res_id", "=", record.id)]
        return self.env["crm.google.link"].search(domain)

    # -- runs --------------------------------------------------------------------------------------

    def slice(self, account, trigger="auto"):
        """Let the worker give one slice to the account's run; True when that run is finished."""
        hints.dispatch(self.env)
        self._commit()
        run = self._run_of(account, trigger)
        self.work = Work(
            env=self.env,
            account=account,
            run=run,
            google=self.google[account.id],
            settings=Settings(self.policy, self.ceiling, 30, 365, False, self.newest_wins),
            window=self._window(),
            sources={"event": self.sources[account.id]},
            now=self.now,
            checkpoint=self.checkpoint,
            out_of_time=lambda: False,
        )
        try:
            return self._work_on(run)
        except (Killed, psycopg2.OperationalError):
            self.database.rollback()
            self.ledger.roll_back()
            return False
        except memory.Violation as broken:
            raise AssertionError(broken) from broken  # hypothesis looks for the shortest story

    def _work_on(self, run):
        none = {"gather_series": lambda *_args: [], "execute_series": lambda *_args: None}
        with patch.multiple(run_module, CAP=self.cap, **none):
            finished = run_module.run_slice(self.work)
        self.work.checkpoint()
        if finished:
            run.state = "done"
            self._commit()
        return finished

    def _run_of(self, account, trigger):
        runs = self.env["crm.google.run"]
        active = runs.search([("account_id", "=", account.id), ("state", "=", "running")])
        full = trigger == "wizard"
        values = {"account_id": account, "state": "running", "trigger": trigger, "full": full}
        numbers = ("done", "set_aside", "left_over", "held", "crm_created", "crm_changed")
        numbers += ("crm_removed", "crm_detached", "crm_attached")
        numbers += ("google_created", "google_changed", "google_removed")
        return active or runs.create({**values, **dict.fromkeys(numbers, 0)})

    def _window(self):
        first, last = (
            None if days is None else self.now.date() + timedelta(days) for days in self.window
        )
        return Window(first, last, ZoneInfo(ZONE))

    def in_window(self, entry):
        return self._window().has(entry)

    # -- what the sides report ---------------------------------------------------------------------

    def google_written(self, google, before, event):
        if is_gone(event):
            self.ledger.sync_deleted_event(google, before)
        else:
            self.ledger.sync_wrote_event(google, before, event)
        self.ledger.keep()

    def crm_written(self, user, before, record):
        self.ledger.sync_wrote_record(self.account_of(user), before, record)

    def crm_archived(self, user, records):
        for record in records:
            self.ledger.sync_archived_record(self.account_of(user), record)

    def account_of(self, user):
        return next(account for account in self.accounts if account.user_id == user)


def _next_id(link):
    generation = (link.generation or 0) + 1
    words = (link.account_id.id, link.model, link.res_id, generation)
    return {"generation": generation, "event_id": event_id(DATABASE, *words)}
