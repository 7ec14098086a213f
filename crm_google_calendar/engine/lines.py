"""HTML as lines of styled runs, and back: the mechanics of `richtext`.

Writing what was read changes nothing, and reading what was written gives the same lines.
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
_DEEPEST = 50  # elements within each other
_DECLARATION = re.compile(r"<[!?][^<>]*>")
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
_SILENT = frozenset(("head", "script", "style", "template"))
_SAFE_LINK = re.compile(r"(https?://|mailto:|tel:)[^\s\"'<>]+$", re.IGNORECASE)
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Run:
    """Words of one look. styles: of b, i, u, s. link: a safe address, or empty."""

    text: str
    styles: frozenset[str]
    link: str


@dataclass
class Line:
    """One line without white space at its ends. bullet: "ul" or "ol" in a list, else empty."""

    bullet: str = ""
    runs: list[Run] = field(default_factory=list)


def clean(words: str) -> str:
    """Plain words without characters that no page shows and that Odoo or Google refuse."""
    return INVISIBLE.sub("", words)


@lru_cache(maxsize=256)  # one text is looked at many times on its way; its lines never change
def read(source: str) -> tuple[Line, ...]:
    """The lines of any HTML, without empty ones at both ends."""
    reader = Reader()
    reader.feed(_tame(clean(source)))
    reader.close()
    return tuple(reader.finish())


def _tame(source: str) -> str:
    """HTML of whole tags only: over others, Python's reader fails, or takes time without end."""
    parts, place = [], 0
    while (start := source.find("<!--", place)) >= 0:
        end = source.find("-->", start + 4)
        if end < 0:
            break
        parts.append(source[place:start])
        place = end + 3
    parts.append(source[place:])
    return _NO_TAG.sub("&lt;", _DECLARATION.sub("", "".join(parts)))


def words_of(line: Line) -> str:
    """The plain words of a line."""
    return "".join(run.text for run in line.runs)


def apart(before: Sequence[Line], after: Sequence[Line]) -> list[Line]:
    """Both parts, trimmed, with an empty line between them."""
    before, after = _trim(before), _trim(after)
    return [*before, *([Line()] if before and after else []), *after]


def _trim(lines: Sequence[Line]) -> list[Line]:
    """Drop empty lines at both ends."""
    full = [number for number, line in enumerate(lines) if line.runs]
    return list(lines[full[0] : full[-1] + 1]) if full else []


def write(lines: Iterable[Line]) -> str:
    """The HTML of lines: the one form that reads back as just these."""
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


def _write_runs(runs: Iterable[Run]) -> str:
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


class Reader(HTMLParser):
    """Reads HTML into lines. `<br>` ends any line, a block boundary only a line with words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[Line] = []
        self._line = Line()
        self._styles: list[str] = []
        self._links: list[str] = []
        self._lists: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._end_line()
        elif len(self._styles) + len(self._links) + len(self._lists) > _DEEPEST:
            return  # nobody looks that deep, and each word would be compared with all of them
        elif tag in _STYLES:
            self._styles.append(_STYLES[tag])
        elif tag == "a":
            self._links.append(safe_link(dict(attrs).get("href")))
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
                self._line = Line()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            for number, words in enumerate(data.split("\n")):
                if number:
                    self._end_line()
                self._add(words)

    def finish(self) -> list[Line]:
        self._boundary()
        return _trim(self._lines)

    def _add(self, words: str) -> None:
        link = self._links[-1] if self._links else ""
        words = clean(words)  # once more: `&#8203;` was no such character before
        self._line.runs.append(Run(words, frozenset(self._styles), link))

    def _end_line(self) -> None:
        """Close the line, empty or not; within a list item the next line is the same item's."""
        self._line.runs = _settle(self._line.runs)
        if self._line.runs or not self._line.bullet:
            self._lines.append(self._line)
        self._line = Line(self._line.bullet)

    def _boundary(self) -> None:
        if _settle(self._line.runs):
            self._end_line()
        else:
            self._line.runs = []


def safe_link(href: str | None) -> str:
    href = (href or "").strip()
    return href if _SAFE_LINK.match(href) else ""


def _bare(address: str) -> str:
    return re.sub(r"^(https?://|mailto:|tel:)", "", address.strip(), flags=re.IGNORECASE).rstrip(
        "/"
    )


def _settle(runs: list[Run]) -> list[Run]:
    """Fold white space over the whole line and join neighbours of one style.

    A link that shows its own address is mere words: both systems make such links by themselves.
    """
    return _join([_bare_link(run) for run in _join([_bare_link(run) for run in runs])])


def _bare_link(run: Run) -> Run:
    bare = run.link and _bare(run.text) == _bare(run.link)
    return replace(run, link="") if bare else run


def _join(runs: list[Run]) -> list[Run]:
    out: list[Run] = []
    for run in runs:
        words = re.sub(r"\s+", " ", run.text)
        if not out or out[-1].text.endswith(" "):
            words = words.lstrip(" ")
        if not words:
            continue
        if out and (out[-1].styles, out[-1].link) == (run.styles, run.link):
            words = out.pop().text + words
        out.append(Run(words, run.styles, run.link))
    while out and not (words := out[-1].text.rstrip(" ")):
        out.pop()
    if out:
        out[-1] = Run(words, out[-1].styles, out[-1].link)
    return out
