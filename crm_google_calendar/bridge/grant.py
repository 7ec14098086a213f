"""The grant of an account: how it is kept, sealed, and how Google is reached with it."""

from __future__ import annotations

from datetime import timezone

from ..gcal import oauth
from ..gcal.client import Google
from ..gcal.errors import Cause, GoogleError
from . import settings, vault

GRANT = ("sub", "email", "scopes", "refresh_token", "access_token", "access_expires")
SEALED = ("refresh_token", "access_token", "code", "verifier", "other_grant")  # of an account


def google_of(account) -> Google:
    """Google, with the account's grant; no network. Raises GoogleError where none is usable."""
    client = settings.client(account.env)
    token = vault.opened(account, "refresh_token")
    if client is None:
        raise GoogleError(Cause.BAD_CLIENT, reason="no_client")
    if not token:
        raise GoogleError(Cause.LAPSED, reason="no_token")
    expires = account.access_expires
    access = vault.opened(account, "access_token")
    expires_at = expires.replace(tzinfo=timezone.utc) if expires and access else None
    return Google(oauth.credentials(client, token, access or None, expires_at))


def keep_access_token(account, google: Google) -> None:
    """Store the access token that was refreshed on the way, for the next run."""
    token, expiry = google.credentials.token, google.credentials.expiry
    if token and expiry and token != vault.opened(account, "access_token"):
        account.write(
            {
                **vault.sealed(account, access_token=token),
                "access_expires": expiry.replace(microsecond=0),
            }
        )


def values_of(account, grant) -> dict:
    """What an account row keeps of a grant."""
    return {
        "sub": grant.sub,
        "email": grant.email,
        "scopes": " ".join(sorted(grant.scopes)),
        **vault.sealed(account, refresh_token=grant.refresh_token, access_token=grant.access_token),
        "access_expires": grant.expires_at.replace(tzinfo=None, microsecond=0),
    }


def reseal(env, unbound: bool = False) -> None:
    """Seal with the newest key whatever an earlier one has sealed, so that it can be taken away.

    unbound: also what was sealed before values were bound to their places.
    """
    for account in env["crm.google.account"].search([]):
        values = vault.resealed(account, SEALED, unbound)
        if values:
            account.write(values)
    secret = settings.get(env, "client_secret")
    fresh = vault.reseal(env, secret, settings.SECRET_PLACE, unbound)
    if fresh != secret:
        settings.put(env, "client_secret", fresh)


def is_shared(account, sub: str) -> bool:
    """Whether somebody else here uses that Google account: Google takes back a permission for all
    connections of the company's project at once, so his would end too."""
    others = [
        ("id", "!=", account.id),
        ("sub", "=", sub),
        ("state", "in", ("connecting", "incomplete", "connected", "choosing", "revoking")),
    ]
    return bool(sub) and bool(account.search_count(others, limit=1))
