"""The settings of this database, read from its system parameters."""

from __future__ import annotations

from dataclasses import dataclass

from ..engine.decide import Policy
from ..engine.merge import Side
from ..engine.plan import Ceiling
from ..gcal.oauth import Client
from . import vault

PREFIX = "crm_google_calendar."
SHORTEST_INTERVAL = 5  # minutes
DEFAULTS = {
    "client_id": "",
    "client_secret": "",
    "auto_sync": "",
    "interval": "60",
    "days_back": "30",
    "days_ahead": "365",
    "clash_winner": "crm",
    "gone_in_google": "detach",
    "done_tasks": "mark",
    "ceiling_number": "50",
    "ceiling_percent": "20",
}


@dataclass(frozen=True)
class Settings:
    """days_back, days_ahead: the window of auto sync, around today. remove_done: tasks that are
    done leave Google instead of getting a check mark."""

    policy: Policy
    ceiling: Ceiling
    days_back: int
    days_ahead: int
    remove_done: bool


def get(env, name: str) -> str:
    """The value of one setting, as text; its default where none is set."""
    # sudo: settings are an administrator's, but every run and page follows them
    value = env["ir.config_parameter"].sudo().get_param(PREFIX + name)
    return value or DEFAULTS[name]


def put(env, name: str, value: str) -> None:
    # sudo: called for administrators and by the set-up only
    env["ir.config_parameter"].sudo().set_param(PREFIX + name, value)


def settings(env) -> Settings:
    """All settings that a run follows."""
    return Settings(
        policy=Policy(
            winner=Side(get(env, "clash_winner")),
            archive=get(env, "gone_in_google") == "archive",
        ),
        ceiling=Ceiling(int(get(env, "ceiling_number")), int(get(env, "ceiling_percent"))),
        days_back=int(get(env, "days_back")),
        days_ahead=int(get(env, "days_ahead")),
        remove_done=get(env, "done_tasks") == "remove",
    )


def auto_sync_is_on(env) -> bool:
    return get(env, "auto_sync") == "True"


def client(env) -> Client | None:
    """The company's Google client, or None while an administrator has not entered it."""
    client_id = get(env, "client_id").strip()
    secret = vault.unseal(env, get(env, "client_secret"))
    return Client(client_id, secret) if client_id and secret else None


def store_client(env, client_id: str, secret: str) -> None:
    """Keep the company's Google client; the secret is sealed like a token."""
    put(env, "client_id", client_id.strip())
    put(env, "client_secret", vault.seal(env, secret.strip()))


def redirect_uri(env) -> str:
    """The address Google sends the browser back to; registered in Google's console."""
    # sudo: the site's address is no secret, but system parameters are closed to users
    base = env["ir.config_parameter"].sudo().get_param("web.base.url", "").rstrip("/")
    return f"{base}/crm_google_calendar/callback"


def database_uuid(env) -> str:
    # sudo: the mark on our events names this database; the parameter is closed to users
    return env["ir.config_parameter"].sudo().get_param("database.uuid")
