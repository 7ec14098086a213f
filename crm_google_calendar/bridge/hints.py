"""From hints, rows that say "this record may have changed", to the accounts they concern."""

from __future__ import annotations

from collections import defaultdict

from . import link_keys

# what a hint is about that was left by a message of Google, or by a visit of the calendar page
NEWS = MESSAGE, VISIT = "crm.google.channel", "crm.google.account"


def newest(env) -> int:
    """The highest hint this transaction can see; what it sees beyond it later is its own."""
    hint = env["crm.google.hint"].search([], order="id desc", limit=1)
    return hint.id or 0


def dispatch(env, skip=None, above: int = 0) -> None:
    """Give the hints that nobody owns yet to the accounts they concern.

    skip: an account that made the change itself. above: only hints newer than that one.
    """
    hints = env["crm.google.hint"]
    raw = hints.search([("account_id", "=", False), ("id", ">", above)])
    wanted = defaultdict(set)
    for hint in raw:
        wanted[hint.model].add(hint.res_id)
    rows = {
        (account.id, model, res_id)
        for model, ids in wanted.items()
        for res_id, accounts in _concerned(env, model, ids).items()
        for account in accounts
        if account != skip
    }
    hints.create([{"account_id": a, "model": model, "res_id": r} for a, model, r in sorted(rows)])
    raw.unlink()


def forget_own(work, before: int) -> None:
    """Our own writes concern the other guests' accounts only."""
    work.env.cr.flush()  # hints are written right before a commit
    dispatch(work.env, skip=work.account, above=before)


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


def _concerned(env, model, ids):
    """Record id -> accounts that hold a link to the record or whose user it belongs to."""
    if model in NEWS:
        rows = env[model].browse(ids).exists()
        owners = {row.id: row if model == VISIT else row.account_id for row in rows}
        return {each: owner for each, owner in owners.items() if _is_served(owner)}
    result = defaultdict(set)
    for link in link_keys.of_everybody(env, model, ids):
        result[link.res_id].add(link.account_id)
    accounts = env["crm.google.account"].search(
        [("state", "in", ("connected", "reconnect", "choosing"))]
    )
    by_user = {account.user_id: account for account in accounts}
    records = env[model].with_context(active_test=False).browse(ids).exists()
    records.invalidate_recordset()  # a meeting may be cached as somebody else sees it
    for record in records:
        for user in _users(record):
            if user in by_user:
                result[record.id].add(by_user[user])
    return result


def _users(record):
    if record._name == "mail.activity":
        return record.user_id
    if record._name == "calendar.recurrence":
        record = record.calendar_event_ids
    return record._crm_google_partners().user_ids | record.user_id
