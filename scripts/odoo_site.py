"""Runs Odoo: databases made from templates, one-off commands, and the server itself."""

import configparser
import contextlib
import os
import shutil
import urllib.error
import urllib.request
from pathlib import Path

from scripts import cache, run
from scripts.children import HOST, Child
from scripts.errors import SetupError

ADDON = "crm_google_calendar"
DEPENDS = "crm,calendar"


class Site:
    """One Odoo source, one Python, one PostgreSQL server: all it takes to make databases."""

    def __init__(self, tools, server, more=None):
        """more: a folder for PYTHONPATH with further add-ons in its `odoo/addons`."""
        self.tools = tools
        self.server = server
        self.more = [more] if more else []
        self.data = cache.folder("odoo-data", server.name)
        name = f"odoo-{server.name}-more.conf" if more else f"odoo-{server.name}.conf"
        self.config = cache.folder("run") / name
        self._write_config()

    def copy_of(self, template, database):
        """A new database, with its files, from one of the templates below."""
        self.drop(database)
        self.server.copy(template, database)
        source = self.data / "filestore" / template
        if source.is_dir():
            shutil.copytree(source, self.data / "filestore" / database)

    @contextlib.contextmanager
    def scratch(self, name):
        """A database with the add-on, for a while."""
        database = self.server.prefix + name
        self.copy_of(self.with_addon(), database)
        try:
            yield database
        finally:
            self.drop(database)

    def drop(self, database):
        """Remove a database and its files."""
        self.server.drop(database)
        cache.remove(self.data / "filestore" / database)

    def base(self, demo=False):
        """The template with CRM and Calendar installed, made once for each Odoo."""

        def fill(database):
            run.say("Installing CRM and Calendar in a database (once) ...")
            self.install(database, DEPENDS, demo=demo)

        return self._template("base_demo" if demo else "base", self.tools.odoo.key, fill)

    def with_addon(self, demo=False):
        """The template with the add-on installed, made once for each state of its files."""

        def fill(database):
            self.copy_of(self.base(demo), database)
            self.install(database, ADDON, demo=demo)

        key = cache.key_of([self.tools.odoo.key, addon_key()])
        return self._template("addon_demo" if demo else "addon", key, fill)

    def _template(self, name, key, fill):
        """The database of this name, filled anew unless it notes the same key."""
        name = self.server.prefix + name
        if self.server.note(name) != key:
            fresh = f"{name}_new"
            self.drop(fresh)
            fill(fresh)
            self.drop(name)
            self._rename(fresh, name)
            self.server.set_note(name, key)
        return name

    def _rename(self, source, target):
        cache.remove(self.data / "filestore" / target)
        self.server.rename(source, target)
        files = self.data / "filestore" / source
        if files.is_dir():
            files.rename(self.data / "filestore" / target)

    def leave(self):
        """Remove every database of ours, templates too, from a server that is not ours."""
        if self.server.ours:
            return
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (name,) in self.server.query(query, [self.server.prefix]):
            self.drop(name)

    def install(self, database, modules, demo=False):
        """Install modules; returns Odoo's log."""
        options = ["--with-demo"] if demo else []
        return self._run(f"install-{database}", "server", database, "-i", modules, *options)

    def update(self, database, modules=ADDON):
        """Update modules; returns Odoo's log."""
        return self._run(f"update-{database}", "server", database, "-u", modules)

    def uninstall(self, database, module=ADDON):
        """Uninstall a module; returns Odoo's log."""
        command = self._odoo("module", "uninstall", "-c", self.config, "-d", database, module)
        return self._finish(f"uninstall-{database}", command)

    def texts(self, database):
        """The template of the add-on's texts for translators."""
        file = cache.folder("run") / f"{database}.pot"
        command = self._odoo("i18n", "export", "-c", self.config, "-d", database, "-l", "pot")
        self._finish(f"texts-{database}", [*command, "-o", file, ADDON])
        return file.read_text()

    def neutralize(self, database):
        """Make a copied database harmless; returns Odoo's log."""
        return self._run(f"neutralize-{database}", "neutralize", database)

    def _run(self, log, name, database, *options):
        """Run an Odoo command to its end; returns its log."""
        command = self._odoo(name, "-c", self.config, "-d", database, *options)
        return self._finish(log, [*command, "--no-http", "--stop-after-init"])

    def start(self, database, port, environment):
        """Start the web server for a database and wait until it answers."""
        options = ["--http-port", port, "--http-interface", HOST, "--max-cron-threads", "1"]
        child = Child(
            f"odoo-{self.server.name}-{database}",  # two runs of the tests have one each
            self._odoo("server", "-c", self.config, "-d", database, *options),
            env={**self.tools.environment(), "PYTHONPATH": self.home, **environment},
            cwd=self.data,
        )
        hint = "Odoo did not start."
        child.wait_until(lambda: _is_healthy(f"http://{HOST}:{port}"), 180, hint)
        return child

    @property
    def home(self):
        """Odoo's source, as PYTHONPATH wants it."""
        return os.pathsep.join(map(str, [self.tools.odoo.home, *self.more]))

    def _odoo(self, *arguments):
        return [self.tools.python, "-m", "odoo", *arguments]

    def _finish(self, log, command):
        return run.quiet(
            command,
            "Odoo's command failed. The whole log is in"
            f" {cache.root() / 'log' / log}.log; its end:",
            log=f"{log}.log",
            env={**self.tools.environment(), "PYTHONPATH": self.home},
            cwd=self.data,
        )

    def _write_config(self):
        more = [folder / "odoo" / "addons" for folder in self.more]
        folders = [*self.tools.odoo.addons_path, *more, cache.CHECKOUT]
        config = configparser.RawConfigParser()
        config["options"] = {
            "addons_path": ",".join(map(str, folders)),
            "data_dir": str(self.data),
            "db_host": self.server.host,
            "db_port": str(self.server.port),
            "db_user": self.server.user,
            "db_password": self.server.password,
            "http_interface": HOST,
            "list_db": "False",
            "max_cron_threads": "0",
            "workers": "0",
        }
        # in place as a whole, for another command may be reading it; the password stands in it
        fresh = self.config.with_name(f"{self.config.name}.{os.getpid()}")
        with open(fresh, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            config.write(file)
        fresh.replace(self.config)


def addon_key():
    """Changes when a file of the add-on changes."""
    files = sorted(_addon_files(cache.CHECKOUT / ADDON))
    return cache.key_of([[str(path), path.read_bytes().hex()] for path in files])


def _addon_files(folder):
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            yield Path(path)


def _is_healthy(url):
    try:
        with urllib.request.urlopen(f"{url}/web/health", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def require_addon():
    """Say so when the checkout holds no add-on."""
    if not (cache.CHECKOUT / ADDON / "__manifest__.py").is_file():
        raise SetupError(f"{cache.CHECKOUT} holds no folder {ADDON}. Make a complete clone.")
