"""Consent, tokens, scopes, revocation."""

import base64
import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
from google_auth_oauthlib.flow import Flow

from .calls import APP_CREATED

SAM = "sam@example.com"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
CALLBACK = "https://crm.example.com/callback"
SCOPES = ["openid", EMAIL, APP_CREATED]


def flow_for(emulator, secret="secret", scopes=SCOPES, **more):
    web = {
        "client_id": "123-abc.apps.googleusercontent.com",
        "client_secret": secret,
        "auth_uri": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_uri": emulator.url + "/token",
    }
    return Flow.from_client_config({"web": web}, scopes, redirect_uri=CALLBACK, **more)


def code_for(emulator, flow, email=SAM, untick=(), **args):
    url, _ = flow.authorization_url(**{"prompt": "consent", "state": "s"} | args)
    return dict(parse_qsl(urlsplit(emulator.consent(url, email, untick)).query))["code"]


def exchange(emulator, given_code, flow, **change):
    form = {
        "grant_type": "authorization_code",
        "code": given_code,
        "client_id": "123-abc.apps.googleusercontent.com",
        "client_secret": "secret",
        "redirect_uri": CALLBACK,
        "code_verifier": flow.code_verifier,
    }
    form = {name: value for name, value in (form | change).items() if value is not None}
    answer = requests.post(emulator.url + "/token", data=form, timeout=5)
    return answer.status_code, answer.json()


def refresh(emulator, token, **change):
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_secret": "secret"}
    form |= {"client_id": "123-abc.apps.googleusercontent.com"} | change
    answer = requests.post(emulator.url + "/token", data=form, timeout=5)
    return answer.status_code, answer.json()


@pytest.fixture
def given(emulator):
    """What the token endpoint gave after a full consent."""
    flow = flow_for(emulator)
    return exchange(emulator, code_for(emulator, flow), flow)[1]


def authorize(emulator, **change):
    args = {
        "client_id": "123-abc",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "state": "a b&c",
    }
    args = {name: value for name, value in (args | change).items() if value is not None}
    url = emulator.url + "/o/oauth2/v2/auth"
    return requests.get(url, params=args, allow_redirects=False, timeout=5)


def test_the_whole_flow_with_googles_own_library(emulator):
    flow = flow_for(emulator)
    code = code_for(emulator, flow)
    back = flow_for(
        emulator, scopes=None, code_verifier=flow.code_verifier, autogenerate_code_verifier=False
    )
    status, token = exchange(emulator, code, back)
    assert status == 200
    assert set(token["scope"].split()) == set(SCOPES)
    assert token["expires_in"] == 3599
    assert {"access_token", "refresh_token", "id_token", "token_type"} <= token.keys()


def test_the_pages_lead_to_the_callback(emulator):
    emulator.add_user("ann@example.com", "Ann")
    chooser = authorize(emulator)
    assert 'data-account="ann@example.com"' in chooser.text
    page = authorize(emulator, account=SAM)
    assert "checkbox" in page.text and "Continue" in page.text
    answer = {"action": "continue", "scope0": APP_CREATED}
    back = requests.post(page.url, data=answer, allow_redirects=False, timeout=5)
    query = parse_qs(urlsplit(back.headers["Location"]).query)
    assert back.headers["Location"].startswith(CALLBACK)
    assert query["state"] == ["a b&c"]


def test_cancel_is_access_denied(emulator):
    url, _ = flow_for(emulator).authorization_url(state="s")
    assert emulator.consent(url, SAM, deny=True) == f"{CALLBACK}?state=s&error=access_denied"


def test_an_unticked_scope_is_not_granted(emulator):
    flow = flow_for(emulator)
    code = code_for(emulator, flow, untick=["app.created"])
    assert set(exchange(emulator, code, flow)[1]["scope"].split()) == {"openid", EMAIL}


def test_the_short_scope_comes_back_long(emulator):
    flow = flow_for(emulator, scopes=["openid", "email"])
    code = code_for(emulator, flow)
    assert EMAIL in exchange(emulator, code, flow)[1]["scope"].split()


def test_the_id_token_names_the_account(emulator, given):
    payload = given["id_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert claims["email"] == SAM
    assert claims["sub"].isdigit()
    assert claims["aud"] == "123-abc.apps.googleusercontent.com"


def test_userinfo_names_the_account(emulator, given):
    headers = {"Authorization": "Bearer " + given["access_token"]}
    answer = requests.get(emulator.url + "/v1/userinfo", headers=headers, timeout=5)
    assert answer.json()["email"] == SAM
    assert requests.get(emulator.url + "/v1/userinfo", timeout=5).status_code == 401


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "invalid_request"),
        ({"scope": None}, "invalid_request"),
        ({"scope": "openid calendar"}, "invalid_scope"),
        ({"prompt": "none consent"}, "invalid_request"),
        ({"access_type": "always"}, "invalid_request"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
        ({"client_id": "456-gone"}, "deleted_client"),
        ({"client_id": "456-known"}, "redirect_uri_mismatch"),
        ({"client_id": None}, "invalid_client"),
    ],
)
def test_bad_requests_end_on_googles_own_page(emulator, change, error):
    emulator.register_client("456-gone", "secret", deleted=True)
    emulator.register_client("456-known", "secret", "https://other.example.com/callback")
    page = authorize(emulator, **change)
    assert page.status_code in (400, 401)
    assert error in page.text


def test_prompt_none_asks_nothing(emulator):
    assert "error=consent_required" in authorize(emulator, prompt="none").headers["Location"]


def test_a_known_user_is_not_asked_again(emulator, given):
    change = {"client_id": "123-abc.apps.googleusercontent.com", "login_hint": SAM}
    assert "code=" in authorize(emulator, **change).headers["Location"]
    assert authorize(emulator, **change, prompt="consent").status_code == 200
    assert "Choose" in authorize(emulator, **change, prompt="select_account").text


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"code": "4/0Anonsense"}, 400, "invalid_grant"),
        ({"redirect_uri": CALLBACK + "/"}, 400, "redirect_uri_mismatch"),
        ({"code_verifier": None}, 400, "invalid_grant"),
        ({"code_verifier": "x" * 43}, 400, "invalid_grant"),
        ({"client_secret": None}, 400, "invalid_request"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "789-other"}, 400, "invalid_grant"),
        ({"client_id": None}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_bad_exchanges_are_refused(emulator, change, status, error):
    emulator.register_client("123-abc.apps.googleusercontent.com", "secret", CALLBACK)
    flow = flow_for(emulator)
    answer = exchange(emulator, code_for(emulator, flow), flow, **change)
    assert (answer[0], answer[1]["error"]) == (status, error)


def test_closed_clients_must_be_registered(emulator):
    emulator.configure(open_clients=False)
    assert "invalid_client" in authorize(emulator).text
    status, answer = refresh(emulator, "x")
    assert (status, answer["error"]) == (401, "invalid_client")


def test_a_code_is_used_once(emulator):
    flow = flow_for(emulator)
    code = code_for(emulator, flow)
    given = exchange(emulator, code, flow)[1]
    assert exchange(emulator, code, flow)[1]["error"] == "invalid_grant"
    assert refresh(emulator, given["refresh_token"])[1]["error"] == "invalid_grant"


def test_a_code_lives_ten_minutes(emulator, clock):
    flow = flow_for(emulator)
    code = code_for(emulator, flow)
    clock.advance(minutes=10)
    assert exchange(emulator, code, flow)[1]["error"] == "invalid_grant"


def test_a_refresh_token_comes_the_first_time_only(emulator, given):
    assert given["refresh_token"]
    flow = flow_for(emulator)
    again = exchange(emulator, code_for(emulator, flow, prompt="select_account"), flow)[1]
    assert "refresh_token" not in again
    assert exchange(emulator, code_for(emulator, flow), flow)[1]["refresh_token"]


def test_online_access_gives_no_refresh_token(emulator):
    flow = flow_for(emulator)
    code = code_for(emulator, flow, access_type="online")
    assert "refresh_token" not in exchange(emulator, code, flow)[1]


def test_refreshing_gives_an_access_token_and_no_refresh_token(emulator, given):
    status, answer = refresh(emulator, given["refresh_token"])
    assert status == 200
    assert answer["access_token"] != given["access_token"]
    assert "refresh_token" not in answer


def test_refreshing_cannot_widen_the_scope(emulator, given):
    wider = "https://www.googleapis.com/auth/calendar"
    assert refresh(emulator, given["refresh_token"], scope=wider)[1]["error"] == "invalid_scope"
    narrower = refresh(emulator, given["refresh_token"], scope="openid")[1]
    assert narrower["scope"] == "openid"


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_all(emulator, given, which):
    url = emulator.url + "/revoke"
    other = emulator.grant(SAM, client_id="123-other")  # another client of the same project
    assert requests.post(url, data={"token": given[which]}, timeout=5).status_code == 200
    again = requests.post(url, data={"token": given[which]}, timeout=5)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")
    for token in (given, other):
        assert refresh(emulator, token["refresh_token"])[1]["error"] == "invalid_grant"


def test_a_revoked_user_is_asked_again(emulator, given):
    requests.post(emulator.url + "/revoke", data={"token": given["access_token"]}, timeout=5)
    change = {"client_id": "123-abc.apps.googleusercontent.com", "login_hint": SAM}
    assert authorize(emulator, **change).status_code == 200


@pytest.mark.parametrize(("days", "testing"), [(181, False), (8, True)])
def test_refresh_tokens_die_of_age(emulator, clock, given, days, testing):
    emulator.configure(testing_mode=testing)
    clock.advance(days=days)
    assert refresh(emulator, given["refresh_token"])[1]["error"] == "invalid_grant"


def test_the_101st_refresh_token_ends_the_first(emulator):
    tokens = [emulator.grant(SAM, client_id="c")["refresh_token"] for _ in range(101)]
    change = {"client_id": "c"}
    assert refresh(emulator, tokens[0], **change)[1]["error"] == "invalid_grant"
    assert refresh(emulator, tokens[1], **change)[0] == 200
