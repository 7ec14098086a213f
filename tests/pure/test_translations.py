"""Each language says all that the template has, and nothing is lost on the way."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

I18N = Path(__file__).parents[2] / "crm_google_calendar" / "i18n"
LANGUAGES = sorted(I18N.glob("*.po"), key=str)
SAID = re.compile(r'\b_t\(\s*"((?:[^"\\]|\\.)*)"')
HOLES = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|</?\w+[^>]*>")


def read(path):
    with path.open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id}


def test_there_are_languages():
    assert {path.stem for path in LANGUAGES} >= {"de", "es", "fr"}


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_every_text_is_there_and_none_too_many(path):
    translated, [template] = read(path), map(read, I18N.glob("*.pot"))
    assert translated.keys() == template.keys()
    assert [text for text, words in translated.items() if not words.strip()] == []


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_what_is_filled_in_stays(path):
    differ = {
        text: words
        for text, words in read(path).items()
        if sorted(HOLES.findall(text)) != sorted(HOLES.findall(words))
        or (text.count("%s") > 1 and HOLES.findall(text) != HOLES.findall(words))
    }
    assert differ == {}


def test_every_text_of_the_pages_is_in_the_template():
    """Odoo's extractor overlooks what follows the word `class`, even as the name of a key."""
    pages = (I18N.parent / "static" / "src").rglob("*.js")
    said = {text for page in pages for text in SAID.findall(page.read_text())}
    [template] = map(read, I18N.glob("*.pot"))
    assert said and said <= template.keys()
