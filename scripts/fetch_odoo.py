"""Finds Odoo 19's source: ODOO_HOME, else Debian's package, else a clone of the 19.0 branch."""

import dataclasses
import os
import re
import shutil
from pathlib import Path

from scripts import apt, cache, run, venv
from scripts.errors import SetupError

SERIES = "19.0"
SUITE = "sid"  # the only Debian suite with Odoo 19
# odoo-19 and the packages that its symbolic links lead to
PACKAGES = (
    "odoo-19",
    "fonts-font-awesome",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
DIST_PACKAGES = "usr/lib/python3/dist-packages"
# Debian leaves this file out, but the web client loads it and logs an error without it
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
FONT_AWESOME = "XStatic-Font-Awesome==4.7.0.0"
REPOSITORY = "https://github.com/odoo/odoo.git"
RECIPE = 1  # raise it when what is built below changes


@dataclasses.dataclass(frozen=True)
class Odoo:
    """An Odoo source tree: the folder that holds the Python package `odoo`."""

    home: Path

    @property
    def addons_path(self):
        """The folders of Odoo's own add-ons (a clone has two, Debian's package one)."""
        folders = [self.home / "odoo/addons", self.home / "addons"]
        return [folder for folder in folders if (folder / "base").is_dir() or _has_web(folder)]

    @property
    def key(self):
        """Changes when another Odoo is put in place."""
        release = self.home / "odoo/release.py"
        return cache.key_of([str(self.home), release.read_text(), release.stat().st_mtime])


def find(python):
    """The Odoo to use, fetched first where needed; `python` is the virtual environment's."""
    chosen = os.environ.get("ODOO_HOME")
    if chosen:
        return _checked(Path(chosen).expanduser().resolve(), "ODOO_HOME")
    if (cache.root() / "odoo" / DIST_PACKAGES / "odoo").is_dir() or apt.usable():
        try:
            return _from_debian(python)
        except SetupError as error:
            if not shutil.which("git"):
                raise
            run.say(f"Debian's Odoo cannot be had, trying a clone instead. {error}")
    return _from_git()


def _from_debian(python):
    folder = cache.step("odoo", ["debian", RECIPE], lambda fresh: _build(fresh, python))
    return _checked(folder / DIST_PACKAGES, "The cache")


def _build(fresh, python):
    run.say("Fetching Odoo 19 from Debian (130 MB) ...")
    with apt.private(SUITE) as sid:
        apt.unpack(sid.download(*PACKAGES), fresh)
    home = fresh / DIST_PACKAGES
    # in the package this is a second copy of the Python files without views and data
    cache.remove(home / "addons")
    (home / LEFT_OUT).parent.mkdir(parents=True, exist_ok=True)
    (home / LEFT_OUT).touch()
    _point_into(fresh)
    _add_icon_font(fresh, python)


def _point_into(fresh):
    """Make links that start at the root of the file system start at the unpacked tree."""
    for link in fresh.rglob("*"):
        if link.is_symlink() and os.readlink(link).startswith("/"):
            inside = fresh / os.readlink(link).lstrip("/")
            link.unlink()
            link.symlink_to(os.path.relpath(inside, link.parent))


def _add_icon_font(fresh, python):
    """Odoo's pages use Font Awesome 4; newer Debian packages bring another one."""
    fonts = fresh / "usr/share/fonts-font-awesome/fonts"
    if (fonts / "fontawesome-webfont.woff2").exists():
        return
    target = fresh / "icon-font"
    run.quiet(
        [python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", target, FONT_AWESOME],
        "The icon font cannot be downloaded. Check that pip can reach its package index, then"
        " start again:",
        env=venv.pip_environment(),
    )
    fonts.mkdir(parents=True, exist_ok=True)
    for font in target.glob("xstatic/pkg/font_awesome/data/fonts/*"):
        shutil.copy(font, fonts)
    cache.remove(target)


def _from_git():
    def clone(fresh):
        run.say("Cloning Odoo's 19.0 branch (this takes some minutes) ...")
        run.quiet(
            ["git", "clone", "--quiet", "--depth=1", f"--branch={SERIES}", REPOSITORY, fresh / "x"],
            "Odoo's source cannot be had: this machine has no usable Debian mirror, and the clone"
            " failed. Set ODOO_HOME to a folder with Odoo 19's source, then start again:",
        )
        for part in (fresh / "x").iterdir():
            part.rename(fresh / part.name)
        (fresh / "x").rmdir()

    folder = cache.step("odoo-git", ["git", RECIPE], clone)
    return _checked(folder, "The cache")


def _checked(home, origin):
    release = home / "odoo/release.py"
    if not release.is_file():
        raise SetupError(
            f"{origin} holds no Odoo source: {release} is missing. Set ODOO_HOME to the folder that"
            f" holds the Python package odoo, or empty {cache.root()} and start again."
        )
    if not re.search(r"version_info = \(19, 0,", release.read_text()):
        raise SetupError(f"{home} is not Odoo {SERIES}. Set ODOO_HOME to one that is.")
    return Odoo(home)


def _has_web(folder):
    return (folder / "web").is_dir()
