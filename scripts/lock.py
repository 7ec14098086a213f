"""Pins requirements/*.in, with all they bring and the hash of every file, to requirements/*.txt for
Python 3.10 to 3.13.

Run `python3 -m scripts.lock` after a change of an .in file, and now and then without one: it takes
the newest versions that fit, which no published vulnerability should be older than. It needs `uv`
on the PATH.
"""

import re

from scripts import cache, run

GROUPS = ("odoo", "addon", "dev")
ALONE = ("queue", "postgres")  # installed without what they bring
FOLDER = cache.CHECKOUT / "requirements"


def main():
    """Write one file per group, each without what an earlier group already pins."""
    everything = pins(GROUPS)
    earlier = set()
    for index, group in enumerate(GROUPS, start=1):
        names = {name_of(block) for block in pins(GROUPS[:index])}
        write(group, [block for block in everything if name_of(block) in names - earlier])
        earlier |= names
    for group in ALONE:
        write(group, pins([group], "--no-deps"))


def write(group, blocks):
    """Write the file of a group."""
    head = f"# Made by scripts/lock.py from {group}.in; change that file, not this one.\n"
    (FOLDER / f"{group}.txt").write_text(head + "\n".join(blocks) + "\n")


def pins(groups, *more):
    """What pins these groups together: for each package its version, then its hashes."""
    options = "--universal --python-version 3.10 --no-header --no-annotate --quiet"
    plain = "--generate-hashes --no-emit-index-url --no-emit-find-links"
    files = [FOLDER / f"{group}.in" for group in groups]
    command = ["uv", "pip", "compile", *options.split(), *plain.split(), *more, *files]
    text = run.quiet(command, "Install uv, then start again:")
    return [block.rstrip() for block in re.split(r"\n(?=\S)", text) if block.strip()]


def name_of(block):
    """The package that a block of lines pins."""
    return re.split(r"[=\s]", block, maxsplit=1)[0]


if __name__ == "__main__":
    main()
