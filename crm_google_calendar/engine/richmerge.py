"""An edit of the plain form of a rich text, carried over into the rich text itself.

Google holds the words of a text, Odoo also tables, pictures, checklists, colours. Blocks whose
words did not change stay as they are, new lines come between them, and a plain block that changed
is written anew. An edit within a block that holds more than its words is not certain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from . import richtext
from .lines import INVISIBLE, Line, Reader, read, safe_link, write

LONGEST = richtext.SIZES[-1]  # characters, pictures aside; a longer text is not looked into
MOST = 1_000_000  # pairs of lines to compare
DEEPEST = 100  # elements within each other
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_OPEN = frozenset("body div section article main header footer ul ol".split())
_LISTS = ("ul", "ol")
_PLAIN = frozenset(
    "a b br del div em i ins li ol p s span strike strong u ul body section article main".split()
)
_QUIET = frozenset(("data-oe-version", "dir", "data-last-history-steps"))
_SPACING = re.compile(r"\s*((margin|padding)[-a-z]*\s*:[^;]*|box-sizing\s*:[^;]*)?\s*")


@dataclass
class _Node:
    """An element, or a piece of text; start, end: where it stands in the source."""

    tag: str
    start: int
    end: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    parent: _Node | None = None
    children: list[_Node] = field(default_factory=list)
    inner: int = 0  # where the content begins

    @property
    def is_block(self) -> bool:
        return self.tag in _BLOCKS

    def is_plain(self) -> bool:
        """Whether nothing but its words and their looks, which Google holds, is in it."""
        if self.tag and not (self.tag in _PLAIN and self._is_bare()):
            return False
        return all(child.is_plain() for child in self.children)

    def _is_bare(self) -> bool:
        return all(self._is_quiet(name, value) for name, value in self.attributes.items())

    def _is_quiet(self, name: str, value: str) -> bool:
        if self.tag == "a":
            return name in ("target", "rel") or (name == "href" and bool(safe_link(value)))
        if name == "style":
            return all(_SPACING.fullmatch(part) for part in value.split(";"))
        return name in _QUIET or not value.strip()


_BLOCKS = _OPEN | frozenset(
    "address blockquote center dl dt dd fieldset figure form h1 h2 h3 h4 h5 h6 hr li nav p pre"
    " table tbody tfoot thead tr td th".split()
)


@dataclass
class _Part:
    """A stretch of the source that is kept or replaced as a whole, with the lines it shows."""

    start: int
    end: int
    home: _Node  # the element it stands in
    plain: bool
    item: bool = False  # of a list
    lines: list[int] = field(default_factory=list)


def merge(html: str, text: str) -> str | None:
    """The HTML with the edit that made this canonical text of its words; None where the edit is
    not certain."""
    source = html.replace("\r", " ").replace("\n", " ")
    if richtext.from_odoo(html) == text:
        return html
    if len(richtext.LONG_TAG.sub(" ", html)) > LONGEST:
        return None
    page = _Page(INVISIBLE.sub("\u200b", source))
    if page.is_broken:
        return None
    if page.root.is_plain():
        return richtext.to_odoo(text)
    merged = _Merger(html, page, read(text)).merged()
    return merged if merged is not None and richtext.from_odoo(merged) == text else None


class _Page(Reader):
    """The lines of a source, each with the place where it begins, and its elements."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source, self.is_broken = source, False
        self.root = self.node = _Node("div", 0, len(source))
        self.places: list[int] = []
        self._first: int | None = None  # where the words of this line begin
        self._depth = 0
        self.feed(source)
        self.close()
        self.is_broken |= self.node is not self.root
        self.lines = self.ended()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_broken |= self._depth >= DEEPEST
        if self.is_broken:
            return
        here = self.getpos()[1]
        inner = here + len(self.get_starttag_text() or "")
        values = {name: value or "" for name, value in attrs}
        node = _Node(tag, here, inner, values, self.node, inner=inner)
        self.node.children.append(node)
        if tag not in _VOID:
            self.node, self._depth = node, self._depth + 1
        super().handle_starttag(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        end = self.source.find(">", self.getpos()[1]) + 1
        if tag == self.node.tag and self.node.parent:
            self.node.end = end
            self.node, self._depth = self.node.parent, self._depth - 1
        else:
            self.is_broken = True
        super().handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        here = self.getpos()[1]
        if self._first is None and not self._silent and data.strip("\u200b \t\xa0"):
            self._first = here
        self.node.children.append(_Node("", here, parent=self.node))
        super().handle_data(data)

    def handle_comment(self, data: str) -> None:
        self.is_broken = True

    def _end_line(self) -> None:
        before = len(self._lines)
        super()._end_line()
        here = self.getpos()[1] if self._first is None else self._first
        self.places += [here] * (len(self._lines) - before)
        self._first = None

    def ended(self) -> list[Line]:
        """All lines, also empty ones at both ends."""
        self._boundary()
        return self._lines


class _Merger:
    def __init__(self, html: str, page: _Page, wanted: Sequence[Line]) -> None:
        self.html, self.page = html, page
        self.old = [write([line]) for line in page.lines]
        self.new = [write([line]) for line in wanted]
        self.wanted = wanted
        self.parts = _parts(page)

    def merged(self) -> str | None:
        stays = _matches(self.old, self.new)
        if stays is None or not self._place_lines():
            return None
        cuts: list[tuple[int, int, str]] = []
        kept: list[tuple[_Part | None, int, list[_Part]]] = []  # part, its first new line, dropped
        dropped: list[_Part] = []
        for part in self.parts:
            goal = self._goal(part, stays)
            if goal is not None and part.lines:
                kept.append((part, goal, dropped))
                dropped = []
            elif goal is None:
                dropped.append(part)
        kept.append((None, len(self.new), dropped))
        last: _Part | None = None
        done = 0
        for following, goal, gone in kept:
            piece = self._insert(self.wanted[done:goal], last, following, gone)
            if piece is None or not all(each.plain for each in gone):
                return None
            cuts += [*piece, *((each.start, each.end, "") for each in gone)]
            last, done = following, goal + (len(following.lines) if following else 0)
        return _rewrite(self.html, cuts)

    def _place_lines(self) -> bool:
        """Give each line to the part it stands in; empty ones at both ends belong to none."""
        full = [number for number, line in enumerate(self.page.lines) if line.runs]
        first, last = (full[0], full[-1]) if full else (0, -1)
        for number, place in enumerate(self.page.places):
            home = [part for part in self.parts if part.start <= place < part.end]
            if len(home) != 1:
                return False
            if first <= number <= last:
                home[0].lines.append(number)
        return True

    def _goal(self, part: _Part, stays: dict[int, int]) -> int | None:
        """The number of the first new line that a part shows; None where it does not stay whole."""
        goals = [stays.get(number) for number in part.lines]
        first = goals[0] if goals else 0
        if first is None or (goals and goals != list(range(first, first + len(goals)))):
            return None
        return first

    def _insert(
        self,
        lines: Sequence[Line],
        last: _Part | None,
        following: _Part | None,
        dropped: list[_Part],
    ) -> list[tuple[int, int, str]] | None:
        """Where new lines go between two parts that stay; None where there is no place."""
        rest, cuts = list(lines), []
        for near, at_end in ((last, False), (following, True)):
            items, rest = _taken(rest, near, at_end)
            if items and near:
                place = near.start if at_end else near.end
                cuts.append((place, place, "".join(items)))
        kinds = {line.bullet for line in rest}
        for part in dropped:
            if part.item and kinds == {part.home.tag}:
                cuts.append((part.start, part.start, "".join(map(_as_item, rest))))
                return cuts
        if rest:
            gap = _gap(last, following, dropped)
            if gap is None:
                return None
            place = len(self.html) if gap < 0 else gap
            cuts.append((place, place, _as_blocks(rest)))
        return cuts


def _taken(lines: list[Line], near: _Part | None, at_end: bool) -> tuple[list[str], list[Line]]:
    """New items for the list that a part stands in, from that end of the lines nearest to it."""
    if near is None or not near.item:
        return [], lines
    number = 0
    order = lines[::-1] if at_end else lines
    while number < len(order) and order[number].bullet == near.home.tag:
        number += 1
    taken = lines[len(lines) - number :] if at_end else lines[:number]
    rest = lines[: len(lines) - number] if at_end else lines[number:]
    return [_as_item(line) for line in taken], rest


def _as_item(line: Line) -> str:
    return f"<li>{write([Line(runs=line.runs)])}</li>"


def _gap(last: _Part | None, following: _Part | None, dropped: list[_Part]) -> int | None:
    """Where blocks may stand: outside of any list, between both parts; of a page without any part
    that stays, where the first was, or else at its end (-1)."""
    if last and following and _top_list(last) and _top_list(last) is _top_list(following):
        return None  # they would tear the list apart
    if last:
        return (_top_list(last) or last).end
    near = following or (dropped[0] if dropped else None)
    return (_top_list(near) or near).start if near else -1


def _top_list(part: _Part) -> _Node | None:
    found, node = None, part.home
    while node.parent:
        found = node if node.tag in _LISTS else found
        node = node.parent
    return found


def _as_blocks(lines: list[Line]) -> str:
    out = ""
    for line in lines:
        words = write([line])
        out += words if line.bullet else f"<p>{words if line.runs else '<br>'}</p>"
    return re.sub(r"</(ul|ol)><\1>", "", out)


def _rewrite(html: str, cuts: list[tuple[int, int, str]]) -> str:
    """The HTML with these stretches replaced."""
    out, here = "", 0
    for start, end, piece in sorted(cuts, key=lambda cut: cut[0]):
        out += html[here : max(here, start)] + piece
        here = max(here, end)
    return out + html[here:]


def _matches(old: list[str], new: list[str]) -> dict[int, int] | None:
    """Which old lines are which new ones."""
    if len(old) * len(new) > MOST:
        return None
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {each.a + n: each.b + n for each in blocks for n in range(each.size)}


def _parts(page: _Page) -> list[_Part]:
    found: list[_Part] = []
    _collect(page.root, found)
    return found


def _collect(home: _Node, found: list[_Part]) -> None:
    """The parts of an element that only holds others together."""
    run: list[_Node] = []
    for child in home.children:
        if child.tag == "br" or not child.is_block:
            run.append(child)
            if child.tag == "br":
                _close_run(home, run, found)
                run = []
            continue
        _close_run(home, run, found)
        run = []
        nested = any(inner.is_block for inner in child.children)
        if child.tag in _OPEN or (child.tag == "li" and nested):
            _collect(child, found)
        else:
            item = child.tag == "li" and home.tag in _LISTS
            found.append(_Part(child.start, child.end, home, child.is_plain(), item))
    _close_run(home, run, found)


def _close_run(home: _Node, run: list[_Node], found: list[_Part]) -> None:
    if run:
        plain = all(node.is_plain() for node in run)
        found.append(_Part(run[0].start, _end_of(run[-1], home), home, plain))


def _end_of(node: _Node, home: _Node) -> int:
    """Where a piece of inline content ends; text tells no end of its own."""
    if node.tag:
        return node.end
    after = [child.start for child in home.children if child.start > node.start]
    return min(after) if after else (home.end if not home.parent else _inner_end(home))


def _inner_end(home: _Node) -> int:
    return home.end - len(f"</{home.tag}>")
