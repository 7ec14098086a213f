"""From hints, rows that say "this record may have changed", to the accounts they concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from odoo.fields import Domain

from . import link_keys
from .rows import drop_repeated, insert

RECORDS = ("calendar.event", "calendar.recurrence", "mail.activity")
# whose names meetings show, and by which field; tasks show the names of any documents
SHOWN_BY_MEETINGS = {"crm.lead": "opportunity_id", "res.partner": "partner_ids"}
OWNED = ("account_id", "model", "res_id")
# what a hint is about that was left by a message of Google, or by a visit of the calendar page
NEWS = MESSAGE, VISIT = "crm.google.channel", "crm.google.account"


def newest(env) -> int:
    """The highest hint this transaction can see; what it sees beyond it later is its own."""
    hint = env["crm.google.hint"].search([], order="id desc", limit=1)
    return hint.id or 0


def dispatch(env, above: int = 0, writer=None, written=frozenset()) -> None:
    """Give the hints that nobody owns yet to the accounts they concern.

    above: only hints newer than that one. written: records, as (model, id), that the account
    `writer` has written itself, and of which it has nothing more to hear.
    """
    hints = env["crm.google.hint"]
    raw = hints.search([("account_id", "=", False), ("id", ">", above)])
    wanted = defaultdict(set)
    for hint in raw:
        wanted[hint.model].add(hint.res_id)
    concerned = {row for model, ids in wanted.items() for row in _concerned(env, model, ids)}
    rows = sorted(
        row for row in concerned if not (row[0] == writer and (row[1], row[2]) in written)
    )
    raw.unlink()
    given = insert(hints, [dict(zip(OWNED, row, strict=True)) for row in rows])
    drop_repeated(given)


def forget_own(work, before: int, settled: Callable[[], set[tuple[str, int]]]) -> None:
    """Our own writes concern the other guests' accounts only.

    settled: tells the records, as (model, id), that hold what was decided for them. Whatever else
    was written meanwhile, or into them, was somebody else's doing, say an automation rule's.
    """
    work.env.cr.flush()  # hints are written right before a commit
    if newest(work.env) > before:
        dispatch(work.env, before, work.account.id, settled())


def of_account(account):
    """The hints that wait for this account's run."""
    return account.env["crm.google.hint"].search([("account_id", "=", account.id)])


def stop_of(run):
    """The hints by which a user asks to stop this run."""
    return run.env["crm.google.hint"].search([("model", "=", run._name), ("res_id", "=", run.id)])


def waiting_accounts(env):
    """Connected accounts with hints, those to stop a run aside, each with its run's trigger.

    One whose last run failed waits for the next hour, or a click: every try would fail alike.
    """
    for_runs = [("account_id", "!=", False), ("model", "!=", "crm.google.run")]
    rows = env["crm.google.hint"]._read_group(for_runs, ["account_id"], ["model:array_agg"])
    return [(account, _trigger_of(set(models))) for account, models in rows if _is_served(account)]


def _is_served(account) -> bool:
    """Whether a hint leads to a run: not where the last one failed, until the next hour."""
    return account._is_worked_on() and not account.cause


def _trigger_of(models) -> str:
    if models == {VISIT}:
        return "visit"
    return "push" if models <= set(NEWS) else "save"


def _concerned(env, model, ids) -> set[tuple[int, str, int]]:
    """Of changed records the accounts they concern, with the records to look at."""
    if model in NEWS:
        rows = env[model].browse(ids).exists()
        owners = [(row, row if model == VISIT else row.account_id) for row in rows]
        return {(owner.id, model, row.id) for row, owner in owners if _is_served(owner)}
    if model not in RECORDS:
        return _linked(env, showing(env, model, list(ids)))
    return _linked(env, {model: ids}) | _of_users(env, model, ids)


def _linked(env, ids_by_model) -> set[tuple[int, str, int]]:
    """The accounts that hold a link to one of these records."""
    return {
        (link.account_id.id, model, link.res_id)
        for model, ids in ids_by_model.items()
        for link in link_keys.of_everybody(env, model, ids, "account_id", "res_id")
    }


def _of_users(env, model, ids) -> set[tuple[int, str, int]]:
    """The accounts of the users whose records these are."""
    accounts = env["crm.google.account"].search(
        [("state", "in", ("connected", "reconnect", "choosing"))]
    )
    by_user = {account.user_id: account.id for account in accounts}
    records = env[model].with_context(active_test=False).browse(ids).exists()
    records.invalidate_recordset()  # a meeting may be cached as somebody else sees it
    return {
        (by_user[user], model, record.id)
        for record in records
        for user in _users(record)
        if user in by_user
    }


def _users(record):
    if record._name == "mail.activity":
        return record.user_id
    if record._name == "calendar.recurrence":
        record = record.calendar_event_ids
    return record._crm_google_partners().user_ids | record.user_id


def showing(env, model: str, ids: list[int]) -> dict[str, list[int]]:
    """The records whose entries show the name of one of these, by model."""
    if model == "mail.activity.type":
        tasks = Domain("activity_type_id", "in", ids)
    else:
        documents = ids
        if model == "res.partner":  # a contact is called by its company, too
            documents = env[model].with_context(active_test=False).search([("id", "child_of", ids)])
            documents = documents.ids
        tasks = Domain("res_model", "=", model) & Domain("res_id", "in", documents)
    found = {"mail.activity": _search(env, "mail.activity", tasks).ids}
    if model in SHOWN_BY_MEETINGS:
        rows = _search(env, "calendar.event", Domain(SHOWN_BY_MEETINGS[model], "in", ids))
        found |= {"calendar.event": rows.ids, "calendar.recurrence": rows.recurrence_id.ids}
    return found


def _search(env, model: str, domain: Domain):
    return env[model].with_context(active_test=False).search(domain)
