"""Numbers and dates as the user's language writes them."""

from __future__ import annotations

from datetime import date

import babel.dates

from odoo.tools import formatLang
from odoo.tools.misc import babel_locale_parse, get_lang


def number_text(env, number: int) -> str:
    """A whole number with its separators: "1,234", "1.234"."""
    return formatLang(env, number, digits=0)


def dates_text(env, first: date, last: date) -> str:
    """Two dates, both included: "Nov 1, 2025 – Jan 31, 2026"."""
    locale = babel_locale_parse(get_lang(env).code)
    text = babel.dates.format_interval(first, last, "yMMMd", locale=locale)
    return text.replace("\u2009", " ")  # a thin space, which few expect
