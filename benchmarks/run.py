"""Measures the add-on and Odoo's own google_calendar; `make bench`, see docs/benchmarks.md."""

import argparse
import contextlib
import json
import subprocess

from benchmarks import report
from benchmarks.stories import FULL, NONE, OURS, QUICK, STORIES
from scripts import cache, postgres, run, tools
from scripts.children import HOST, Child, answers, free_port
from scripts.errors import SetupError
from scripts.odoo_site import Site

TIMEOUT = 3600  # seconds of one story


def main():
    order = arguments()
    size = {**(QUICK if order.quick else FULL), **json.loads(order.size)}
    results = report.kept() if size == FULL else {}
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.running("bench"))
        bench = Bench(Site(tools.prepare(), server), size)
        stack.callback(bench.site.leave)
        for name in order.stories or STORIES:
            results[name] = bench.tell(name, order.times)
            run.say(f"{name}\n{report.details(results[name])}")
            if size == FULL:
                report.keep(name, results[name])
    text = report.table(results, size)
    run.say(text)
    if size == FULL and set(results) == set(STORIES):
        report.write(text)


def arguments():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("stories", nargs="*", help=f"some of {', '.join(STORIES)}; default: all")
    parser.add_argument("--quick", action="store_true", help="smaller numbers, to try it out")
    parser.add_argument("--times", type=int, help="how often each story is told")
    parser.add_argument("--size", default="{}", help='other numbers, as JSON: {"entries": 100}')
    return parser.parse_args()


class Bench:
    """A server for databases; each story has a fresh one, an emulator and a process of its own."""

    def __init__(self, site, size):
        self.site = site
        self.size = size

    def tell(self, name, times=None):
        """Measure a story; the numbers of all its tellings, by what was measured."""
        story, found = STORIES[name], {}
        prepared = self._prepare(story)
        size = dict(self.size)
        if story.without:
            size["without"] = self._prepare(STORIES[name], NONE)
        for _number in range(times or story.times):
            database = self._name("told")
            self.site.copy_of(prepared, database)
            for what, numbers in self._measure(name, database, size).items():
                found.setdefault(what, []).extend(numbers)
            self.site.drop(database)
        return found

    def _name(self, what):
        return f"{self.site.server.prefix}bench_{what}"

    def _prepare(self, story, module=None):
        """A database with the module, users and meetings."""
        module = story.module if module is None else module
        database = self._name(module or "plain")
        self.site.copy_of(self.site.with_addon() if module == OURS else self.site.base(), database)
        if module not in (OURS, NONE):
            self.site.install(database, module)
        numbers = {key: self.size.get(getattr(story, key), 0) for key in ("meetings", "users")}
        self._measure("crm.fill", database, numbers)
        return database

    def _measure(self, name, database, size):
        """Run a story to its end; what it measured."""
        with emulator(self.site.tools) as google:
            order = {"story": name, "database": database, "google": google, "size": size}
            order["config"] = str(self.site.config)
            command = [self.site.tools.python, "-m", "benchmarks.measure", json.dumps(order)]
            paths = f"{cache.CHECKOUT}:{self.site.home}"
            environment = self.site.tools.environment(PYTHONPATH=paths, PYTHONWARNINGS="ignore")
            done = subprocess.run(
                command,
                env=environment,
                cwd=cache.CHECKOUT,
                text=True,
                timeout=TIMEOUT,
                check=False,
                stdout=subprocess.PIPE,
            )
        if done.returncode:
            raise SetupError(f"The story {name} failed.")
        return json.loads(done.stdout.splitlines()[-1])


@contextlib.contextmanager
def emulator(our_tools):
    """The address of an emulated Google in a process of its own."""
    port = free_port()
    command = [our_tools.python, "-m", "google_emulator", "--port", port]
    paths = {"PYTHONPATH": str(cache.CHECKOUT / "tests")}
    child = Child(f"google-{port}", command, env={**our_tools.environment(), **paths})
    try:
        child.wait_until(lambda: answers(port), 30, "The Google emulator did not start.")
        yield f"http://{HOST}:{port}"
    finally:
        child.stop()


if __name__ == "__main__":
    main()
