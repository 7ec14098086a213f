"""What the run needs of each kind of record; one subclass a kind."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime

import psycopg2

from odoo.fields import Domain

from ..engine import richmerge, richtext
from ..engine.entry import Entry, Kind, canonical, in_years
from .own import plain
from .rows import put
from .settings import base_url
from .silence import owner_env
from .zones import zone_of

_logger = logging.getLogger(__name__)
IDENTITY = "crm_google_identity"


@dataclass(frozen=True)
class Local:
    """A record as the engine sees it.

    entry: None where the record is not there for the user. out_of_sight: it exists, but left his
    sight, which is not a deletion; `reason` says why. changed: when it was last written, naive UTC.
    read: the entry as the record reads, where that is less than what both sides agreed on.
    fault: why it cannot be read; nothing else is known of it then.
    """

    entry: Entry | None
    out_of_sight: bool = False
    reason: str = ""
    changed: datetime | None = field(default=None, compare=False)
    read: Entry | None = field(default=None, compare=False)
    fault: str = ""


def changed_at(record):
    """When a record was last changed in what Google shows of it; other changes do not count."""
    return record.crm_google_changed or record.write_date


class Source:
    """Reads and writes the records of one kind, as their owner."""

    kind: Kind
    model: str
    text: str  # the field of the description
    checked: tuple[str, ...]  # fields of a new record that tell its entry, text aside
    worded: tuple[str, ...]  # fields of an entry that `_words` may write
    reads: tuple[str, ...] = ()  # fields that are fetched for all records at once

    def __init__(self, env, user, settings):
        self.user = user
        self.settings = settings
        self.env = owner_env(env, user)
        self.zone = zone_of(user.tz)
        self.site = base_url(env)
        self._given = []  # the values of the fields in `checked` of the records made last

    @property
    def records(self):
        return self.env[self.model]

    def load(self, likes):
        """The local side of many records.

        likes: record id -> the entry that fills what Odoo does not hold, or None. Returns record
        id -> Local; a deleted record has no entry.
        """
        found = self.records.browse(likes).exists()
        visible = found._filtered_access("read")
        visible.fetch(self.reads)
        self._prepare(visible)
        result = {res_id: Local(None) for res_id in likes}
        for record in found - visible:
            result[record.id] = Local(None, True, self.hidden_because(record))
        for record in visible:
            result[record.id] = self._read(record, likes[record.id])
        return result

    def _prepare(self, records):
        """Called before these records are read, for what can be found out for all at once."""

    def _read(self, record, like):
        """One record, whatever others, or an older version, have written into it."""
        try:
            return self._local(record, like)
        except psycopg2.Error:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is odd about one record
            _logger.info("%s %s cannot be read: %s", self.model, record.id, type(error).__name__)
            return Local(None, fault=type(error).__name__)

    def _local(self, record, like):
        reason = self.missing_because(record)
        if reason:
            return Local(None, reason not in ("archived", "done"), reason)
        entry = self.entry_of(record, like)
        in_years(entry.starts), in_years(entry.ends)
        return Local(entry, changed=changed_at(record))

    # -- the names of records in marks, see `identity` ------------------------------------------

    @property
    def _named(self):
        # sudo: looks at nothing but names, of records that the user may not see any more, too
        return self.env[self.model].sudo().with_context(active_test=False)

    def identities(self, ids):
        """The names of these records, by id."""
        rows = self._named.search_fetch([("id", "in", list(ids))], [IDENTITY])
        return {row.id: row[IDENTITY] for row in rows}

    def by_identity(self, names):
        """The records that have these names: their ids, by name."""
        if not names:
            return {}
        rows = self._named.search_fetch([(IDENTITY, "in", list(names))], [IDENTITY])
        return {row[IDENTITY]: row.id for row in rows.sorted("id", reverse=True)}

    def made(self, ids):
        """When these records were made, by id; of one that does not know it, long ago."""
        rows = self._named.search_fetch([("id", "in", list(ids))], ["create_date"])
        return {row.id: row.create_date or datetime.min for row in rows}

    def rename(self, names):
        """Give new records the names of those that they stand for, by id."""
        if not names:
            return
        self.env.flush_all()
        put(self._named, IDENTITY, names)

    @staticmethod
    def _among(ids):
        return Domain.TRUE if ids is None else Domain("id", "in", list(ids))

    def in_window(self, window, among=None):
        raise NotImplementedError

    def hidden_because(self, record):
        """Why the user may not see this existing record."""
        return "hidden"

    def missing_because(self, record):
        raise NotImplementedError

    def entry_of(self, record, like=None):
        raise NotImplementedError

    def _words(self, record, like):
        """What we write into the record's entry ourselves, as fields of it, in its language."""
        raise NotImplementedError

    def _in_words_of(self, record, entry, like):
        """The entry, whose own words stay in the language in which they were written once, as long
        as they say the same: who reads Odoo in another language has changed nothing."""
        if like and any(getattr(like, name) != getattr(entry, name) for name in self.worded):
            languages = (code for code, _name in self.env["res.lang"].get_installed())
            for lang in filter(lambda code: code != record.env.lang, languages):
                other = self._words(record.with_context(lang=lang), like)
                as_it_was = canonical(replace(entry, **other))
                if all(getattr(like, name) == getattr(as_it_was, name) for name in other):
                    return as_it_was
        return entry

    def add(self, entries):
        raise NotImplementedError

    def change(self, record, held, entry):
        """Write what differs between the entry the record holds and the one it shall hold.

        Returns the names of fields that stay as they are, since the change is not certain.
        """
        raise NotImplementedError

    def values_for(self, record, entry, changed):
        """Odoo values of the changed fields for a record that is there, and the names of the
        fields that stay as they are: an edit in Google of a text of which Google holds the words
        alone is carried over into the rich text, or not at all."""
        values = self._values(entry, changed)
        if self.text not in values:
            return values, frozenset()
        merged = richmerge.merge(str(record[self.text] or ""), entry.text)
        values[self.text] = merged or False
        if merged is None:
            del values[self.text]
        return values, frozenset(("text",) if merged is None else ())

    def as_given(self, records, entries):
        """Ids of those of the records just made by `add` that hold their entries and no more, as
        the cache tells, since reading thousands would take a third of the time of making them.

        Whatever needs a look, such as a text that Odoo has cleaned, is not among them.
        """
        # sudo: spares Odoo's look at the privacy of each, which are the user's own
        records.sudo().fetch([self.text])
        names = (*self.checked, self.text)
        caches = [(name, self.records._fields[name]._get_cache(self.env)) for name in names]
        found = set()
        for res_id, entry, given in zip(records.ids, entries, self._given, strict=True):
            is_bare = not (entry.details or entry.label or entry.done)
            if is_bare and all(
                (cache.get(res_id, self) or None) == (plain(given[name]) or None)
                for name, cache in caches
            ):
                found.add(res_id)
        return found

    def gave(self, record, name, entry):
        """Whether a record holds what it was given for this field of the entry, so that nobody has
        changed it if it reads otherwise: it cannot hold more."""
        values = self._values(entry, {name})
        return bool(values) and all(_has(record, *each) for each in values.items())

    def _values(self, entry, changed=None):
        raise NotImplementedError

    def invite(self, record, users):
        """Let these users take part in a record again, where several can."""

    def rejoin(self, res_id):
        """Let the user take part in a record that was made again from another guest's event."""

    def decides(self, records):
        """Whether the user's deletion in Google may archive these records for everybody."""
        return True

    def archive(self, records):
        raise NotImplementedError

    def reopen(self, records):
        raise NotImplementedError

    def _address(self, model, res_id):
        """The address of a record's form in the CRM."""
        return f"{self.site}/odoo/{model}/{res_id}"


def _has(record, name, value):
    """Whether a field of a record has this value, as Odoo keeps it."""
    column = record._fields[name]
    kept = column.convert_to_cache(plain(value), record)
    if column.type == "html":
        return richtext.from_odoo(kept) == richtext.from_odoo(record[name])
    return (kept or False) == (column.convert_to_cache(record[name], record) or False)
