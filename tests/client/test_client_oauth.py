"""OAuth against a server: consent, exchange, refresh, revoke."""

from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from crm_google_calendar.gcal import oauth
from crm_google_calendar.gcal.client import Google
from crm_google_calendar.gcal.errors import Cause, GoogleError, Lapsed, Throttled
from google_emulator import Fault
from google_emulator.fixtures import SAM

CLIENT = oauth.Client("our-client", "our-secret")
BACK = "https://crm.example.com/crm_google_calendar/oauth"


@pytest.fixture
def emulator(emulator):
    emulator.register_client(CLIENT.id, CLIENT.secret, BACK)
    emulator.configure(open_clients=False)
    return emulator


def answered(emulator, consent, **choices):
    """The parameters with which Google sends Sam back."""
    back = emulator.consent(consent.url, SAM, **choices)
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def connected(emulator, http, **choices):
    consent = oauth.consent(CLIENT, BACK)
    code = answered(emulator, consent, **choices)["code"]
    return oauth.exchange(CLIENT, code, BACK, consent.verifier, http)


@pytest.fixture
def google_of(http):
    def build(grant, expires_at=None):
        values = CLIENT, grant.refresh_token, grant.access_token, expires_at
        return Google(oauth.credentials(*values), http)

    return build


def test_the_consent_page_is_asked_for_all_we_need_and_no_more(emulator):
    query = parse_qs(urlsplit(oauth.consent(CLIENT, BACK, SAM).url).query)
    assert query["scope"] == [" ".join(oauth.SCOPES)]
    assert query["access_type"] == ["offline"]
    assert query["prompt"] == ["consent select_account"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["login_hint"] == [SAM]
    assert query["redirect_uri"] == [BACK]
    assert "include_granted_scopes" not in query


def test_building_a_consent_needs_no_network(emulator):
    first, second = oauth.consent(CLIENT, BACK), oauth.consent(CLIENT, BACK)
    assert emulator.count() == 0
    assert first.state != second.state
    assert first.verifier != second.verifier


def test_the_consent_page_stands_at_google_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("CRM_GOOGLE_BASE_URL")
    assert oauth.consent(CLIENT, BACK).url.startswith(
        "https://accounts.google.com/o/oauth2/v2/auth?"
    )


def test_a_consent_becomes_a_grant(emulator, http, google_of):
    grant = connected(emulator, http)
    assert grant.email == SAM
    assert grant.sub
    assert grant.scopes >= {oauth.CALENDAR_SCOPE}
    assert timedelta(minutes=55) < grant.expires_at - datetime.now(timezone.utc)
    assert google_of(grant).create_calendar("Events", "", "UTC")["id"]


def test_the_state_comes_back_unchanged(emulator):
    consent = oauth.consent(CLIENT, BACK)
    assert answered(emulator, consent)["state"] == consent.state


def test_a_refused_consent_says_so(emulator):
    assert answered(emulator, oauth.consent(CLIENT, BACK), deny=True)["error"] == "access_denied"


def test_an_unticked_calendar_box_is_named(emulator, http):
    with pytest.raises(GoogleError) as failed:
        connected(emulator, http, untick=["app.created"])
    assert (failed.value.cause, failed.value.reason) == (Cause.SCOPE_MISSING, "calendar")
    assert emulator.count("revoke") == 0


def test_a_code_works_once_and_only_with_its_verifier(emulator, http):
    consent = oauth.consent(CLIENT, BACK)
    code = answered(emulator, consent)["code"]
    with pytest.raises(GoogleError) as failed:
        oauth.exchange(CLIENT, code, BACK, "x" * 50, http)
    assert failed.value.cause is Cause.CODE_REFUSED
    assert oauth.exchange(CLIENT, code, BACK, consent.verifier, http).refresh_token
    with pytest.raises(GoogleError) as failed:
        oauth.exchange(CLIENT, code, BACK, consent.verifier, http)
    assert failed.value.cause is Cause.CODE_REFUSED


@pytest.mark.parametrize(
    ("client", "back"),
    [
        (oauth.Client(CLIENT.id, "wrong"), BACK),
        (oauth.Client("unknown", CLIENT.secret), BACK),
        (CLIENT, BACK + "/"),
    ],
)
def test_a_wrong_client_is_the_administrators_matter(emulator, http, client, back):
    consent = oauth.consent(CLIENT, BACK)
    code = answered(emulator, consent)["code"]
    with pytest.raises(GoogleError) as failed:
        oauth.exchange(client, code, back, consent.verifier, http)
    assert failed.value.cause is Cause.BAD_CLIENT


def test_a_code_is_never_sent_twice(emulator, http):
    emulator.faults.script("token", Fault.lost_answer())
    with pytest.raises(GoogleError) as failed:
        connected(emulator, http)
    assert failed.value.cause is Cause.TRANSIENT
    assert emulator.count("token") == 1


@pytest.mark.parametrize(
    "fault", [Fault(status=503, reason="x"), Fault.half_answer(), Fault.reset()]
)
def test_an_exchange_that_fails_on_the_way_can_be_tried_anew(emulator, http, fault):
    emulator.faults.script("token", fault)
    with pytest.raises(GoogleError) as failed:
        connected(emulator, http)
    assert failed.value.cause is Cause.TRANSIENT


def test_a_client_can_be_tested_without_a_user(emulator, http):
    oauth.test_client(CLIENT, BACK, http)
    with pytest.raises(GoogleError) as failed:
        oauth.test_client(oauth.Client(CLIENT.id, "wrong"), BACK, http)
    assert failed.value.cause is Cause.BAD_CLIENT


def test_an_expired_access_token_is_refreshed_on_the_way(emulator, http, google_of):
    grant = connected(emulator, http)
    google = google_of(grant)
    emulator.expire_access_tokens()
    google.create_calendar("Events", "", "UTC")
    assert emulator.count("refresh") == 1
    assert google.credentials.token != grant.access_token
    assert google.credentials.expiry is not None


def test_a_refresh_names_no_scopes(emulator, http, google_of):
    """google-auth would send those it was built with, and fail where fewer were granted."""
    google = google_of(connected(emulator, http, untick=["userinfo.email"]))
    emulator.expire_access_tokens()
    google.create_calendar("Events", "", "UTC")
    assert google.credentials.scopes is None


def test_a_token_about_to_expire_is_refreshed_before_the_call(emulator, http, google_of):
    google = google_of(connected(emulator, http), datetime.now(timezone.utc) + timedelta(minutes=1))
    google.create_calendar("Events", "", "UTC")
    assert emulator.methods()[-2:] == ["refresh", "calendars.insert"]


def test_a_dead_grant_has_lapsed(emulator, http, google_of):
    google = google_of(connected(emulator, http))
    emulator.kill_grants(SAM)
    with pytest.raises(Lapsed) as failed:
        google.create_calendar("Events", "", "UTC")
    assert failed.value.reason == "invalid_grant"
    assert not failed.value.uncertain


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(status=503, reason="backendError"), Cause.TRANSIENT),
        (Fault(status=400, reason="deleted_client"), Cause.BAD_CLIENT),
        (Fault.half_answer(), Cause.TRANSIENT),
        (Fault.reset(), Cause.TRANSIENT),
    ],
)
def test_a_refresh_that_fails_otherwise_ends_no_grant(emulator, http, fault, expected, google_of):
    google = google_of(connected(emulator, http))
    emulator.expire_access_tokens()
    emulator.faults.script("refresh", fault)
    with pytest.raises(GoogleError) as failed:
        google.create_calendar("Events", "", "UTC")
    assert failed.value.cause is expected
    assert emulator.count("refresh") == 1
    assert google.create_calendar("Events", "", "UTC")["id"]


def test_a_throttled_refresh_says_how_long_to_wait(emulator, http, google_of):
    google = google_of(connected(emulator, http))
    emulator.expire_access_tokens()
    fault = Fault(status=429, reason="rate_limit_exceeded", retry_after=9)
    emulator.faults.script("refresh", fault)
    with pytest.raises(Throttled) as failed:
        google.create_calendar("Events", "", "UTC")
    assert failed.value.retry_after == 9


def test_a_revoked_grant_is_dead_and_revoking_it_again_is_fine(emulator, http, google_of):
    grant = connected(emulator, http)
    oauth.revoke(grant.refresh_token, http)
    oauth.revoke(grant.refresh_token, http)
    with pytest.raises(Lapsed):
        google_of(grant).create_calendar("Events", "", "UTC")


def test_a_revocation_that_failed_is_told(emulator, http):
    grant = connected(emulator, http)
    emulator.faults.script("revoke", Fault(status=503, reason="backendError"))
    with pytest.raises(GoogleError) as failed:
        oauth.revoke(grant.refresh_token, http)
    assert failed.value.cause is Cause.TRANSIENT


def test_no_secret_is_in_the_text_of_a_value(emulator, http):
    grant, consent = connected(emulator, http), oauth.consent(CLIENT, BACK)
    words = f"{CLIENT} {grant} {consent}"
    secrets = (CLIENT.secret, grant.refresh_token, grant.access_token, consent.verifier)
    assert not any(secret in words for secret in secrets)
