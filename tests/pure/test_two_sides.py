"""The laws of the sync, on the bridge itself: random lives of both sides, with every mishap.

Short by default; LAWS=long runs at least 200,000 steps (`make laws`).
"""

import os
import random
from datetime import date, datetime, timezone

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from crm_google_calendar.engine.decide import Policy
from crm_google_calendar.engine.entry import AllDay, Timed
from crm_google_calendar.engine.merge import Side
from crm_google_calendar.engine.plan import CAP, Ceiling
from crm_google_calendar.gcal.translate import is_gone

from .settling import settle
from .sides import FIELDS
from .world import World

LONG = os.environ.get("LAWS") == "long"


def at(day, hour):
    return datetime(2026, 3, day, hour, tzinfo=timezone.utc)


VALUES = {
    "title": st.sampled_from(("Ada", "Bob", "Eve", "")),
    "when": st.sampled_from(
        (
            Timed(at(9, 8), at(9, 9)),
            Timed(at(12, 8), at(12, 10)),
            AllDay(date(2026, 3, 11), date(2026, 3, 12)),
            Timed(at(28, 8), at(28, 9)),  # beyond the window
        )
    ),
    "text": st.sampled_from(("", "Bring <b>cake</b>", "one<br>two")),
    "busy": st.booleans(),
    "reminders": st.sampled_from((frozenset(), frozenset((10,)), frozenset((10, 60)))),
}
new_fields = st.fixed_dictionaries({"title": VALUES["title"], "when": VALUES["when"]})
edits = st.sampled_from(FIELDS).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))
picks = st.integers(0, 7)
whose = st.integers(0, 1)
fates = st.sampled_from(("", "", "lost", "error", "rate", "refused"))


class TwoSides(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.world = World()

    # -- picking -----------------------------------------------------------------------------

    def _record(self, pick, **values):
        records = list(self.world.records(**values))
        return records[pick % len(records)] if records else None

    def _google(self, who):
        return self.world.google[self.world.accounts[who].id]

    def _event(self, who, pick, gone=False):
        events = [e for e in self._google(who).events.values() if is_gone(e) is gone]
        return events[pick % len(events)] if events else None

    # -- the CRM's people ----------------------------------------------------------------------

    @rule(fields=new_fields, guests=st.sampled_from(((0,), (1,), (0, 1))))
    def create_record(self, fields, guests):
        users = [self.world.accounts[number].user_id for number in guests]
        self.world.create_record(users, **fields)

    @rule(pick=picks, edit=edits)
    def edit_record(self, pick, edit):
        if record := self._record(pick, active=True):
            self.world.edit_record(record, **dict([edit]))

    @rule(pick=picks)
    def delete_record(self, pick):
        if record := self._record(pick):
            self.world.delete_record(record)

    @rule(pick=picks)
    def archive_record(self, pick):
        if record := self._record(pick, active=True):
            self.world.change_record(record, active=False)

    @rule(pick=picks)
    def open_record_again(self, pick):
        record = self._record(pick, active=False)
        if record and not any(self._stands_elsewhere(record, number) for number in (0, 1)):
            self.world.change_record(record, active=True)

    @rule(pick=picks, who=whose)
    def change_guests(self, pick, who):
        record, user = self._record(pick, active=True), self.world.accounts[who].user_id
        if record and user in record.partner_ids:
            guests = tuple(i for i in record.partner_ids.ids if i != user.id)
            self.world.change_record(record, partner_ids=guests)
        elif record and not self._stands_elsewhere(record, who):
            self.world.change_record(record, partner_ids=(*record.partner_ids.ids, user.id))

    def _stands_elsewhere(self, record, who):
        """Whether the same identity is there for that user by another record, or as the event of
        another one, say after an edit in Google brought a deleted one back."""
        account, identity = self.world.accounts[who], record.entry.place
        other = self.world.ledger.record(account, identity)
        if other is not None and other.id != record.id:
            return True
        link = self.world.link_of(account, record)
        events = self._google(who).live.get(identity, ())
        return any(event["id"] != link.event_id for event in events)

    # -- the users' hands in Google ------------------------------------------------------------

    @rule(who=whose, fields=new_fields)
    def create_event(self, who, fields):
        self.world.create_event(self._google(who), **fields)

    @rule(who=whose, pick=picks, edit=edits, keep_details=st.booleans())
    def edit_event(self, who, pick, edit, keep_details):
        if event := self._event(who, pick):
            fields = dict([edit]) if keep_details else {"details": "", **dict([edit])}
            self.world.edit_event(self._google(who), event, **fields)

    @rule(who=whose, pick=picks)
    def delete_event(self, who, pick):
        if event := self._event(who, pick):
            self.world.set_event_status(self._google(who), event, "cancelled")

    @rule(who=whose, pick=picks)
    def restore_event(self, who, pick):
        event, google = self._event(who, pick, gone=True), self._google(who)
        if not event or event["location"] in google.live:
            return
        record = self.world.ledger.record(google.account, event["location"])
        link = record and self.world.link_of(google.account, record)
        if not link or link.event_id == event["id"]:  # else he has sent the record once more
            self.world.set_event_status(google, event, "confirmed")

    @rule(who=whose, pick=picks)
    def copy_event(self, who, pick):
        if event := self._event(who, pick):
            self.world.copy_event(self._google(who), event)

    # -- runs and what befalls them --------------------------------------------------------------

    @rule(
        who=whose,
        trigger=st.sampled_from(("auto", "wizard")),
        fuse=st.none() | st.integers(0, 25),
        faults=st.lists(fates, max_size=5),
        meddling=st.lists(
            st.tuples(st.integers(1, 12) | st.just("write"), st.booleans(), picks, edits),
            max_size=2,
        ),
        seed=st.integers(0, 99),
    )
    def run(self, who, trigger, fuse, faults, meddling, seed):
        acts = {}
        for point, by_crm, pick, edit in meddling:
            act = self._meddle(by_crm or point == "write", who, pick, edit)
            acts.setdefault(point, []).append(act)
        self.world.chance = random.Random(seed)
        self.world.storm(fuse, faults, acts)
        self.world.slice(self.world.accounts[who], trigger)
        self.world.calm()

    def _meddle(self, in_crm, who, pick, edit):
        return lambda: self._edit_somewhere(in_crm, who, pick, edit)

    def _edit_somewhere(self, in_crm, who, pick, edit):
        if in_crm and (record := self._record(pick, active=True)):
            self.world.edit_record(record, **dict([edit]))
        elif not in_crm and (event := self._event(who, pick)):
            self.world.edit_event(self._google(who), event, **dict([edit]))

    @rule(who=whose)
    def quiet_run(self, who):
        self.world.slice(self.world.accounts[who], "auto")

    @rule(who=whose)
    def expire_cursor(self, who):
        google = self._google(who)
        google.oldest = len(google.log) + 1

    @rule(days=st.sampled_from((1, 2)))
    def let_days_pass(self, days):
        self.world.now += days * (at(2, 0) - at(1, 0))

    # -- what users set ----------------------------------------------------------------------------

    @rule(winner=st.sampled_from((*Side, "newest")), archive=st.booleans(), beats=st.booleans())
    def change_policy(self, winner, archive, beats):
        self.world.newest_wins = winner == "newest"
        side = Side.CRM if self.world.newest_wins else winner
        self.world.policy = Policy(side, archive, beats)

    @rule(window=st.sampled_from(((-5, 5), (0, 3), (None, None), (-30, 30))))
    def change_window(self, window):
        self.world.window = window

    @rule(auto=st.booleans())
    def switch_auto_sync(self, auto):
        self.world.auto = auto

    @rule(ceiling=st.sampled_from((Ceiling(), Ceiling(0, 0), Ceiling(1, 10))))
    def change_ceiling(self, ceiling):
        self.world.ceiling = ceiling

    @rule(cap=st.sampled_from((1, 3, CAP)))
    def change_cap(self, cap):
        self.world.cap = cap

    @rule(who=whose, pick=picks)
    def push_again(self, who, pick):
        account = self.world.accounts[who]
        domain = [("account_id", "=", account.id), ("state", "=", "detached")]
        links = list(self.world.env["crm.google.link"].search(domain))
        if links:
            self.world.push_again(links[pick % len(links)])

    @rule(keep=st.booleans())
    def settle(self, keep):
        settle(self.world, keep)

    def teardown(self):
        settle(self.world)


class ManyLives(TwoSides):
    """Counts the steps of all lives together."""

    steps = 0

    @invariant()
    def count(self):
        ManyLives.steps += 1


def test_nothing_is_lost_or_doubled_whatever_happens():
    short = {"max_examples": 100, "derandomize": True}
    long = {"max_examples": 5500}
    run_state_machine_as_test(
        ManyLives,
        settings=settings(
            **(long if LONG else short), stateful_step_count=50, deadline=None, database=None
        ),
    )
    print(f"{ManyLives.steps} steps")
    assert ManyLives.steps > (200_000 if LONG else 3_000)
