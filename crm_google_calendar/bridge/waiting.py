"""Many deletions at once, which wait for the user's answer: what they are, in words and numbers."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from ..engine.decide import Verb
from .series_state import MODEL
from .words import number_text
from .work import Case


def of_held(cases: list[Case]) -> dict[str, Any]:
    """Values of a run that holds these deletions back."""
    what = Counter(f"{_side(case)}.{_kind(case)}" for case in cases)
    return {"held": len(cases), "held_what": json.dumps(what, sort_keys=True) if what else False}


def numbers(run) -> dict[str, int]:
    """How many deletions of a run wait on each side, by the side on which they would be made."""
    found: Counter[str] = Counter()
    for name, number in _what(run).items():
        found[name.partition(".")[0]] += number
    return dict(found)


def sentences(run) -> list[str]:
    """One sentence for each side on which entries were deleted; an empty one is left out."""
    env = run.env
    here, there = listed(run, "google"), listed(run, "crm")
    texts = (
        here and env._("Deleted in the CRM: %s. In Google they wait for your answer.", here),
        there and env._("Deleted in Google: %s. In the CRM they wait for your answer.", there),
    )
    return [text for text in texts if text]


def listed(run, *sides: str) -> str:
    """Say, *111 meetings, 2 tasks*; of the deletions that wait on these sides, or on both."""
    env, what = run.env, _what(run)
    words = {
        "event": lambda number: env._("%s meetings", number),
        "task": lambda number: env._("%s tasks", number),
        "series": lambda number: env._("%s series", number),
    }
    single = {"event": env._("1 meeting"), "task": env._("1 task"), "series": env._("1 series")}
    sides = sides or ("google", "crm")
    counts = {kind: sum(what.get(f"{side}.{kind}", 0) for side in sides) for kind in words}
    return ", ".join(
        single[kind] if number == 1 else words[kind](number_text(env, number))
        for kind, number in counts.items()
        if number
    )


def _what(run) -> dict[str, int]:
    return json.loads(run.held_what or "{}")


def _side(case: Case) -> str:
    return "google" if case.action and case.action.verb is Verb.DELETE else "crm"


def _kind(case: Case) -> str:
    return "series" if case.source.model == MODEL else case.source.kind.value
