"""The ledger of a world: what people set, and what the other side has not seen of it yet."""

from datetime import timezone

from crm_google_calendar.bridge.clashes import words
from crm_google_calendar.engine.entry import from_json
from crm_google_calendar.gcal.translate import is_gone

from .memory import Violation
from .sides import FIELDS, seen

CRM, GOOGLE = "crm", "google"


class Ledger:
    """Values are named by account, identity, field and side.

    fresh: what a person set on a side while the other side of that account holds something else.
    banned: entries that the user deleted in Google, so they may not be sent by themselves.
    removed, restored: all that he ever deleted there, or took out of the bin after a run saw it.
    """

    def __init__(self, world):
        self.world = world
        self.count = 0
        self.fresh = set()
        self.banned = set()
        self.removed = set()
        self.restored = set()
        self.history = {}
        self.demands = []
        self.writes = 0
        self.kept = ()

    def new_identity(self):
        self.count += 1
        return f"#{self.count}"

    # -- what people do ------------------------------------------------------------------------

    def crm_edited(self, record, before):
        """In the CRM; all accounts are concerned, for the record may be theirs later."""
        for account, google in self._googles():
            event = self._event(google, record.entry.place)
            for name in _changed(before, record.entry):
                other = getattr(seen(event), name) if event else None
                self._set(account, record.entry, name, CRM, other)

    def crm_deleted(self, record):
        identity = record.entry.place
        self._forget(lambda key: key[1] == identity and key[3] == CRM)

    def crm_came_or_went(self, record):
        identity = record.entry.place
        if not record.active:
            self._forget(lambda key: key[1] == identity and key[3] == CRM)
            return
        self.banned = {key for key in self.banned if key[1] != identity}
        for account, google in self._googles():
            event = self._event(google, identity)
            if event:
                self.agreed(account, record.entry, seen(event))
            for name in FIELDS if not event else ():
                self._set(account, record.entry, name, CRM, None)

    def crm_is_seen_by(self, record):
        """The guests' accounts see the record now: what their events say alike is no news."""
        for account, google in self._googles():
            event = self._event(google, record.entry.place)
            if event and record.active and account.user_id in record.partner_ids:
                self.agreed(account, record.entry, seen(event))

    def sent_again(self, account, record):
        self.banned.discard((account.id, record.entry.place))
        for name in FIELDS:
            self._set(account, record.entry, name, CRM, None)

    def google_edited(self, google, before, event):
        entry = seen(event)
        record = self.record(google.account, entry.place)
        old = seen(before) if before and before["location"] == entry.place else None
        for name in _changed(old, entry):
            other = getattr(record.entry, name) if record else None
            self._set(google.account, entry, name, GOOGLE, other)

    def google_came_or_went(self, google, event):
        key = google.account.id, event["location"]
        if is_gone(event):
            self.banned.add(key)
            self.removed.add(key)
            return
        self.banned.discard(key)
        links = self.world.env["crm.google.link"].search(
            [("account_id", "=", key[0]), ("event_id", "=", event["id"])]
        )
        unseen = links.state == "linked"  # deleted and restored between two runs: nothing happened
        if not unseen:
            self.restored.add(key)
        record = self.record(google.account, key[1])
        if record:
            self.agreed(google.account, record.entry, seen(event))
        for name in FIELDS if not (unseen or record) else ():
            self._set(google.account, seen(event), name, GOOGLE, None)

    def agreed(self, account, entry, other):
        """Both sides are there again: what they hold alike is no news."""
        for name in FIELDS:
            if getattr(entry, name) == getattr(other, name):
                self.fresh -= {self._key(account, entry, name, side) for side in (CRM, GOOGLE)}

    # -- what the bridge does ------------------------------------------------------------------

    def sync_wrote_event(self, google, before, event):
        self.writes += 1
        account, entry = google.account, seen(event)
        self._check(len(google.live[entry.place]) == 1, f"{entry.place} is doubled in Google")
        if before is None:
            banned = (account.id, entry.place) in self.banned
            self._check(not banned, f"{entry.place} was deleted in Google and comes back")
        record = self.record(account, entry.place)
        for name in FIELDS:
            new = getattr(entry, name)
            old = getattr(seen(before), name) if before else new
            self._check_known(entry, name)
            edited = self._is_fresh(account, entry, name, GOOGLE)
            if old != new and edited and not self._was_agreed(account, event["id"], name, old):
                logged = self._logged(self.world.database.kept, "event_id", event["id"])
                self._check_logged(logged, name, old)
            self._arrived(account, entry, name, GOOGLE, record and getattr(record.entry, name))

    def sync_deleted_event(self, google, before):
        self.writes += 1
        identity = before["location"]
        self._check(not self.record(google.account, identity), f"{identity} deleted in Google")
        edited = self._edits(google.account, seen(before), GOOGLE, before["id"])
        beats = self.world.policy.edit_beats_delete
        self._check(not (edited and beats), f"the deletion of {identity} beats an edit")
        self._forget(lambda key: key[:2] == (google.account.id, identity))

    def sync_wrote_record(self, account, before, record):
        self.writes += 1
        entry = record.entry
        if before is None:
            self._check_created(account, entry)
        for other, google in self._googles():
            event = self._event(google, entry.place)
            for name in FIELDS:
                held = event and getattr(seen(event), name)
                self._check_known(entry, name)
                if before and other == account and self._overwrites(account, before, entry, name):
                    self.demands.append((record.id, name, getattr(before, name)))
                if other == account:
                    self._arrived(account, entry, name, CRM, held)
                elif before is None or getattr(before, name) != getattr(entry, name):
                    self._set(other, entry, name, CRM, held)

    def sync_archived_record(self, account, record):
        self.writes += 1
        identity = record.entry.place
        allowed = self.world.policy.archive and (account.id, identity) in self.removed
        self._check(allowed, f"{identity} is archived and nobody deleted it")
        link = self.world.link_of(account, record)
        edited = self._edits(account, record.entry, CRM, link.event_id)
        self._check(not edited, f"a deletion in Google beats an edit of {identity}")

    def check_log(self):
        """Before a commit: every lost value is in the log that is committed with it."""
        for res_id, name, value in self.demands:
            logged = self._logged(self.world.database.tables, "res_id", res_id)
            self._check_logged(logged, name, value)
        self.demands.clear()

    def keep(self):
        """What happened so far cannot be taken back."""
        self.kept = set(self.fresh), set(self.banned)

    def roll_back(self):
        """The CRM's transaction was taken back, and with it what the bridge wrote there."""
        self.fresh, self.banned = (set(each) for each in self.kept)
        self.demands.clear()

    # -- helpers -------------------------------------------------------------------------------

    def record(self, account, identity):
        """The account's record of that identity, if one is there for its user."""
        for record in self.world.records(active=True):
            if record.entry.place == identity and account.user_id in record.partner_ids:
                return record
        return None

    def _googles(self):
        return [(google.account, google) for google in self.world.google.values()]

    @staticmethod
    def _event(google, identity):
        return next(iter(google.live.get(identity, ())), None)

    def _key(self, account, entry, name, side):
        return account.id, entry.place, name, side

    def _edits(self, account, entry, side, event_id):
        """Fields that a person left on this side otherwise than both sides last agreed on."""
        base = self._base(account, [event_id])
        return [
            name
            for name in FIELDS
            if self._is_fresh(account, entry, name, side)
            and not (base and getattr(base, name) == getattr(entry, name))
        ]

    def _base(self, account, event_ids):
        """What both sides last agreed on, as far as it is committed."""
        links = self.world.database.kept["crm.google.link"].values()
        mine = [link for link in links if link["account_id"] == account.id]
        bases = [link.get("base") for link in mine if link["event_id"] in event_ids]
        return from_json(bases[0]) if bases else None

    def _is_fresh(self, account, entry, name, side):
        return self._key(account, entry, name, side) in self.fresh

    def _set(self, account, entry, name, side, other):
        """A person's value, or one that came to the CRM from another account's Google."""
        value = getattr(entry, name)
        self.history.setdefault((entry.place, name), set()).add(value)
        key = self._key(account, entry, name, side)
        if value == other:
            self.fresh -= {key, self._key(account, entry, name, _OTHER[side])}
        else:
            self.fresh.add(key)

    def _arrived(self, account, entry, name, side, other):
        """The bridge wrote this side; the other holds `other` now, which may be newer."""
        self.fresh.discard(self._key(account, entry, name, side))
        if getattr(entry, name) == other:
            self.fresh.discard(self._key(account, entry, name, _OTHER[side]))

    def _overwrites(self, account, before, entry, name):
        old = getattr(before, name)
        changed = old != getattr(entry, name) and self._is_fresh(account, entry, name, CRM)
        record = self.record(account, entry.place)
        event_id = record and self.world.link_of(account, record).event_id
        return changed and not self._was_agreed(account, event_id, name, old)

    def _was_agreed(self, account, event_id, name, value):
        """Whether somebody put a value back to what both sides agreed on: so he changed nothing."""
        links = self.world.database.tables["crm.google.link"].values()
        mine = [link for link in links if link["account_id"] == account.id]
        bases = [link.get("base") for link in mine if link["event_id"] == event_id]
        return any(base and getattr(from_json(base), name) == value for base in bases)

    def _check_created(self, account, entry):
        standing = [
            record
            for record in self.world.records(active=True)
            if record.entry.place == entry.place and account.user_id in record.partner_ids
        ]
        self._check(len(standing) == 1, f"{entry.place} is doubled in the CRM")
        google = self.world.google[account.id]
        held = [event for event in google.events.values() if event["location"] == entry.place]
        base = self._base(account, [event["id"] for event in held])
        news = any(self._is_fresh(account, entry, name, GOOGLE) for name in FIELDS)
        news = news or (account.id, entry.place) in self.restored
        news = news or (base and any(_changed(base, seen(each)) for each in held))
        self._check(news, f"{entry.place} was deleted in the CRM and comes back without an edit")

    def _check_known(self, entry, name):
        known = self.history[entry.place, name]
        self._check(
            getattr(entry, name) in known, f"{name} of {entry.place}: nobody set that value"
        )

    @staticmethod
    def _logged(tables, column, value):
        lines = tables["crm.google.run.line"].values()
        return [
            line.get("lost") for line in lines if line.get(column) == value and line.get("lost")
        ]

    def _check_logged(self, logged, name, value):
        found = any(f": {words(name, value, timezone.utc)}" in lines for lines in logged)
        self._check(found, f"{name}: {value} is overwritten silently")

    def _forget(self, test):
        self.fresh = {key for key in self.fresh if not test(key)}

    @staticmethod
    def _check(holds, law):
        if not holds:
            raise Violation(law)


_OTHER = {CRM: GOOGLE, GOOGLE: CRM}


def _changed(before, after):
    return [n for n in FIELDS if before is None or getattr(before, n) != getattr(after, n)]
