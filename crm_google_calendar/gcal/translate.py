"""Google's event JSON as entries, and entries as what Google is sent. Pure.

Field names and limits are those of the Events resource in Calendar v3.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from ..engine import details as block
from ..engine import richtext
from ..engine.entry import DONE_MARK, AllDay, Entry, Kind, Timed, When, in_years, strip_done
from ..engine.merge import changed_fields
from ..engine.zones import zone_named

Event = Mapping[str, Any]
DATABASE, RECORD, LABEL, RECEIPT = "crm_db", "crm_record", "crm_label", "crm_receipt"
IDENTITY = "crm_identity"
_NAME = re.compile(r"[!-~]{1,100}", re.ASCII)  # what a query may ask for
_RECORD = re.compile(r"\d{1,9}", re.ASCII)  # as much as an id of the database holds
DESCRIPTION_LENGTH = 8000  # Google names no limit; users of its API report 8,192 characters


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose event it is: the database's uuid, the record's model and id, and its own random name.

    An id may be used again by another record, a name never is. Marks of earlier versions, and
    records that are older than those, have none.
    """

    database: str
    model: str
    record: int
    identity: str = ""

    def is_same(self, other: Mark | None) -> bool:
        """Whether both name the same record."""
        if other is None or (self.database, self.model) != (other.database, other.model):
            return False
        if self.identity or other.identity:
            return self.identity == other.identity
        return self.record == other.record


def mark_of(event: Event) -> Mark | None:
    """The mark that an event carries; None on an event that no CRM wrote.

    A user's copy of an event may carry the mark of the first one.
    """
    private = _private(event)
    model, _comma, record = str(private.get(RECORD, "")).rpartition(",")
    if not (private.get(DATABASE) and model and _RECORD.fullmatch(record)):
        return None
    identity = str(private.get(IDENTITY) or "")
    name = identity if _NAME.fullmatch(identity) else ""
    return Mark(str(private[DATABASE]), model, int(record), name)


def moment_of(event: Event, name: str) -> datetime | None:
    """When the event was "created" or "updated", by Google's clock; None where it does not say."""
    try:
        return _instant(str(event[name]), "UTC")
    except (KeyError, ValueError):
        return None


def receipt_of(event: Event) -> str:
    """The receipt of the last write of ours that arrived at this event; empty without one."""
    return str(_private(event).get(RECEIPT) or "")


def event_id(
    database: str, account: int, model: str, record: int, generation: int = 0, identity: str = ""
) -> str:
    """An event id of ours: always the same for the same values, in Google's base32hex letters.

    generation: counts up where the earlier id stays taken by a deleted event. identity: the
    record's own name, see `Mark`; a record without one has the id of earlier versions.
    """
    name = (identity,) if identity else ()
    words = "\n".join((database, str(account), model, str(record), str(generation), *name))
    digest = hashlib.sha256(words.encode()).digest()
    return base64.b32hexencode(digest).decode().rstrip("=").lower()


def is_own_id(event_id: str) -> bool:
    """Whether an id has the form that ours have, or belongs to an occurrence of such a series;
    Google's own have half their length."""
    return re.match(r"[0-9a-v]{52}(_|$)", event_id) is not None


def is_gone(event: Event) -> bool:
    """Whether the event, or this occurrence of a series, was deleted."""
    return event.get("status") == "cancelled"


def series_of(event: Event) -> str | None:
    """The id of the series that an occurrence belongs to; never to be read from its own id."""
    return event.get("recurringEventId") or None


def is_series(event: Event) -> bool:
    """Whether the event is a series of its own."""
    return bool(event.get("recurrence"))


def to_entry(event: Event, kind: Kind, zone: str, *likes: Entry | None) -> Entry:
    """Read an event.

    zone: the calendar's, for times without one. likes: the entries that may stand there, best
    first (what we were sending, what both sides agreed on). They give what Google does not hold:
    the zone of an all-day event, the rest of a text that was too long to be sent. Raises
    ValueError on an event without a start, as a deleted one may come.
    """
    known = [like for like in likes if like]
    when, own_zone = read_when(event, zone)
    if isinstance(when, AllDay) and known:
        own_zone = known[0].zone
    title, label, done = _read_summary(event, kind)
    text, details = _read_description(event, known)
    return Entry.make(
        kind,
        title,
        when,
        zone=own_zone,
        end_zone=(event.get("end") or {}).get("timeZone") or "",
        place=event.get("location") or "",
        text=text,
        details=details,
        privacy=event.get("visibility") or "default",
        busy=event.get("transparency") != "transparent",
        reminders=_read_reminders(event, "popup"),
        mails=_read_reminders(event, "email"),
        label=label,
        done=done,
    )


def to_body(entry: Entry, mark: Mark, receipt: str = "") -> dict[str, Any]:
    """Everything of an entry, to insert it as an event; the caller adds the id.

    receipt: any word that later proves that this very write arrived; the event carries it on.
    """
    body = {name: write(entry) for name, (_fields, write) in _PARTS.items()}
    body["start"], body["end"] = (_without_nulls(body[name]) for name in ("start", "end"))
    if not entry.reminders and not entry.mails:
        del body["reminders"]
    return body | _write_mark(entry, mark, receipt, absent={})


def to_patch(entry: Entry, held: Entry, mark: Mark, receipt: str = "") -> dict[str, Any]:
    """What turns `held`, the entry that stands in Google, into `entry`; always with the mark and
    the receipt.

    PATCH merges objects and replaces lists; null deletes a key (Google, "Patch" of Events).
    """
    changed = changed_fields(held, entry)
    patch = to_parts(entry, changed)
    if "end" in patch and isinstance(held.when, Timed) and not changed & {"zone", "end_zone"}:
        del patch["end"]["timeZone"]  # it stays; we do not know it of what was settled long ago
    return patch | _write_mark(entry, mark, receipt, absent={LABEL: None})


def to_parts(entry: Entry, changed: Set[str]) -> dict[str, Any]:
    """The keys of an event that are made of these fields, as a patch sends them."""
    return {name: write(entry) for name, (fields, write) in _PARTS.items() if changed & set(fields)}


# --- writing ---------------------------------------------------------------------------------


def _summary(entry: Entry) -> str:
    if entry.kind is Kind.EVENT:
        return entry.title
    mark = DONE_MARK if entry.done else ""
    label = f"{entry.label}:" if entry.label else ""
    return " ".join(part for part in (mark, label, entry.title) if part)


def _description(entry: Entry) -> str:
    return richtext.to_google(block.compose(_sent_text(entry), entry.details))


def is_cut(entry: Entry) -> bool:
    """Whether Google holds only the beginning of this entry's text."""
    return _sent_text(entry) != entry.text


def _sent_text(entry: Entry) -> str:
    """As much of the text as Google takes above the details."""
    if len(entry.text) + len(block.compose("", entry.details)) < DESCRIPTION_LENGTH:
        return entry.text
    room = DESCRIPTION_LENGTH - len(block.compose("-", entry.details))
    return richtext.cut(entry.text, room)


def _start(entry: Entry) -> dict[str, Any]:
    when = entry.when
    return _moment(when.first if isinstance(when, AllDay) else when.start, entry.zone)


def _end(entry: Entry) -> dict[str, Any]:
    when = entry.when
    if isinstance(when, AllDay):
        return _moment(when.last + timedelta(days=1), entry.zone)
    return _moment(when.end, entry.end_zone or entry.zone)


def _moment(moment: date, zone: str) -> dict[str, Any]:
    """The keys of the other form are null, or PATCH would leave both and Google refuse them.

    A zone that is not known here may be none that Google takes: it is left as it stands there.
    """
    if not isinstance(moment, datetime):
        return {"date": moment.isoformat(), "dateTime": None, "timeZone": None}
    instant = moment.astimezone(timezone.utc).replace(tzinfo=None)
    found = {"date": None, "dateTime": f"{instant.isoformat()}Z"}
    return found | ({"timeZone": zone} if is_known_zone(zone) else {})


def _reminders(entry: Entry) -> dict[str, Any]:
    overrides = [{"method": "popup", "minutes": number} for number in sorted(entry.reminders)]
    overrides += [{"method": "email", "minutes": number} for number in sorted(entry.mails)]
    if not overrides:
        return {"useDefault": True, "overrides": None}
    return {"useDefault": False, "overrides": overrides}


# Each key of an event that is ours, with the fields of an entry that it is made of.
_WHEN = ("when", "zone")
_PARTS: dict[str, tuple[tuple[str, ...], Callable[[Entry], Any]]] = {
    "summary": (("title", "label", "done"), _summary),
    "description": (("text", "details"), _description),
    "location": (("place",), lambda entry: entry.place),
    "start": (_WHEN, _start),
    "end": ((*_WHEN, "end_zone"), _end),
    "transparency": (("busy",), lambda entry: "opaque" if entry.busy else "transparent"),
    "visibility": (("privacy",), lambda entry: entry.privacy),
    "reminders": (("reminders", "mails"), _reminders),
}


def _write_mark(entry: Entry, mark: Mark, receipt: str, absent: dict[str, None]) -> dict[str, Any]:
    private: dict[str, Any] = {DATABASE: mark.database, RECORD: f"{mark.model},{mark.record}"}
    private |= {IDENTITY: mark.identity} if mark.identity else {}
    private |= {LABEL: entry.label} if entry.label else absent
    private |= {RECEIPT: receipt} if receipt else {}
    return {"extendedProperties": {"private": private}}


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


# --- reading ---------------------------------------------------------------------------------


def _private(event: Event) -> Mapping[str, Any]:
    return (event.get("extendedProperties") or {}).get("private") or {}


def _read_summary(event: Event, kind: Kind) -> tuple[str, str, bool]:
    """Title, label, done. The label stays where the user took it off the title: it is ours."""
    title = " ".join((event.get("summary") or "").split())
    if kind is Kind.EVENT:
        return title, "", False
    title, done = strip_done(title)
    label = str(_private(event).get(LABEL) or "")
    if label and title.startswith(f"{label}:"):
        title = title.removeprefix(f"{label}:").lstrip()
    return title, label, done


def _read_description(event: Event, known: Sequence[Entry]) -> tuple[str, str]:
    """Text and details; a text that we had to cut is the whole one as long as nobody edits it."""
    text, details = block.split(richtext.from_google(event.get("description")))
    whole = (like.text for like in known if _sent_text(like) == text)
    return next(whole, text), details


def _read_reminders(event: Event, method: str) -> frozenset[int]:
    reminders = event.get("reminders") or {}
    if reminders.get("useDefault"):
        return frozenset()
    overrides = reminders.get("overrides") or ()
    return frozenset(int(each["minutes"]) for each in overrides if each.get("method") == method)


def read_when(event: Event, zone: str) -> tuple[When, str]:
    """When an event is, and its zone; raises ValueError where that cannot be read."""
    start, end = event.get("start") or {}, event.get("end") or {}
    if start.get("date"):
        first = in_years(date.fromisoformat(start["date"]))
        after = in_years(date.fromisoformat(end["date"])) if end.get("date") else first
        return AllDay(first, max(first, after - timedelta(days=1))), zone
    if not start.get("dateTime"):
        raise ValueError("an event without a start")
    own_zone = start.get("timeZone") or zone
    begins = _instant(start["dateTime"], own_zone)
    ends = (
        _instant(end["dateTime"], end.get("timeZone") or own_zone)
        if end.get("dateTime")
        else begins
    )
    return Timed(begins, ends), own_zone


def _instant(words: str, zone: str) -> datetime:
    """RFC 3339; Python 3.10 reads neither the Z nor every fraction of a second."""
    moment = datetime.fromisoformat(re.sub(r"\.\d+", "", words).replace("Z", "+00:00"))
    in_years(moment)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone_named(zone))).astimezone(
        timezone.utc
    )


def is_known_zone(name: str) -> bool:
    """Whether it is an IANA name that this server knows."""
    try:
        return bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones
        return False
