"""What the add-on costs: each function is one story of a fresh database and a fresh Google."""

from odoo.addons.crm_google_calendar.bridge import settings, vault, worker

from . import crm, google_side
from .google_side import SAM


def connect(env, google, user, email=SAM):
    """Connect a user as after Google's consent page; his two calendars stand."""
    settings.store_client(env, "test-client", "secret")
    account = accept(env, google, user, email)
    account.state = "connecting"
    work(env)
    assert account.state == "connected", account.message
    return account


def accept(env, google, user, email):
    """Store a grant."""
    given = google.grant(email)
    account = env["crm.google.account"]._of_user(user)
    token = vault.sealed(account, refresh_token=given["refresh_token"])
    account.write({"email": email, "sub": email, "scopes": given["scope"], **token})
    return account


def work(env):
    """Let the worker do all that is due now."""
    env.cr.commit()
    due = [("state", "in", worker.ACTIVE), ("resume_at", "=", False)]
    while True:
        env["crm.google.account"]._cron_work()
        env.cr.commit()
        if not env["crm.google.run"].search_count(due):
            return


def sync(env, account, trigger="wizard"):
    """One run, to its end."""
    account._start_run(trigger, **({"full": True} if trigger == "wizard" else {}))
    work(env)


def ask(env, account):
    """One run that finds nothing and so is over with the first call of the worker."""
    account._start_run("auto")
    env.cr.commit()
    env["crm.google.account"]._cron_work()
    env.cr.commit()


def last_run(env):
    return env["crm.google.run"].search([], limit=1)


def push(env, meter, size):
    """The first push, its echo, idle runs, and a hundred changes on each side."""
    account = connect(env, meter.google, crm.user(env))
    meter.measure("first push", lambda: sync(env, account))
    done = last_run(env)
    assert (done.state, done.google_created) == ("done", size["entries"]), done.summary
    meter.measure("echo", lambda: sync(env, account, "auto"))
    for _number in range(3):
        meter.measure("idle", lambda: ask(env, account))
    assert not env["crm.google.run"].search_count([("state", "in", worker.ACTIVE)])
    settings.put(env, "auto_sync", "True")  # the next run compares everything, as one does each day
    meter.measure("full pass", lambda: sync(env, account, "auto"))
    change_both_sides(env, meter.google, size["changes"])
    meter.measure("changes", lambda: sync(env, account, "auto"))
    done = last_run(env)
    assert (done.google_changed, done.crm_changed) == (size["changes"],) * 2, done.summary
    meter.measure("echo of changes", lambda: sync(env, account, "auto"))
    add_links(env, size["links"])
    for _number in range(3):
        meter.measure("idle, many links", lambda: ask(env, account))


def change_both_sides(env, google, count):
    """Change as many meetings in Odoo and as many others in Google."""
    meetings = env["calendar.event"].with_user(crm.user(env)).with_context(**crm.QUIET)
    mine = meetings.search([("name", "=like", "Meeting %")], order="id", limit=2 * count)
    for meeting in mine[:count]:
        meeting.name += " (moved)"
    links = env["crm.google.link"].search([("res_id", "in", mine[count:].ids)])
    google_side.rename(google, "Events", links.mapped("event_id"))
    env.cr.precommit.run()


def add_links(env, count):
    """Links of an account that has used the add-on for years."""
    have = env["crm.google.link"].search_count([])
    stored = [name for name, field in env["crm.google.link"]._fields.items() if field.store]
    names = ", ".join(sorted(set(stored) - {"id", "event_id", "res_id"}))
    env.cr.commit()
    env.cr.execute(
        f"INSERT INTO crm_google_link (event_id, res_id, {names})"  # noqa: S608
        f" SELECT 'x' || n, 1000000 + n, {names} FROM generate_series(1, %s) AS n,"
        " (SELECT * FROM crm_google_link WHERE state = 'linked' ORDER BY id LIMIT 1) AS one",
        [max(0, count - have)],
    )
    env.cr.execute("ANALYZE crm_google_link")
    env.cr.commit()


def pull(env, meter, size):
    """The first pull, after what Odoo's ORM alone takes for the same rows."""
    user = crm.user(env)
    account = connect(env, meter.google, user)
    google_side.add_entries(meter.google, "Events", size["entries"])
    meter.measure("bare create", lambda: create_bare(env, user, size["entries"]))
    env.cr.rollback()
    env.invalidate_all()
    meter.measure("first pull", lambda: sync(env, account))
    done = last_run(env)
    assert (done.state, done.crm_created) == ("done", size["entries"]), done.summary


def create_bare(env, user, count):
    crm.make_meetings(env, user, count)
    env.flush_all()


def series(env, meter, size):
    """The first pull of weekly series with two exceptions each."""
    account = connect(env, meter.google, crm.user(env))
    google_side.add_series(meter.google, "Events", size["series"])
    meter.measure("pull of series", lambda: sync(env, account))
    meter.note("series found", **found_exceptions(env))


def found_exceptions(env):
    """How many of the exceptions arrived."""
    names = {"moved": "Moved", "renamed": "Renamed"}
    meetings = env["calendar.event"]
    return {key: meetings.search_count([("name", "=", name)]) for key, name in names.items()}
