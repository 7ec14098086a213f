"""The plan: nearest first, within the cap, many deletions held back."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from crm_google_calendar.engine.decide import Action, Reason, Verb
from crm_google_calendar.engine.plan import CAP, Ceiling, Step, plan

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
REMOVALS = (Verb.DELETE, Verb.ARCHIVE, Verb.DETACH)


def step(key, verb=Verb.INSERT, hours=0):
    return Step(key, Action(verb, Reason.NEW_HERE), NOW + timedelta(hours=hours))


def keys(steps):
    return [each.key for each in steps]


@st.composite
def many_steps(draw):
    drawn = draw(st.lists(st.tuples(st.sampled_from(Verb), st.integers(-99, 99)), max_size=40))
    return [step(number, verb, hours) for number, (verb, hours) in enumerate(drawn)]


@given(many_steps(), st.randoms(use_true_random=False))
def test_the_order_of_the_steps_makes_no_difference(steps, random):
    mixed = random.sample(steps, len(steps))
    assert plan(mixed, NOW, cap=10, ceiling=Ceiling()) == plan(
        steps, NOW, cap=10, ceiling=Ceiling()
    )


@given(many_steps(), st.integers(0, 50), st.sampled_from((None, Ceiling(), Ceiling(0, 0))))
def test_every_step_that_does_something_is_somewhere_once(steps, cap, ceiling):
    made = plan(steps, NOW, cap, ceiling, links=40)
    wanted = [each.key for each in steps if each.action.verb is not Verb.NOTHING]
    assert sorted(keys([*made.steps, *made.left_over, *made.held])) == wanted


@given(many_steps(), st.integers(0, 50))
def test_nothing_left_over_is_nearer_than_what_is_done(steps, cap):
    made = plan(steps, NOW, cap)
    distances = [abs(each.starts - NOW) for each in (*made.steps, *made.left_over)]
    assert distances == sorted(distances)
    assert len(made.steps) <= cap


@given(many_steps(), st.integers(0, 50))
def test_above_the_ceiling_nothing_is_removed(steps, links):
    made = plan(steps, NOW, ceiling=Ceiling(number=2, percent=10), links=links)
    removals = [each for each in steps if each.action.verb in REMOVALS]
    held = len(removals) > 2 and len(removals) * 10 > links
    assert len(made.held) == (len(removals) if held else 0)
    assert not held or not any(each.action.verb in REMOVALS for each in made.steps)


def test_the_nearest_to_now_goes_first_past_or_future():
    made = plan([step(1, hours=5), step(2, hours=-1), step(3, hours=3)], NOW)
    assert keys(made.steps) == [2, 3, 1]


def test_a_run_takes_five_thousand():
    made = plan([step(number) for number in range(CAP + 2)], NOW)
    assert (len(made.steps), len(made.left_over)) == (5000, 2)


def test_allowed_deletions_are_carried_out():
    steps = [step(number, Verb.DELETE) for number in range(99)]
    assert len(plan(steps, NOW, ceiling=Ceiling(), links=99).held) == 99
    assert len(plan(steps, NOW, links=99).steps) == 99


def test_few_deletions_need_no_question():
    assert not Ceiling().exceeded_by(50, 50)
    assert not Ceiling().exceeded_by(51, 1000)
    assert Ceiling().exceeded_by(51, 254)


def test_what_somebody_else_got_or_left_the_users_sight_is_no_deletion():
    away = [
        Step(number, Action(Verb.DELETE, Reason.REASSIGNED, write_google=True), NOW)
        for number in range(60)
    ]
    away += [Step(60 + n, Action(Verb.DETACH, Reason.OUT_OF_SIGHT), NOW) for n in range(60)]
    made = plan(away, NOW, ceiling=Ceiling(), links=120)
    assert (len(made.steps), made.held) == (120, [])
    gone = [step(200 + number, Verb.DELETE, 0) for number in range(60)]
    assert len(plan([*away, *gone], NOW, ceiling=Ceiling(), links=180).held) == 60


def kin(key, family, hours=0, weight=1, verb=Verb.INSERT):
    return replace(step(key, verb, hours), family=family, weight=weight)


def test_a_family_is_done_as_a_whole_or_not_at_all():
    steps = [kin(1, "a", 1, 3), kin(2, "b", 2, 3), kin(3, "a", 9, 3), kin(4, None, 3)]
    made = plan(steps, NOW, cap=8)
    assert (keys(made.steps), keys(made.left_over)) == ([1, 3], [2, 4])
    assert keys(plan(steps, NOW, cap=5).steps) == []


def test_what_is_heavier_than_the_cap_is_done_by_a_run_that_has_done_nothing_yet():
    steps = [kin(1, "a", 1, 30), kin(2, "a", 2, 30), kin(3, None, 3)]
    assert keys(plan(steps, NOW, cap=10).steps) == []
    assert keys(plan(steps, NOW, cap=10, fresh=True).steps) == [1, 2]


def test_with_a_deletion_its_whole_family_is_held():
    steps = [kin(1, "a", verb=Verb.DETACH), kin(2, "a"), kin(3, "b"), kin(4, None)]
    made = plan(steps, NOW, ceiling=Ceiling(0, 0), links=9)
    assert (keys(made.held), keys(made.steps)) == ([1, 2], [3, 4])
