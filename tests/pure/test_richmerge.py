"""What Google cannot hold of a text survives an edit there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_google_calendar.engine import richtext
from crm_google_calendar.engine.lines import Line, Run, read, write
from crm_google_calendar.engine.richmerge import merge

from . import strategies as our

RICH = (
    '<table class="t"><tr><td>A</td><td>B</td></tr><tr><td><p>1</p></td></tr></table>',
    '<p><img src="/web/image/5" class="img-fluid"></p>',
    '<img src="data:image/png;base64,AAAA">',
    '<p>see <img src="/web/image/6"> here</p>',
    "<h2>Plan</h2>",
    "<hr>",
    "<pre>def f():\n    return 1</pre>",
    "<blockquote>said <b>so</b></blockquote>",
    '<p style="color: red;">red</p>',
    '<p>one <span style="background-color: rgb(1, 2, 3);">two</span><br>three</p>',
    '<p><a href="https://x.de" class="btn btn-primary">Go</a></p>',
    "<p>with <code>code</code></p>",
)
LISTS = (
    '<ul class="o_checklist"><li class="o_checked">milk</li><li>eggs</li><li>ham</li></ul>',
    '<ol><li>a<ul><li>b</li><li style="color: red">c</li></ul></li><li>d</li></ol>',
    '<ul><li><p>x</p></li><li class="oe-nested"><ul><li>y</li></ul></li></ul>',
)
PLAIN = (
    "<p>Hello</p>",
    '<p style="margin-bottom: 0px;">Hello <b>you</b></p>',
    "<p><br></p>",
    "<p>a<br>b<br><br>c</p>",
    "<div>d<br>e</div>",
    "<ul><li>i</li><li>j</li></ul>",
    "loose <i>words</i><br>and more<br>",
    "<p>\ufeffHello\n there &amp; &lt;b&gt;</p>",
    "",
)
pages = st.lists(st.sampled_from(RICH + LISTS + PLAIN), max_size=6).map("".join)
pages |= pages.map(lambda page: f'<div data-oe-version="2.0">{page}</div>')
pages |= pages.map(
    lambda page: f'<section style="padding: 1px;"><div class="x">{page}</div>z</section>'
)
new_lines = our.words.map(lambda words: Line(runs=[Run(words, frozenset(), "")]))
new_lines |= new_lines.map(lambda line: Line("ul", line.runs))
edits = st.lists(
    st.tuples(st.sampled_from(("insert", "delete", "change")), st.integers(0, 30), new_lines),
    max_size=4,
)


def edited(html, changes):
    lines = list(read(richtext.from_odoo(html)))
    for what, wish, line in changes:
        place = min(wish, len(lines))
        lines[place : place + (what != "insert")] = [] if what == "delete" else [line]
    return richtext.canonical(write(lines))


@given(pages)
def test_a_text_that_nobody_edits_is_left_as_it_is(html):
    assert merge(html, richtext.from_odoo(html)) == html


@given(pages, edits)
def test_what_is_accepted_reads_as_google_has_it_and_is_left_alone_from_then_on(html, changes):
    text = edited(html, changes)
    merged = merge(html, text)
    if merged is not None:
        assert richtext.from_odoo(merged) == text
        assert merge(merged, text) == merged


@given(st.lists(st.sampled_from(RICH + PLAIN), max_size=6), edits)
def test_whatever_is_accepted_holds_all_that_google_cannot(blocks, changes):
    html = "".join(blocks)
    merged = merge(html, edited(html, changes))
    if merged is not None:
        for block in blocks:
            assert block not in RICH or merged.count(block) >= blocks.count(block)


@given(pages, new_lines, st.booleans())
def test_a_line_more_at_either_end_is_always_certain(html, line, at_end):
    before = list(read(richtext.from_odoo(html)))
    lines = [*before, line] if at_end else [line, *before]
    text = richtext.canonical(write(lines))
    merged = merge(html, text)
    assert merged is not None
    assert richtext.from_odoo(merged) == text


@given(our.soups, edits)
def test_no_html_breaks_it(html, changes):
    merged = merge(html, edited(html, changes))
    assert merged is None or richtext.from_odoo(merged) == edited(html, changes)


PAGE = (
    '<h1>Plan</h1><p>Hello <b>you</b></p><table class="t"><tr><td>A</td><td>B</td></tr></table>'
    '<ul class="o_checklist"><li class="o_checked">milk</li><li>eggs</li></ul><p>end</p>'
)


@pytest.mark.parametrize(
    ("old", "new", "there", "here"),
    [
        ("Hello", "Hi", "<p>Hello <b>you</b></p>", "<p>Hi <b>you</b></p>"),
        ("<br>A B", "<br>new<br>A B", "<table", "<p>new</p><table"),
        ("<li>eggs</li>", "<li>eggs</li><li>ham</li>", "</ul>", "<li>ham</li></ul>"),
        ("<li>eggs</li>", "<li>ham</li>", "<li>eggs</li>", "<li>ham</li>"),
        ("<li>eggs</li>", "", "<li>eggs</li>", ""),
        ("<br>Hello <b>you</b>", "", "<p>Hello <b>you</b></p>", ""),
    ],
)
def test_an_edit_is_made_where_it_belongs(old, new, there, here):
    text = richtext.from_odoo(PAGE)
    assert old in text
    assert merge(PAGE, text.replace(old, new)) == PAGE.replace(there, here)


@pytest.mark.parametrize(("old", "new"), [("milk", "mild"), ("A B", "A C"), ("Plan", "Plans")])
def test_an_edit_within_what_google_cannot_hold_is_not_certain(old, new):
    assert merge(PAGE, richtext.from_odoo(PAGE).replace(old, new)) is None


def test_a_picture_of_any_size_survives():
    picture = f'<p><img src="data:image/png;base64,{"A" * 300_000}"></p>'
    html = f"<p>a</p>{picture}<p>b</p>"
    text = richtext.from_odoo(html)
    assert merge(html, f"{text}<br>c") == f"{html}<p>c</p>"


def test_a_text_too_long_to_be_read_is_left_alone():
    html = "<h1>Plan</h1>" + "<p>words</p>" * 50_000
    assert merge(html, "words") is None
