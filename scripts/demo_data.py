"""A week of a salesperson's life, so that the demo has something to synchronize on both sides."""

import json
import urllib.request
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from scripts.web_client import WebClient

# weekday (1 is Monday), hour, title, place
MEETINGS = (
    (1, 9, "Offer for Deco Addict", ""),
    (2, 12, "Lunch with Gemini Furniture", "Brasserie du Marché"),
    (3, 11, "Negotiation with Ready Mat", "Video call"),
    (4, 14, "Site visit at Wood Corner", "Quai 12, Ghent"),
    (5, 10, "Demo for Lumber Inc", "Show room"),
)
REVIEW = "Pipeline review"  # every Monday
TASKS = ((2, "Send the offer to Azure Interior"), (4, "Prepare the forecast"))
CALL = (3, "Call back about the desks")
IN_GOOGLE = (
    (2, 16, "Coffee with Brandon Freeman", []),
    (3, 8, "Dentist", []),
    (4, 17, "English lesson", ["RRULE:FREQ=WEEKLY;COUNT=6"]),
)
TASKS_IN_GOOGLE = ((4, "Book the train to Ghent"), (5, "Flowers for the office"))


def day_of_week(weekday):
    """A day of the week that the calendar shows, which begins on Sunday."""
    today = date.today()
    return today - timedelta(days=today.isoweekday() % 7) + timedelta(days=weekday)


def fill_crm(url, database):
    """Give the demo's salesperson meetings, a series and tasks in this week."""
    demo = WebClient(url, database, "demo", "demo")
    [user] = demo.call("res.users", "search_read", [("login", "=", "demo")], ["tz", "partner_id"])
    zone, guests = ZoneInfo(user["tz"] or "UTC"), [(6, 0, [user["partner_id"][0]])]

    def meeting(weekday, hour, name, **values):
        local = datetime.combine(day_of_week(weekday), datetime.min.time(), zone)
        start = (local + timedelta(hours=hour)).astimezone(timezone.utc).replace(tzinfo=None)
        times = {"start": str(start), "stop": str(start + timedelta(hours=1))}
        return {"name": name, "partner_ids": guests, **times, **values}

    rule = {"recurrency": True, "rrule_type": "weekly", "mon": True, "count": 8}
    rule |= {"interval": 1, "end_type": "count", "event_tz": str(zone)}
    meetings = [meeting(day, hour, name, location=place) for day, hour, name, place in MEETINGS]
    demo.call("calendar.event", "create", [*meetings, meeting(1, 16, REVIEW, **rule)])
    _add_tasks(demo, user["id"])


def _add_tasks(demo, user_id):
    [kind] = demo.call("mail.activity.type", "search", [("name", "=", "To-Do")], limit=1)
    common = {"activity_type_id": kind, "user_id": user_id}
    rows = [
        {**common, "summary": summary, "date_deadline": str(day_of_week(day))}
        for day, summary in TASKS
    ]
    demo.call("mail.activity", "create", rows)
    mine = [("user_id", "=", user_id), ("type", "=", "opportunity")]
    for lead in demo.call("crm.lead", "search", mine, limit=1):
        day, summary = CALL
        call = {"summary": summary, "date_deadline": str(day_of_week(day)), "user_id": user_id}
        demo.call("crm.lead", "activity_schedule", [lead], "mail.mail_activity_data_call", **call)


def fill_google(url):
    """Put entries into the add-on's calendars, as their owner would; False while there are none."""
    for email, calendars in _ask(f"{url}/emulator/state")["users"].items():
        made = [calendar for calendar in calendars if "(created: " in calendar["summary"]]
        kinds = {calendar["summary"].rpartition(" (")[0].split()[-1]: calendar for calendar in made}
        if {"Events", "Tasks"} <= kinds.keys():
            _fill(url, email, kinds["Events"]["id"], kinds["Tasks"]["id"])
            return True
    return False


def _fill(url, email, events, tasks):
    def add(calendar, summary, start, end, **fields):
        values = {"calendar": calendar, "summary": summary, "start": start, "end": end, **fields}
        _ask(f"{url}/emulator/ui", {"user": email, "action": "add_event", **values})

    for weekday, hour, summary, rule in IN_GOOGLE:
        day = day_of_week(weekday)
        add(events, summary, f"{day}T{hour:02}:00", f"{day}T{hour + 1:02}:00", recurrence=rule)
    for weekday, summary in TASKS_IN_GOOGLE:
        day = day_of_week(weekday)
        add(tasks, summary, str(day), str(day + timedelta(days=1)))


def _ask(url, values=None):
    body = None if values is None else json.dumps(values).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)
