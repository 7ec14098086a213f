"""Rich text: one canonical form, whatever Odoo and Google do to it."""

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_google_calendar.engine import details as block
from crm_google_calendar.engine import richtext

from . import strategies as our


@given(our.soups | our.words)
def test_canonical_form_is_idempotent(soup):
    once = richtext.canonical(soup)
    assert richtext.canonical(once) == once


@given(our.texts)
def test_google_gives_back_what_it_was_given(text):
    assert richtext.from_google(richtext.to_google(text)) == text


@given(our.texts)
def test_odoo_gives_back_what_it_was_given(text):
    assert richtext.from_odoo(richtext.to_odoo(text)) == text


@given(our.texts)
def test_a_save_on_googles_page_changes_nothing(text):
    assert richtext.from_google(saved_on_googles_page(richtext.to_google(text))) == text


@given(our.texts, st.integers(1, 60))
def test_a_cut_text_is_short_and_stays_as_it_is(text, length):
    short = richtext.cut(text, length)
    assert len(short) <= length
    assert richtext.canonical(short) == short
    assert richtext.cut(short, length) == short


@given(our.words)
def test_plain_words_survive(words):
    plain = richtext.plain(richtext.from_plain(words))
    assert richtext.plain(richtext.from_plain(plain)) == plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Ask <strong>Ada</strong></p>", "Ask <b>Ada</b>"),
        ("<p>one</p><p>two</p>", "one<br>two"),
        ("<p>one</p><p><br></p><p>two</p>", "one<br><br>two"),
        ("<div>a</div>\n<div>b</div>", "a<br>b"),
        ("<ul><li>a</li><li><p>b</p></li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ('<a href="https://x.de">the page</a>', '<a href="https://x.de">the page</a>'),
        ('<a href="https://x.de/">https://x.de</a>', "https://x.de"),
        ('<a href="mailto:a@b.de">a@b.de</a>', "a@b.de"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ("<script>alert(1)</script>x<style>p{}</style>", "x"),
        ("<p><br></p>", ""),
        ("a&nbsp;&nbsp;b", "a b"),
        ("1 &lt; 2", "1 &lt; 2"),
        (None, ""),
    ],
)
def test_odoos_html_has_one_short_form(html, text):
    assert richtext.from_odoo(html) == text


def test_a_line_feed_is_a_break_in_google_and_white_space_in_odoo():
    assert richtext.from_google("a\nb") == "a<br>b"
    assert richtext.from_odoo("a\nb") == "a b"


def test_text_without_markup_reaches_google_as_plain_lines():
    assert richtext.to_google("a<br>b") == "a\nb"


@given(our.texts, our.details)
def test_text_and_details_can_be_taken_apart_again(text, details):
    text, details = block.split(text)[0], block.clean(details)
    assert block.split(block.compose(text, details)) == (text, details)


def test_what_the_user_writes_around_the_block_is_his_text():
    description = block.compose("before", "Phone: 1")
    assert block.split(f"{description}<br>after") == ("before<br><br>after", "Phone: 1")


def test_a_block_without_its_end_stops_at_the_first_empty_line():
    description = f"before<br>{block.FIRST}<br>Phone: 1<br><br>after"
    assert block.split(description) == ("before<br><br>after", "Phone: 1")


def test_a_block_pasted_twice_is_taken_out_twice():
    whole = block.compose("text", "Phone: 1")
    assert block.split(f"{whole}<br>{whole}") == ("text<br><br>text", "Phone: 1")


def saved_on_googles_page(description):
    """What Google's page makes of a description: breaks as tags, addresses as links."""
    if not re.search(r"<(?!br>)|&", description):
        description = escape(description, quote=False).replace("\n", "<br>")
    words = re.split(r"(<a .*?</a>|<[^>]*>)", description)
    return "".join(word if word.startswith("<") else _with_links(word) for word in words)


def _with_links(words):
    return re.sub(
        r"https?://x\.de(?:/[^\s<&\"]*)?", r'<a href="\g<0>" target="_blank">\g<0></a>', words
    )
