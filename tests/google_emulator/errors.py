"""Every refusal of the emulator, with the status, reason and body that Google gives it."""

from __future__ import annotations

from typing import Any

STATUS_WORDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
USAGE_LIMITS = {
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "quotaExceeded",
    "dailyLimitExceeded",
    "accessNotConfigured",
}
CALENDAR_DOMAIN = {"timeRangeEmpty", "fullSyncRequired", "eventTypeRestriction", "quotaExceeded"}


class ApiError(Exception):
    """A refusal of the Calendar API; `body()` is the JSON that Google would send."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        location: str = "",
        location_type: str = "parameter",
        details: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.location = location
        self.location_type = location_type
        self.details = details
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        item = {"domain": domain_of(self.reason), "reason": self.reason, "message": self.message}
        if self.location:
            item |= {"locationType": self.location_type, "location": self.location}
        error: dict[str, Any] = {"code": self.code, "message": self.message, "errors": [item]}
        if self.details or self.code in (401,):
            error["status"] = STATUS_WORDS.get(self.code, "UNKNOWN")
        if self.details:
            error["details"] = self.details
        return {"error": error}


def domain_of(reason: str) -> str:
    if reason in USAGE_LIMITS:
        return "usageLimits"
    return "calendar" if reason in CALENDAR_DOMAIN else "global"


def error_info(reason: str) -> list[dict[str, Any]]:
    return [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": "googleapis.com",
            "metadata": {"service": "calendar-json.googleapis.com"},
        }
    ]


def invalid(message: str, location: str = "") -> ApiError:
    return ApiError(400, "invalid", message, location)


def bad_request(message: str = "Bad Request") -> ApiError:
    return ApiError(400, "badRequest", message)


def required(message: str, location: str = "") -> ApiError:
    return ApiError(400, "required", message, location)


def time_range_empty() -> ApiError:
    return ApiError(400, "timeRangeEmpty", "The specified time range is empty.", "timeMax")


def login_required() -> ApiError:
    return ApiError(401, "required", "Login Required.", "Authorization", "header")


def auth_error() -> ApiError:
    return ApiError(401, "authError", "Invalid Credentials", "Authorization", "header")


def insufficient_scopes() -> ApiError:
    message = "Request had insufficient authentication scopes."
    details = error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")
    return ApiError(403, "insufficientPermissions", message, details=details)


def forbidden(message: str = "Forbidden") -> ApiError:
    return ApiError(403, "forbidden", message)


def required_access_level(level: str = "writer") -> ApiError:
    message = f"You need to have {level} access to this calendar."
    return ApiError(403, "requiredAccessLevel", message)


def not_a_calendar_user() -> ApiError:
    message = "The user must be signed up for Google Calendar."
    return ApiError(403, "notACalendarUser", message)


def access_not_configured() -> ApiError:
    message = "Google Calendar API has not been used in this project before or it is disabled."
    return ApiError(403, "accessNotConfigured", message, details=error_info("SERVICE_DISABLED"))


def quota_exceeded() -> ApiError:
    return ApiError(403, "quotaExceeded", "Calendar usage limits exceeded.")


def rate_limited(status: int, retry_after: int | None = None) -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    details = error_info("RATE_LIMIT_EXCEEDED")
    message = "Rate Limit Exceeded"
    return ApiError(status, "rateLimitExceeded", message, details=details, headers=headers)


def not_found() -> ApiError:
    return ApiError(404, "notFound", "Not Found")


def duplicate() -> ApiError:
    return ApiError(409, "duplicate", "The requested identifier already exists.")


def conflict() -> ApiError:
    return ApiError(409, "conflict", "Conflict with another call of the same batch.")


def deleted() -> ApiError:
    return ApiError(410, "deleted", "Resource has been deleted")


def full_sync_required() -> ApiError:
    message = "Sync token is no longer valid, a full sync is required."
    return ApiError(410, "fullSyncRequired", message, "syncToken")


def updated_min_too_long_ago() -> ApiError:
    message = "The requested minimum modification time lies too far in the past."
    return ApiError(410, "updatedMinTooLongAgo", message, "updatedMin")


def condition_not_met() -> ApiError:
    return ApiError(412, "conditionNotMet", "Precondition Failed", "If-Match", "header")
