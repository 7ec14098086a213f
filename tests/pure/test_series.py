"""The laws of series: their form, their expansion, their three-way merge."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_google_calendar.engine.decide import Policy, Reason, Verb
from crm_google_calendar.engine.entry import AllDay, Entry, Kind, Timed
from crm_google_calendar.engine.merge import Side
from crm_google_calendar.engine.series import (
    Series,
    canonical,
    from_text,
    key_of,
    moved,
    nearest,
    start_of,
    to_text,
)
from crm_google_calendar.engine.series_merge import decide_series, heal, merge_series
from crm_google_calendar.gcal.expand import (
    canonical_rules,
    first_keys,
    has,
    is_endless,
    keys_between,
    rule_of,
)

from .rules import rule_lines, starts, zones

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


# --- the value -------------------------------------------------------------------------------


@given(starts, zones)
def test_a_key_names_its_start(start, zone):
    when = Timed(start, start + timedelta(minutes=30))
    assert start_of(key_of(when)) == start
    assert moved(when, key_of(when)) == when


def test_an_exception_that_says_what_the_rule_says_is_none():
    assert canonical(replace(BASE, exceptions={KEYS[1]: BASE.regular(KEYS[1])})) == BASE


def test_a_series_survives_its_text():
    one = without(changed(BASE, KEYS[1], title="Special"), KEYS[2])
    assert from_text(to_text(one)) == one
    assert from_text(to_text(None)) is None


def test_a_key_of_the_other_kind_is_no_error():
    assert BASE.regular("20260309").when == AllDay(date(2026, 3, 9), date(2026, 3, 9))
    assert not has(BASE, "20260309")


def test_the_nearest_start_is_found_on_either_side():
    starts_ = [MONDAY, MONDAY + timedelta(days=7)]
    assert nearest(starts_, MONDAY + timedelta(days=5)) == starts_[1]
    assert nearest([], MONDAY) == MONDAY


# --- the expansion ---------------------------------------------------------------------------


@given(rule_lines, starts, zones)
def test_the_starts_are_those_of_dateutil(line, start, zone):
    local = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    # RFC 5545 gives UNTIL of such a rule in UTC, which dateutil compares with the wall clock
    assume("UNTIL" not in line)
    one = series(line, start=start, zone=zone)
    expected = []
    for _number, wall in zip(range(40), rrulestr(f"RRULE:{line}", dtstart=local), strict=False):
        instant = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        expected.append(instant.strftime("%Y%m%dT%H%M%SZ"))
    assert first_keys(one, len(set(expected))) == list(dict.fromkeys(expected))


@given(rule_lines, starts, zones)
def test_a_canonical_rule_is_canonical(line, start, zone):
    one = series(line, start=start, zone=zone)
    again = canonical_rules(one.rules, one.entry.when, zone)
    assert again == one.rules
    assert first_keys(replace(one, rules=again), 30) == first_keys(one, 30)


@given(rule_lines, starts, zones)
def test_has_and_keys_between_agree(line, start, zone):
    one = series(line, start=start, zone=zone)
    known = first_keys(one, 12)
    assert all(has(one, key) for key in known)
    if known:
        last = one.regular(known[-1]).starts + timedelta(seconds=1)
        assert keys_between(one, None, last) == known
        later = key_of(Timed(one.regular(known[0]).starts + timedelta(seconds=1), last))
        assert not has(one, later)


def test_a_weekly_series_keeps_its_hour_over_a_change_of_the_clocks():
    hours = {start_of(key).hour for key in first_keys(series("FREQ=WEEKLY;COUNT=8"), 8)}
    assert hours == {9, 8}


@pytest.mark.parametrize(
    ("zone", "until", "last"),
    [
        ("America/New_York", "20260401T035959Z", "20260330T120000Z"),
        ("Asia/Tokyo", "20260330T120000Z", "20260330T120000Z"),
        ("Europe/Berlin", "20260330", "20260330T110000Z"),
    ],
)
def test_until_is_the_last_moment(zone, until, last):
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    local = {"America/New_York": timedelta(hours=1)}.get(zone, timedelta())
    one = series(f"FREQ=WEEKLY;UNTIL={until}", start=start + local, zone=zone)
    assert first_keys(one, 99)[-1] == last


def test_a_rule_without_end_has_no_last_occurrence():
    endless = series("FREQ=DAILY")
    assert is_endless(endless.rules)
    assert not is_endless(BASE.rules)
    with pytest.raises(ValueError, match="without an end"):
        keys_between(endless, None, None)


def test_exdates_and_rdates_count():
    when = BASE.entry.when
    lines = [
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "EXDATE;TZID=Europe/Berlin:20260309T100000",
        "RDATE:20260311T090000Z",
    ]
    one = replace(BASE, rules=canonical_rules(lines, when, "Europe/Berlin"))
    assert first_keys(one, 9) == ["20260302T090000Z", "20260311T090000Z", "20260316T090000Z"]


def test_whole_days_are_no_instants():
    one = whole_days("FREQ=MONTHLY;COUNT=3;WKST=MO", days=2)
    assert first_keys(one, 9) == ["20260302", "20260402", "20260502"]
    assert one.regular("20260402").when == AllDay(date(2026, 4, 2), date(2026, 4, 3))


def test_a_series_without_rules_is_one_occurrence():
    assert first_keys(series(""), 9) == [KEYS[0]]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("FREQ=HOURLY", "a frequency"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20260301", "an end"),
        ("FREQ=WEEKLY;BYDAY=XX", "invalid .BYDAY."),
        ("COUNT=2", "a frequency"),
    ],
)
def test_what_nobody_can_read_is_an_error(line, why):
    with pytest.raises(ValueError, match=why):
        series(line)


def test_one_rule_has_parts_and_two_have_none():
    assert rule_of(BASE.rules)["FREQ"] == "WEEKLY"
    assert rule_of((*BASE.rules, *BASE.rules)) == {}


# --- the merge -------------------------------------------------------------------------------

titles = st.sampled_from(("Jour fixe", "New", "Other"))
places = st.sampled_from(("", "Here", "There"))
times = st.sampled_from((-2, 0, 0, 3, 26))


@st.composite
def edited(draw, old=BASE):
    """A side after some edits of single occurrences, and perhaps of all."""
    one = old
    for key in draw(st.lists(st.sampled_from(KEYS), max_size=3, unique=True)):
        if draw(st.booleans()):
            one = without(one, key)
        elif one.occurrence(key):
            start = MONDAY + timedelta(days=7 * KEYS.index(key), hours=draw(times))
            when = Timed(start, start + timedelta(hours=1))
            one = changed(one, key, title=draw(titles), place=draw(places), when=when)
    if draw(st.booleans()):
        one = all_changed(one, place=draw(places))
    return one


timed_edits = st.builds(shifted, st.just(BASE), st.sampled_from((1, 2)))
cut_edits = st.sampled_from((series("FREQ=WEEKLY;COUNT=3"), series("FREQ=DAILY;COUNT=9")))
sides = st.one_of(edited(), edited(), timed_edits, cut_edits)
policies = st.builds(Policy, st.sampled_from(Side), st.booleans(), st.booleans())


@given(edited(), policies)
def test_nothing_changed_changes_nothing(base, policy):
    action = decide_series(base, base, base, policy, has=has)
    assert action.verb is Verb.NOTHING


@given(edited(), sides, policies)
def test_a_change_of_google_alone_is_taken(base, google, policy):
    policy = replace(policy, archive=True)
    assert merged(base, base, google, policy).result == google


@given(edited(), sides, policies)
def test_a_change_of_the_crm_alone_is_taken(base, crm, policy):
    assert merged(base, crm, base, policy).result == crm


@given(edited(), sides, sides, policies)
def test_a_second_merge_changes_nothing(base, crm, google, policy):
    result = merged(base, crm, google, policy).result
    again = merged(result, result, result, policy)
    assert (again.result, again.clashes, again.detached) == (result, [], set())


@given(edited(), edited(), edited(), policies)
def test_no_occurrence_holds_a_value_that_neither_side_had(base, crm, google, policy):
    result = merged(base, crm, google, policy).result
    for key in KEYS:
        entry, ours, theirs = (one.occurrence(key) for one in (result, crm, google))
        for name in ("title", "place", "when"):
            values = [getattr(each, name) for each in (ours, theirs) if each]
            assert entry is None or getattr(entry, name) in values


@given(edited(), edited(), edited())
def test_a_deletion_never_beats_an_edit(base, crm, google):
    result = merged(base, crm, google, ARCHIVING).result
    for key in KEYS:
        old, ours, theirs = (one.occurrence(key) for one in (base, crm, google))
        if old and ours is None and theirs and key not in crm.exceptions:
            assert result.occurrence(key)
        own = base.exceptions.get(key) != google.exceptions.get(key)
        same = all_changed(base, place=google.entry.place).occurrence(key)
        if old and ours is None and theirs and own and theirs not in (old, same):
            assert result.occurrence(key)


@given(edited(), edited(), edited(), policies)
def test_both_sides_may_be_swapped(base, crm, google, policy):
    assume(all(one.occurrence(key) for one in (base, crm, google) for key in KEYS))
    other = Side.GOOGLE if policy.winner is Side.CRM else Side.CRM
    swapped = merged(base, google, crm, replace(policy, winner=other)).result
    assert merged(base, crm, google, policy).result == swapped


def test_one_occurrence_is_merged_by_field():
    crm = changed(BASE, KEYS[1], title="Ours")
    google = changed(BASE, KEYS[1], place="Theirs")
    entry = merged(BASE, crm, google).result.occurrence(KEYS[1])
    assert (entry.title, entry.place) == ("Ours", "Theirs")


def test_an_exception_follows_a_new_title_of_all():
    base = changed(BASE, KEYS[1], place="There")
    result = merged(base, base, all_changed(base, title="New")).result
    assert result.occurrence(KEYS[1]).title == "New"
    assert result.occurrence(KEYS[1]).place == "There"


def test_a_new_title_of_all_does_not_bring_a_deleted_occurrence_back():
    action = decide_series(
        BASE, without(BASE, KEYS[1]), all_changed(BASE, title="New"), POLICY, has=has
    )
    assert action.result.occurrence(KEYS[1]) is None
    assert action.result.entry.title == "New"


def test_an_occurrence_deleted_in_google_is_detached_or_archived_by_policy():
    google = without(BASE, KEYS[2])
    assert merged(BASE, BASE, google).detached == {KEYS[2]}
    assert merged(BASE, BASE, google, ARCHIVING).detached == set()


def test_an_edited_occurrence_is_detached_even_where_deletions_archive():
    crm = changed(BASE, KEYS[2], title="Ours")
    assert merged(BASE, crm, without(BASE, KEYS[2]), ARCHIVING).detached == {KEYS[2]}


def test_a_restored_occurrence_comes_back():
    base = without(BASE, KEYS[2])
    assert merged(base, BASE, base).result == BASE
    assert merged(base, base, BASE).result == BASE


def test_an_edit_of_one_is_carried_to_the_same_day_of_a_new_rule():
    crm = changed(BASE, KEYS[2], title="Ours")
    result = merged(BASE, crm, shifted(BASE, 2)).result
    new_key = first_keys(result, 9)[2]
    assert result.occurrence(new_key).title == "Ours"
    assert result.occurrence(new_key).when == result.regular(new_key).when


def test_an_edit_of_one_that_a_new_rule_has_no_place_for_is_told():
    crm = changed(BASE, KEYS[5], title="Ours")
    found = merged(BASE, crm, series("FREQ=WEEKLY;COUNT=3"))
    assert [clash.lost for clash in found.clashes] == ["Ours"]


def test_two_new_rules_clash_and_the_winner_is_kept():
    crm, google = shifted(BASE, 1), series("FREQ=WEEKLY;COUNT=3")
    found = merged(BASE, crm, google, Policy(winner=Side.GOOGLE))
    assert found.result.rules == google.rules
    assert [clash.field for clash in found.clashes] == ["repeat"]


def test_details_of_the_crm_never_flow_back():
    ours = all_changed(BASE, details="Guests: Ada")
    theirs = all_changed(changed(BASE, KEYS[1], title="New"), details="spoiled")
    action = decide_series(ours, ours, theirs, POLICY, has=has)
    assert {each.details for each in action.result.exceptions.values()} == {"Guests: Ada"}
    assert action.result.entry.details == "Guests: Ada"


@pytest.mark.parametrize(
    ("base", "crm", "google", "verb", "reason"),
    [
        (None, BASE, None, Verb.INSERT, Reason.NEW_HERE),
        (None, None, BASE, Verb.CREATE, Reason.NEW_THERE),
        (None, BASE, BASE, Verb.SETTLE, Reason.ADOPTED),
        (BASE, None, BASE, Verb.DELETE, Reason.DELETED_HERE),
        (BASE, None, shifted(BASE, 1), Verb.CREATE, Reason.EDIT_BEATS_DELETE),
        (BASE, BASE, None, Verb.DETACH, Reason.DELETED_THERE),
        (BASE, None, None, Verb.CLOSE, Reason.GONE_BOTH),
    ],
)
def test_the_table_of_decisions_holds_for_series(base, crm, google, verb, reason):
    action = decide_series(base, crm, google, POLICY, has=has)
    assert (action.verb, action.reason) == (verb, reason)


# --- writes that were cut off ----------------------------------------------------------------


@st.composite
def cut_off(draw):
    """A base, what was being sent, and how much of it arrived."""
    base, sent = draw(edited()), draw(edited())
    arrived = draw(st.sets(st.sampled_from(KEYS)))
    entry = sent.entry if draw(st.booleans()) else base.entry
    held = Series(entry, base.rules)
    frame = {key: (sent if key in arrived else base).occurrence(key) for key in KEYS}
    return base, sent, held.having(frame)


@given(cut_off())
def test_what_arrived_of_a_cut_off_write_is_no_change_of_google(story):
    base, sent, google = story
    healed = heal(base, google, sent, arrived=False)
    found = merge_series(healed, sent, google, ARCHIVING, has)
    assert (found.result, found.clashes, found.detached) == (sent, [], set())


@given(edited(), st.sets(st.sampled_from(KEYS)))
def test_an_insert_that_was_cut_off_goes_on(sent, arrived):
    google = Series(sent.entry, sent.rules).having({k: sent.occurrence(k) for k in arrived})
    healed = heal(None, google, sent, arrived=False)
    assert merge_series(healed, sent, google, POLICY, has).result == sent


def test_an_edit_made_after_an_interrupted_push_survives():
    sent = changed(BASE, KEYS[1], title="Sent")
    healed = heal(BASE, sent, sent, arrived=True)
    crm = changed(sent, KEYS[1], title="Newer")
    assert merged(healed, crm, sent).result == crm
    google = changed(sent, KEYS[2], place="There")
    assert merged(heal(None, google, sent, arrived=True), sent, google).result == google
