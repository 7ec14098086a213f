"""Two processes that work at once, and one of them is killed: nothing twice, nothing forgotten."""

import os
import random
import threading
import time
from contextlib import contextmanager

import pytest

from .crew import dismiss, hire, work_at_once
from .story import Story

LONG = bool(os.environ.get("KILLS"))
SIZE = 100 if LONG else 24
LOGINS = ("olga", "paul", "rita") if LONG else ("olga", "paul")
WORK = {"at once": work_at_once, "by the scheduled action": None}
PATIENCE = 90  # seconds


class Door:
    """Counts who is being served: never may two writes of one account be under way at once. Lists
    may: a run asks for both calendars side by side."""

    def __init__(self, emulator):
        self.answer, self.lock = emulator.answer, threading.Lock()
        self.inside, self.most_of_one, self.two_accounts = [], 0, threading.Event()

    def listen(self, call):
        who = call.headers.get("authorization", str(call))
        mine = (who, call.verb != "GET")
        with self.lock:
            self.inside.append(mine)
            self.most_of_one = max(self.most_of_one, self.inside.count((who, True)))
            if len({who for who, _writes in self.inside}) == 2:
                self.two_accounts.set()
        self.two_accounts.wait(PATIENCE / 3)  # the first one lets the second one come
        try:
            return self.answer(call)
        finally:
            with self.lock:
                self.inside.remove(mine)


@contextmanager
def watched(emulator):
    door = Door(emulator)
    emulator.answer = door.listen
    try:
        yield door
    finally:
        emulator.answer = door.answer


@pytest.fixture(scope="module")
def stories(world):
    chance = random.Random(7)
    return [Story(world, login, SIZE, chance) for login in LOGINS]


def test_each_account_is_served_by_one_of_them_at_a_time(world, stories):
    with watched(world.emulator) as door:
        finish(stories, [hire(work_at_once), hire(work_at_once)])
    assert (door.most_of_one, door.two_accounts.is_set()) == (1, True)
    for story in stories:
        story.check()


@pytest.mark.parametrize("how", list(WORK) if LONG else ["at once"])
def test_what_one_leaves_behind_the_other_takes_up(world, stories, how):
    for story in stories:
        story.stir()
    first, second = hire(WORK[how]), hire(WORK[how])
    written = stories[0].writes()
    start(stories)
    until(lambda: stories[0].writes() > written)
    dismiss(first)
    finish(stories, [second])
    finish(stories, [hire(WORK[how])])  # hears the echo of what was just written
    for story in stories:
        story.check()
    written = stories[0].writes()
    finish(stories, [hire(WORK[how])])
    assert stories[0].writes() == written


def start(stories):
    for story in stories:
        story.start()


def finish(stories, workers):
    """Let workers do what is due until nothing is."""
    start(stories)
    until(lambda: all(story.is_over() for story in stories))
    for worker in workers:
        dismiss(worker)


def until(is_so):
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "nothing happens any more"
        time.sleep(0.02)
