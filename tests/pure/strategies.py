"""Values for the laws: words, HTML as people and programs write it, and entries."""

from datetime import date, datetime, timedelta, timezone

from hypothesis import strategies as st

from crm_google_calendar.engine import details as block
from crm_google_calendar.engine import richtext
from crm_google_calendar.engine.entry import AllDay, Entry, Kind, Timed

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")

_PIECES = st.sampled_from(
    (
        *(
            "Ada",
            "and",
            "Zoë",
            "东京",
            "🎉",
            "a@b.de",
            "https://x.de/a?b=1&c=2",
            "www.x.de",
            "3 > 2",
        ),
        *(
            " ",
            "  ",
            "\n",
            "\t",
            "\xa0",
            "\u200b",
            "\x07",
            ":",
            "-",
            '"',
            "'",
            "&",
            "&amp;",
            "<",
            ">",
        ),
        *("✓", "✔️", "✓ ", "Call:", "Call: ", "…", block.FIRST, block.LAST, "&#8203;", "&#10;"),
    )
)
words = st.lists(_PIECES | st.text(max_size=3), max_size=8).map("".join)
_long = words.map(lambda text: (text or "x") * 60)
long_words = st.one_of(*[words] * 9, _long)  # mostly short, or nothing else would be tried

_TAGS = (
    "b",
    "strong",
    "i",
    "u",
    "s",
    "p",
    "div",
    "ul",
    "ol",
    "li",
    "span",
    "h1",
    "td",
    "pre",
    "style",
)
_LINKS = ("https://x.de", "https://x.de/", "mailto:a@b.de", "javascript:alert(1)", "/web", "")
_MARKUP = st.one_of(
    st.sampled_from(_TAGS).map("<{}>".format),
    st.sampled_from(_TAGS).map("</{}>".format),
    st.sampled_from(("<br>", "<br/>", "</a>", "<hr>", "<!-- x -->", "<", "</", "<p class='x'>")),
    st.sampled_from(_LINKS).map('<a href="{}">'.format),
    st.sampled_from(_LINKS).map('<a href="{0}">{0}</a>'.format),
)
soups = st.lists(_MARKUP | _PIECES, max_size=25).map("".join)
texts = soups.map(richtext.canonical)
details = st.lists(words, max_size=4).map("\n".join)

days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone.utc))
all_days = st.builds(
    lambda day, more: AllDay(day, day + timedelta(more)), days, st.integers(-2, 30)
)
timed = st.builds(
    lambda start, more: Timed(start, start + timedelta(minutes=more)),
    moments,
    st.integers(-9, 5000),
)
minutes = st.frozensets(st.sampled_from((-1, 0, 5, 10, 15, 30, 60, 1440, 40320, 40321)), max_size=8)

loose_fields = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(Kind),
        "title": long_words,
        "when": all_days | timed,
        "zone": st.sampled_from(ZONES),
        "end_zone": st.sampled_from(("", *ZONES)),
        "place": long_words,
        "text": soups | long_words,
        "details": details | long_words,
        "privacy": st.sampled_from(("default", "public", "private", "confidential", "odd")),
        "busy": st.booleans(),
        "reminders": minutes,
        "mails": minutes,
        "label": long_words,
        "done": st.booleans(),
    }
)
loose_entries = loose_fields.map(lambda fields: Entry(**fields))
entries = loose_fields.map(lambda fields: Entry.make(**fields))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Entry, Entry]:
    """Two entries of one kind."""
    first, second = draw(loose_fields), draw(loose_fields)
    return Entry.make(**first), Entry.make(**{**second, "kind": first["kind"]})


@st.composite
def versions(draw: st.DrawFn) -> tuple[Entry, Entry, Entry]:
    """A base and two versions of it, each changed in a few fields only."""
    base = draw(loose_fields)
    changed = [
        {**base, **{name: other[name] for name in draw(st.sets(st.sampled_from(sorted(base))))}}
        for other in (draw(loose_fields), draw(loose_fields))
    ]
    return tuple(Entry.make(**{**each, "kind": base["kind"]}) for each in (base, *changed))
