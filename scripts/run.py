"""Runs other programs: quietly, with their output kept for the sentence that explains a failure."""

import subprocess

from scripts import cache
from scripts.errors import SetupError


def quiet(command, hint, log=None, **options):
    """Run a program to its end and return its output (stdout and stderr together).

    Raises SetupError with `hint` and the last lines of the output when it fails.
    """
    try:
        result = subprocess.run(
            [str(part) for part in command],
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **options,
        )
    except FileNotFoundError as error:
        raise SetupError(f"The program {command[0]} is missing. {hint}") from error
    if log:
        (cache.folder("log") / log).write_text(result.stdout)
    if result.returncode:
        raise SetupError(f"{hint}\n{last_lines(result.stdout)}")
    return result.stdout


def last_lines(text, count=15):
    """The end of an output, indented."""
    return "\n".join("    " + line for line in text.strip().splitlines()[-count:])


def say(text):
    """Tell the person at the terminal, at once."""
    print(text, flush=True)
