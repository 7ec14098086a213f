"""The settings of this database, read from its system parameters."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields

from ..engine.decide import Policy
from ..engine.merge import Side
from ..engine.plan import Ceiling
from ..gcal.oauth import Client
from . import vault

PREFIX = "crm_google_calendar."
SECRET_PLACE = f"ir.config_parameter,{PREFIX}client_secret"  # for the vault
SHORTEST_INTERVAL = 5  # minutes
LONGEST_INTERVAL = timedelta(days=1)  # whatever is set: Google may forget older changes
# the lowest and the highest value of each number; a parameter beyond them counts as the nearest
BOUNDS = {
    "interval": (SHORTEST_INTERVAL, 1440),
    "longest": (0, 1440),
    "days_back": (0, 3650),
    "days_ahead": (0, 3650),
    "ceiling_number": (0, 100_000),
    "ceiling_percent": (0, 100),
}
MOST_DIGITS = 9  # of a number worth reading
CHOICES = {
    "clash_winner": ("crm", "google", "newest"),
    "gone_in_google": ("detach", "archive"),
    "done_tasks": ("mark", "remove"),
}
# ends of names that the Internet does not know (RFC 6761, RFC 8375, and what ICANN keeps free)
PRIVATE_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test", ".invalid")
DEFAULTS = {
    "client_id": "",
    "client_secret": "",
    "auto_sync": "",
    "interval": "60",
    "longest": "0",
    "push": "True",
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
    newest_wins: bool  # in a clash, instead of the policy's winner


def get(env, name: str) -> str:
    """The value of one setting, as text; its default where none, or no such choice, is set."""
    # sudo: settings are an administrator's, but every run and page follows them
    value = env["ir.config_parameter"].sudo().get_param(PREFIX + name)
    if not value or value not in CHOICES.get(name, (value,)):
        return DEFAULTS[name]
    return value


def number(env, name: str) -> int:
    """The value of a numeric setting, within its bounds; its default where it is no number of at
    least 0. Parameters can be written past the settings page."""
    text = get(env, name).strip()
    if not text.isdecimal():
        return int(DEFAULTS[name])
    lowest, highest = BOUNDS[name]
    value = highest if len(text) > MOST_DIGITS else int(text)
    return max(lowest, min(highest, value))


def put(env, name: str, value: str) -> None:
    # sudo: called for administrators and by the set-up only
    env["ir.config_parameter"].sudo().set_param(PREFIX + name, value)


def settings(env) -> Settings:
    """All settings that a run follows."""
    return Settings(
        policy=Policy(
            winner=Side.GOOGLE if get(env, "clash_winner") == "google" else Side.CRM,
            archive=get(env, "gone_in_google") == "archive",
        ),
        ceiling=Ceiling(number(env, "ceiling_number"), number(env, "ceiling_percent")),
        days_back=number(env, "days_back"),
        days_ahead=number(env, "days_ahead"),
        remove_done=get(env, "done_tasks") == "remove",
        newest_wins=get(env, "clash_winner") == "newest",
    )


def auto_sync_is_on(env) -> bool:
    return get(env, "auto_sync") == "True"


def push_problem(env) -> str:
    """What keeps Google from sending us messages: "off", "no_auto_sync", "no_https" or "private"
    (the site's address); empty when it may be asked to."""
    if get(env, "push") != "True":
        return "off"
    if not auto_sync_is_on(env):
        return "no_auto_sync"
    parts = urlsplit(base_url(env))
    if parts.scheme != "https":
        return "no_https"
    return "" if _is_public(parts.hostname or "") else "private"


def _is_public(host: str) -> bool:
    """Whether a host may be reached from the Internet, as far as its name tells."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith(PRIVATE_NAMES)


def notify_address(env) -> str:
    """Where Google sends its messages."""
    return f"{base_url(env)}/crm_google_calendar/notify"


def minutes(env) -> int:
    """How often accounts in which something happens are asked."""
    return number(env, "interval")


def interval(env) -> timedelta:
    """The same, as a time."""
    return timedelta(minutes=minutes(env))


def align_auto_sync(env) -> None:
    """Bring the scheduled action in line with the switch and the interval.

    A scheduled action that is running just now cannot be written; the worker comes here again.
    """
    cron_id = env["ir.model.data"]._xmlid_to_res_id("crm_google_calendar.ir_cron_auto_sync")
    # sudo: follows what an administrator has set; scheduled actions are closed to users
    cron = env["ir.cron"].sudo().browse(cron_id)
    wanted = {
        "active": auto_sync_is_on(env),
        "interval_number": minutes(env),
        "interval_type": "minutes",
    }
    differs = any(cron[name] != value for name, value in wanted.items())
    if not differs or not cron.try_lock_for_update(allow_referencing=True):
        return
    if wanted["active"] and not cron.active:
        # sudo: as above; what was saved while it was off has left no hint
        env["crm.google.calendar"].sudo().search([]).full_pass = False
    now = fields.Datetime.now()
    soon = min(cron.nextcall, now + interval(env)) if cron.active else now
    cron.write({**wanted, "nextcall": soon})


def client(env) -> Client | None:
    """The company's Google client; None while there is none, or its secret cannot be read."""
    client_id, secret = get(env, "client_id").strip(), stored_secret(env)
    return Client(client_id, secret) if client_id and secret else None


def stored_secret(env) -> str:
    """The client's secret; empty while none is stored that this server can read."""
    return vault.unseal(env, get(env, "client_secret"), SECRET_PLACE)


def store_client(env, client_id: str, secret: str) -> None:
    """Keep the company's Google client; the secret is sealed like a token."""
    put(env, "client_id", client_id.strip())
    put(env, "client_secret", vault.seal(env, secret.strip(), SECRET_PLACE))


def problem(env) -> str:
    """What keeps everybody from connecting: "no_client", "unreadable" (its secret), "address" (the
    site's, which Google would refuse), "worker_off"; empty when all is well."""
    if not get(env, "client_id").strip() or not get(env, "client_secret"):
        return "no_client"
    if client(env) is None:
        return "unreadable"
    if not _may_come_back(base_url(env)):
        return "address"
    return "" if worker_is_on(env) else "worker_off"


def worker_is_on(env) -> bool:
    # sudo: whether a scheduled action is on is no secret, but they are closed to users
    return env.ref("crm_google_calendar.ir_cron_worker").sudo().active


def _may_come_back(url: str) -> bool:
    """Whether Google takes the address: https, or the developer's own machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")


def base_url(env) -> str:
    """The address of this site, without a slash at its end."""
    # sudo: the site's address is no secret, but system parameters are closed to users
    return env["ir.config_parameter"].sudo().get_param("web.base.url", "").rstrip("/")


def redirect_uri(env) -> str:
    """The address Google sends the browser back to; registered in Google's console."""
    return f"{base_url(env)}/crm_google_calendar/callback"


def database_uuid(env) -> str:
    # sudo: the mark on our events names this database; the parameter is closed to users
    return env["ir.config_parameter"].sudo().get_param("database.uuid")
