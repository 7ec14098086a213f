"""The command `test` and its parts: each stage says whether it passed, and how long it took."""

import contextlib
import dataclasses
import os
import re
import shlex
import signal
import subprocess
import sys
import time

from scripts import cache, check_install, checks, chromium, postgres, queue_job, run, tools
from scripts.errors import SetupError
from scripts.odoo_site import Site, require_addon

COUNT = re.compile(r"(\d+) (passed|failed|errors?)\b")
TESTS = cache.CHECKOUT / "tests"


@dataclasses.dataclass
class Session:
    """What the stages share: tools, server, and how many tests were counted."""

    tools: tools.Tools
    arguments: list
    server: postgres.Server = None
    passed: int = 0
    failed: int = 0
    results: list = dataclasses.field(default_factory=list)

    def count(self, line):
        """Add the numbers of a line that closes a pytest run."""
        if not re.match(r"=* ?\d.* in [\d.]+s", line):
            return
        for number, word in COUNT.findall(line):
            if word == "passed":
                self.passed += int(number)
            else:
                self.failed += int(number)


def lint(session):
    """Style, types, import contracts, length of files."""
    commands = checks.commands(session.tools.python)
    outcomes = [_stream(session, command) for command in commands]  # all of them, even after one
    return all(outcomes)


def pure(session):
    """Tests that need neither Odoo nor a database."""
    return _pytest(session, ["pure", "setup", "client", "emulator"], ["-p", "no:odoo"])


def install(session):
    """Install, update and uninstall leave a clean log and nothing behind."""
    return _tell(check_install.find_problems(Site(session.tools, session.server)))


def odoo(session):
    """Tests inside Odoo, on a fresh database with the add-on."""
    if not _has_tests("with_odoo"):
        return None
    site = Site(session.tools, session.server)
    with site.scratch("test") as database:
        return _pytest_in_odoo(session, site, database, "with_odoo")


def neighbours(session):
    """Beside Odoo's own synchronizations with Google and Outlook: the parts in between, and all."""
    site = Site(session.tools, session.server)
    with site.scratch("neighbours") as database:
        fine = _tell(check_install.find_problems_beside(site, database))
        return _pytest_in_odoo(session, site, database, "neighbours") and fine


def processes(session):
    """Several processes and transactions on one database; KILLS=50 of them die."""
    site = Site(session.tools, session.server)
    with site.scratch("processes") as database:
        return _pytest_of_processes(session, site, database, "processes")


def jobs(session):
    """With OCA's queue_job, which makes the work of each account a job."""
    site = Site(session.tools, session.server, queue_job.folder(session.tools.python))
    with site.scratch("jobs") as database:
        fine = _tell(check_install.find_problems_with_jobs(site, database))
        return _pytest_of_processes(session, site, database, "jobs") and fine


def texts(session):
    """The template for translators, anew; no part of the tests."""
    site = Site(session.tools, session.server)
    with site.scratch("texts") as database:
        check_install.write_texts(site, database)
    return True


def _pytest_of_processes(session, site, database, folder):
    log = cache.folder("log") / f"{folder}-{session.server.name}.log"
    log.unlink(missing_ok=True)
    told = {"CONFIG": site.config, "DATABASE": database, "LOG": log}
    variables = {f"PROCESSES_{name}": value for name, value in told.items()}
    return _pytest(session, [folder], ["-p", "no:odoo"], PYTHONPATH=site.home, **variables)


def _pytest_in_odoo(session, site, database, folder):
    options = ["-p", "no:odoo", "-p", "odoo", "--odoo-http"]
    options += [f"--odoo-config={site.config}", f"--odoo-database={database}"]
    # Odoo's own browser tests look for chromium on the PATH
    path = os.pathsep.join([str(chromium.find().parent), os.environ.get("PATH", "")])
    return _pytest(session, [folder], options, PYTHONPATH=site.home, PATH=path)


def _tell(problems):
    for problem in problems:
        run.say(f"  {problem}")
    return not problems


def browser(session):
    """The whole story in Chromium."""
    if not _has_tests("browser"):
        return None
    more = {"CRM_GOOGLE_CHROMIUM": chromium.find(), **session.server.environment()}
    more.update(chromium.playwright_environment(session.tools.python))
    if os.environ.get("CRM_GOOGLE_BASE_URL"):  # another Google, which may know one client only
        given = ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET", "ACCOUNT", "ADAPTER")
        names = [f"CRM_GOOGLE_{name}" for name in given]
        more |= {name: os.environ[name] for name in names if os.environ.get(name)}
    return _pytest(session, ["browser"], ["-p", "no:odoo"], **more)


def bench(session):
    """Measurements; no part of the tests."""
    script = cache.CHECKOUT / "benchmarks" / "run.py"
    if not script.is_file():
        return None
    command = [session.tools.python, script, *session.arguments]
    variables = {"PYTHONPATH": cache.CHECKOUT, **session.server.environment()}
    return _stream(session, command, **variables)


_EVERY = (lint, pure, install, neighbours, odoo, processes, jobs, browser, bench, texts)
STAGES = {stage.__name__: stage for stage in _EVERY}
NEED_SERVER = tuple(stage.__name__ for stage in _EVERY if stage not in (lint, pure))
ALL = ("lint", "pure", "install", "neighbours", "odoo", "processes", "jobs", "browser")
BESIDE = "browser"  # takes as long as all others together, and mostly waits for pages


def main(names, arguments=""):
    """Run stages, all of them even when one fails; returns the exit code."""
    require_addon()
    session = Session(tools.prepare(), shlex.split(arguments))
    with contextlib.ExitStack() as stack:
        if any(name in NEED_SERVER for name in names):
            session.server = stack.enter_context(postgres.running("test"))
            stack.callback(Site(session.tools, session.server).leave)
        beside = stack.enter_context(Beside(session, BESIDE)) if names == ALL else None
        for name in names:
            if not beside or name != BESIDE:
                _run_stage(session, name)
        if beside:
            beside.join()
    return _summary(session)


class Beside:
    """One stage in a process of its own while the others run; what it says is told at the end."""

    def __init__(self, session, name):
        self.session = session
        self.name = name
        self.log = cache.folder("log") / f"stage-{name}-{os.getpid()}.log"

    def __enter__(self):
        command = [sys.executable, cache.CHECKOUT / "scripts" / "dev.py", self.name]
        self.start = time.time()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*map(str, command), *self.session.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.session.server.environment()},
                start_new_session=True,
            )
        return self

    def __exit__(self, *_details):
        _end(self.process, signal.SIGTERM)

    def join(self):
        """Wait for the stage, then tell its output and note its result."""
        run.say(f"\n... waiting for {self.name}, which ran beside the others")
        passed = self.process.wait() == 0
        with self.log.open(errors="replace") as lines:
            for line in lines:
                print(line, end="", flush=True)
                self.session.count(line)
        seconds = self.log.stat().st_mtime - self.start
        self.session.results.append((self.name, "passed" if passed else "FAILED", seconds))


def _run_stage(session, name):
    run.say(f"\n--- {name}: {STAGES[name].__doc__}")
    start = time.monotonic()
    try:
        outcome = STAGES[name](session)
    except SetupError as error:
        run.say(str(error))
        outcome = False
    word = {None: "nothing there yet", True: "passed", False: "FAILED"}[outcome]
    seconds = time.monotonic() - start
    run.say(f"--- {name}: {word} in {seconds:.0f} s")
    session.results.append((name, word, seconds))


def _summary(session):
    failed = [name for name, word, _ in session.results if word == "FAILED"]
    run.say("")
    for name, word, seconds in session.results:
        run.say(f"{name:8} {word:18} {seconds:5.0f} s")
    if failed:
        run.say(f"Failed: {', '.join(failed)}.")
    if session.passed or session.failed:
        run.say(f"{session.passed} passed, {session.failed} failed")
    return 1 if failed else 0


def _pytest(session, folders, options, **variables):
    found = [f"tests/{name}" for name in folders if _has_tests(name)]
    if not found:
        return None
    # arguments that name tests replace the folders
    if any(argument.startswith("tests/") for argument in session.arguments):
        found = []
    command = [session.tools.python, "-m", "pytest", *options, *found, *session.arguments]
    return _stream(session, command, **variables)


def _has_tests(name):
    return any((TESTS / name).glob("**/test_*.py"))


def _stream(session, command, **variables):
    """Run a program in the checkout, passing its output on; True when it succeeds."""
    environment = session.tools.environment(**variables)
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        cwd=cache.CHECKOUT,
        start_new_session=True,
    )
    try:
        for line in process.stdout:
            print(line, end="", flush=True)
            session.count(line)
        return process.wait() == 0
    finally:
        _end(process)


def _end(process, gently=signal.SIGINT):
    """End a program that still runs; SIGINT lets pytest tear its fixtures down."""
    for number, seconds in ((gently, 30), (signal.SIGKILL, None)):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, number)
            process.wait(seconds)
