"""Time zones by the names that calendars write: IANA's, fixed offsets, and those of Windows."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from .windows_zones import IANA

_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2})(?::?([0-5]\d))?", re.ASCII | re.IGNORECASE)
_FURTHEST = timedelta(hours=18)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> tzinfo:
    """The zone of that name; raises ValueError where this server knows none."""
    name = name.strip().strip('"')
    try:
        return ZoneInfo(IANA.get(name.casefold(), name))
    except (KeyError, ValueError, OSError) as fault:  # "Europe" is a folder, not a zone
        fixed = _fixed(name)
        if fixed is None:
            raise ValueError("a time zone that is not known here") from fault
        return fixed


def _fixed(name: str) -> timezone | None:
    found = _OFFSET.fullmatch(name)
    if not found:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if offset > _FURTHEST:
        return None
    return timezone(-offset if found[1] == "-" else offset)
