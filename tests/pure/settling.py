"""After all storms: the runs that bring a world to rest, and what must hold then."""

from crm_google_calendar.bridge import links
from crm_google_calendar.bridge.detached import GONE
from crm_google_calendar.engine.entry import from_json

from .sides import FIELDS, seen

MOST_SLICES = 12  # of one run without any fault
MOST_RUNS = 60


def settle(world, keep_deletions=False):
    """Let everything that is due happen, answer what is asked, and check that all is well."""
    world.calm()
    for link in world.env["crm.google.link"].search([("state", "=", "set_aside")]):
        link.write({"state": "linked", "cause": False, "detail": False, "etag": False})
    world._commit()
    for _round in range(MOST_RUNS):
        before = world.ledger.writes
        left = [finish(world, account, keep_deletions) for account in world.accounts]
        if world.ledger.writes == before and not any(left):
            break
    else:
        raise AssertionError("runs go on writing for ever")
    check(world)


def finish(world, account, keep_deletions=False):
    """Run to the end, and everything; answers whether anything was left over or held."""
    for _slice in range(MOST_SLICES):
        done = world.slice(account, "wizard")
        run = world.env["crm.google.run"].search([("account_id", "=", account.id)], "id desc", 1)
        if done and run.full:
            break
    else:
        raise AssertionError("a run without faults does not end")
    if run.held:
        _answer(world, account, keep_deletions)
    return run.held or run.left_over


def _answer(world, account, keep):
    held = [("account_id", "=", account.id), ("cause", "=", "held")]
    if keep:
        links.detach(world.env["crm.google.link"].search(held), "kept")
        world._commit()
        return
    values = {"account_id": account, "state": "running", "trigger": "wizard", "full": True}
    values |= {"allow_deletions": True, "done": 0, "set_aside": 0}
    for name in ("crm", "google"):
        values |= {f"{name}_{what}": 0 for what in ("created", "changed", "removed")}
    world.env["crm.google.run"].create(values)
    world._commit()


def check(world):
    """Both sides and the base agree, entry by entry."""
    for account in world.accounts:
        google = world.google[account.id]
        linked = {}
        for link in world.env["crm.google.link"].search([("account_id", "=", account.id)]):
            linked[link.event_id] = link
        _check_events(world, account, google, linked)
        _check_records(world, account, google, linked)


def _check_events(world, account, google, linked):
    for identity, (event, *more) in google.live.items():
        _law(not more, f"{identity} stands twice in Google")
        link = linked.get(event["id"])
        record = world.ledger.record(account, identity)
        if link is None:
            _law(not world.in_window(seen(event)), f"{identity} never came to the CRM")
        elif link.state == "linked":
            _law(record and record.id == link.res_id, f"{identity} has no record")
            _check_same(world, account, record, event, link)
        else:
            _law(link.state == "detached" and link.cause not in GONE, f"{identity}: {link.cause}")


def _check_same(world, account, record, event, link):
    base, google = from_json(link.base), seen(event)
    _law(not link.pending, "something is still pending")
    for name in FIELDS:
        values = [getattr(each, name) for each in (base, record.entry, google)]
        _law(values[0] == values[1] == values[2], f"{name} differs: {values}")
    world.ledger.agreed(account, record.entry, google)


def _check_records(world, account, google, linked):
    by_record = {link.res_id: link for link in linked.values()}
    mine = [r for r in world.records(active=True) if account.user_id in r.partner_ids]
    identities = [record.entry.place for record in mine]
    _law(len(set(identities)) == len(identities), f"a double in the CRM: {identities}")
    for record in mine:
        identity, link = record.entry.place, by_record.get(record.id)
        if link is None:
            _law(not world.in_window(record.entry), f"{identity} never came to Google")
        elif link.state == "linked":
            _law(identity in google.live, f"{identity} is not in Google")
        else:
            removed = (account.id, identity) in world.ledger.removed
            _law(removed or link.cause == "kept", f"{identity} is {link.state}: {link.cause}")


def _law(holds, text):
    if not holds:
        raise AssertionError(text)
