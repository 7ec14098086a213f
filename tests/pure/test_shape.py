"""Whatever stands in an event: it can be relied on, or it cannot be read, and nothing else."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junk import JUNK, cases, replaced

from crm_google_calendar.engine.entry import Kind
from crm_google_calendar.engine.entry import to_json as entry_to_json
from crm_google_calendar.gcal import shape
from crm_google_calendar.gcal.errors import GoogleError
from crm_google_calendar.gcal.series import key_of_event, read_occurrence, to_series
from crm_google_calendar.gcal.translate import is_gone, is_series, mark_of, receipt_of, to_entry

SINGLE = {
    "kind": "calendar#event",
    "id": "abc123",
    "etag": '"1"',
    "status": "confirmed",
    "htmlLink": "https://www.google.com/calendar/event?eid=x",
    "created": "2026-01-01T10:00:00.000Z",
    "updated": "2026-01-01T10:00:00.000Z",
    "summary": "Visit",
    "description": "<b>With</b> cake",
    "location": "Here",
    "creator": {"email": "sam@example.com", "self": True},
    "attendees": [{"email": "eve@example.com", "responseStatus": "accepted"}],
    "start": {"dateTime": "2026-12-01T10:00:00+01:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-12-01T11:00:00+01:00", "timeZone": "Europe/Berlin"},
    "transparency": "opaque",
    "visibility": "private",
    "extendedProperties": {
        "private": {
            "crm_db": "db",
            "crm_record": "calendar.event,5",
            "crm_label": "Call",
            "crm_receipt": "r",
        },
        "shared": {"x": "y"},
    },
    "reminders": {
        "useDefault": False,
        "overrides": [{"method": "popup", "minutes": 10}, {"method": "email", "minutes": 20}],
    },
    "eventType": "default",
}
DAYS = {**SINGLE, "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-03"}}
MASTER = {**SINGLE, "recurrence": ["RRULE:FREQ=DAILY;COUNT=5", "EXDATE:20261202T090000Z"]}
EXCEPTION = {
    **SINGLE,
    "id": "abc123_20261203T090000Z",
    "recurringEventId": "abc123",
    "originalStartTime": {"dateTime": "2026-12-03T10:00:00+01:00", "timeZone": "Europe/Berlin"},
}
CANCELLED = {**EXCEPTION, "status": "cancelled"}
DELETED = {"kind": "calendar#event", "etag": '"2"', "id": "abc123", "status": "cancelled"}
EVENTS = {
    "a single event": SINGLE,
    "whole days": DAYS,
    "a series": MASTER,
    "an exception": EXCEPTION,
    "a cancelled occurrence": CANCELLED,
    "a deleted event": DELETED,
}
HERE = to_series(shape.event(MASTER), {}, Kind.EVENT, "Europe/Berlin", None)


def rely_on(raw, asked=""):
    """Do all that the bridge does with an event; only ValueError, where it cannot be read."""
    event = shape.event(raw, asked)
    if event is None:
        return
    assert isinstance(event["id"], str)
    mark, receipt = mark_of(event), receipt_of(event)
    stored = [event["id"], event.get("etag"), event.get("htmlLink"), event.get("updated")]
    stored += [event.get("recurringEventId"), mark and mark.model, receipt]
    for value in stored:
        assert value is None or isinstance(value, str)
        assert "\0" not in (value or "") or value == receipt  # which is compared only
    assert mark is None or mark.record < 2**31
    with suppress(ValueError):
        is_gone(event)
        key_of_event(event, "Europe/Berlin")
    for kind in Kind:
        with suppress(ValueError):
            text = entry_to_json(to_entry(event, kind, "Europe/Berlin"))
            assert "\\u0000" not in text
            text.encode()
    with suppress(ValueError):
        read_occurrence(event, "20261203T090000Z", Kind.EVENT, HERE)
    if is_series(event):
        with suppress(ValueError):
            to_series(event, {}, Kind.EVENT, "Europe/Berlin", None)


@pytest.mark.parametrize("name", EVENTS)
def test_junk_in_any_place_of_an_event_is_read_or_refused(name):
    for path, junk in cases(EVENTS[name]):
        raw = replaced(EVENTS[name], path, JUNK[junk])
        rely_on(json.loads(json.dumps(raw)))
        rely_on(raw, "another")


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_as_google_documents_it_stays_as_it_is(name):
    assert shape.event(EVENTS[name]) == EVENTS[name]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_in_place_of_an_event_is_passed_over(junk):
    rely_on(JUNK[junk])
    assert shape.event(JUNK[junk], "asked") == {"id": "asked"}


def test_a_zone_that_is_not_known_here_is_no_reason_to_refuse_an_event():
    for zone in ("GMT+05:30", "Central Standard Time", "America/Newer_Than_This_Server"):
        raw = replaced(SINGLE, ("start", "timeZone"), zone)
        entry = to_entry(shape.event(raw), Kind.EVENT, "Europe/Berlin")
        assert entry.zone == zone
        assert entry.starts.isoformat() == "2026-12-01T09:00:00+00:00"


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([value for value in JUNK.values() if isinstance(value, str)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(sorted(EXCEPTION)) | st.text(max_size=5), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(sorted({*MASTER, *EXCEPTION})), _JSON, max_size=6))
def test_junk_in_several_places_neither(values):
    rely_on({**SINGLE, **values})
    rely_on(values)


@given(_JSON)
def test_any_page_is_read_or_asked_for_again(values):
    with suppress(GoogleError):
        page = shape.page(shape.document(json.dumps(values)))
        assert all(isinstance(event["id"], str) for event in page["items"])


@given(st.binary(max_size=50) | st.text(max_size=50))
def test_any_content_is_an_object_or_asked_for_again(content):
    with suppress(GoogleError):
        assert isinstance(shape.document(content), dict)
