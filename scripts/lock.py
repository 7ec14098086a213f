"""Pins requirements/*.in, with all they bring, to requirements/*.txt for Python 3.10 to 3.13.

Run `python3 -m scripts.lock` after a change of an .in file; it needs `uv` on the PATH.
"""

import re

from scripts import cache, run

GROUPS = ("odoo", "addon", "dev")
FOLDER = cache.CHECKOUT / "requirements"


def main():
    """Write one file per group, each without what an earlier group already pins."""
    everything = pins(GROUPS)
    earlier = set()
    for index, group in enumerate(GROUPS, start=1):
        names = {name_of(line) for line in pins(GROUPS[:index])}
        own = [line for line in everything if name_of(line) in names - earlier]
        head = f"# Made by scripts/lock.py from {group}.in; change that file, not this one.\n"
        (FOLDER / f"{group}.txt").write_text(head + "\n".join(own) + "\n")
        earlier |= names


def pins(groups):
    """The lines that pin these groups together."""
    options = "--universal --python-version 3.10 --no-header --no-annotate --quiet"
    plain = "--no-emit-index-url --no-emit-find-links"
    files = [FOLDER / f"{group}.in" for group in groups]
    command = ["uv", "pip", "compile", *options.split(), *plain.split(), *files]
    return run.quiet(command, "Install uv, then start again:").splitlines()


def name_of(line):
    """The package that a line pins."""
    return re.split(r"[=\s]", line, maxsplit=1)[0]


if __name__ == "__main__":
    main()
