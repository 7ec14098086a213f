"""One canonical form for descriptions: the small HTML that both Odoo and Google keep.

Canonical text is an HTML fragment of `<b> <i> <u> <s> <a href>`, flat `<ul> <ol>` of `<li>`, and
`<br>`. Odoo wraps and sanitizes, Google's page turns lines into `<br>`: both read back as the
same canonical text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape

from .lines import Line, Run, apart, read, words_of, write

_LINE_FEED_AFTER_BREAK = re.compile(r"(<br\s*/?>|</(?:p|div|li|ul|ol)>)\n", re.IGNORECASE)
LONG_TAG = re.compile(r"<[^<>]{1000,}>")
ENOUGH = 40_000  # characters of a text; `entry` keeps fewer
SIZES = (64_000, 256_000)  # characters that are read, and again where that was mostly markup
CUT_MARK = "…"


def from_odoo(html: str | None) -> str:
    """Read an Odoo Html value; a line feed in it is mere white space."""
    return _beginning(html or "", lambda part: re.sub(r"[\r\n]+", " ", part))


def from_google(description: str | None) -> str:
    """Read a Google description: HTML, plain text, or both; a line feed is a line break."""
    return _beginning(
        description or "",
        lambda part: _LINE_FEED_AFTER_BREAK.sub(r"\1", part.replace("\r\n", "\n")),
    )


def _beginning(source: str, prepare: Callable[[str], str]) -> str:
    """Read as much as makes more than anybody keeps: reading takes time with every character.

    A tag that is as long as a page of text is a picture, or nothing at all.
    """
    if len(source) > SIZES[0]:
        source = LONG_TAG.sub(" ", source)
    for size in SIZES:
        text = canonical(prepare(source[:size]))
        if len(text) > ENOUGH or len(source) <= size:
            break
    return text


def to_odoo(text: str) -> str:
    """Render canonical text as an Odoo Html value."""
    return f"<div>{text}</div>" if text else ""


def to_google(text: str) -> str:
    """Render canonical text for Google: plain lines where it holds no markup.

    Other clients of the same calendar show raw tags, so markup is sent only where it is.
    """
    if re.search(r"<(?!br>)|&", text):
        return text
    return text.replace("<br>", "\n")


def canonical(source: str) -> str:
    """The canonical form of any HTML fragment; idempotent."""
    return write(read(source))


def plain(text: str) -> str:
    """The words of canonical text, one line a line."""
    return "\n".join(words_of(line) for line in read(text))


def from_plain(lines: str) -> str:
    """Canonical text of plain lines."""
    return canonical(escape(lines, quote=False))


def append(text: str, words: Iterable[str]) -> str:
    """Canonical text with plain lines after it, an empty line between."""
    tail = [Line(runs=[Run(line, frozenset(), "")]) for line in words]
    return write(apart(read(text), tail))


def cut_out(text: str, first: str, last: str) -> tuple[str, list[str]] | None:
    """Take the lines from `first` to `last` out of canonical text: what is left, and their words.

    Without `last` they end at the first empty line. None where there is no line `first`.
    """
    if first[0] not in text:
        return None  # the usual case, and cheap to see
    lines = read(text)
    words = [words_of(line) for line in lines]
    if first not in words:
        return None
    start = words.index(first)
    inner = words[start + 1 :]
    end = "" if last not in inner else last
    length = inner.index(end) if end in inner else len(inner)
    return write(apart(lines[:start], lines[start + length + 2 :])), inner[:length]


def cut(text: str, length: int) -> str:
    """Canonical text of at most `length` characters; one that is too long ends with '…'.

    A text that is cut loses its markup, since half a tag would be worse.
    """
    text = canonical(text)
    if len(text) <= length:
        return text
    words = plain(text)[:length]
    while (size := _size(words.rstrip() + CUT_MARK)) > length:
        words = words[: len(words) - max(1, (size - length) // 5)]
    return from_plain(words.rstrip() + CUT_MARK)


def _size(words: str) -> int:
    """How long the words of canonical text are once they are canonical text again."""
    return len(escape(words, quote=False)) + words.count("\n") * (len("<br>") - 1)
