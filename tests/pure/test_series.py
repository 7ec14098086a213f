"""The laws of series: their form, their expansion, their three-way merge."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_google_calendar.engine.decide import Policy, Reason, Verb
from crm_google_calendar.engine.entry import Timed
from crm_google_calendar.engine.merge import Side
from crm_google_calendar.engine.series import (
    Series,
)
from crm_google_calendar.engine.series_merge import decide_series, heal, merge_series
from crm_google_calendar.gcal.expand import (
    first_keys,
    has,
    tail,
)

from .series_values import (
    ARCHIVING,
    BASE,
    KEYS,
    MONDAY,
    POLICY,
    all_changed,
    changed,
    merged,
    series,
    shifted,
    without,
)

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


def test_an_exception_of_a_moved_series_follows_what_the_other_side_gave_to_all():
    crm = shifted(BASE, 2)
    crm = changed(crm, first_keys(crm, 9)[2], title="Ours")
    google = all_changed(BASE, place="There")
    result = merged(BASE, crm, google).result
    entry = result.occurrence(first_keys(result, 9)[2])
    assert (entry.title, entry.place) == ("Ours", "There")


def test_a_tail_has_the_later_keys_and_their_exceptions():
    for rule in ("FREQ=WEEKLY;COUNT=6", "FREQ=WEEKLY", "FREQ=WEEKLY;UNTIL=20260407T000000Z"):
        whole = changed(changed(series(rule), KEYS[1], title="A"), KEYS[4], title="B")
        part = tail(whole, KEYS[2])
        assert first_keys(part, 9)[:4] == first_keys(whole, 9)[2:6]
        assert len(first_keys(part, 999)) in (4, 999)
        assert [part.occurrence(key).title for key in part.exceptions] == ["B"]


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
