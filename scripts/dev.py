#!/usr/bin/env python3
"""The one entry: `python3 scripts/dev.py demo | test | lint | pure | install | neighbours | odoo |
processes | jobs | browser | bench | texts | clean`; `make` calls it. More arguments after `--` or
in ARGS go to pytest."""

import os
import shlex
import shutil
import sys

OLDEST, NEWEST = (3, 10), (3, 13)


def choose_python():
    """Go on in a Python that Odoo 19 runs on; this function alone runs in any Python 3."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)  # noqa: UP031
        # a version manager's stand-in may be there for a Python that is not
        if found and os.system('"%s" -c "" 2>/dev/null' % found) == 0:  # noqa: S605, UP031
            os.execv(found, [found] + sys.argv)  # noqa: RUF005
    sys.exit("Odoo 19 needs Python 3.10 to 3.13. Install one of them, then start again.")


choose_python()
# `scripts` is a package of the checkout; its folder itself must not be searched for modules
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from scripts import cache, children, venv  # noqa: E402
from scripts.errors import SetupError  # noqa: E402

COMMANDS = (
    "demo test lint pure install neighbours odoo processes jobs browser bench texts clean".split()
)


def main():
    """Run one command; a failure is one sentence and exit code 1."""
    command, *rest = sys.argv[1:] or ["help"]
    os.umask(0o022)  # another user may have to read the cache, see scripts/unprivileged.py
    children.stop_on_signals()
    try:
        return run_command(command, shlex.join(rest) or os.environ.get("ARGS", ""))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1


def run_command(command, arguments):
    """Run one command in the environment's Python; returns the exit code."""
    if command == "clean":
        shutil.rmtree(cache.root())
        return 0
    if command not in COMMANDS:
        print(__doc__)
        return 2
    cache.sweep()
    python = venv.python()
    if os.path.abspath(sys.prefix) != str(python.parent.parent):
        os.execv(python, [str(python), os.path.abspath(__file__), *sys.argv[1:]])
    if command == "demo":
        return run_demo()
    from scripts import stages

    return stages.main(stages.ALL if command == "test" else (command,), arguments)


def run_demo():
    """Run the demo until it is told to stop, which is its normal end."""
    from scripts import demo

    try:
        demo.main()
    except SystemExit:
        print("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
