"""Debian packages, downloaded with this machine's apt but without touching its state.

The configuration, lists and archives live in a temporary folder of the cache, so that an ordinary
user can download too, and a suite can be used that the machine itself does not.
"""

import contextlib
import os
import shutil
from pathlib import Path

from scripts import cache, run
from scripts.debian_sources import own_entries
from scripts.errors import SetupError

KEYRING = "usr/share/keyrings/debian-archive-keyring.gpg"
# proxies, time-outs and the machine's word on expired lists; its hooks stay behind
KEPT = ("Acquire::http", "Acquire::https", "Acquire::ftp", "Acquire::Check", "Acquire::Retries")


def usable():
    """Whether this machine has apt and a Debian mirror to ask."""
    return all(map(shutil.which, ("apt-get", "apt-config", "dpkg-deb"))) and bool(own_entries())


@contextlib.contextmanager
def private(suite=None):
    """An Apt for the machine's own release, or for another suite of the same mirror."""
    folder = cache.scratch()
    try:
        apt = Apt(folder, suite)
        apt.update()
        yield apt
    finally:
        cache.remove(folder)


class Apt:
    """apt-get with its own folder for everything it writes."""

    def __init__(self, folder, suite):
        self.folder = folder
        self.suite = suite
        for part in ("state/lists/partial", "cache/archives/partial", "sources"):
            (folder / part).mkdir(parents=True)
        self._write_sources()
        self._write_configuration()

    def update(self):
        """Fetch the lists of packages; with a newer keyring when the machine's is too old."""
        try:
            self._apt_get("update")
        except SetupError as error:
            if self.suite is None or "NO_PUBKEY" not in str(error):
                raise
            self._write_sources(_newer_keyring(self.folder / "keyring"))
            self._apt_get("update")

    def download(self, *packages):
        """Download packages without what they depend on; returns the .deb files."""
        target = self.folder / "debs"
        target.mkdir(exist_ok=True)
        self._apt_get("download", *packages, cwd=target)
        return sorted(target.glob("*.deb"))

    def download_with_dependencies(self, *packages):
        """Download packages and what this machine lacks for them; returns the .deb files."""
        options = ("--download-only", "--no-install-recommends", "--yes")
        # nothing is installed, so dpkg's lock (root's alone) is not needed
        self._apt_get("-o", "Debug::NoLocking=true", "install", *options, *packages)
        return sorted((self.folder / "cache/archives").glob("*.deb"))

    def _apt_get(self, *arguments, cwd=None):
        return run.quiet(
            ["apt-get", "--quiet", *arguments],
            f"apt-get {arguments[0]} failed. Check this machine's network and its Debian mirror"
            " (/etc/apt), then start again:",
            cwd=cwd or self.folder,
            env={**os.environ, "APT_CONFIG": str(self.folder / "apt.conf"), "LC_ALL": "C"},
        )

    def _write_sources(self, keyring=None):
        entries = own_entries()
        if self.suite:
            moved = [entry.with_suite(self.suite, keyring) for entry in entries if entry.main]
            entries = dict.fromkeys(moved)  # one mirror may stand there for several suites
        text = "\n".join(entry.as_text() for entry in entries)
        (self.folder / "sources" / "debian.sources").write_text(text)

    def _write_configuration(self):
        lines = [
            'Dir::Etc::Main "/dev/null";',
            'Dir::Etc::Parts "/dev/null";',
            'Dir::Etc::Preferences "/dev/null";',
            'Dir::Etc::PreferencesParts "/dev/null";',
            'Dir::Etc::SourceList "/dev/null";',
            f'Dir::Etc::SourceParts "{self.folder}/sources";',
            f'Dir::State "{self.folder}/state";',
            'Dir::State::status "/var/lib/dpkg/status";',
            f'Dir::Cache "{self.folder}/cache";',
            f'APT::Sandbox::User "{"root" if os.geteuid() == 0 else ""}";',
            'Acquire::Languages "none";',
            *self._kept_settings(),
        ]
        (self.folder / "apt.conf").write_text("\n".join(lines) + "\n")

    @staticmethod
    def _kept_settings():
        output = run.quiet(
            ["apt-config", "dump", "--no-empty", "--format", '%F "%v";%n', "Acquire"],
            "apt-config failed. Repair this machine's apt configuration (/etc/apt), then start"
            " again:",
        )
        return [line for line in output.splitlines() if line.startswith(KEPT)]


def unpack(debs, target):
    """Unpack .deb files into one folder."""
    for deb in debs:
        run.quiet(
            ["dpkg-deb", "--extract", deb, target],
            f"The package {deb.name} cannot be unpacked. Check for free disk space in"
            f" {cache.root()}, then start again:",
        )


def _newer_keyring(target):
    """The archive's keys as this machine's own release ships them today."""
    target.mkdir()
    with private() as apt:
        unpack(apt.download("debian-archive-keyring"), target)
    return Path(target / KEYRING)
