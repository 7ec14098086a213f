"""How often an account is asked what changed: less often the longer nothing has, to a bound."""

from __future__ import annotations

from datetime import timedelta

SHARE = 12  # an account in which nothing has happened for 12 hours may wait an hour


def patience(quiet: timedelta, told: bool, interval: timedelta, longest: timedelta) -> timedelta:
    """How long an account may wait between two times it is asked.

    quiet: since anything last happened. told: Google tells of changes by itself, so that asking is
    a safeguard only. interval: of lively accounts. longest: of any.
    """
    wanted = quiet if told else quiet / SHARE
    return max(interval, min(wanted, longest))


def is_due(since: timedelta, patience: timedelta, interval: timedelta) -> bool:
    """Whether to ask now, when the next chance comes an interval later.

    since: the account was last asked.
    """
    return since + interval > patience
