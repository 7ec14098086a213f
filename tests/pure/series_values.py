"""Series as values, for the tests."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from crm_google_calendar.engine.decide import Policy
from crm_google_calendar.engine.entry import AllDay, Entry, Kind, Timed
from crm_google_calendar.engine.series import (
    Series,
    canonical,
)
from crm_google_calendar.engine.series_merge import merge_series
from crm_google_calendar.gcal.expand import (
    first_keys,
    has,
)
from crm_google_calendar.gcal.rules import canonical_rules

UTC = timezone.utc
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLICY = Policy()
ARCHIVING = Policy(archive=True)


def series(rule="FREQ=WEEKLY;COUNT=6", title="Jour fixe", start=MONDAY, zone="Europe/Berlin"):
    when = Timed(start, start + timedelta(hours=1))
    entry = Entry.make(Kind.EVENT, title, when, zone=zone)
    return Series(entry, canonical_rules([f"RRULE:{rule}"] if rule else [], when, zone))


def whole_days(rule, first=date(2026, 3, 2), days=1):
    when = AllDay(first, first + timedelta(days - 1))
    entry = Entry.make(Kind.EVENT, "Trip", when)
    return Series(entry, canonical_rules([f"RRULE:{rule}"], when, "UTC"))


BASE = series()
KEYS = first_keys(BASE, 10)


def changed(old, key, **values):
    """The series with one occurrence changed."""
    return old.having({key: replace(old.occurrence(key), **values)})


def without(old, *keys):
    return old.having(dict.fromkeys(keys))


def all_changed(old, **values):
    """As a side does that gives a new value to each of its occurrences."""
    exceptions = {key: each and replace(each, **values) for key, each in old.exceptions.items()}
    return canonical(Series(replace(old.entry, **values), old.rules, exceptions))


def shifted(old, hours):
    by = timedelta(hours=hours)
    when = Timed(old.entry.when.start + by, old.entry.when.end + by)
    return Series(replace(old.entry, when=when), old.rules)


def merged(base, crm, google, policy=POLICY):
    return merge_series(base, crm, google, policy, has)
