"""Compares both sides value by value, without the code that brought them there."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone


def crm_meetings(env, user, without=()):
    """What the CRM holds, as (title, start, end, place); `without` some ids."""
    domain = [("partner_ids", "in", user.partner_id.ids), ("id", "not in", without)]
    meetings = env["calendar.event"].search(domain)
    return Counter(
        (meeting.name, *_odoo_span(meeting), meeting.location or "") for meeting in meetings
    )


def crm_tasks(env, user, without=()):
    """What the CRM holds, as (title in Google's form, day); `without` some ids."""
    domain = [("user_id", "=", user.id), ("id", "not in", without)]
    tasks = env["mail.activity"].with_context(active_test=False).search(domain)
    return Counter((_task_title(task), task.date_deadline) for task in tasks)


def google_meetings(events):
    return Counter(
        (event["summary"], *_google_span(event), event.get("location", "")) for event in events
    )


def google_tasks(events):
    """Their days; one with a time of day tells it by the clock of its calendar."""
    return Counter((event["summary"], _google_day(event["start"])) for event in events)


def _google_day(moment):
    return date.fromisoformat((moment.get("date") or moment["dateTime"])[:10])


def _task_title(task):
    mark = "" if task.active else "✓ "
    label = f"{task.activity_type_id.name}: " if task.res_model else ""
    return f"{mark}{label}{task.summary}"


def _odoo_span(meeting):
    if meeting.allday:
        return meeting.start_date, meeting.stop_date
    return meeting.start, meeting.stop


def _google_span(event):
    if "date" in event["start"]:
        last = date.fromisoformat(event["end"]["date"]) - timedelta(days=1)
        return date.fromisoformat(event["start"]["date"]), last
    return tuple(_instant(event[side]["dateTime"]) for side in ("start", "end"))


def _instant(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
