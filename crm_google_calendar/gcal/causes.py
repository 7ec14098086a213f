"""Why a call to Google failed: a closed set, each with an owner.

Sources: the Calendar API's pages on errors and quotas, Google's OAuth pages, RFC 6749.
"""

from __future__ import annotations

from enum import Enum


class Owner(str, Enum):
    """Who can do something about a cause."""

    USER = "user"
    ADMINISTRATOR = "administrator"
    NOBODY = "nobody"


class Cause(str, Enum):
    """Why a call failed."""

    TRANSIENT = "transient"
    RATE_LIMITED = "rate_limited"
    QUOTA_USED_UP = "quota_used_up"  # a limit on use that takes hours to recover
    LAPSED = "lapsed"  # the grant is gone, whatever the reason
    UNAUTHORIZED = "unauthorized"  # the access token, though Google has just renewed it
    SCOPE_MISSING = "scope_missing"
    NO_ACCESS = "no_access"  # to one event or calendar
    NO_CALENDAR_SERVICE = "no_calendar_service"  # the Google account has no Calendar
    API_DISABLED = "api_disabled"  # in the Google Cloud project
    BAD_CLIENT = "bad_client"  # id, secret or redirect address of the OAuth client
    CODE_REFUSED = "code_refused"  # the authorization code; connecting anew helps
    DECLINED = "declined"  # by the user, on the consent page
    BARRED = "barred"  # by a policy of the user's Google organization
    CHANGED = "changed"  # the event was changed since its etag
    CURSOR_EXPIRED = "cursor_expired"
    GONE = "gone"  # one event
    CALENDAR_GONE = "calendar_gone"
    DUPLICATE = "duplicate"  # the event id is taken
    COLLIDED = "collided"  # with another call of its batch
    ADDRESS_REFUSED = "address_refused"  # Google sends no messages to this site
    REFUSED = "refused"  # Google will never take this
    UNKNOWN = "unknown"

    @property
    def owner(self) -> Owner:
        """Who can do something about it."""
        return _OWNERS.get(self, Owner.NOBODY)

    @property
    def retried(self) -> bool:
        """Whether the same call, or its next version, is tried again later without anybody."""
        return self in _RETRIED

    @property
    def general(self) -> bool:
        """Whether it concerns every call on this calendar, not only the one that met it."""
        return self in _GENERAL


class Target(str, Enum):
    """What a call addressed; one status means different things for each."""

    EVENT = "event"
    CALENDAR = "calendar"  # the calendar itself, or all its events without a cursor
    CURSOR = "cursor"  # a list of changes since a cursor
    CODE = "code"  # the exchange of a code for tokens
    REFRESH = "refresh"  # of tokens, or their end
    BATCH = "batch"  # many calls at once


_OWNERS = {
    **dict.fromkeys(
        (
            Cause.LAPSED,
            Cause.SCOPE_MISSING,
            Cause.NO_ACCESS,
            Cause.CODE_REFUSED,
            Cause.DECLINED,
            Cause.CALENDAR_GONE,
            Cause.REFUSED,
        ),
        Owner.USER,
    ),
    **dict.fromkeys(
        (
            Cause.NO_CALENDAR_SERVICE,
            Cause.API_DISABLED,
            Cause.BAD_CLIENT,
            Cause.BARRED,
            Cause.ADDRESS_REFUSED,
            Cause.UNKNOWN,
        ),
        Owner.ADMINISTRATOR,
    ),
}
_RETRIED = frozenset(
    (
        Cause.TRANSIENT,
        Cause.UNAUTHORIZED,
        Cause.RATE_LIMITED,
        Cause.QUOTA_USED_UP,
        Cause.CHANGED,
        Cause.CURSOR_EXPIRED,
        Cause.COLLIDED,
    )
)
_GENERAL = frozenset(
    (
        Cause.RATE_LIMITED,
        Cause.QUOTA_USED_UP,
        Cause.LAPSED,
        Cause.SCOPE_MISSING,
        Cause.NO_CALENDAR_SERVICE,
        Cause.API_DISABLED,
        Cause.BAD_CLIENT,
        Cause.CALENDAR_GONE,
        Cause.UNKNOWN,
    )
)

BY_REASON = {
    "rateLimitExceeded": Cause.RATE_LIMITED,
    "userRateLimitExceeded": Cause.RATE_LIMITED,
    "RATE_LIMIT_EXCEEDED": Cause.RATE_LIMITED,
    "rate_limit_exceeded": Cause.RATE_LIMITED,
    "quotaExceeded": Cause.QUOTA_USED_UP,
    "dailyLimitExceeded": Cause.QUOTA_USED_UP,
    "calendarUsageLimitsExceeded": Cause.QUOTA_USED_UP,
    "insufficientPermissions": Cause.SCOPE_MISSING,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": Cause.SCOPE_MISSING,
    "insufficient_scope": Cause.SCOPE_MISSING,
    "notACalendarUser": Cause.NO_CALENDAR_SERVICE,
    "accessNotConfigured": Cause.API_DISABLED,
    "SERVICE_DISABLED": Cause.API_DISABLED,
    "invalid_client": Cause.BAD_CLIENT,
    "deleted_client": Cause.BAD_CLIENT,
    "disabled_client": Cause.BAD_CLIENT,
    "unauthorized_client": Cause.BAD_CLIENT,
    "redirect_uri_mismatch": Cause.BAD_CLIENT,
    "invalid_scope": Cause.BAD_CLIENT,
    "access_denied": Cause.DECLINED,
    "admin_policy_enforced": Cause.BARRED,
    "org_internal": Cause.BARRED,
    "temporarily_unavailable": Cause.TRANSIENT,
    "server_error": Cause.TRANSIENT,
    "duplicate": Cause.DUPLICATE,
    "push.webhookUrlUnauthorized": Cause.ADDRESS_REFUSED,  # comes with 401: the grant is fine
    "push.webhookUrlNotHttps": Cause.ADDRESS_REFUSED,
    "pushNotSupportedForRequestedResource": Cause.ADDRESS_REFUSED,
    "fullSyncRequired": Cause.CURSOR_EXPIRED,
    "updatedMinTooLongAgo": Cause.CURSOR_EXPIRED,
}
BY_STATUS = {
    401: Cause.UNAUTHORIZED,
    403: Cause.NO_ACCESS,
    408: Cause.TRANSIENT,
    409: Cause.COLLIDED,
    412: Cause.CHANGED,
    429: Cause.RATE_LIMITED,
}
