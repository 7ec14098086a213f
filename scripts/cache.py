"""The one folder outside the checkout that these scripts write to."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from scripts.errors import SetupError

CHECKOUT = Path(__file__).resolve().parent.parent
NAME = "crm_google_calendar"
STAMP = ".stamp"
KEPT_SECONDS = 3 * 24 * 3600


def root():
    """The cache folder: $CRM_GOOGLE_CACHE, else the user's cache folder, else root's under /var."""
    chosen = os.environ.get("CRM_GOOGLE_CACHE")
    if chosen:
        return _made(Path(chosen).expanduser().resolve())
    if os.geteuid() == 0:
        return _made(Path("/var/cache") / NAME)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return _made(Path(base).expanduser().resolve() / NAME)


def folder(*parts):
    """A folder in the cache, made if needed."""
    return _made(root().joinpath(*parts))


def scratch():
    """A new temporary folder in the cache, on the same file system as everything else in it."""
    return Path(tempfile.mkdtemp(dir=folder("tmp")))


@contextlib.contextmanager
def lock(name):
    """Wait for, then hold, the lock `name`, which ends with this process at the latest."""
    with open(folder("locks") / f"{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def try_lock(name):
    """An open handle that holds the lock `name`, or None when another process holds it."""
    handle = open(folder("locks") / f"{name}.lock", "w")  # noqa: SIM115
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def key_of(inputs):
    """A short text that changes when the inputs (anything JSON can hold) change."""
    text = json.dumps(inputs, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def step(name, inputs, build):
    """The folder `name` in the cache, complete.

    Where it is missing or was made from other inputs, `build(folder)` fills a temporary folder
    which then takes its place, so a half-made one is never seen.
    """
    target = root() / name
    key = key_of(inputs)
    with lock(name):
        if is_done(target, key):
            return target
        fresh = scratch()
        try:
            build(fresh)
            mark_done(fresh, key)
            remove(target)
            fresh.chmod(0o755)
            fresh.rename(target)
        finally:
            remove(fresh)
    return target


def sweep():
    """Remove logs and leavings of interrupted commands that are older than some days."""
    oldest = time.time() - KEPT_SECONDS
    for path in [*folder("log").iterdir(), *folder("tmp").iterdir()]:
        with contextlib.suppress(OSError):  # somebody else was quicker, or still writes there
            if path.lstat().st_mtime < oldest:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def is_done(target, key):
    """Whether the folder was completed from the inputs with this key."""
    stamp = target / STAMP
    return stamp.is_file() and stamp.read_text() == key


def mark_done(target, key):
    """Say that the folder is complete."""
    (target / STAMP).write_text(key)


def remove(target):
    """Delete a folder: out of sight at once, then gone."""
    if not target.exists():
        return
    grave = folder("tmp") / f"gone-{os.getpid()}-{target.name}"
    target.rename(grave)
    shutil.rmtree(grave, ignore_errors=True)


def _made(path):
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The folder {path} cannot be made ({error.strerror}). Set CRM_GOOGLE_CACHE to a"
            " folder you may write to, with 4 GB of room."
        ) from error
    return path
