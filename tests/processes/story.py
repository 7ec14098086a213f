"""A working life on both sides at once: entries made, changed and deleted, and then compared."""

from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from odoo.addons.crm_google_calendar.bridge import settings

from with_odoo import compare

from .odoo_here import environment

QUIET = {"dont_notify": True, "no_mail_to_attendees": True, "tracking_disable": True}
WRITES = ("events.insert", "events.patch", "events.delete")
ACTIVE = ("queued", "running")


class Story:
    """One user's entries; every entry has a title of its own, so that a double shows."""

    def __init__(self, world, login, size, chance):
        self.world, self.login, self.chance = world, login, chance
        self.account_id = world.add(login)
        self.made = 0
        with environment() as env:
            settings.put(env, "gone_in_google", "archive")
            user = env["crm.google.account"].browse(self.account_id).user_id
            lead = env["crm.lead"].create({"name": "Big deal", "user_id": user.id})
            self.user_id = user.id
            self.on_lead = {"res_model_id": env["ir.model"]._get_id("crm.lead"), "res_id": lead.id}
        self._add(size)

    # -- what people do --------------------------------------------------------------------

    def stir(self):
        """Give most entries another title, delete some and make as many new ones."""
        events = {kind: self.world.events(self.login, kind) for kind in ("Events", "Tasks")}
        links = {event["id"]: kind for kind, found in events.items() for event in found}
        ids = sorted(links)
        self.chance.shuffle(ids)
        tenth = len(ids) // 10
        for event_id in ids[: 4 * tenth]:
            self._edit_in_google(links[event_id], event_id)
        self._edit_in_the_crm(ids[4 * tenth : 8 * tenth])
        self._delete_in_the_crm(ids[8 * tenth : 8 * tenth + tenth // 2])
        gone = [each for each in ids[-tenth // 2 :] if links[each] == "Events"]
        for event_id in gone:
            self.world.hands(self.login).delete("Events", event_id)
        self._add(tenth // 2 + len(gone))

    def start(self):
        """Ask for a run over everything."""
        with environment() as env:
            account = env["crm.google.account"].browse(self.account_id)
            account._start_run("wizard", full=True)

    def is_over(self):
        with environment() as env:
            mine = [("account_id", "=", self.account_id), ("state", "in", ACTIVE)]
            return not env["crm.google.run"].search_count(mine, limit=1)

    def _edit_in_google(self, calendar, event_id):
        hands = self.world.hands(self.login)
        prefix, sign, _title = hands.event(calendar, event_id)["summary"].rpartition(": ")
        hands.edit(calendar, event_id, summary=f"{prefix}{sign}{self._new_title()}")

    def _new_title(self):
        self.made += 1
        return f"Entry {self.made - 1}"

    def _edit_in_the_crm(self, event_ids):
        with environment() as env:
            for link in env["crm.google.link"].search([("event_id", "in", event_ids)]):
                table, column = env[link.model]._table, TITLES[link.model]
                env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        self._new_title(),
                        link.res_id,
                    )
                )

    def _delete_in_the_crm(self, event_ids):
        with environment() as env:
            links = env["crm.google.link"].search([("event_id", "in", event_ids)])
            for model in set(links.mapped("model")):
                ids = links.filtered(lambda link, model=model: link.model == model).mapped("res_id")
                env[model].with_context(**QUIET).browse(ids).unlink()

    def _add(self, count):
        """As many entries, in all four places."""
        numbers = range(self.made, self.made + count)
        self.made += count
        with environment() as env:
            user = env["res.users"].browse(self.user_id)
            meetings = [self._meeting(number) for number in numbers if number % 3 == 0]
            env["calendar.event"].with_user(user).with_context(**QUIET).create(meetings)
            tasks = [self._task(env, number) for number in numbers if number % 6 == 1]
            env["mail.activity"].with_context(**QUIET).create(tasks)
        for number in numbers:
            if number % 3 == 2:
                start = self._moment(number)
                self._add_in_google("Events", number, f"{start}Z", f"{start + HOUR}Z")
            elif number % 6 == 4:
                day = self._moment(number).date()
                self._add_in_google("Tasks", number, day, day + timedelta(days=1))

    def _add_in_google(self, calendar, number, start, end):
        start, end = (str(each).replace(" ", "T") for each in (start, end))
        self.world.hands(self.login).add_event(calendar, f"Entry {number}", start, end)

    def _meeting(self, number):
        start = self._moment(number)
        return {"name": f"Entry {number}", "start": start, "stop": start + HOUR}

    def _task(self, env, number):
        return {
            "summary": f"Entry {number}",
            "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
            "date_deadline": self._moment(number).date(),
            "user_id": self.user_id,
            **self.on_lead,
        }

    def _moment(self, number):
        today = fields.Datetime.now().replace(hour=9, minute=0, second=0, microsecond=0)
        return today + timedelta(days=number % 60)

    # -- what must be true -----------------------------------------------------------------

    def check(self):
        """Both sides hold the same, nothing twice, and every link is at rest."""
        here, there = self._entries()
        for crm, google in zip(here, there, strict=True):
            assert crm == google, (crm - google, google - crm)
        titles = [title.rpartition(": ")[2] for side in there for title, *_rest in side.elements()]
        assert len(set(titles)) == len(titles)
        with environment() as env:
            links = env["crm.google.link"].search([("account_id", "=", self.account_id)])
            linked = links.filtered(lambda link: link.state == "linked")
            assert len(linked) == len(titles)
            assert set(links.mapped("state")) <= {"linked", "detached"}
            assert not any(links.mapped("pending"))
            runs = env["crm.google.run"].search([("account_id", "=", self.account_id)])
            assert set(runs.mapped("state")) == {"done"}
        return len(titles)

    def _entries(self):
        events, tasks = (self.world.events(self.login, kind) for kind in ("Events", "Tasks"))
        with environment() as env:
            user = env["res.users"].browse(self.user_id)
            here = compare.crm_meetings(env, user), compare.crm_tasks(env, user)
        return here, (compare.google_meetings(events), compare.google_tasks(tasks))

    def writes(self):
        """How many calls have changed something in Google so far."""
        return sum(self.world.emulator.count(name) for name in WRITES)


HOUR = timedelta(hours=1)
TITLES = {"calendar.event": "name", "mail.activity": "summary"}
