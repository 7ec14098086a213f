"""A user's primary calendar, as far as Odoo's google_calendar asks of it."""

from datetime import timedelta

from odoo import fields

PATH = "/calendars/primary/events"


class Primary:
    """`events` by id; a list without end of what changed since it was last asked for."""

    def __init__(self):
        self.events, self._news = {}, {}

    def answer(self, uri, method, values):
        """What Google says to one request."""
        event_id = uri.partition(f"{PATH}/")[2].partition("?")[0]
        if method == "GET":
            items, self._news = list(self._news.values()), {}
            return {"items": items, "nextSyncToken": "token"}
        if method == "POST":
            event_id = values["id"]
        change = {"status": "cancelled"} if method == "DELETE" else values
        return self.edit(event_id, **change)

    def edit(self, event_id, **changes):
        """Write an event, as somebody who is always later than the CRM."""
        later = fields.Datetime.now() + timedelta(minutes=1)
        known = self.events.get(event_id, {"status": "confirmed"})
        stamped = {"id": event_id, "updated": f"{later.isoformat()}Z"}
        self.events[event_id] = self._news[event_id] = {**known, **changes, **stamped}
        return self.events[event_id]

    def standing(self):
        """Titles of the events that were not deleted."""
        events = self.events.values()
        return sorted(event["summary"] for event in events if event["status"] != "cancelled")
