"""SIGKILL for the worker, anywhere in a run: the next runs finish it, equal and without doubles.

`make kill` kills 50 times in runs of 1,000 entries; without KILLS it is a short version.
"""

import os
import random
import signal
import threading
import time

import pytest

from google_emulator.wire import Reply

from .crew import dismiss, hire
from .story import Story

KILLS = int(os.environ.get("KILLS") or 3)
SIZE = 1000 if os.environ.get("KILLS") else 150
SEED = int(os.environ.get("SEED") or 7)
PATIENCE = 120  # seconds until a run that should go on counts as forgotten


class Killer:
    """Stands beside the emulator and kills a worker at a moment of his choice."""

    def __init__(self, emulator, chance):
        self.chance, self.answer = chance, emulator.answer
        self.moment, self.left, self.worker = "never", 0, None
        self.said = threading.Lock()
        emulator.answer = self.listen

    def lie_in_wait(self, worker):
        """Choose a moment: at some request, before or after Google's work, or any time."""
        with self.said:
            self.worker = worker
            self.moment = self.chance.choice(("asked", "answered", "time"))
            self.left = self.chance.randint(1, SIZE // 100 + 4)
        if self.moment == "time":
            threading.Timer(self.chance.uniform(0.0, SIZE / 400), self._at_last).start()
        return self.moment

    def listen(self, call):
        """In the emulator's threads."""
        if self._strikes("asked"):
            return Reply(0, fate="none")
        reply = self.answer(call)
        return Reply(0, fate="none") if self._strikes("answered") else reply

    def _strikes(self, moment):
        with self.said:
            if self.moment != moment:
                return False
            self.left -= 1
            if self.left:
                return False
            self.moment = "never"
        self.worker.kill()
        return True

    def _at_last(self):
        with self.said:
            if self.moment == "time":
                self.moment = "never"
                self.worker.kill()


@pytest.fixture
def killer(emulator):
    killer = Killer(emulator, random.Random(SEED))
    yield killer
    emulator.answer = killer.answer


def finished(story, worker):
    """Wait for the end of the run, or of its worker; whether it was the run's."""
    end = time.monotonic() + PATIENCE
    while worker.is_alive():
        if story.is_over():
            return True
        assert time.monotonic() < end, "the run does not go on"
        worker.join(0.02)
    assert worker.exitcode == -signal.SIGKILL, "the worker died by itself"
    return story.is_over()


def test_killed_anywhere_the_next_runs_finish_it(world, killer):
    story = Story(world, "nora", SIZE, killer.chance)
    kills = 0
    while kills < KILLS:
        story.start()
        for _time in range(min(killer.chance.randint(3, 6), KILLS - kills)):
            worker = hire()
            moment = killer.lie_in_wait(worker)
            if finished(story, worker):
                break
            kills += 1
            print(f"killed {kills:2}: {moment}")
        killer.moment = "never"
        dismiss(worker)
        finish(story)
        print(f"{story.check()} entries, equal on both sides")
        story.stir()
    finish(story)


def finish(story):
    """Let a worker alone until nothing is left to do, and nothing is written by one run more."""
    for _time in range(2):
        before = story.writes()
        story.start()
        worker = hire()
        assert finished(story, worker)
        dismiss(worker)
    assert story.writes() == before
