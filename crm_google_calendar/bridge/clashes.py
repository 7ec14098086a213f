"""Values that lose a clash are kept before anything is written over them: in the run's log, and
where the user looks for them, on the record."""

from __future__ import annotations

from ..engine import richtext
from ..engine.entry import AllDay, Timed
from ..engine.merge import Clash, Side
from .work import Case, Work


def keep_losers(work: Work, case: Case, record) -> None:
    """Note what loses; once in a run, however often its slices are repeated."""
    lost = list_losers(work, case)
    if lost:
        _tell(case, record, lost)


def list_losers(work: Work, case: Case) -> str:
    """Note in the run's log alone what loses; returns what was not noted there before."""
    clashes = case.action.clashes if case.action else ()
    lost = "\n".join(_line(case, clash) for clash in clashes)
    if not lost or _is_noted(work, case, lost):
        return ""
    loser = Side.GOOGLE if clashes[0].winner is Side.CRM else Side.CRM
    work.lines.append({**work.line(case, loser, "clash", case.action.reason), "lost": lost})
    name = f"lost_{loser.value}"
    work.counts[name] = work.counts.get(name, 0) + len(clashes)
    return lost


def words(name: str, value, zone) -> str:
    """One value of an entry as a person reads it; times in `zone`."""
    if isinstance(value, Timed):
        start, end = (moment.astimezone(zone) for moment in (value.start, value.end))
        return f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"
    if isinstance(value, AllDay):
        return f"{value.first} – {value.last}"
    if isinstance(value, frozenset):
        return ", ".join(str(minutes) for minutes in sorted(value)) or "–"
    if isinstance(value, bool):
        return "✓" if value else "–"
    return (richtext.plain(value) if name in ("text", "details") else str(value)) or "–"


def _line(case: Case, clash: Clash) -> str:
    label = _labels(case).get(clash.field, clash.field)
    return f"{label}: {words(clash.field, clash.lost, case.source.zone)}"


def _labels(case: Case) -> dict[str, str]:
    env = case.source.env
    return {
        "title": env._("Title"),
        "when": env._("Time"),
        "zone": env._("Time zone"),
        "end_zone": env._("Time zone of the end"),
        "place": env._("Place"),
        "text": env._("Description"),
        "details": env._("Details"),
        "privacy": env._("Privacy"),
        "busy": env._("Busy"),
        "reminders": env._("Reminders (minutes)"),
        "mails": env._("Mail reminders (minutes)"),
        "label": env._("Activity type"),
        "done": env._("Done"),
        "rules": env._("Repetition"),
        "timing": env._("Time"),
    }


def _is_noted(work: Work, case: Case, lost: str) -> bool:
    here = [line for line in work.lines if line["event_id"] == case.event_id]
    domain = [("run_id", "=", work.run.id), ("event_id", "=", case.event_id), ("lost", "=", lost)]
    return any(line["lost"] == lost for line in here) or bool(
        work.env["crm.google.run.line"].search_count(domain, limit=1)
    )


def _tell(case: Case, record, lost: str) -> None:
    """A task's own page has no chatter; its document's has."""
    if "res_model" in record._fields and record.res_model:
        record = record.env[record.res_model].browse(record.res_id).exists()
    if not record or not hasattr(record, "message_post"):
        return
    body = case.source.env._("Changed in the CRM and in Google at once. Not kept: %s", lost)
    record.sudo()._message_log(body=body)  # sudo: a note, whoever may write on the record
