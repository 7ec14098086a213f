"""What the lint stage runs. Called as a program it checks the length of files and functions."""

import ast
import sys

from scripts import cache

ADDON = "crm_google_calendar"
GLUE = (f"{ADDON}_google", f"{ADDON}_microsoft", f"{ADDON}_queue")
MOST_LINES_OF_FILE = 400
MOST_LINES_OF_FUNCTION = 50


def commands(python):
    """The lint stage's commands."""
    programs = python.parent
    return [
        [programs / "ruff", "check", "."],
        [programs / "ruff", "format", "--check", "."],
        [programs / "lint-imports", "--no-cache"],
        [programs / "mypy"],
        [programs / "pylint", ADDON, *GLUE],
        [python, "-m", "scripts.checks"],
    ]


def too_long():
    """Sentences about Python and JavaScript files and Python functions that are too long."""
    for path in sorted(_own_files()):
        text = path.read_text()
        name = path.relative_to(cache.CHECKOUT)
        if text.count("\n") > MOST_LINES_OF_FILE:
            yield f"{name} has more than {MOST_LINES_OF_FILE} lines."
        if path.suffix == ".py":
            yield from (f"{name}: {sentence}" for sentence in _long_functions(text))


def _long_functions(text):
    for node in ast.walk(ast.parse(text)):
        is_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        if is_function and node.end_lineno - node.lineno >= MOST_LINES_OF_FUNCTION:
            yield f"{node.name} has more than {MOST_LINES_OF_FUNCTION} lines."


def _own_files():
    for folder in (ADDON, *GLUE, "scripts", "tests", "benchmarks"):
        for pattern in ("*.py", "*.js"):
            yield from (cache.CHECKOUT / folder).rglob(pattern)


def main():
    """Exit with 1 when something is too long."""
    sentences = list(too_long())
    print("\n".join(sentences) or "No file or function is too long.")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
