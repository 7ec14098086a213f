"""What must not matter: who is first, the order of a list, lines that come twice, a cap."""

import random
from datetime import datetime, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_google_calendar.engine.entry import Timed
from crm_google_calendar.engine.plan import CAP

from .settling import settle
from .sides import FIELDS, seen
from .world import World


def at(day):
    return Timed(
        datetime(2026, 3, day, 8, tzinfo=timezone.utc),
        datetime(2026, 3, day, 9, tzinfo=timezone.utc),
    )


TITLES = st.sampled_from(("Ada", "Bob", "Eve"))
# each side has a field of its own, so that no outcome hangs on who was first
EDITS = st.one_of(
    st.tuples(st.just("crm"), st.integers(9, 14).map(lambda day: {"when": at(day)})),
    st.tuples(st.just(0), TITLES.map(lambda title: {"title": title})),
    st.tuples(st.just(1), st.sampled_from(("", "one<br>two")).map(lambda text: {"text": text})),
)
STORIES = st.fixed_dictionaries(
    {
        "here": st.lists(st.sampled_from(((0,), (1,), (0, 1))), max_size=4),
        "there": st.lists(st.integers(0, 1), max_size=4),
        "edits": st.lists(st.tuples(EDITS, st.integers(0, 9)), max_size=12),
    }
)


@settings(max_examples=40)
@given(story=STORIES, seed=st.integers(0, 99), cap=st.sampled_from((1, 2, CAP)))
def test_order_repetition_and_cap_do_not_change_the_outcome(story, seed, cap):
    assert outcome(story, 0, CAP, False) == outcome(story, seed, cap, True)


def outcome(story, seed, cap, other_way_round):
    """What all sides hold after a story, by identity."""
    world = World()
    world.chance, world.cap = random.Random(seed), cap
    first, second = world.accounts
    googles = [world.google[account.id] for account in (first, second)]
    if other_way_round:
        world.accounts.reverse()
    for guests in story["here"]:
        users = [(first, second)[number].user_id for number in guests]
        world.create_record(users, title="Ada", when=at(9))
    for number in story["there"]:
        world.create_event(googles[number], title="Ada", when=at(9))
    settle(world)
    for (side, fields), pick in story["edits"]:
        edit(world, googles, side, fields, pick)
    settle(world)
    held = {record.entry.place: values(record.entry) for record in world.records(active=True)}
    return held, [{e["location"]: values(seen(e)) for e in g.events.values()} for g in googles]


def edit(world, googles, side, fields, pick):
    if side == "crm":
        records = sorted(world.records(active=True), key=lambda record: record.entry.place)
        if records:
            world.edit_record(records[pick % len(records)], **fields)
        return
    events = sorted(googles[side].events.values(), key=lambda event: event["location"])
    if events:
        world.edit_event(googles[side], events[pick % len(events)], **fields)


def values(entry):
    return [getattr(entry, name) for name in FIELDS]
