"""The switches of an emulator; the defaults are as strict as Google is known to be."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Settings:
    """Change them on `emulator.settings` at any time."""

    page_size: int = 2500  # largest page served, whatever maxResults says
    latency_ms: float = 0  # from each HTTP request to its answer (a batch counts once)
    batch_limit: int = 50  # Google's guide says 1000 by now, older ones 50
    batch_conflicts: bool = True  # 409 conflict for a second write of one series in a batch
    calendar_limit: int | None = 60  # calendars one user may create ...
    calendar_limit_hours: float = 6  # ... in this time; deleting gives nothing back
    quota_per_minute: int | None = None  # units per user in any 60 seconds; most calls are one
    patch_units: int = 3  # what a PATCH counts; 1: as if Google counted requests
    quota_status: int = 403  # 403 or 429 when the quota is used up
    api_enabled: bool = True  # False: 403 accessNotConfigured
    bare_deletions: bool = True  # lists give only id and status of deleted single events
    empty_pages: bool = False  # True: the first page of each listing is empty, with a page token
    refuse_revival: bool = False  # True: a deleted event cannot be confirmed again (403)
    keep_lost_exceptions: bool = False  # True: those that a changed rule no longer has stay
    etags_follow: bool = True  # a changed master changes its exceptions' etags (not documented)
    allow_http_channels: bool = False  # True: push to http://127.0.0.1 is allowed
    # where push messages for these sites go instead: "https://crm.example.com" -> "http://127.0.0.1:1"
    sites: dict[str, str] = field(default_factory=dict)
    open_clients: bool = True  # False: only registered OAuth clients are known
    access_token_seconds: int = 3599
    code_seconds: int = 600
    testing_mode: bool = False  # True: refresh tokens die 7 days after consent
