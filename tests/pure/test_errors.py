"""Every error of Google's has one cause, and every cause an owner."""

import errno
import http.client
import json
import socket
import ssl

import httplib2
import pytest
from google.auth.exceptions import RefreshError, TransportError

from crm_google_calendar.gcal import errors
from crm_google_calendar.gcal.errors import (
    Cause,
    CursorExpired,
    GoogleError,
    Lapsed,
    Owner,
    Target,
    Throttled,
    from_code,
    from_exception,
    from_response,
)


def body(reason, code=400, **more):
    fault = {"domain": "calendar", "reason": reason, "message": "Ada's secret visit", **more}
    return json.dumps({"error": {"errors": [fault], "code": code, "message": "Ada's secret visit"}})


def cause(status, reason, target=Target.EVENT):
    return from_response(status, {}, body(reason, status), target).cause


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (400, "invalid", Cause.REFUSED),
        (400, "timeRangeEmpty", Cause.REFUSED),
        (401, "authError", Cause.UNAUTHORIZED),
        (403, "rateLimitExceeded", Cause.RATE_LIMITED),
        (403, "userRateLimitExceeded", Cause.RATE_LIMITED),
        (429, "rateLimitExceeded", Cause.RATE_LIMITED),
        (429, "", Cause.RATE_LIMITED),
        (403, "quotaExceeded", Cause.QUOTA_USED_UP),
        (403, "dailyLimitExceeded", Cause.QUOTA_USED_UP),
        (403, "insufficientPermissions", Cause.SCOPE_MISSING),
        (403, "forbidden", Cause.NO_ACCESS),
        (403, "requiredAccessLevel", Cause.NO_ACCESS),
        (403, "forbiddenForNonOrganizer", Cause.NO_ACCESS),
        (403, "accessNotConfigured", Cause.API_DISABLED),
        (403, "notACalendarUser", Cause.NO_CALENDAR_SERVICE),
        (404, "notFound", Cause.GONE),
        (409, "duplicate", Cause.DUPLICATE),
        (409, "conflict", Cause.COLLIDED),
        (410, "deleted", Cause.GONE),
        (412, "conditionNotMet", Cause.CHANGED),
        (500, "backendError", Cause.TRANSIENT),
        (503, "", Cause.TRANSIENT),
        (304, "", Cause.TRANSIENT),
    ],
)
def test_a_call_on_one_event(status, reason, expected):
    assert cause(status, reason) is expected


@pytest.mark.parametrize(
    ("status", "reason", "target", "expected"),
    [
        (410, "fullSyncRequired", Target.CURSOR, Cause.CURSOR_EXPIRED),
        (410, "fullSyncRequired", Target.CALENDAR, Cause.CURSOR_EXPIRED),  # no deleted calendar
        (410, "updatedMinTooLongAgo", Target.EVENT, Cause.CURSOR_EXPIRED),
        (410, "updatedMinTooLongAgo", Target.CURSOR, Cause.CURSOR_EXPIRED),
        (410, "deleted", Target.CURSOR, Cause.CALENDAR_GONE),
        (404, "notFound", Target.CURSOR, Cause.CALENDAR_GONE),
        (404, "notFound", Target.CALENDAR, Cause.CALENDAR_GONE),
        (410, "deleted", Target.CALENDAR, Cause.CALENDAR_GONE),
        (404, "", Target.BATCH, Cause.UNKNOWN),
        (401, "push.webhookUrlUnauthorized", Target.CALENDAR, Cause.ADDRESS_REFUSED),
        (400, "push.webhookUrlNotHttps", Target.CALENDAR, Cause.ADDRESS_REFUSED),
        (403, "forbidden", Target.BATCH, Cause.UNKNOWN),  # none of its calls was looked at
    ],
)
def test_not_found_and_gone_mean_what_was_asked_for(status, reason, target, expected):
    assert cause(status, reason, target) is expected


def test_a_refused_cursor_is_an_expired_one():
    fault = body("invalid", locationType="parameter", location="syncToken")
    assert from_response(400, {}, fault, Target.CURSOR).cause is Cause.CURSOR_EXPIRED
    assert from_response(400, {}, fault, Target.EVENT).cause is Cause.REFUSED


@pytest.mark.parametrize(
    ("code", "status", "target", "expected"),
    [
        ("invalid_grant", 400, Target.REFRESH, Cause.LAPSED),
        ("invalid_grant", 400, Target.CODE, Cause.CODE_REFUSED),
        ("invalid_client", 401, Target.REFRESH, Cause.BAD_CLIENT),
        ("deleted_client", 401, Target.CODE, Cause.BAD_CLIENT),
        ("unauthorized_client", 400, Target.CODE, Cause.BAD_CLIENT),
        ("redirect_uri_mismatch", 400, Target.CODE, Cause.BAD_CLIENT),
        ("unheard_of", 401, Target.CODE, Cause.BAD_CLIENT),
        ("invalid_request", 400, Target.CODE, Cause.REFUSED),
        ("server_error", 500, Target.REFRESH, Cause.TRANSIENT),
        ("rate_limit_exceeded", 429, Target.CODE, Cause.RATE_LIMITED),
        ("", 404, Target.CODE, Cause.UNKNOWN),
    ],
)
def test_the_token_endpoint_has_codes_of_its_own(code, status, target, expected):
    answer = json.dumps({"error": code, "error_description": "Ada's token"})
    assert from_response(status, {}, answer, target).cause is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("access_denied", Cause.DECLINED),
        ("admin_policy_enforced", Cause.BARRED),
        ("org_internal", Cause.BARRED),
        ("redirect_uri_mismatch", Cause.BAD_CLIENT),
        ("temporarily_unavailable", Cause.TRANSIENT),
        ("<script>", Cause.REFUSED),
    ],
)
def test_a_code_at_the_redirect_address(code, expected):
    assert from_code(code).cause is expected


def test_the_reason_is_found_in_the_newer_details_too():
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}]
    answer = json.dumps({"error": {"code": 403, "details": details, "message": "Enable it"}})
    assert from_response(403, {}, answer, Target.EVENT).cause is Cause.API_DISABLED


@pytest.mark.parametrize(
    "answer",
    ["", "Forbidden", "[" * 100_000, "[]", '"x"', '{"error": 5}', '{"error": {"errors": 5}}'],
)
def test_an_answer_of_any_other_form_goes_by_its_status(answer):
    assert from_response(502, {}, answer, Target.EVENT).cause is Cause.TRANSIENT
    assert from_response(403, {}, answer, Target.EVENT).cause is Cause.NO_ACCESS


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        (
            {
                "retry-after": "Mon, 05 Jan 2026 09:00:30 GMT",
                "date": "Mon, 05 Jan 2026 09:00:00 GMT",
            },
            30,
        ),
        ({"retry-after": "Mon, 05 Jan 2026 09:00:30 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers, seconds):
    assert from_response(429, headers, "", Target.EVENT).retry_after == seconds


def test_only_a_write_that_failed_on_googles_side_may_have_been_carried_out():
    assert from_response(503, {}, "", Target.EVENT, write=True).uncertain
    assert not from_response(503, {}, "", Target.EVENT).uncertain
    assert not from_response(403, {}, "", Target.EVENT, write=True).uncertain


@pytest.mark.parametrize(
    ("exc", "uncertain"),
    [
        (TimeoutError("timed out"), True),
        (ConnectionResetError("reset"), True),
        (BrokenPipeError("pipe"), True),
        (ssl.SSLError("ssl"), True),
        (http.client.IncompleteRead(b"half"), True),
        (httplib2.HttpLib2Error("odd"), True),
        (ValueError("no json"), True),
        (TransportError(http.client.IncompleteRead(b"half")), True),
        (TransportError("words"), True),
        (ConnectionRefusedError("refused"), False),
        (socket.gaierror(-2, "name"), False),
        (httplib2.ServerNotFoundError("name"), False),
        (OSError(errno.ENETUNREACH, "no network"), False),
        (ssl.SSLCertVerificationError("certificate"), False),
        (TransportError(httplib2.ServerNotFoundError("name")), False),
    ],
)
def test_without_an_answer_a_write_is_uncertain_if_it_was_sent(exc, uncertain):
    failure = from_exception(exc, Target.EVENT, write=True)
    assert (failure.cause, failure.uncertain) == (Cause.TRANSIENT, uncertain)
    assert not from_exception(exc, Target.EVENT).uncertain


@pytest.mark.parametrize(
    ("exc", "expected"),
    [
        (RefreshError("invalid_grant: Bad", {"error": "invalid_grant"}), Cause.LAPSED),
        (RefreshError("invalid_client: x", {"error": "invalid_client"}), Cause.BAD_CLIENT),
        (RefreshError("Reauthentication is needed. Please"), Cause.LAPSED),
        (RefreshError("<html>Bad gateway of Ada</html>"), Cause.TRANSIENT),
        (RefreshError("server_error: x", {"error": "x"}, retryable=True), Cause.TRANSIENT),
    ],
)
def test_a_page_of_a_proxy_never_ends_a_grant(exc, expected):
    assert from_exception(exc, Target.EVENT).cause is expected


PAGE = "<!DOCTYPE html><title>Sign in to the hotel</title>"


@pytest.mark.parametrize("status", [302, 307, 401, 403, 404, 407, 410, 451, 503])
def test_a_page_of_a_proxy_says_nothing_of_googles(status):
    failure = from_response(status, {}, PAGE, Target.CALENDAR, write=True)
    assert (failure.cause, failure.uncertain) == (Cause.TRANSIENT, True)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_such_a_page_in_place_of_tokens_neither(status):
    assert from_response(status, {}, PAGE, Target.REFRESH).cause is Cause.TRANSIENT


@pytest.mark.parametrize("status", [400, 413, 414])
def test_googles_own_page_for_a_request_out_of_shape_is_a_refusal(status):
    assert from_response(status, {}, PAGE, Target.BATCH).cause is Cause.REFUSED


@pytest.mark.parametrize("wait", ["9" * 400, "٩" * 30, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_nobody_waits_for_ever(wait):
    headers = {"retry-after": wait, "date": "Fri, 31 Dec 1999 23:59:59 GMT"}
    assert from_response(429, headers, "", Target.EVENT).retry_after <= 30 * 24 * 3600


def test_an_error_of_ours_passes_unchanged():
    failure = GoogleError(Cause.GONE)
    assert from_exception(failure, Target.EVENT) is failure


def test_three_causes_have_a_class_of_their_own():
    assert isinstance(errors.error(Cause.LAPSED), Lapsed)
    assert isinstance(errors.error(Cause.CURSOR_EXPIRED), CursorExpired)
    assert isinstance(errors.error(Cause.QUOTA_USED_UP), Throttled)
    assert isinstance(errors.error(Cause.RATE_LIMITED), Throttled)


@pytest.mark.parametrize("cause", Cause)
def test_what_nobody_can_mend_is_tried_again_or_dealt_with_by_the_run(cause):
    by_the_run = (Cause.GONE, Cause.DUPLICATE)
    assert (cause.owner is Owner.NOBODY) == (cause.retried or cause in by_the_run)


def test_a_fault_of_one_event_does_not_concern_the_others():
    of_one = (Cause.GONE, Cause.CHANGED, Cause.DUPLICATE, Cause.COLLIDED, Cause.REFUSED)
    assert not any(cause.general for cause in (*of_one, Cause.NO_ACCESS, Cause.TRANSIENT))
    assert Cause.LAPSED.general
    assert Cause.CALENDAR_GONE.general


def test_no_content_is_in_the_text_of_an_error():
    failure = from_response(400, {}, body("invalid"), Target.EVENT)
    assert str(failure) == "refused 400 invalid"
    assert "Ada" not in repr(failure)
    assert "Ada" not in str(from_response(400, {}, body("Ada's secret"), Target.EVENT))
    assert "Ada" not in repr(from_exception(OSError("Ada"), Target.EVENT))
