"""Finds a Chromium for the browser tests: the machine's, else Debian's unpacked in the cache."""

import os
import platform
import shutil
from pathlib import Path

from scripts import apt, cache, run
from scripts.errors import SetupError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-liberation")
RECIPE = 1  # raise it when what is built below changes
HINT = (
    "Install Chromium (on Debian: apt-get install chromium), or set CRM_GOOGLE_CHROMIUM to the"
    " program, then start again."
)
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{folder}/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""
# unpacked packages: their libraries and fonts are not where the system looks for them
LAUNCHER = """#!/bin/sh
export LD_LIBRARY_PATH="{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
export FONTCONFIG_FILE="{folder}/fonts.conf"
exec "{folder}/usr/lib/chromium/chromium" "$@"
"""


def find():
    """The program to start; fetched first where needed."""
    chosen = os.environ.get("CRM_GOOGLE_CHROMIUM")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise SetupError(f"CRM_GOOGLE_CHROMIUM names no program: {chosen}.")
        return Path(chosen)
    for name in NAMES:
        found = shutil.which(name)
        if found and _runs(found):
            return Path(found)
    return _fetched()


def _fetched():
    inputs = [RECIPE, PACKAGES, platform.machine(), platform.release()]
    folder = cache.step("chromium", inputs, _build)
    launcher = folder / "chromium"
    # not in the step: the paths in it are those of the finished folder
    libraries = ":".join(map(str, _library_folders(folder)))
    launcher.write_text(LAUNCHER.format(folder=folder, libraries=libraries))
    launcher.chmod(0o755)
    (folder / "fonts.conf").write_text(FONTS.format(folder=folder))
    if not _runs(launcher):
        raise SetupError(f"The Chromium in {folder} does not start on this machine. {HINT}")
    return launcher


def _build(fresh):
    if not apt.usable():
        raise SetupError(f"There is no Chromium, and no Debian mirror to fetch it from. {HINT}")
    run.say("Fetching Chromium for the browser tests ...")
    with apt.private() as own:
        apt.unpack(own.download_with_dependencies(*PACKAGES), fresh)


def _library_folders(folder):
    """Every folder of the unpacked tree that holds a shared library for programs to link to."""
    roots = [folder / "usr/lib", folder / "lib"]
    found = {path.parent for root in roots if root.is_dir() for path in root.glob("*/*.so*")}
    found |= {path.parent for path in folder.glob("usr/lib/*/nss/*.so")}
    return sorted(found)


def _runs(program):
    try:
        run.quiet([program, "--version"], "")
    except SetupError:
        return False
    return True
