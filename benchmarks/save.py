"""What a save in the CRM costs a connected user, next to the same save without the add-on.

Both databases are open in one process and take turns, so that whatever else the machine does
burdens both alike.
"""

import time

from odoo.addons.crm_google_calendar.bridge import settings

from . import crm, ours

TIMES = 300


def compare(env, meter, size):
    """Save meetings in turns with and without the add-on."""
    ours.sync(env, ours.connect(env, meter.google, crm.user(env)))  # the meetings stand in Google
    settings.put(env, "auto_sync", "True")
    env.cr.commit()
    with crm.opened(size["without"]) as plain:
        saves = {"save": Saves(env), "save without": Saves(plain)}
        for number in range(-20, TIMES):  # the first ones warm the caches
            for name, each in saves.items():
                seconds, queries = each.save(number % 50)
                if number >= 0:
                    meter.note(name, seconds=seconds, queries=queries)


class Saves:
    """A user who changes the title of his meetings as the web client does."""

    def __init__(self, env):
        self.env = env
        self.user = crm.user(env)
        meetings = env["calendar.event"].with_user(self.user)
        self.ids = meetings.search([], limit=50).ids
        view = meetings.get_view(view_type="form")
        names = view["models"]["calendar.event"]
        self.specification = {name: {} for name in names if name in meetings._fields}

    def save(self, number):
        """Save one meeting in a transaction of its own; seconds and queries."""
        meeting = self.env["calendar.event"].with_user(self.user).browse(self.ids[number])
        start, queries = time.perf_counter(), self.env.cr.sql_log_count
        meeting.web_save({"name": f"Saved {number} {start}"}, self.specification)
        self.env.cr.commit()
        return time.perf_counter() - start, self.env.cr.sql_log_count - queries
