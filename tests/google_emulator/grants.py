"""What users granted to OAuth clients: codes, access and refresh tokens, revocation."""

from __future__ import annotations

import base64
import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .model import Client, Person
from .store import Store

OPENID = "openid"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
PROFILE = "https://www.googleapis.com/auth/userinfo.profile"
ALIASES = {"email": EMAIL, "profile": PROFILE}
SIGN_IN = {OPENID, EMAIL, PROFILE}
MOST_REFRESH_TOKENS = 100  # per account and client; the oldest is dropped silently
IDLE_LIMIT = timedelta(days=180)
TESTING_LIMIT = timedelta(days=7)


@dataclass
class Grant:
    """One user's yes to one client."""

    person: Person
    client: str
    project: str
    scopes: frozenset[str]
    offline: bool = False
    alive: bool = True
    nonce: str = ""


@dataclass
class Code:
    grant: Grant
    redirect_uri: str
    challenge: str
    expires: datetime
    used: bool = False


@dataclass
class Token:
    """An access token (with `expires`) or a refresh token (without)."""

    text: str
    grant: Grant
    scopes: frozenset[str]
    made: datetime
    last_used: datetime
    expires: datetime | None = None
    alive: bool = True


@dataclass
class Grants:
    store: Store
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    consented: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def client(self, client_id: str) -> Client | None:
        """The registered client; any other is taken as it comes while clients are open."""
        known = self.store.clients.get(client_id)
        if known is None and self.store.settings.open_clients and client_id:
            return Client(client_id, "", (), project_of(client_id))
        return known

    def allowed(self, person: Person, project: str) -> frozenset[str]:
        return self.consented.get((person.email, project), frozenset())

    def grant(self, person: Person, client: Client, scopes: frozenset[str], offline: bool) -> Grant:
        key = (person.email, client.project)
        self.consented[key] = self.allowed(person, client.project) | scopes
        return Grant(person, client.id, client.project, scopes, offline)

    def add_code(self, grant: Grant, redirect_uri: str, challenge: str) -> str:
        text = "4/0A" + secrets.token_urlsafe(36)
        life = timedelta(seconds=self.store.settings.code_seconds)
        self.codes[text] = Code(grant, redirect_uri, challenge, self.store.now() + life)
        return text

    def access_token(self, grant: Grant, scopes: frozenset[str] | None = None) -> Token:
        life = timedelta(seconds=self.store.settings.access_token_seconds)
        token = self._token("ya29.a0" + secrets.token_urlsafe(48), grant, scopes or grant.scopes)
        token.expires = token.made + life
        return token

    def refresh_token(self, grant: Grant) -> Token:
        token = self._token("1//0" + secrets.token_urlsafe(48), grant, grant.scopes)
        live = [t for t in self.refresh_tokens(grant.person, grant.client) if t.alive]
        for old in live[:-MOST_REFRESH_TOKENS]:
            old.alive = False
        return token

    def _token(self, text: str, grant: Grant, scopes: frozenset[str]) -> Token:
        now = self.store.now()
        self.tokens[text] = Token(text, grant, scopes, now, now)
        return self.tokens[text]

    def refresh_tokens(self, person: Person, client: str) -> list[Token]:
        return [
            token
            for token in self.tokens.values()
            if token.expires is None
            and token.grant.person is person
            and token.grant.client == client
        ]

    def find_access(self, text: str) -> Token | None:
        """A live access token."""
        token = self.tokens.get(text)
        if token is None or token.expires is None or not token.alive or not token.grant.alive:
            return None
        return token if self.store.now() < token.expires else None

    def find_refresh(self, text: str) -> Token | None:
        """A live refresh token; finding it counts as its use."""
        token = self.tokens.get(text)
        if token is None or token.expires is not None or not token.alive or not token.grant.alive:
            return None
        now = self.store.now()
        testing = self.store.settings.testing_mode and not token.scopes <= SIGN_IN
        if now - token.last_used > IDLE_LIMIT or (testing and now - token.made > TESTING_LIMIT):
            return None
        token.last_used = now
        return token

    def revoke(self, person: Person, project: str) -> None:
        """Takes everything this user granted to a project, whichever client asked for it."""
        self.consented.pop((person.email, project), None)
        self._kill(lambda grant: grant.person is person and grant.project == project)

    def kill(self, person: Person | None = None) -> None:
        """Ends the grants of one person, or all of them."""
        keys = [key for key in self.consented if person is None or key[0] == person.email]
        for key in keys:
            del self.consented[key]
        self._kill(lambda grant: person is None or grant.person is person)

    def _kill(self, chosen: Any) -> None:
        holders: list[Token | Code] = [*self.tokens.values(), *self.codes.values()]
        for holder in holders:
            if chosen(holder.grant):
                holder.grant.alive = False

    def expire_access(self, person: Person | None = None) -> None:
        for token in self.tokens.values():
            if token.expires and (person is None or token.grant.person is person):
                token.expires = self.store.now()

    def id_token(self, grant: Grant) -> str:
        """Shaped like Google's; its signature is noise."""
        now = int(self.store.now().timestamp())
        claims = {"iss": "https://accounts.google.com", "azp": grant.client, "aud": grant.client}
        claims |= userinfo(grant) | {"iat": now, "exp": now + 3600}
        if grant.nonce:
            claims["nonce"] = grant.nonce
        head = {"alg": "RS256", "kid": "emulator", "typ": "JWT"}
        parts = [json.dumps(part).encode() for part in (head, claims)] + [secrets.token_bytes(256)]
        return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def userinfo(grant: Grant) -> dict[str, Any]:
    about: dict[str, Any] = {"sub": grant.person.sub}
    if EMAIL in grant.scopes:
        about |= {"email": grant.person.email, "email_verified": True}
    if PROFILE in grant.scopes:
        about["name"] = grant.person.name
    return about


def project_of(client_id: str) -> str:
    """Google's client ids begin with their project's number."""
    found = re.match(r"\d+(?=-)", client_id)
    return found[0] if found else client_id


def scope_list(text: str) -> frozenset[str]:
    return frozenset(ALIASES.get(name, name) for name in text.split())


def scope_text(scopes: frozenset[str]) -> str:
    """In an order of Google's own, not the request's."""
    return " ".join(sorted(scopes, key=lambda scope: scope[::-1]))
