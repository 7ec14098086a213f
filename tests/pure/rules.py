"""Random recurrence rules, starts and zones, for the laws of series."""

from datetime import datetime, timezone

from hypothesis import strategies as st

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
zones = st.sampled_from(
    ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Auckland", "Asia/Kolkata")
)
starts = st.datetimes(
    datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(timezone.utc)
).map(lambda moment: moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0))


@st.composite
def _rules(draw):
    """Every part that Google's own page, and other calendars, put into a rule."""
    freq = draw(st.sampled_from(("DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "YEARLY")))
    parts = [f"FREQ={freq}"]
    interval = draw(st.sampled_from((1, 1, 1, 2, 3)))
    if interval > 1:
        parts.append(f"INTERVAL={interval}")
    parts += draw(_days(freq))
    if draw(st.integers(0, 5)) == 0:
        parts.append(f"WKST={draw(st.sampled_from(DAYS))}")
    end = draw(st.sampled_from(("COUNT", "COUNT", "UNTIL", "", "LONG")))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 25))}")
    elif end == "LONG" and freq == "DAILY":
        parts.append(f"COUNT={draw(st.integers(715, 725))}")
    elif end == "UNTIL":
        parts.append(f"UNTIL={draw(st.sampled_from(_UNTILS))}")
    return ";".join(parts)


_UNTILS = ("20280107T045959Z", "20280101", "20280331T220000Z", "20280630T235959Z")


@st.composite
def _days(draw, freq):
    some = st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True).map(",".join)
    if freq in ("DAILY", "WEEKLY"):
        choice = draw(st.sampled_from(("", "", "days")))
        return [f"BYDAY={draw(some)}"] if choice else []
    choice = draw(st.sampled_from(("", "", "nth", "date", "dates", "setpos", "last")))
    if choice == "nth":
        number = draw(st.sampled_from(("1", "2", "3", "4", "-1", "5", "-2")))
        month = ["BYMONTH=11"] if freq == "YEARLY" else []
        return [f"BYDAY={number}{draw(st.sampled_from(DAYS))}", *month]
    if choice == "date":
        return [f"BYMONTHDAY={draw(st.integers(1, 28))}"]
    if choice == "dates":
        return ["BYMONTHDAY=1,15"]
    if choice == "last":
        return ["BYMONTHDAY=-1"]
    if choice == "setpos":
        return [f"BYDAY={draw(some)}", "BYSETPOS=1"]
    return []


rule_lines = _rules()
