"""The Python environment in the cache, with everything pinned in requirements/."""

import os
import sys
import time

from scripts import apt, cache, run
from scripts.errors import SetupError

OLDEST, NEWEST = (3, 10), (3, 13)
FILES = ("odoo.txt", "addon.txt", "dev.txt")
KEPT_SECONDS = 14 * 24 * 3600
PIP_HINT = (
    "The Python packages cannot be installed. Check that pip can reach its package index (a proxy"
    " or mirror goes into pip's own configuration), then start again:"
)


def python():
    """The environment's interpreter; builds the environment first where needed."""
    version = "{}.{}".format(*sys.version_info[:2])
    paths = [cache.CHECKOUT / "requirements" / name for name in FILES]
    key = cache.key_of([sys.version, *(path.read_text() for path in paths)])
    # the key is in the name: an environment cannot be moved, and one in use is not to change
    target = cache.root() / f"venv-{version}-{key}"
    with cache.lock("venv"):
        if not cache.is_done(target, key):
            _build(target, paths, version)
            cache.mark_done(target, key)
            _forget_old(target)
        os.utime(target / cache.STAMP)
    return target / "bin" / "python"


def _build(target, paths, version):
    run.say(f"Making the Python {version} environment (some 100 packages) ...")
    cache.remove(target)
    made = target / "bin" / "python"
    try:
        run.quiet([sys.executable, "-m", "venv", target], "The environment cannot be made:")
    except SetupError:
        _make_without_ensurepip(target)
    files = [argument for path in paths for argument in ("--requirement", path)]
    run.quiet([made, "-m", "pip", "install", "--quiet", *files], PIP_HINT, env=pip_environment())


def _make_without_ensurepip(target):
    """Debian keeps pip's wheel in a package of its own, which needs no root to be unpacked."""
    cache.remove(target)
    run.quiet(
        [sys.executable, "-m", "venv", "--without-pip", target],
        "Python cannot make a virtual environment. Install its venv module (on Debian and Ubuntu:"
        " apt-get install python3-venv), then start again:",
    )
    if not apt.usable():
        raise SetupError("Install Python's venv module (python3-venv), then start again.")
    wheels = cache.scratch()
    with apt.private() as own:
        apt.unpack(own.download("python3-pip-whl"), wheels)
    wheel = next(wheels.glob("usr/share/python-wheels/pip-*.whl"))
    run.quiet(
        [target / "bin" / "python", wheel / "pip", "install", "--quiet", "pip"],
        PIP_HINT,
        env=pip_environment(),
    )
    cache.remove(wheels)


def pip_environment():
    """The environment for pip: its downloads go to the cache too."""
    return {
        **os.environ,
        "PIP_CACHE_DIR": str(cache.folder("pip")),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def _forget_old(target):
    for other in target.parent.glob("venv-*-*"):
        stamp = other / cache.STAMP
        used = stamp.stat().st_mtime if stamp.exists() else 0
        if other != target and time.time() - used > KEPT_SECONDS:
            cache.remove(other)
