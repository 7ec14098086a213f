"""Bodies and calls for the client's tests."""

from crm_google_calendar.gcal.client import Call
from crm_google_calendar.gcal.translate import event_id

DAY = {"start": {"date": "2026-01-06"}, "end": {"date": "2026-01-07"}}


def body(summary="Visit", **fields):
    return {"summary": summary, **DAY, **fields}


def name(number):
    return event_id("database", 1, "calendar.event", number)


def insert(number, **fields):
    return Call(str(number), "insert", name(number), body(f"Visit {number}", **fields))


def patch(number, etag=None, **fields):
    return Call(f"patch {number}", "patch", name(number), fields, etag)


def delete(number, etag=None):
    return Call(f"delete {number}", "delete", name(number), etag=etag)


def get(number):
    return Call(f"get {number}", "get", name(number))


def causes(answers):
    """Key -> cause, for the answers that are errors."""
    return {key: answer.error.cause for key, answer in answers.items() if answer.error}
