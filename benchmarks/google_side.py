"""What stands in the user's Google before a story begins; not measured."""

from datetime import timedelta

from . import crm

SAM = "sam@example.com"


def add_entries(google, calendar, count):
    """Entries that the user made, like `crm.make_meetings`."""
    first = crm.first_start()
    with google.at_once():
        for number in range(count):
            start = first + timedelta(minutes=15 * (number % 5760))
            google.hands(
                SAM,
                "add_event",
                calendar=calendar,
                summary=f"Meeting {number}",
                start=text(start),
                end=text(start + timedelta(minutes=45)),
                description="What we <b>agreed</b> on, and the next step.",
                location="Room 4",
            )


def add_series(google, calendar, count):
    """Weekly series of ten, of which the user moved one occurrence and renamed another."""
    first = crm.first_start()
    with google.at_once():
        for number in range(count):
            start = first + timedelta(hours=number % 24, days=number % 7)
            event = google.hands(
                SAM,
                "add_event",
                calendar=calendar,
                summary=f"Series {number}",
                start=text(start),
                end=text(start + timedelta(minutes=45)),
                recurrence=["RRULE:FREQ=WEEKLY;COUNT=10"],
            )
            ids = google.hands(
                SAM, "occurrences", calendar=calendar, event_id=event["id"], most=10
            )["result"]
            moved = start + timedelta(days=14, hours=2)
            change_occurrence(google, calendar, ids[2], start=text(moved), summary="Moved")
            change_occurrence(google, calendar, ids[5], summary="Renamed")


def change_occurrence(google, calendar, instance_id, summary, start=None):
    """Move or rename one occurrence."""
    changes = {"summary": summary}
    if start:
        changes |= {"start": start, "end": start[:-2] + "59"}
    google.hands(SAM, "edit_occurrence", calendar=calendar, instance_id=instance_id, **changes)


def rename(google, calendar, event_ids):
    """Give entries another title."""
    with google.at_once():
        for event_id in event_ids:
            google.hands(SAM, "edit", calendar=calendar, event_id=event_id, summary="Called")


def text(moment):
    return moment.isoformat(timespec="minutes")
