"""Checks that the add-on comes and goes cleanly: no warning in Odoo's log, nothing left behind."""

import re

from scripts import cache
from scripts.odoo_site import ADDON

LOUD = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")
# not ours: root in a container, and what Python packages say of themselves (Google's client
# library warns a year ahead that a Python version will lose support)
HARMLESS = ("Running as user 'root' is a security risk", "/site-packages/")
POT = cache.CHECKOUT / ADDON / "i18n" / f"{ADDON}.pot"
DATED = re.compile(r'"(POT-Creation|PO-Revision)-Date:')
OLD_TEXTS = "The template for translators is older than the texts. Run: make texts"
NEIGHBOURS = "google_calendar,microsoft_calendar"
GLUE = (f"{ADDON}_google", f"{ADDON}_microsoft")
QUEUE = f"{ADDON}_queue"
# what must be gone, as (what, query)
LEFTOVERS = (
    ("table", "SELECT tablename FROM pg_tables WHERE tablename LIKE 'crm\\_google\\_%%'"),
    ("setting", "SELECT key FROM ir_config_parameter WHERE key LIKE 'crm\\_google\\_%%'"),
    ("scheduled action", "SELECT cron_name FROM ir_cron WHERE cron_name LIKE '%%Google%%'"),
    ("view", "SELECT name FROM ir_ui_view WHERE arch_db::text LIKE '%%crm\\_google%%'"),
    ("column", "SELECT column_name FROM information_schema.columns"
     " WHERE table_schema = 'public' AND column_name LIKE 'crm\\_google\\_%%'"),
    ("access rule", "SELECT name FROM ir_model_access WHERE name LIKE '%%crm.google%%'"),
    ("external id", f"SELECT name FROM ir_model_data WHERE module = '{ADDON}'"),
)  # fmt: skip


def find_problems(site):
    """Install, update, uninstall and neutralize on scratch databases; returns sentences."""
    database = f"{site.server.prefix}install"
    site.copy_of(site.base(), database)
    try:
        problems = _loud("install", site.install(database, ADDON))
        problems += _loud("update", site.update(database))
        problems += [] if _same_texts(site.texts(database)) else [OLD_TEXTS]
        problems += _loud("neutralize", site.neutralize(database))
        problems += _loud("uninstall", site.uninstall(database))
        problems += _leftovers(site.server, database)
    finally:
        site.drop(database)
    return problems


def write_texts(site, database):
    """Bring the template for translators up to date; leaves it alone where only its date is old."""
    texts = site.texts(database)
    if not _same_texts(texts):
        POT.write_text(texts)


def _same_texts(texts):
    return _undated(texts) == _undated(POT.read_text())


def _undated(texts):
    return [line for line in texts.splitlines() if not DATED.match(line)]


def find_problems_beside(site, database):
    """Install what the add-on must live beside; its parts in between must come by themselves."""
    return _install_with(site, database, NEIGHBOURS, GLUE)


def find_problems_with_jobs(site, database):
    """Install OCA's job queue; the part in between must come by itself."""
    return _install_with(site, database, "queue_job", (QUEUE,))


def _install_with(site, database, modules, glue):
    problems = _loud("install", site.install(database, modules))
    query = "SELECT name FROM ir_module_module WHERE state = 'installed' AND name LIKE %s"
    found = {name for (name,) in site.server.query(query, [f"{ADDON}%"], database)}
    return problems + [f"{name} did not install itself." for name in glue if name not in found]


def loud_lines(log):
    """The warnings and errors of a log of Odoo; a clean install has none at all."""
    lines = [line for line in log.splitlines() if LOUD.match(line)]
    return [line for line in lines if not any(known in line for known in HARMLESS)]


def _loud(step, log):
    return [f"{step} logs: {line}" for line in loud_lines(log)]


def _leftovers(server, database):
    return [
        f"uninstall leaves the {what} {row[0]}."
        for what, query in LEFTOVERS
        for row in server.query(query, (), database)
    ]
