"""The decision: its table row by row, and what holds for every row."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_google_calendar.engine.decide import Policy, Reason, Verb, decide, lose_sight
from crm_google_calendar.engine.entry import AllDay, Entry, Kind
from crm_google_calendar.engine.merge import Side

from . import strategies as our

DAY = AllDay(date(2026, 3, 1), date(2026, 3, 1))
B = Entry.make(Kind.EVENT, "Base", DAY)
E = Entry.make(Kind.EVENT, "Edited", DAY)
F = Entry.make(Kind.EVENT, "Base", DAY, place="Bonn")
EF = Entry.make(Kind.EVENT, "Edited", DAY, place="Bonn")

DEFAULT = Policy()
ARCHIVE = Policy(archive=True)
DELETE = Policy(edit_beats_delete=False)

policies = st.builds(Policy, st.sampled_from(Side), st.booleans(), st.booleans())


@pytest.mark.parametrize(
    ("base", "crm", "google", "policy", "verb", "reason", "result", "writes"),
    [
        (None, E, None, DEFAULT, Verb.INSERT, Reason.NEW_HERE, E, "google"),
        (None, None, E, DEFAULT, Verb.CREATE, Reason.NEW_THERE, E, "crm"),
        (None, E, E, DEFAULT, Verb.SETTLE, Reason.ADOPTED, E, ""),
        (None, E, B, DEFAULT, Verb.SETTLE, Reason.ADOPTED, E, "google"),
        (B, B, B, DEFAULT, Verb.NOTHING, Reason.SETTLED, B, ""),
        (B, E, B, DEFAULT, Verb.SETTLE, Reason.CHANGED_HERE, E, "google"),
        (B, B, E, DEFAULT, Verb.SETTLE, Reason.CHANGED_THERE, E, "crm"),
        (B, E, F, DEFAULT, Verb.SETTLE, Reason.CHANGED_BOTH, EF, "crm google"),
        (B, E, E, DEFAULT, Verb.SETTLE, Reason.CHANGED_BOTH, E, ""),
        (B, None, B, DEFAULT, Verb.DELETE, Reason.DELETED_HERE, None, "google"),
        (B, None, E, DEFAULT, Verb.CREATE, Reason.EDIT_BEATS_DELETE, E, "crm"),
        (B, None, E, DELETE, Verb.DELETE, Reason.DELETED_HERE, None, "google"),
        (B, B, None, DEFAULT, Verb.DETACH, Reason.DELETED_THERE, None, ""),
        (B, E, None, DEFAULT, Verb.DETACH, Reason.DELETED_THERE, None, ""),
        (B, B, None, ARCHIVE, Verb.ARCHIVE, Reason.DELETED_THERE, None, "crm"),
        (B, E, None, ARCHIVE, Verb.DETACH, Reason.DELETED_THERE, None, ""),
        (B, None, None, DEFAULT, Verb.CLOSE, Reason.GONE_BOTH, None, ""),
    ],
)
def test_the_table(base, crm, google, policy, verb, reason, result, writes):
    action = decide(base, crm, google, policy)
    assert (action.verb, action.reason, action.result) == (verb, reason, result)
    assert (action.write_crm, action.write_google) == ("crm" in writes, "google" in writes)


def carried_out(action, crm, google):
    """Base and both sides after an action, as the adapters do it."""
    if action.verb in (Verb.DELETE, Verb.CLOSE):
        return None, None, None
    if action.verb in (Verb.ARCHIVE, Verb.DETACH):
        return None, None, google
    result = action.result
    return (
        result,
        (result if action.write_crm else crm),
        (result if action.write_google else google),
    )


@given(our.versions(), policies)
def test_after_a_settled_link_there_is_nothing_to_do(versions, policy):
    base, crm, google = versions
    after = carried_out(decide(base, crm, google, policy), crm, google)
    assert decide(*after, policy).verb is Verb.NOTHING


@given(our.entries, policies)
def test_after_a_new_entry_there_is_nothing_to_do(entry, policy):
    for sides in ((entry, None), (None, entry)):
        after = carried_out(decide(None, *sides, policy), *sides)
        assert decide(*after, policy).verb is Verb.NOTHING


@given(our.versions(), policies)
def test_an_echo_of_our_own_write_needs_nothing(versions, policy):
    base, crm, _other = versions
    action = decide(base, crm, base, policy)
    assert decide(action.result, crm, action.result, policy).verb is Verb.NOTHING


@given(our.versions(), policies, our.details)
def test_an_edit_of_the_details_never_flows_back(versions, policy, details):
    base, crm, google = versions
    plain = decide(base, crm, replace(google, details=base.details), policy)
    assert decide(base, crm, replace(google, details=details), policy) == plain


@given(our.versions(), policies)
def test_a_delete_in_google_never_touches_an_edited_record(versions, policy):
    base, crm, _other = versions
    action = decide(base, crm, None, policy)
    assert not action.write_google
    assert not action.write_crm or crm == base


@given(our.versions())
def test_by_default_an_edit_in_google_brings_the_record_back(versions):
    base, _other, google = versions
    google = replace(google, details=base.details)
    verb = decide(base, None, google, DEFAULT).verb
    assert verb is (Verb.DELETE if google == base else Verb.CREATE)


@given(our.versions(), policies)
def test_nothing_in_google_is_deleted_while_the_record_is_there(versions, policy):
    base, crm, google = versions
    assert decide(base, crm, google, policy).verb is not Verb.DELETE


def test_a_record_out_of_sight_is_not_deleted():
    assert lose_sight(True).verb is Verb.DETACH
    assert lose_sight(False).verb is Verb.CLOSE
