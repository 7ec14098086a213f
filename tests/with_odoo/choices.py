"""What users choose in a random life: settings, windows, undo, answers, whole connections."""

from datetime import timedelta

from odoo import fields

from odoo.addons.crm_google_calendar.bridge import settings

SETTINGS = {
    "clash_winner": ("crm", "google", "newest"),
    "gone_in_google": ("detach", "archive"),
    "done_tasks": ("mark", "remove"),
    "ceiling_number": ("0", "2", "50"),
    "ceiling_percent": ("0", "10", "100"),
    "auto_sync": ("", "True"),
    "days_ahead": ("10", "90"),
}
CALENDAR_NAMES = ("Events (created", "Tasks (created")
WRITES = ("insert", "patch", "update", "delete", "move", "import", "calendars", "calendarList.p")


class ChoicesMixin:
    """For a life of a GoogleCase, with `chance`, and `accounts`: address -> connected account."""

    CHOICES = (
        *["change_setting"] * 3,
        *["undo"] * 3,
        *["answer"] * 4,
        *["push_again"] * 2,
        "retry",
        "lose_sync_tokens",
        "reconnect",
        "revoke_and_connect",
        "lose_calendar",
    )

    def choose(self):
        name = self.chance.choice(self.CHOICES)
        self.story.append(name)
        getattr(self, name)(self.chance.choice(list(self.accounts)))

    def choose_ceiling(self):
        """In half of the lives, every deletion waits for an answer."""
        if self.chance.random() < 0.5:
            settings.put(self.env, "ceiling_number", "0")
            settings.put(self.env, "ceiling_percent", "0")

    def tell(self, *words):
        self.story[-1] += f" {' '.join(map(str, words))}"

    def change_setting(self, _email):
        name = self.chance.choice(list(SETTINGS))
        value = self.chance.choice(SETTINGS[name])
        self.tell(name, value)
        settings.put(self.env, name, value)

    def last_run(self, email, *more):
        domain = [("account_id", "=", self.accounts[email].id), ("state", "=", "done"), *more]
        runs = self.env["crm.google.run"].search(domain, order="id desc", limit=1)
        return runs.with_user(self.accounts[email].user_id)

    def undo(self, email):
        run = self.last_run(email, ("trigger", "not in", ("preview", "undo")))
        if run:
            self.tell(email, f"run {run.id}")
            run.action_undo()
            self.work()
            self.judge()

    def answer(self, email):
        run = self.last_run(email, ("held", ">", 0))
        if run:
            answer = self.chance.choice(("delete", "keep"))
            self.tell(email, answer, run.held)
            run.action_delete_held() if answer == "delete" else run.action_keep_held()
            self.work()
            self.judge()

    def push_again(self, email):
        account = self.accounts[email]
        own = self.env["crm.google.account"].with_user(account.user_id)
        links = self.links(email, state="detached")
        self.tell(email, len(links))
        if self.chance.random() < 0.5 or not links:
            own.action_push_all_again()
        else:
            links = links.browse(self.chance.choice(links.ids))
            links.with_user(account.user_id).action_push_again()
        self.work()
        self.judge()

    def retry(self, email):
        links = self.links(email, state="set_aside")
        links.with_user(self.accounts[email].user_id).action_retry()
        self.work()

    def lose_sync_tokens(self, _email):
        self.emulator.expire_sync_tokens()

    def reconnect(self, email):
        """The grant ends, a run notices, and the user connects again."""
        self.emulator.kill_grants(email)
        self.emulator.expire_access_tokens(email)
        account = self.accounts[email]
        if self.chance.random() < 0.5:
            account._start_run("wizard", full=True, **self.window(60))
            self.work()
            self.assertEqual(account.state, "reconnect")
        self.connected(account.user_id, email)

    def revoke_and_connect(self, email):
        account = self.accounts[email]
        self.calendars_go(email, CALENDAR_NAMES)
        account.with_user(account.user_id).action_revoke()
        self.work()
        self.assertEqual(account.state, "disconnected")
        self.connected(account.user_id, email)

    def lose_calendar(self, email):
        account = self.accounts[email]
        name = self.chance.choice(CALENDAR_NAMES)
        self.tell(email, name)
        self.calendars_go(email, [name])
        self.emulator.user(email).delete_calendar(name)
        account._start_run(self.chance.choice(("wizard", "auto")))
        self.work()
        self.env["crm.google.account"].with_user(account.user_id).action_create_again()
        self.work()
        self.assertEqual((account.state, account.message), ("connected", False))

    def calendars_go(self, email, names):
        """For a story that keeps account of what is lost by that."""

    # -- runs --------------------------------------------------------------------------------

    def window(self, ahead):
        today = fields.Date.today()
        return {"date_from": today - timedelta(days=9), "date_to": today + timedelta(days=ahead)}

    def run_some(self, email):
        account = self.accounts[email]
        how = self.chance.choice(("narrow", "wide", "wide", "auto", "hourly"))
        self.tell(email, how)
        if how == "hourly":
            account._nudge("auto")
        elif how == "auto":
            account._start_run("auto")
        else:
            ahead = 10 if how == "narrow" else 60
            account._start_run("wizard", full=True, **self.window(ahead))
        self.work()
        self.judge()

    def judge(self):
        """No run has failed, or set anything aside."""
        domain = [("state", "!=", "done"), ("cause", "!=", "lapsed")]
        runs = self.env["crm.google.run"].search(domain)
        told = runs.mapped(lambda run: (run.trigger, run.state, run.cause, run.message))
        self.assertEqual(told, [])
        aside = self.env["crm.google.link"].search([("state", "=", "set_aside")])
        self.assertEqual(aside.mapped("reason"), [])

    def links(self, email, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        domain += [("account_id", "=", self.accounts[email].id)]
        return self.env["crm.google.link"].search(domain)

    def settle_all(self, ahead=60):
        """Runs of every account until none has anything to do, and none writes anything."""
        for _number in range(12):
            calm = True
            for email, account in self.accounts.items():
                self.emulator.log.clear()
                account._start_run("wizard", full=True, **self.window(ahead))
                self.work()
                self.judge()
                calm = calm and self.is_calm(email)
            if calm:
                return
        self.fail(f"runs go on for ever: {self.last_run(email).summary}")

    def is_calm(self, email):
        run = self.last_run(email)
        if run.held:
            self.story.append("answer")
            self.answer(email)
            return False
        if "nothing had to be changed" not in run.summary:
            return False
        self.assertEqual(self.written(), [])
        return True

    def written(self):
        names = [request.method.removeprefix("calendar.") for request in self.emulator.requests]
        return [name for name in names if any(write in name for write in WRITES)]
