"""What one slice of a run works with, and what it keeps count of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..engine.decide import Action, Reason, Verb
from ..engine.entry import Entry, to_json
from ..engine.merge import Side
from ..engine.series import Series
from ..engine.series import to_text as series_to_text
from ..gcal.errors import GoogleError
from . import hints
from .rows import insert
from .source import Local, Source
from .tempo import Tempo
from .zones import Window

COUNTER = {
    (Side.CRM, "create"): "crm_created",
    (Side.CRM, "write"): "crm_changed",
    (Side.CRM, "remove"): "crm_removed",
    (Side.CRM, "archive"): "crm_removed",
    (Side.CRM, "reopen"): "crm_changed",
    (Side.CRM, "detach"): "crm_detached",
    (Side.CRM, "attach"): "crm_attached",
    (Side.GOOGLE, "create"): "google_created",
    (Side.GOOGLE, "write"): "google_changed",
    (Side.GOOGLE, "remove"): "google_removed",
}
NO_VALUES = {"before": False, "after": False}  # of a line in the log, where it tells of none


@dataclass
class Case:
    """All that is known in a slice about one link, or about one that may come to be.

    link: empty while there is none. event: as Google reported it. base, pending: as stored.
    """

    calendar: Any
    source: Source
    link: Any
    res_id: int | None = None
    event_id: str = ""
    event: dict[str, Any] | None = None
    etag: str | None = None
    base: Entry | None = None
    pending: Entry | None = None
    crm: Local = field(default_factory=lambda: Local(None))
    google: Entry | None = None
    unknown: bool = False  # whether the event still stands must be asked first
    deleted: bool = False  # the user deleted the event before we heard that it had arrived
    action: Action | None = None
    verb: str = ""  # of the call to Google that is under way
    looked_for: bool = False  # after a refusal as of one that is gone; a second one is for good
    generation: int = 0  # of the event's id, while there is no link
    identity: str | None = None  # the record's name in marks; None while it was not asked for

    @property
    def key(self) -> tuple[int, str]:
        return self.calendar.id, self.event_id

    @property
    def is_archived(self) -> bool:
        """Whether the record is there, but archived, or done where done tasks leave Google."""
        return bool(self.res_id and self.crm.reason and not self.crm.out_of_sight)

    @property
    def entry(self) -> Entry | None:
        """The entry that tells what this is about, whichever side has it."""
        result = self.action.result if self.action else None
        return result or self.crm.entry or self.google or self.base

    @property
    def weight(self) -> int:
        """How many entries of a run it stands for."""
        return 1

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done: also where there is no link that could be closed."""
        verb = self.action.verb if self.action else Verb.NOTHING
        return verb is Verb.NOTHING or (verb is Verb.CLOSE and not self.link)

    @property
    def family_key(self) -> Any:
        """What cases have in common that are done in the same run; None for one by itself."""
        return None

    def shape(self) -> dict[str, Any]:
        """What a link holds in a form of its own kind: for one that becomes a link of this kind."""
        return {
            "base": to_text(self.base),
            "pending": to_text(self.pending),
            "receipt": False,
            "occurrences": False,
            "series": False,
        }

    @property
    def told(self) -> int:
        """How many entries a run tells of: none where nothing is written, but a link of ours."""
        writes = self.action and (self.action.write_crm or self.action.write_google)
        removes = self.action and self.action.verb in (Verb.DETACH, Verb.ARCHIVE, Verb.DELETE)
        return self.weight if writes or removes else 0

    def held_by(self, side: Side) -> Any:
        """What that side held when it was read."""
        return self.crm.entry if side is Side.CRM else self.google or self.base


@dataclass
class Work:
    """One slice: the account, its run and its Google, and the ways out of the database.

    env: with all rights, for our own tables only; records are touched through `sources`.
    checkpoint: makes what was done so far last, and shows the progress. out_of_time: whether the
    slice should stop at the next good place. now: aware, UTC.
    """

    env: Any
    account: Any
    run: Any
    google: Any
    settings: Any
    window: Window
    sources: dict[str, Source]
    now: datetime
    checkpoint: Callable[[], None]
    out_of_time: Callable[[], bool]
    tempo: Tempo = field(default_factory=Tempo)
    complete: bool = True  # false once anything must be looked at again
    interruption: GoogleError | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    done: int = 0

    @property
    def stopped(self) -> bool:
        """Whether nothing more should be begun in this slice."""
        return bool(self.interruption) or self.out_of_time() or self.is_stopped_by_user()

    @property
    def odoo_now(self) -> datetime:
        return self.now.replace(tzinfo=None, microsecond=0)

    def interrupt(self, error: GoogleError) -> None:
        """Remember why Google cannot go on now; the first cause counts."""
        self.complete = False
        self.interruption = self.interruption or error

    def note(self, case: Case, side: Side, what: str, reason: Reason) -> None:
        """Count one change and keep it for the run's log."""
        counter = COUNTER[side, what]
        self.counts[counter] = self.counts.get(counter, 0) + 1
        before, after = _before_and_after(case, side, what)
        values = {"before": to_text(before), "after": to_text(after)}
        self.lines.append({**self.line(case, side, what, reason), **values})

    def line(self, case: Case, side: Side, what: str, reason: Reason) -> dict[str, Any]:
        """Values of a line of the run's log, without what was there before and after."""
        entry = case.entry
        return {
            "side": side.value,
            "verb": what,
            "reason": reason.value,
            "title": entry.title if entry else "",
            "model": case.source.model,
            "res_id": case.res_id,
            "event_id": case.event_id,
            "lost": False,
        }

    def save_progress(self) -> None:
        """Write counts and log lines to the run; part of the transaction that did the work."""
        values: dict[str, Any] = {
            name: self.run[name] + number for name, number in self.counts.items()
        }
        if self.done:
            values |= {"done": self.run.done + self.done, "cut_off": 0}
        if values:
            self.run.write(values)
        if self.lines:
            lines = [{**NO_VALUES, "run_id": self.run.id, **line} for line in self.lines]
            insert(self.env["crm.google.run.line"], lines)
        self.counts, self.lines, self.done = {}, [], 0

    def soon(self, seconds: float) -> datetime:
        """A moment that many seconds from now, as Odoo stores it."""
        return self.odoo_now + timedelta(seconds=seconds)

    def is_stopped_by_user(self) -> bool:
        """Whether the user has asked to stop the run, or to disconnect."""
        return bool(hints.stop_of(self.run)) or self.account.state != "connected"


def _before_and_after(case: Case, side: Side, what: str) -> tuple[Any, Any]:
    """What that side held and holds, for the undo of a run."""
    result = case.action.result if case.action else None
    return (
        None if what == "create" else case.held_by(side),
        result if what in ("create", "write", "reopen") else None,
    )


def to_text(value: Entry | Series | None) -> str | bool:
    """As it is stored."""
    return (series_to_text(value) if isinstance(value, Series) else to_json(value)) or False
