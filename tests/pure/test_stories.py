"""Short stories that the laws once found broken, each told for itself."""

from datetime import datetime, timezone

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
