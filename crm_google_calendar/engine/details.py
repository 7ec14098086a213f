"""The CRM details block: plain lines between two marker lines at the end of a description.

What stands before and after the block is the user's text. The block is ours: it is written
from the CRM alone and never flows back as text.
"""

from __future__ import annotations

from . import richtext

FIRST = "──── CRM ────"
LAST = "─────────────"


def compose(text: str, details: str) -> str:
    """Canonical text with the block of `details` at its end."""
    return richtext.append(text, (FIRST, *details.split("\n"), LAST)) if details else text


def split(text: str) -> tuple[str, str]:
    """Take canonical text apart again: the user's text, also canonical, and the details.

    A block whose last marker is lost ends at the first empty line. Every further block (someone
    pasted a whole description) is dropped.
    """
    details: list[str] | None = None
    while (found := richtext.cut_out(text, FIRST, LAST)) is not None:
        text, lines = found
        details = lines if details is None else details
    return text, "\n".join(details or ())


def clean(details: str) -> str:
    """Details as the block can hold them: folded lines, none empty, none a marker."""
    lines = richtext.plain(richtext.from_plain(details)).split("\n")
    return "\n".join(line for line in lines if line and line not in (FIRST, LAST))
