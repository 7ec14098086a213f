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
# Playwright brings a Node.js that needs one library more than a small system has
NODE_NEEDS = "libatomic1"
NODE_LAUNCHER = """#!/bin/sh
export LD_LIBRARY_PATH="{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
exec "{node}" "$@"
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


def playwright_environment(python):
    """Variables with which Playwright's own Node.js starts on this machine too."""
    node = next(python.parent.parent.glob("lib/python*/site-packages/playwright/driver/node"))
    if _runs(node):
        return {}

    def build(fresh):
        with apt.private() as own:
            apt.unpack(own.download(NODE_NEEDS), fresh)

    folder = cache.step("node-libraries", [RECIPE, NODE_NEEDS, platform.machine()], build)
    libraries = ":".join(map(str, _library_folders(folder)))
    launcher = _write_program(folder / "node", NODE_LAUNCHER.format(node=node, libraries=libraries))
    return {"PLAYWRIGHT_NODEJS_PATH": launcher}


def _write_program(path, text):
    """Put a program in place as a whole: another command may be starting it right now."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(text)
    fresh.chmod(0o755)
    return fresh.replace(path)


def _fetched():
    inputs = [RECIPE, PACKAGES, platform.machine(), platform.release()]
    folder = cache.step("chromium", inputs, _build)
    # not in the step: the paths in it are those of the finished folder
    libraries = ":".join(map(str, _library_folders(folder)))
    launcher = _write_program(
        folder / "chromium", LAUNCHER.format(folder=folder, libraries=libraries)
    )
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
    """Every folder of the unpacked tree that holds shared libraries, the usual ones first.

    Some packages keep theirs in a folder of their own, which their installation would announce.
    """
    roots = [folder / "usr/lib", folder / "lib"]
    found = {path.parent for root in roots for path in root.rglob("lib*.so*")}
    return sorted(found, key=lambda path: (len(path.parts), path))


def _runs(program):
    try:
        run.quiet([program, "--version"], "")
    except SetupError:
        return False
    return True
