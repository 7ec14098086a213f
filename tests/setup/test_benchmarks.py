"""The benchmarks are no part of the tests; these see to it that they can be started."""

import pytest

from benchmarks.stories import FULL, QUICK, STORIES
from scripts import cache

FOLDER = cache.CHECKOUT / "benchmarks"


@pytest.mark.parametrize("name", STORIES)
def test_every_story_has_a_function_that_tells_it(name):
    program, function = name.split(".")
    text = (FOLDER / f"{program}.py").read_text()
    assert f"\ndef {function}(env, meter, size):" in text


def test_a_story_names_sizes_that_there_are():
    named = {each for story in STORIES.values() for each in (story.meetings, story.users) if each}
    assert named <= set(FULL) == set(QUICK)
