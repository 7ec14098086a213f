"""Seals tokens and secrets, with keys that are not in the database.

The first key seals, all of them open. In this order they come from

- the environment variable CRM_GOOGLE_KEY (any long text; the same on every host),
- CRM_GOOGLE_OLD_KEYS (earlier ones, separated by spaces),
- `key` and `old_keys` in the section [crm_google_calendar] of Odoo's configuration file,
- a file in Odoo's data directory, created at its first use where no other key is given.

A sealed value opens in its own place alone: in this database, row and field. Who has only the
database, or a dump of it, can neither read the tokens nor give a user another user's.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import hmac
import logging
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo.tools import config

_logger = logging.getLogger(__name__)
KEY_FILE = "crm_google_calendar.key"
SECTION = "crm_google_calendar"  # of Odoo's configuration file


def sealed(row: Any, **texts: str | None) -> dict[str, str]:
    """Values for these fields of a row, encrypted for their places."""
    return {name: seal(row.env, text, place_of(row, name)) for name, text in texts.items()}


def opened(row: Any, field: str) -> str:
    """What a sealed field of a row holds, readable; empty where it cannot be opened."""
    return unseal(row.env, row[field], place_of(row, field))


def resealed(row: Any, fields: tuple[str, ...], unbound: bool = False) -> dict[str, str]:
    """Values for those fields of a row that `reseal` changes."""
    fresh = {name: reseal(row.env, row[name], place_of(row, name), unbound) for name in fields}
    return {name: value for name, value in fresh.items() if value != (row[name] or "")}


def place_of(row: Any, field: str) -> str:
    """Where in the database a field of a row is."""
    return f"{row._name},{row.id},{field}"


def seal(env: Any, text: str | None, place: str) -> str:
    """Encrypt a text for a place in this database; empty stays empty."""
    return _box(env, place).encrypt(text.encode()).decode() if text else ""


def unseal(env: Any, sealed: str | None, place: str) -> str:
    """Decrypt what `seal` made for this place; empty where it was made with a key that is not here
    any more, or for another place or database."""
    if not sealed:
        return ""
    try:
        return _box(env, place).decrypt(sealed.encode()).decode()
    except InvalidToken:
        _logger.info("the sealed value of %s in %s cannot be opened", place, env.cr.dbname)
        return ""


def reseal(env: Any, sealed: str | None, place: str, unbound: bool = False) -> str:
    """The value sealed with the first key, where an earlier one has sealed it; else as it is.

    unbound: opens what versions before 19.0.1.1.0 sealed, for the whole database.
    """
    if not sealed:
        return ""
    newest = Fernet(_keys_for(env, place)[0])
    boxes = [newest, _box(env, place)]
    boxes += [MultiFernet([Fernet(key) for key in _keys(env)])] if unbound else []
    for number, box in enumerate(boxes):
        try:
            text = box.decrypt(sealed.encode())
        except InvalidToken:
            continue
        return newest.encrypt(text).decode() if number else sealed
    return sealed


def _box(env: Any, place: str) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in _keys_for(env, place)])


def _keys_for(env: Any, place: str) -> list[bytes]:
    return [_encode(hmac.digest(key, place.encode(), "sha256")) for key in _keys(env)]


def _keys(env: Any) -> list[bytes]:
    return [_derive(master, env.cr.dbname) for master in _master_keys()]


@lru_cache(maxsize=64)
def _derive(master: str, dbname: str) -> bytes:
    # the database's name goes in, so that no sealed value can be carried to another database
    salt = f"crm_google_calendar/{dbname}".encode()
    return _encode(hashlib.scrypt(master.encode(), salt=salt, n=2**12, r=8, p=1, dklen=32))


def _encode(digest: bytes) -> bytes:
    return base64.urlsafe_b64encode(digest)


def _master_keys() -> list[str]:
    given = _given(os.environ.get("CRM_GOOGLE_KEY"), os.environ.get("CRM_GOOGLE_OLD_KEYS"))
    given += _in_config(config["config"])
    path = os.path.join(config["data_dir"], KEY_FILE)
    if not given or os.path.exists(path):
        given.append(_key_in_file(path))
    return list(dict.fromkeys(given))


def _given(key: str | None, old: str | None) -> list[str]:
    return [each for each in (key, *(old or "").split()) if each]


@lru_cache(maxsize=4)
def _in_config(path: str | None) -> list[str]:
    """The keys of Odoo's configuration file, which Odoo itself reads no further than [options]."""
    file = configparser.RawConfigParser()
    try:
        file.read(path or ())
    except (configparser.Error, UnicodeDecodeError):
        _logger.warning("the configuration file cannot be read for keys of %s", SECTION)
    if not file.has_section(SECTION):
        return []
    section = dict(file[SECTION])
    return _given(section.get("key"), section.get("old_keys"))


@lru_cache(maxsize=4)
def _key_in_file(path: str) -> str:
    file = Path(path)
    if not file.exists():
        _make_key(file)
    return file.read_text().strip()


def _make_key(file: Path) -> None:
    """Put a new key there; of several processes that try at once, one wins, with a whole file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)  # readable for its owner only
    try:
        with os.fdopen(handle, "w") as target:
            target.write(Fernet.generate_key().decode())
        os.link(name, file)
    except FileExistsError:
        _logger.debug("another process was first to create the key")
    finally:
        os.unlink(name)
