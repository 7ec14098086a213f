"""Numbers and dates as the user's language writes them."""

from __future__ import annotations

from datetime import date, datetime

import babel.dates

from odoo import fields
from odoo.tools import format_time, formatLang
from odoo.tools.misc import babel_locale_parse, get_lang


def number_text(env, number: int) -> str:
    """A whole number with its separators: "1,234", "1.234"."""
    return formatLang(env, number, digits=0)


def moment_text(env, moment: datetime) -> str:
    """A moment of the database in the user's zone: "November 28, 10:34"."""
    locale = babel_locale_parse(get_lang(env).code)
    local = fields.Datetime.context_timestamp(env["res.users"].with_env(env), moment)
    is_this_year = local.year == fields.Datetime.now().year
    pattern = "MMMMd" if is_this_year else "yMMMMd"
    day = babel.dates.format_skeleton(pattern, local, fuzzy=True, locale=locale)
    return f"{day}, {format_time(env, local.time(), time_format='short')}"


def dates_text(env, first: date, last: date) -> str:
    """Two dates, both included: "Nov 1, 2025 – Jan 31, 2026"."""
    locale = babel_locale_parse(get_lang(env).code)
    text = babel.dates.format_interval(first, last, "yMMMd", locale=locale)
    return text.replace("\u2009", " ")  # a thin space, which few expect
