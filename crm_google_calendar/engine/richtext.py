"""One canonical form for descriptions: the small HTML that both Odoo and Google keep.

Canonical text is an HTML fragment of `<b> <i> <u> <s> <a href>`, flat `<ul> <ol>` of `<li>`, and
`<br>`. Odoo wraps and sanitizes, Google's page turns lines into `<br>`: both read back as the
same canonical text. It is read into lines of styled runs and written from them, so writing what
was read changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from itertools import groupby

_STYLES = {
    **dict.fromkeys(("b", "strong"), "b"),
    **dict.fromkeys(("i", "em"), "i"),
    **dict.fromkeys(("u", "ins"), "u"),
    **dict.fromkeys(("s", "strike", "del"), "s"),
}
_BLOCKS = frozenset(
    "address article blockquote center div dl dt dd fieldset figure footer form h1 h2 h3 h4 h5 h6"
    " header hr main nav p pre section table tbody tfoot thead tr".split()
)
_LISTS = frozenset(("ul", "ol"))
_SILENT = frozenset(("head", "script", "style", "template"))
_SAFE_LINK = re.compile(r"(https?://|mailto:|tel:)[^\s\"'<>]+$", re.IGNORECASE)
_LINE_FEED_AFTER_BREAK = re.compile(r"(<br\s*/?>|</(?:p|div|li|ul|ol)>)\n", re.IGNORECASE)
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff\ufffe\uffff\ud800-\udfff]")
CUT_MARK = "…"


@dataclass(frozen=True)
class _Run:
    text: str
    styles: frozenset[str]
    link: str


@dataclass
class _Line:
    bullet: str = ""  # "", "ul" or "ol"
    runs: list[_Run] = field(default_factory=list)


def from_odoo(html: str | None) -> str:
    """Read an Odoo Html value; a line feed in it is mere white space."""
    return canonical(re.sub(r"[\r\n]+", " ", html or ""))


def from_google(description: str | None) -> str:
    """Read a Google description: HTML, plain text, or both; a line feed is a line break."""
    lines = (description or "").replace("\r\n", "\n")
    return canonical(_LINE_FEED_AFTER_BREAK.sub(r"\1", lines))


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
    return _write(_read(source))


def plain(text: str) -> str:
    """The words of canonical text, one line a line."""
    return "\n".join(_words(line) for line in _read(text))


def from_plain(lines: str) -> str:
    """Canonical text of plain lines."""
    return canonical(escape(lines, quote=False))


def append(text: str, words: Iterable[str]) -> str:
    """Canonical text with plain lines after it, an empty line between."""
    tail = [_Line(runs=[_Run(line, frozenset(), "")]) for line in words]
    return _write(_apart(_read(text), tail))


def cut_out(text: str, first: str, last: str) -> tuple[str, list[str]] | None:
    """Take the lines from `first` to `last` out of canonical text: what is left, and their words.

    Without `last` they end at the first empty line. None where there is no line `first`.
    """
    if first[0] not in text:
        return None  # the usual case, and cheap to see
    lines = _read(text)
    words = [_words(line) for line in lines]
    if first not in words:
        return None
    start = words.index(first)
    inner = words[start + 1 :]
    end = "" if last not in inner else last
    length = inner.index(end) if end in inner else len(inner)
    return _write(_apart(lines[:start], lines[start + length + 2 :])), inner[:length]


def clean(words: str) -> str:
    """Plain words without characters that no page shows and that Odoo or Google refuse."""
    return _INVISIBLE.sub("", words)


def cut(text: str, length: int) -> str:
    """Canonical text of at most `length` characters; one that is too long ends with '…'.

    A text that is cut loses its markup, since half a tag would be worse.
    """
    text = canonical(text)
    if len(text) <= length:
        return text
    words = plain(text)[:length]
    while len(shortened := from_plain(words.rstrip() + CUT_MARK)) > length:
        words = words[: len(words) - max(1, (len(shortened) - length) // 5)]
    return shortened


@lru_cache(maxsize=256)  # one text is looked at many times on its way; its lines never change
def _read(source: str) -> tuple[_Line, ...]:
    reader = _Reader()
    reader.feed(_INVISIBLE.sub("", source))
    reader.close()
    return tuple(reader.finish())


def _words(line: _Line) -> str:
    return "".join(run.text for run in line.runs)


def _apart(before: Sequence[_Line], after: Sequence[_Line]) -> list[_Line]:
    """Both parts, trimmed, with an empty line between them."""
    before, after = _trim(before), _trim(after)
    return [*before, *([_Line()] if before and after else []), *after]


def _trim(lines: Sequence[_Line]) -> list[_Line]:
    """Drop empty lines at both ends."""
    full = [number for number, line in enumerate(lines) if line.runs]
    return list(lines[full[0] : full[-1] + 1]) if full else []


def _write(lines: Iterable[_Line]) -> str:
    out: list[str] = []
    for kind, group in groupby(lines, key=lambda line: line.bullet):
        if kind:
            items = "".join(f"<li>{_write_runs(line.runs)}</li>" for line in group)
            out.append(f"<{kind}>{items}</{kind}>")
        else:
            out.append(_write_lines([_write_runs(line.runs) for line in group]))
    return "".join(out)


def _write_lines(lines: list[str]) -> str:
    """Join lines; an empty last one needs its own break before a list, or it would vanish."""
    joined = "<br>".join(lines)
    return joined if lines[-1] else joined + "<br>"


def _write_runs(runs: Iterable[_Run]) -> str:
    out = ""
    for run in runs:
        piece = escape(run.text, quote=False)
        for style in ("s", "u", "i", "b"):
            if style in run.styles:
                piece = f"<{style}>{piece}</{style}>"
        if run.link:
            piece = f'<a href="{escape(run.link)}">{piece}</a>'
        out += piece
    return out


class _Reader(HTMLParser):
    """Reads HTML into lines. `<br>` ends any line, a block boundary only a line with words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[_Line] = []
        self._line = _Line()
        self._styles: list[str] = []
        self._links: list[str] = []
        self._lists: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._end_line()
        elif tag in _STYLES:
            self._styles.append(_STYLES[tag])
        elif tag == "a":
            self._links.append(_link(dict(attrs).get("href")))
        elif tag in ("td", "th"):
            self._add(" ")
        elif tag in _SILENT:
            self._silent += 1
        elif tag == "li" or tag in _LISTS or tag in _BLOCKS:
            self._boundary()
            if tag in _LISTS:
                self._lists.append(tag)
            elif tag == "li":
                self._line.bullet = self._lists[-1] if self._lists else "ul"

    def handle_endtag(self, tag: str) -> None:
        if tag in _STYLES and _STYLES[tag] in self._styles:
            self._styles.remove(_STYLES[tag])
        elif tag == "a" and self._links:
            self._links.pop()
        elif tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "li" or tag in _LISTS or tag in _BLOCKS:
            self._boundary()
            if tag in _LISTS and self._lists:
                self._lists.pop()
            if tag == "li" or tag in _LISTS:
                self._line = _Line()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            for number, words in enumerate(data.split("\n")):
                if number:
                    self._end_line()
                self._add(words)

    def finish(self) -> list[_Line]:
        self._boundary()
        return _trim(self._lines)

    def _add(self, words: str) -> None:
        link = self._links[-1] if self._links else ""
        words = clean(words)  # once more: `&#8203;` was no such character before
        self._line.runs.append(_Run(words, frozenset(self._styles), link))

    def _end_line(self) -> None:
        """Close the line, empty or not; within a list item the next line is the same item's."""
        self._line.runs = _settle(self._line.runs)
        if self._line.runs or not self._line.bullet:
            self._lines.append(self._line)
        self._line = _Line(self._line.bullet)

    def _boundary(self) -> None:
        if _settle(self._line.runs):
            self._end_line()
        else:
            self._line.runs = []


def _link(href: str | None) -> str:
    href = (href or "").strip()
    return href if _SAFE_LINK.match(href) else ""


def _bare(address: str) -> str:
    return re.sub(r"^(https?://|mailto:|tel:)", "", address.strip(), flags=re.IGNORECASE).rstrip(
        "/"
    )


def _settle(runs: list[_Run]) -> list[_Run]:
    """Fold white space over the whole line and join neighbours of one style.

    A link that shows its own address is mere words: both systems make such links by themselves.
    """
    joined = [
        replace(run, link="") if run.link and _bare(run.text) == _bare(run.link) else run
        for run in _join(runs)
    ]
    return _join(joined)


def _join(runs: list[_Run]) -> list[_Run]:
    out: list[_Run] = []
    for run in runs:
        words = re.sub(r"\s+", " ", run.text)
        if not out or out[-1].text.endswith(" "):
            words = words.lstrip(" ")
        if not words:
            continue
        if out and (out[-1].styles, out[-1].link) == (run.styles, run.link):
            words = out.pop().text + words
        out.append(_Run(words, run.styles, run.link))
    while out and not (words := out[-1].text.rstrip(" ")):
        out.pop()
    if out:
        out[-1] = _Run(words, out[-1].styles, out[-1].link)
    return out
