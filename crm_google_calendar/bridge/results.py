"""The result of a run in words, and the question that it may leave."""

from __future__ import annotations

from markupsafe import Markup

from ..gcal.errors import Cause
from . import waiting
from .sentences import run_text
from .settings import base_url
from .words import number_text


def summary_text(run) -> str:
    """What became of a run, in the language of whoever reads it."""
    if run.state == "failed" and run.cause in {cause.value for cause in Cause}:
        return run_text(run.env, Cause(run.cause))
    return run.message or run_summary(run)


def run_summary(run) -> str:
    """The result of a run in words."""
    env = run.env
    if run.state in ("queued", "running"):
        return env._("The synchronization with Google is under way.")
    parts = [text for number, text in _counts(run) if number]
    if run.trigger == "preview" and run.state == "done" and (parts or run.held):
        return " ".join(_preview_sentences(run, parts))
    if run.state == "stopped":
        start = env._("Stopped. What was done so far stays.")
    elif not (parts or run.held):
        return " ".join([_nothing_done(run), *_afterwards(run)])
    elif run.trigger == "undo":
        start = env._("The run was undone.")
        left = _left_alone(run)
        parts += (
            [env._("%s left alone: changed or removed meanwhile", number_text(env, left))]
            if left
            else []
        )
    else:
        start = env._("Synchronized with Google.")
    what = [env._("%s.", ", ".join(parts))] if parts else []
    return " ".join([start, *what, *waiting.sentences(run), *_afterwards(run)])


def _preview_sentences(run, parts: list[str]) -> list[str]:
    env = run.env
    what = [env._("A run would do: %s.", ", ".join(parts))] if parts else []
    question = (
        [env._("It would ask before it deletes: %s.", waiting.listed(run))] if run.held else []
    )
    return [env._("Preview, nothing was written."), *what, *question]


def _afterwards(run) -> list[str]:
    """What else the user should know once a run is over."""
    env = run.env
    lost_google, lost_crm, apart = (
        number_text(env, run[name]) for name in ("lost_google", "lost_crm", "apart")
    )
    texts = (
        (run.lost_google, env._("%s values of Google's were not kept.", lost_google)),
        (run.lost_crm, env._("%s values of the CRM's were not kept.", lost_crm)),
        (run.apart, env._("%s entries are no longer synchronized.", apart)),
    )
    singles = (
        env._("1 value of Google's was not kept."),
        env._("1 value of the CRM's was not kept."),
        env._("1 entry is no longer synchronized."),
    )
    found = zip(texts, singles, strict=True)
    return [single if number == 1 else text for (number, text), single in found if number]


def _left_alone(run) -> int:
    """How many of the entries that a run wrote its undo did not touch."""
    lines = run.env["crm.google.run.line"]
    wrote = [("run_id", "=", run.undo_of.id), ("verb", "!=", "clash")]
    wanted = lines.search_fetch(wrote, ["event_id"]).mapped("event_id")
    undone = lines.search_fetch([("run_id", "=", run.id)], ["event_id"]).mapped("event_id")
    return len(set(wanted) - set(undone))


def _nothing_done(run) -> str:
    env = run.env
    if run.trigger == "preview":
        return env._("Preview: both sides are the same; a run would change nothing.")
    if run.trigger == "undo":
        return env._("Nothing was undone: what the run wrote is gone or was changed since.")
    return env._("Everything was up to date with Google; nothing had to be changed.")


def held_message(run) -> tuple[str, Markup]:
    """Subject and text of the message that asks about many deletions at once."""
    env = run.env
    link = Markup('<a href="%s/odoo/calendar">%s</a>') % (
        base_url(env),
        env._("Delete them or keep them"),
    )
    text = Markup("%s %s.") % (" ".join(waiting.sentences(run)), link)
    return env._("Many entries were deleted at once"), text


def _counts(run):
    env = run.env

    def shown(name):
        return number_text(env, run[name])

    return (
        (run.crm_created, env._("%s created in the CRM", shown("crm_created"))),
        (run.crm_changed, env._("%s changed in the CRM", shown("crm_changed"))),
        (run.crm_removed, env._("%s archived or removed in the CRM", shown("crm_removed"))),
        (run.crm_detached, env._("%s no longer synchronized", shown("crm_detached"))),
        (run.crm_attached, env._("%s synchronized again", shown("crm_attached"))),
        (run.google_created, env._("%s created in Google", shown("google_created"))),
        (run.google_changed, env._("%s changed in Google", shown("google_changed"))),
        (run.google_removed, env._("%s removed in Google", shown("google_removed"))),
        (run.set_aside, env._("%s set aside", shown("set_aside"))),
        (run.left_over, env._("%s left over for the next run", shown("left_over"))),
    )
