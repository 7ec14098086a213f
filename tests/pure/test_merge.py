"""The merge: nobody's change is lost, nobody's value is made up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_google_calendar.engine.entry import FIELDS, AllDay, Entry, Kind, canonical
from crm_google_calendar.engine.merge import Side, changed_fields, merge

from . import strategies as our

BASE = Entry.make(Kind.EVENT, "Visit", AllDay(date(2026, 3, 1), date(2026, 3, 1)))
SIDES = st.sampled_from(Side)


def event(**fields):
    return Entry.make(Kind.EVENT, "Visit", BASE.when, **fields)


@given(our.versions(), SIDES)
def test_a_change_on_one_side_survives(versions, winner):
    base, changed, _other = versions
    for sides in ((changed, base), (base, changed)):
        merged = merge(base, *sides, winner)
        assert (merged.result, merged.clashes) == (changed, ())


@given(our.versions(), SIDES)
def test_the_same_change_on_both_sides_is_no_clash(versions, winner):
    base, changed, _other = versions
    assert merge(base, changed, changed, winner).result == changed
    assert not merge(base, changed, changed, winner).clashes


@given(our.versions(), SIDES)
def test_a_second_merge_changes_nothing(versions, winner):
    result = merge(*versions, winner).result
    again = merge(result, result, result, winner)
    assert (again.result, again.clashes) == (result, ())


@given(our.versions(), SIDES)
def test_the_result_is_canonical(versions, winner):
    result = merge(*versions, winner).result
    assert canonical(result) == result


@given(our.versions(), SIDES)
def test_no_field_has_a_value_that_neither_side_had(versions, winner):
    _base, here, there = versions
    result = merge(*versions, winner).result
    for name in set(FIELDS) - {"mails"}:
        assert getattr(result, name) in (getattr(here, name), getattr(there, name))
    assert result.mails <= here.mails or result.mails <= there.mails


@given(our.versions())
def test_swapping_sides_and_winner_gives_the_same(versions):
    base, here, there = versions
    one, other = merge(base, here, there, Side.CRM), merge(base, there, here, Side.GOOGLE)
    assert one.result == other.result
    assert [(each.field, each.kept, each.lost) for each in one.clashes] == [
        (each.field, each.kept, each.lost) for each in other.clashes
    ]


@given(our.versions(), SIDES)
def test_every_value_that_loses_is_named(versions, winner):
    base, here, there = versions
    merged = merge(base, here, there, winner)
    both = changed_fields(base, here) & changed_fields(base, there) & changed_fields(here, there)
    assert {clash.field for clash in merged.clashes} == both
    assert all(clash.winner is winner for clash in merged.clashes)


@given(our.pairs(), SIDES)
def test_without_a_base_every_difference_clashes(pair, winner):
    here, there = pair
    merged = merge(None, here, there, winner)
    assert {clash.field for clash in merged.clashes} == changed_fields(here, there)


def test_changes_of_different_fields_both_go_through():
    merged = merge(BASE, event(place="Berlin"), event(busy=False), Side.CRM)
    assert merged.result == event(place="Berlin", busy=False)


@pytest.mark.parametrize(("winner", "place"), [(Side.CRM, "Berlin"), (Side.GOOGLE, "Bonn")])
def test_the_winner_keeps_his_value(winner, place):
    merged = merge(BASE, event(place="Berlin"), event(place="Bonn"), winner)
    assert merged.result.place == place
    assert {merged.clashes[0].kept, merged.clashes[0].lost} == {"Berlin", "Bonn"}


def test_reminders_of_both_sides_together_stay_within_googles_five():
    here, there = event(reminders=frozenset((1, 2, 3, 4))), event(mails=frozenset((5, 6, 7)))
    result = merge(BASE, here, there, Side.CRM).result
    assert (result.reminders, result.mails) == ({1, 2, 3, 4}, {5})


def test_all_fields_count_as_changed_without_an_old_entry():
    assert changed_fields(None, BASE) == set(FIELDS)
    assert changed_fields(BASE, event(place="Bonn")) == {"place"}
