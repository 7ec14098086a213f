"""Google's OAuth 2.0 for web servers: consent, exchange, refresh, revoke.

No OAUTHLIB_* setting is needed: those are read by every OAuth user in the process. Sources:
Google, "Using OAuth 2.0 for Web Server Applications"; RFC 6749, 7636.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow

from . import endpoints, shape
from .errors import FAILURES, Cause, GoogleError, Target, error, from_exception, from_response

CALENDAR_SCOPE = "https://www.googleapis.com/auth/calendar.app.created"
SCOPES = ("openid", "https://www.googleapis.com/auth/userinfo.email", CALENDAR_SCOPE)
_LIFETIME = 3600  # seconds of an access token, where Google does not say
_LONGEST_LIFETIME = 24 * 3600
_CLOCKS_APART = 300  # seconds that this server's clock may be ahead of Google's
_ISSUERS = ("https://accounts.google.com", "accounts.google.com")  # Google names both
_IMPOSSIBLE_CODE = "4/0-no-such-code"


@dataclass(frozen=True, slots=True)
class Client:
    """The OAuth client of the Google Cloud project."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Consent:
    """Where to send the user, and what must be kept, bound to the session, until he is back."""

    url: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user granted. expires_at: of the access token, aware, UTC. sub: his stable id."""

    refresh_token: str = field(repr=False)
    access_token: str = field(repr=False)
    expires_at: datetime
    scopes: frozenset[str]
    sub: str
    email: str


def consent(client: Client, redirect_uri: str, login_hint: str | None = None) -> Consent:
    """Build the address of Google's consent page; no network.

    login_hint: address or `sub` of the account to choose first.
    """
    config = {
        "client_id": client.id,
        "client_secret": client.secret,
        "auth_uri": endpoints.AUTHORIZATION,
        "token_uri": endpoints.TOKEN,
    }
    flow = Flow.from_client_config({"web": config}, scopes=SCOPES, redirect_uri=redirect_uri)
    wishes = {"access_type": "offline", "prompt": "consent select_account"}
    if login_hint:
        wishes["login_hint"] = login_hint
    url, state = flow.authorization_url(state=secrets.token_urlsafe(32), **wishes)
    return Consent(endpoints.endpoint(url), state, flow.code_verifier)


def exchange(
    client: Client, code: str, redirect_uri: str, verifier: str, http: endpoints.Http
) -> Grant:
    """Exchange the code of the callback for a grant. A code works once, so nothing is retried.

    Raises GoogleError: CODE_REFUSED (also with reason "refresh_token" when none came),
    SCOPE_MISSING with reason "calendar" or "openid" for an unticked box, BAD_CLIENT, TRANSIENT.
    """
    fields = _code_fields(client, code, redirect_uri, verifier)
    now = datetime.now(timezone.utc)
    token = _token(fields, Target.CODE, http)
    if CALENDAR_SCOPE not in token.scopes:
        raise error(Cause.SCOPE_MISSING, reason="calendar")
    if not token.refresh:
        raise error(Cause.CODE_REFUSED, reason="refresh_token")
    sub, email = _who(client, token, http)
    return Grant(token.refresh, token.access, now + token.lifetime, token.scopes, sub, email)


def test_client(client: Client, redirect_uri: str, http: endpoints.Http) -> None:
    """Ask Google whether it knows this id and secret; raises GoogleError BAD_CLIENT if not.

    A code that cannot exist is offered: Google looks at the client before it looks at the code.
    A wrong redirect address shows only on the consent page.
    """
    try:
        _token(_code_fields(client, _IMPOSSIBLE_CODE, redirect_uri, None), Target.CODE, http)
    except GoogleError as refusal:
        if refusal.cause is not Cause.CODE_REFUSED:
            raise


def credentials(
    client: Client,
    refresh_token: str,
    access_token: str | None = None,
    expires_at: datetime | None = None,
) -> Credentials:
    """Build what signs our calls, and gets new access tokens when needed; no network.

    Without scopes on purpose: google-auth would ask for them at every refresh, which fails where
    the user granted fewer. One object per thread.
    """
    expiry = expires_at.astimezone(timezone.utc).replace(tzinfo=None) if expires_at else None
    return _Credentials(  # type: ignore[no-untyped-call]
        token=access_token,
        refresh_token=refresh_token,
        token_uri=endpoints.TOKEN,
        client_id=client.id,
        client_secret=client.secret,
        expiry=expiry,
    )


def revoke(token: str, http: endpoints.Http) -> None:
    """Take the grant back, by its refresh or access token; one that is gone already is fine."""
    status, headers, body = _post(endpoints.REVOKE, {"token": token}, Target.REFRESH, http)
    refusal = None if status == 200 else from_response(status, headers, body, Target.REFRESH)
    if refusal and refusal.reason != "invalid_token":
        raise refusal


class _Credentials(Credentials):
    """Refreshes once and says why it failed; google-auth would retry, asleep, for seconds."""

    def refresh(self, request: Any) -> None:
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh_token,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        token = _token(fields, Target.REFRESH, request.http)
        self.token = token.access
        self.expiry = now + token.lifetime


@dataclass(frozen=True, slots=True)
class _Token:
    access: str
    lifetime: timedelta
    refresh: str | None
    scopes: frozenset[str]
    id_token: str | None


def _code_fields(
    client: Client, code: str, redirect_uri: str, verifier: str | None
) -> dict[str, str]:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": client.id,
        "client_secret": client.secret,
    }
    return fields | ({"code_verifier": verifier} if verifier else {})


def _token(fields: Mapping[str, str], target: Target, http: endpoints.Http) -> _Token:
    """Ask for tokens."""
    status, headers, body = _post(endpoints.TOKEN, fields, target, http)
    if status != 200:
        raise from_response(status, headers, body, target)
    values = shape.document(body)
    access, refresh = values.get("access_token"), values.get("refresh_token")
    if not shape.is_word(access) or not (refresh is None or shape.is_word(refresh)):
        raise shape.no_answer()
    scopes = shape.text(values.get("scope")) or " ".join(SCOPES)
    return _Token(
        str(access), _lifetime(values), refresh, frozenset(scopes.split()), values.get("id_token")
    )


def _lifetime(values: Mapping[str, Any]) -> timedelta:
    """How long an access token is good for; as long as usual where that is not said."""
    seconds = values.get("expires_in")
    said = isinstance(seconds, int) and 0 < seconds <= _LONGEST_LIFETIME
    return timedelta(seconds=seconds if said else _LIFETIME)  # type: ignore[arg-type]


def _post(
    url: str, fields: Mapping[str, str], target: Target, http: endpoints.Http
) -> tuple[int, Mapping[str, str], str]:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    try:
        response, body = http.request(url, "POST", urlencode(fields), headers)
        return response.status, response, body.decode()
    except FAILURES as fault:
        raise from_exception(fault, target) from fault


def _who(client: Client, token: _Token, http: endpoints.Http) -> tuple[str, str]:
    """Stable id and address of the account; both came straight from Google over TLS."""
    claims = _claims(client, token.id_token)
    if not (claims.get("sub") and claims.get("email")):
        claims = _texts(_userinfo(token.access, http))
    if not claims.get("sub"):
        raise error(Cause.SCOPE_MISSING, reason="openid")
    return claims["sub"], claims.get("email", "")


def _claims(client: Client, id_token: Any) -> Mapping[str, str]:
    """What Google says of the account, for us and now; nothing where it cannot be read, or is old.

    Its signature need not be checked, since it came from Google itself (OpenID Connect Core
    3.1.3.7). Raises GoogleError CODE_REFUSED where it was made by or for somebody else.
    """
    try:
        payload = str(id_token).split(".")[1]
        values = _object(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    issuer, audience, ends = (values.get(name) for name in ("iss", "aud", "exp"))
    if issuer not in (None, *_ISSUERS) or audience not in (None, client.id):
        raise error(Cause.CODE_REFUSED, reason="id_token")
    is_fresh = isinstance(ends, (int, float)) and ends > time.time() - _CLOCKS_APART
    return _texts(values) if issuer and audience and is_fresh else {}


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """The two claims that we keep."""
    return {name: shape.text(values.get(name))[:320].strip() for name in ("sub", "email")}


def _userinfo(access_token: str, http: endpoints.Http) -> Mapping[str, Any]:
    headers = {"authorization": f"Bearer {access_token}"}
    try:
        response, body = http.request(endpoints.USERINFO, headers=headers)
        if response.status in (401, 403):
            return {}
        if response.status != 200:
            raise from_response(response.status, response, body, Target.CODE)
        return shape.document(body)
    except FAILURES as fault:
        raise from_exception(fault, Target.CODE) from fault


def _object(body: bytes | str) -> Mapping[str, Any]:
    """The JSON object in `body`; an empty one where there is none."""
    try:
        return shape.document(body)
    except GoogleError:
        return {}
