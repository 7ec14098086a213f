"""Seals tokens and secrets, with a key that is not in the database.

The key comes from the environment variable CRM_GOOGLE_KEY (any long text; the same on every
host), else from a file in Odoo's data directory, made at its first use. Whoever has only the
database, or a dump of it, cannot read the tokens.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import tempfile
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from odoo.tools import config

_logger = logging.getLogger(__name__)
KEY_FILE = "crm_google_calendar.key"


def seal(env, text: str | None) -> str:
    """Encrypt a text for this database; empty stays empty."""
    return _box(env.cr.dbname).encrypt(text.encode()).decode() if text else ""


def unseal(env, sealed: str | None) -> str:
    """Decrypt what `seal` made; empty where the key is another one (a moved or copied database)."""
    if not sealed:
        return ""
    try:
        return _box(env.cr.dbname).decrypt(sealed.encode()).decode()
    except InvalidToken:
        _logger.info("a sealed value of database %s was made with another key", env.cr.dbname)
        return ""


def _box(dbname: str) -> Fernet:
    return Fernet(_derive(_master_key(), dbname))


@lru_cache(maxsize=64)
def _derive(master: str, dbname: str) -> bytes:
    # the database's name goes in, so that no sealed value can be carried to another database
    digest = hashlib.scrypt(
        master.encode(), salt=f"crm_google_calendar/{dbname}".encode(), n=2**12, r=8, p=1, dklen=32
    )
    return base64.urlsafe_b64encode(digest)


def _master_key() -> str:
    return os.environ.get("CRM_GOOGLE_KEY") or _key_in_file(
        os.path.join(config["data_dir"], KEY_FILE)
    )


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
        _logger.debug("another process was first to make the key")
    finally:
        os.unlink(name)
