"""Messages of Google in transactions of their own, while the worker is busy."""

from datetime import timedelta

import pytest

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import channels, settings, worker
from odoo.addons.crm_google_calendar.gcal.ahead import Ahead
from odoo.addons.crm_google_calendar.gcal.client import Google

from google_emulator.hook import Hook

from .odoo_here import environment

SITE = "https://crm.example.com"


@pytest.fixture(scope="module")
def hook(world):
    """The site can be reached, and auto sync is on; `got` holds what Google sends."""
    with environment() as env:
        before = settings.base_url(env)
        env["ir.config_parameter"].set_param("web.base.url", SITE)
        settings.put(env, "auto_sync", "True")
    made = Hook()
    world.emulator.configure(sites={SITE: made.url})
    yield made
    made.close()
    with environment() as env:
        env["ir.config_parameter"].set_param("web.base.url", before)
        settings.put(env, "auto_sync", "")
        env["crm.google.channel"].search([]).unlink()
        env["crm.google.hint"].search([]).unlink()


@pytest.fixture(scope="module")
def una(world, hook):
    """The id of an account whose calendars are watched."""
    account = world.add("una")
    tend()
    return account


@pytest.fixture(autouse=True)
def _no_sleep(monkeypatch):
    monkeypatch.setattr(worker, "LONGEST_WAIT", -1)


def tend():
    with environment() as env:
        env["crm.google.channel"]._cron_tend()


def work():
    with environment() as env:
        env["crm.google.account"]._cron_work()


def deliver(world, hook):
    """Bring Google's messages, each in a transaction of its own."""
    world.emulator.channels.drain()
    for headers in hook.got:
        with environment() as env:
            names = ("channel-id", "channel-token", "resource-state")
            channels.receive(env, *(headers[f"x-goog-{name}"] for name in names))
    hook.got.clear()


def add(world, title):
    day = fields.Date.today() + timedelta(days=3)
    world.hands("una").add_event("Events", title, f"{day}T10:00", f"{day}T11:00")


def titles():
    with environment() as env:
        user = env["res.users"].search([("login", "=", "una")])
        meetings = env["calendar.event"].search([("partner_ids", "in", user.partner_id.ids)])
        return set(meetings.mapped("name"))


def left():
    with environment() as env:
        news = [("model", "=", "crm.google.channel")]
        active = [("state", "in", ("queued", "running"))]
        hints, runs = env["crm.google.hint"], env["crm.google.run"]
        return hints.search_count(news), runs.search_count(active)


def test_the_first_message_may_come_before_the_answer(world, hook, monkeypatch):
    """It is written to a row that the scheduled action is about to write."""
    account, original = world.add("ulf"), Google.watch

    def watch(google, *args):
        answer = original(google, *args)
        deliver(world, hook)
        return answer

    monkeypatch.setattr(Google, "watch", watch)
    tend()
    with environment() as env:
        rows = env["crm.google.channel"].search([("account_id", "=", account)])
        assert rows.mapped("state") == ["open", "open"]
        assert all(rows.mapped("heard"))
        assert all(rows.mapped("resource_id"))


def test_a_change_arrives(world, hook, una):
    add(world, "Breakfast")
    deliver(world, hook)
    work()
    assert "Breakfast" in titles()
    assert left() == (0, 0)


@pytest.mark.parametrize("trigger", ["push", "auto", "save"])
def test_a_message_after_google_was_asked_begins_another_run(
    world, hook, una, trigger, monkeypatch
):
    """The answer that is on its way may be older than the change it tells of."""
    original, title = Ahead.answers, f"After the question of {trigger}"

    def answers(ahead, seconds):
        found = original(ahead, seconds)
        if found and title not in world.titles("una"):
            add(world, title)
            deliver(world, hook)
        return found

    monkeypatch.setattr(Ahead, "answers", answers)
    with environment() as env:
        env["crm.google.account"].browse(una)._start_run(trigger)
    work()
    work()
    assert title in titles()
    assert left() == (0, 0)


def test_messages_in_two_transactions_at_once_are_one_run(world, hook, una):
    add(world, "Dinner")
    world.emulator.channels.drain()
    message = hook.got[-1]
    hook.got.clear()
    names = ("channel-id", "channel-token", "resource-state")
    values = [message[f"x-goog-{name}"] for name in names]
    with environment() as first, environment() as second:
        for env in (first, second):
            assert channels.receive(env, *values)
    work()
    assert "Dinner" in titles()
    assert left() == (0, 0)
