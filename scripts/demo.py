"""A running site: Odoo with the add-on and, unless a real client is configured, our own Google."""

import contextlib
import itertools
import os
import subprocess

from scripts import cache, demo_data, postgres, run, tools
from scripts.children import HOST, Child, answers, free_port
from scripts.errors import SetupError
from scripts.odoo_site import Site, addon_key, require_addon
from scripts.web_client import configure

DATABASE = "crm_google_demo"
EMULATOR = "google_emulator"
ACCOUNTS = ("Marc Demo:marc.demo@example.com", "Mitchell Admin:mitchell@example.com")
NUMBERS = itertools.count(1)
# the only one that the emulator knows; Google's own come from its console
EMULATED_CLIENT = ("demo.apps.googleusercontent.com", "demo-secret")


class Google:
    """Which Google the site talks to: `url` of an emulator, or None for the real one."""

    def __init__(self):
        self.url = os.environ.get("CRM_GOOGLE_BASE_URL") or None
        self.child = None
        chosen = (
            os.environ.get("CRM_GOOGLE_CLIENT_ID"),
            os.environ.get("CRM_GOOGLE_CLIENT_SECRET"),
        )
        if any(chosen) and not all(chosen):
            raise SetupError(
                "Set both CRM_GOOGLE_CLIENT_ID and CRM_GOOGLE_CLIENT_SECRET, or neither."
            )
        self.client = chosen if all(chosen) else EMULATED_CLIENT
        self.is_real = all(chosen) and not self.url

    def start(self, python, environment, port, redirect, state=None):
        """Start our emulator where it is needed; it knows one client, as Google would.

        redirect: the client's redirect address. state: where it remembers the last time.
        """
        if self.is_real or self.url:
            return
        command = [python, "-m", EMULATOR, "--port", port]
        command += ["--client", ":".join((*self.client, redirect))]
        for account in ACCOUNTS:
            command += ["--user", account]
        command += ["--state", state] if state else []
        paths = {"PYTHONPATH": str(cache.CHECKOUT / "tests")}
        self.child = Child(f"google-{port}", command, env={**environment, **paths})
        self.child.wait_until(lambda: answers(port), 30, "The Google emulator did not start.")
        self.url = f"http://{HOST}:{port}"

    def stop(self):
        """Stop our emulator."""
        if self.child:
            self.child.stop()


class DemoSite:
    """The whole stack; use it as a context manager.

    `fresh` takes a new database, dropped at the end, in the tests' server; otherwise the demo's
    database is used, which keeps what the visitor did. Attributes once entered: `url`,
    `emulator_url` (None with the real Google), `has_own_google` (ours), `database`, `odoo` (the
    process, with its `log`).
    """

    def __init__(self, fresh=True, port=None):
        self.fresh = fresh
        self.port = port
        self.url = self.emulator_url = self.odoo = self.site = None
        self.database = None if fresh else DATABASE
        self._stack = None
        self._is_new = False
        self.has_own_google = False

    def __enter__(self):
        require_addon()
        self.tools = tools.prepare()
        with contextlib.ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_details):
        self.stop()

    def stop(self):
        """Stop everything that this site started."""
        if self._stack:
            self._stack.close()

    def _start(self, stack):
        """Start one thing after the other; each is stopped by the stack, last first."""
        server = stack.enter_context(postgres.running("test" if self.fresh else "demo"))
        self.site = Site(self.tools, server)
        stack.callback(self.site.leave)
        self._prepare_database(stack)
        google = Google()
        stack.callback(google.stop)
        environment = self.tools.environment()
        port = self._choose_port(self.port, 8069, 8169)
        # not 127.0.0.1, so that cookies are not shared with the emulator, as with the real Google
        self.url = f"http://localhost:{port}"
        redirect = f"{self.url}/crm_google_calendar/callback"
        memory = None if self.fresh else _memory()
        beside = self._choose_port(None, 8070, 8170)
        google.start(self.tools.python, environment, beside, redirect, memory)
        self.has_own_google = google.child is not None
        self.emulator_url = google.url
        environment = {"CRM_GOOGLE_BASE_URL": self.emulator_url} if self.emulator_url else {}
        self.odoo = self.site.start(self.database, port, environment)
        stack.callback(self.odoo.stop)
        here = f"http://{HOST}:{port}"
        configure(here, self.database, self.url, *google.client)
        if self._is_new:
            demo_data.fill_crm(here, self.database)

    def _prepare_database(self, stack):
        server, key = self.site.server, addon_key()
        if self.fresh:
            self.database = f"{server.prefix}site_{next(NUMBERS)}"
            stack.callback(self.site.drop, self.database)
            self.site.copy_of(self.site.with_addon(demo=True), self.database)
        elif not server.exists(self.database):
            run.say("Making the demo's database (a minute or two, only once) ...")
            _memory().unlink(missing_ok=True)
            _greeted().unlink(missing_ok=True)
            self._is_new = True
            self.site.copy_of(self.site.with_addon(demo=True), self.database)
            server.set_note(self.database, key)
        elif server.note(self.database) != key:
            run.say("Updating the add-on in the demo's database ...")
            self.site.update(self.database)
            server.set_note(self.database, key)

    def _choose_port(self, chosen, *usual):
        if chosen and free_port(chosen) != chosen:
            raise SetupError(f"Port {chosen} is in use. Choose another one with PORT=.")
        return chosen or free_port(*(() if self.fresh else usual))


def _memory():
    """Where the demo's Google is kept, as long as the demo's database."""
    return cache.folder("run") / "google-demo.state"


def _greeted():
    """There once the demo's Google was given entries of its own."""
    return cache.folder("run") / "google-demo.greeted"


def main():
    """The command `demo`: start, say where to click, wait for Ctrl-C."""
    with DemoSite(fresh=False, port=_wanted_port()) as site:
        run.say(_welcome(site))
        while _is_running(site):
            _greet(site)
        raise SetupError(f"Odoo stopped by itself. Its log is {site.odoo.log}.")


def _is_running(site):
    """Whether Odoo still runs a second from now."""
    try:
        site.odoo.process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return True
    return False


def _greet(site):
    """Fill the emulated Google once the visitor has connected, so that there is news from it."""
    if site.has_own_google and not _greeted().exists() and demo_data.fill_google(site.emulator_url):
        _greeted().touch()


def _wanted_port():
    text = os.environ.get("PORT", "")
    if text and not text.isdigit():
        raise SetupError(f"PORT must be a number, not {text}.")
    return int(text) if text else None


def _welcome(site):
    google = (
        f"Google (emulated):  {site.emulator_url}\n"
        "                    the calendars as Google has them; add, change and delete there too"
        if site.emulator_url
        else "Google:             the real one, with the client of CRM_GOOGLE_CLIENT_ID;\n"
        f"                    its redirect address is {site.url}/crm_google_calendar/callback"
    )
    return f"""
The site is running.

Odoo:               {site.url}/odoo/calendar
                    log in as demo / demo (a salesperson), or admin / admin
                    then click "Configure with Google" above the calendar; a week of meetings
                    and tasks is there, and more comes from Google once you are connected
{google}
Logs:               {cache.root() / "log"}

Press Ctrl-C to stop. What you did is kept for the next start, on both sides.
"""
