"""Test client: whether Google knows a client ID and secret, as they are typed in the settings.

The page asks, the worker answers: a verdict for the page, or a notification where it was left.
"""

from __future__ import annotations

import json
from contextlib import closing

from ..gcal import oauth
from ..gcal.endpoints import http
from ..gcal.errors import GoogleError
from ..gcal.oauth import Client
from . import settings, status, vault
from .sentences import client_text, setup_text


def ask(account, client_id: str, secret: str) -> dict | bool:
    """Leave the question for the worker; returns the verdict where it needs none, else False.

    secret: empty for the stored one.
    """
    env = account.env
    client_id, secret = (client_id or "").strip(), (secret or "").strip()
    stored = not secret and settings.get(env, "client_secret")
    secret = secret or settings.stored_secret(env)
    if not client_id or not (secret or stored):
        return _wrong(env._("Enter both the client ID and the client secret, then test again."))
    if not secret:
        return _wrong(setup_text(env, "unreadable"))
    if not settings.worker_is_on(env):
        return _wrong(setup_text(env, "worker_off"))
    question = vault.sealed(account, asked_client=json.dumps([client_id, secret]))
    account.write({"check_for": "client", **question})
    account._wake()
    return False


def answer(env, account, checkpoint) -> None:
    """Ask Google, and send its verdict to the administrator's page."""
    question, account.asked_client = vault.opened(account, "asked_client"), False
    checkpoint()
    if not question:
        return
    try:
        with closing(http()) as transport:
            client = Client(*json.loads(question))
            oauth.test_client(client, settings.redirect_uri(env), transport)
    except GoogleError as error:
        verdict = _wrong(client_text(env, error))
    else:
        text = env._("Succeeded: Google knows this client ID and secret.")
        verdict = {"type": "success", "message": text}
    status.send(account, verdict=verdict)


def _wrong(message: str) -> dict:
    return {"type": "danger", "message": message}
