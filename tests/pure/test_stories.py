"""Short stories that the laws once found broken, each told for itself."""

from datetime import datetime, timezone

from crm_google_calendar.engine.decide import Policy
from crm_google_calendar.engine.entry import Timed

from .settling import settle
from .world import World

WHEN = Timed(
    datetime(2026, 3, 9, 8, tzinfo=timezone.utc), datetime(2026, 3, 9, 9, tzinfo=timezone.utc)
)


def only_link(world):
    (link,) = world.env["crm.google.link"].search([])
    return link


def test_an_event_restored_after_its_record_left_the_users_sight_says_so():
    world = World()
    google = world.google[world.accounts[0].id]
    world.create_event(google, title="Ada", when=WHEN)
    world.slice(world.accounts[0])
    (event,) = google.events.values()
    world.set_event_status(google, event, "cancelled")
    world.slice(world.accounts[0])
    (record,) = world.records()
    world.change_record(record, partner_ids=())
    world.set_event_status(google, event, "confirmed")
    settle(world)
    assert (only_link(world).state, only_link(world).cause) == ("detached", "not_a_guest")


def test_a_record_opened_again_after_its_deletion_in_google_was_not_answered_is_sent_again():
    for runs_before in (0, 1):
        world = World()
        account = world.accounts[0]
        google = world.google[account.id]
        record = world.create_record([account.user_id], title="Ada", when=WHEN)
        world.slice(account)
        world.change_record(record, active=False)
        world.storm(None, ["lost"], {})
        world.slice(account)
        world.calm()
        assert not google.live
        for _run in range(runs_before):
            world.slice(account)
        world.change_record(record, active=True)
        settle(world)
        assert list(google.live) == [record.entry.place]


def test_a_deletion_that_never_arrived_does_not_hide_the_users_own():
    world = World()
    account = world.accounts[0]
    google = world.google[account.id]
    record = world.create_record([account.user_id], title="Ada", when=WHEN)
    world.slice(account)
    world.change_record(record, active=False)
    world.storm(None, ["error"], {})
    world.slice(account)
    world.calm()
    world.change_record(record, active=True)
    world.slice(account)
    (event,) = google.events.values()
    world.set_event_status(google, event, "cancelled")
    settle(world)
    assert (only_link(world).state, only_link(world).cause) == ("detached", "deleted_there")


def test_an_event_deleted_before_its_insertion_was_answered_stays_deleted():
    for archive in (False, True):
        world = World()
        world.policy = Policy(archive=archive)
        account = world.accounts[0]
        google = world.google[account.id]
        record = world.create_record([account.user_id], title="Ada", when=WHEN)
        world.storm(None, ["lost"], {})
        world.slice(account)
        (event,) = google.events.values()
        world.set_event_status(google, event, "cancelled")
        world.edit_record(record, title="Eve")
        world.storm(None, ["error"], {})
        world.slice(account)
        settle(world)
        assert (only_link(world).state, only_link(world).cause) == ("detached", "deleted_there")
