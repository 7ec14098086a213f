"""How long a run waits after Google asked it to slow down."""

from __future__ import annotations

from .errors import Cause

LONGEST = 64.0  # seconds, from Google's page on quotas
HOUR = 3600.0
MOST_HOURS = 6.0
DAY = 24 * HOUR


def pause(
    attempt: int, retry_after: float | None, jitter: float, cause: Cause | None = None
) -> float:
    """Seconds until the next try.

    attempt: how often it failed in a row before, from 0. jitter: a random share of 0 to 1, so that
    many accounts do not come back at once. A limit on use recovers in hours, not seconds.
    """
    if retry_after is not None:
        return min(retry_after, DAY) + jitter
    if cause is Cause.QUOTA_USED_UP:
        return HOUR * (min(2.0 ** min(attempt, 10), MOST_HOURS) + jitter / 6)
    return min(2.0 ** min(attempt, 10) + jitter, LONGEST)
