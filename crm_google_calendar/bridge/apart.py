"""Whatever is wrong with one entry concerns it alone: it is set aside, and the others go on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import psycopg2

from . import links
from .work import Work

_logger = logging.getLogger(__name__)


def attempt(work: Work, case: Any, step: Callable[[Work, Any], None]) -> bool:
    """Take one step with one case, which writes to nothing but its link; whether that went well.

    What PostgreSQL raises is not the entry's fault, or must end the transaction anyhow.
    """
    try:
        step(work, case)
    except psycopg2.Error:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is odd about one entry concerns it alone
        unreadable(work, case, error)
        return False
    return True


def unreadable(work: Work, case: Any, error: Exception) -> None:
    """Set aside what Google sent in a form that cannot be read."""
    _logger.info(
        "event %s of calendar %s cannot be read: %s",
        case.event_id,
        case.calendar.id,
        type(error).__name__,
    )
    links.set_aside(work, case, "unreadable")
