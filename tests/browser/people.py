"""The CRM behind the pages: people and records that a test begins with, made over RPC."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

from scripts.web_client import WebClient

from .crm_pages import ZONE

NAMES = "nora olaf petra quirin rosa said tilda ugo vera wim xenia yves zoe anna bela carl dora"


def names():
    """As many names as are asked for, all different."""
    for number in itertools.count(1):
        yield from (f"{name}{number if number > 1 else ''}" for name in NAMES.split())


@dataclass
class Person:
    """A salesperson. `rpc` acts in his name; `address` is that of his Google account."""

    id: int
    name: str
    login: str
    rpc: WebClient
    address: str = ""
    partner: int = 0

    def meet(self, name, day, hour=10, **values):
        """Enter a meeting of an hour, at a time in UTC; returns its id."""
        return self.meet_often([name], day, hour, **values)[0]

    def meet_often(self, names, day, hour=10, **values):
        """Enter meetings at the same time; returns their ids."""
        start = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)
        stop = start + timedelta(hours=1)
        times = {"start": str(start), "stop": str(stop), "partner_ids": [(6, 0, [self.partner])]}
        rows = [{"name": name, **times, **values} for name in names]
        return self.rpc.call("calendar.event", "create", rows)

    def must(self, summary, day):
        """Enter a To-Do that stands alone; returns its id."""
        (kind,) = self.rpc.call("mail.activity.type", "search", [("name", "=", "To-Do")])
        values = {"summary": summary, "date_deadline": str(day), "user_id": self.id}
        return self.rpc.call("mail.activity", "create", [values | {"activity_type_id": kind}])[0]

    def calendar(self, kind):
        """The id of his calendar in Google, or None: `event` or `task`."""
        found = self.rpc.call(
            "crm.google.calendar", "search_read", [("kind", "=", kind)], ["google_id"]
        )
        return found[0]["google_id"] or None if found else None

    def titles(self, model, name="name"):
        """The names of his records."""
        return [row[name] for row in self.rpc.call(model, "search_read", [], [name])]


class Crm:
    """The site, as its administrator sees it."""

    def __init__(self, site):
        self.site = site
        self._sessions = {}
        self.admin = self.log_in("admin")
        self.demo = self._person("demo")
        self._names = names()

    def log_in(self, login):
        """The session of a user, whose password is his login."""
        if login not in self._sessions:
            session = WebClient(self.site.url, self.site.database, login, login)
            self._sessions[login] = session
        return self._sessions[login]

    def hire(self, name=None):
        """Add a salesperson who sees what the demo's salesperson sees."""
        login = next(self._names)
        name = name or f"{login.title()} Example"
        (demo,) = self.admin.call("res.users", "read", [self.demo.id], ["group_ids"])
        values = {"name": name, "login": login, "password": login, "tz": ZONE}
        values |= {"odoobot_state": "disabled"}  # its window would cover a phone's screen
        values |= {"email": f"{login}@example.com", "group_ids": [(6, 0, demo["group_ids"])]}
        self.admin.call("res.users", "create", [values])
        return self._person(login)

    def _person(self, login):
        fields = ["name", "partner_id"]
        (row,) = self.admin.call("res.users", "search_read", [("login", "=", login)], fields)
        rpc = self.log_in(login)
        return Person(row["id"], row["name"], login, rpc, partner=row["partner_id"][0])

    def speak(self, person, code):
        """Let somebody read the site in another language, which is installed if need be."""
        anywhere = {"context": {"active_test": False}}
        ids = self.admin.call("res.lang", "search", [("code", "=", code)], **anywhere)
        wizard = self.admin.call("base.language.install", "create", {"lang_ids": [(6, 0, ids)]})
        self.admin.call("base.language.install", "lang_install", [wizard])
        self.admin.call("res.users", "write", [person.id], {"lang": code})

    def settings(self, **values):
        """Change settings as the settings page does."""
        form = self.admin.call("res.config.settings", "create", values)
        self.admin.call("res.config.settings", "execute", [form])

    def client_id(self):
        """The id of the Google client that is entered."""
        form = self.admin.call("res.config.settings", "create", {})
        names = ["crm_google_client_id"]
        return self.admin.call("res.config.settings", "read", [form], names)[0][names[0]]

    def opportunity_of(self, person):
        """A new opportunity of a salesperson; returns its id."""
        values = {"name": "Forty desks", "type": "opportunity", "user_id": person.id}
        return self.admin.call("crm.lead", "create", [values])[0]
