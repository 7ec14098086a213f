"""The OAuth endpoints that programs call: token, revoke, userinfo."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from .grants import OPENID, Code, Grant, Grants, Token, scope_list, scope_text, userinfo
from .model import Client
from .wire import Call, Reply, json_reply


class OAuthError(Exception):
    """A refusal in OAuth's own shape: {"error": ..., "error_description": ...}."""

    def __init__(self, error: str, description: str = "Bad Request", status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def reply(self) -> Reply:
        body = {"error": self.error, "error_description": self.description}
        return json_reply(body, self.status)


def token(grants: Grants, call: Call) -> Reply:
    """POST /token: exchange of a code, or refresh."""
    form = call.form()
    try:
        client = check_client(grants, call, form)
        if form.get("grant_type") == "authorization_code":
            return json_reply(_exchange(grants, client, form))
        if form.get("grant_type") == "refresh_token":
            return json_reply(_refresh(grants, client, form))
        raise OAuthError("unsupported_grant_type", "Invalid grant_type.")
    except OAuthError as error:
        return error.reply()


def check_client(grants: Grants, call: Call, form: dict[str, str]) -> Client:
    """The calling client, by form or Basic header; raises OAuthError invalid_client."""
    name, secret = form.get("client_id", ""), form.get("client_secret", "")
    header = call.headers.get("authorization", "")
    if header.startswith("Basic "):
        name, _, secret = base64.b64decode(header[6:]).decode().partition(":")
    if not name:
        raise OAuthError("invalid_request", "Could not determine client ID from request.")
    client = grants.client(name)
    if client is None:
        raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
    if client.deleted:
        raise OAuthError("deleted_client", "The OAuth client was deleted.", 401)
    if not secret:
        raise OAuthError("invalid_request", "client_secret is missing.")
    if client.secret and client.secret != secret:
        raise OAuthError("invalid_client", "The provided client secret is invalid.", 401)
    return client


def _exchange(grants: Grants, client: Client, form: dict[str, str]) -> dict[str, Any]:
    code = grants.codes.get(form.get("code", ""))
    _check_code(grants, code, client)
    assert code is not None
    if form.get("redirect_uri") != code.redirect_uri:
        raise OAuthError("redirect_uri_mismatch")
    check_verifier(code.challenge, form.get("code_verifier", ""))
    code.used = True
    answer = _answer(grants.access_token(code.grant))
    if code.grant.offline:
        answer["refresh_token"] = grants.refresh_token(code.grant).text
    if OPENID in code.grant.scopes:
        answer["id_token"] = grants.id_token(code.grant)
    return answer


def _check_code(grants: Grants, code: Code | None, client: Client) -> None:
    if code is None or code.grant.client != client.id:
        raise OAuthError("invalid_grant", "Malformed auth code.")
    if code.used:
        # a code that comes twice was stolen: what it gave is taken back (RFC 6749, 4.1.2)
        code.grant.alive = False
    if code.used or not code.grant.alive or grants.store.now() >= code.expires:
        raise OAuthError("invalid_grant", "Bad Request")


def check_verifier(challenge: str, verifier: str) -> None:
    """PKCE with S256; raises OAuthError invalid_grant."""
    if not challenge and not verifier:
        return
    if not verifier:
        raise OAuthError("invalid_grant", "Missing code verifier.")
    digest = hashlib.sha256(verifier.encode()).digest()
    proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    if not 43 <= len(verifier) <= 128 or proof != challenge:
        raise OAuthError("invalid_grant", "Invalid code verifier.")


def _refresh(grants: Grants, client: Client, form: dict[str, str]) -> dict[str, Any]:
    found = grants.find_refresh(form.get("refresh_token", ""))
    if found is None or found.grant.client != client.id:
        raise OAuthError("invalid_grant", "Token has been expired or revoked.")
    wanted = scope_list(form.get("scope", ""))
    if not wanted <= found.scopes:
        message = f"Some requested scopes were invalid. {{invalid={sorted(wanted - found.scopes)}}}"
        raise OAuthError("invalid_scope", message)
    answer = _answer(grants.access_token(found.grant, wanted or found.scopes))
    if OPENID in found.scopes:
        answer["id_token"] = grants.id_token(found.grant)
    return answer


def _answer(access: Token) -> dict[str, Any]:
    assert access.expires is not None
    life = int((access.expires - access.made).total_seconds())
    answer = {"access_token": access.text, "expires_in": life, "token_type": "Bearer"}
    return answer | {"scope": scope_text(access.scopes)}


def revoke(grants: Grants, call: Call) -> Reply:
    """POST /revoke with an access or a refresh token."""
    text = call.form().get("token") or call.args.get("token", "")
    found = grants.tokens.get(text)
    if found is None or not found.alive or not found.grant.alive:
        return OAuthError("invalid_token", "Token expired or revoked").reply()
    grants.revoke(found.grant.person, found.grant.project)
    return json_reply({})


def bearer(grants: Grants, call: Call) -> Grant | None:
    header = call.headers.get("authorization", "")
    found = grants.find_access(header[7:]) if header.startswith("Bearer ") else None
    return found.grant if found else None


def show_user(grants: Grants, call: Call) -> Reply:
    """GET /v1/userinfo."""
    grant = bearer(grants, call)
    if grant is None:
        return OAuthError("invalid_request", "Invalid Credentials", 401).reply()
    if OPENID not in grant.scopes:
        return OAuthError("insufficient_scope", "Missing openid scope", 403).reply()
    return json_reply(userinfo(grant))
