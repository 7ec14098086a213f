"""The running site, Google and the browser for the tests; what a failing page looked like."""

import os
import re
import sys
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts import chromium  # noqa: E402
from scripts.demo import DemoSite  # noqa: E402

from .crm_pages import ZONE  # noqa: E402
from .google_side import google_at  # noqa: E402
from .people import Crm  # noqa: E402
from .pictures import Pictures  # noqa: E402

# after the level stands the database, whose name may hold ours
COMPLAINT = re.compile(r"\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) \S+ .*crm_google")
RETRIED = "ERROR: could not serialize access"  # Odoo repeats the request, and nobody notices
SECRET = re.compile(r"ya29\.|1//0|4/0A|@example\.com")  # tokens, codes, addresses
PATIENCE = 30_000  # milliseconds until something that should appear counts as missing
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def pytest_addoption(parser):
    parser.addoption(
        "--screenshots", action="store_true", help="write the README's pictures to docs/screenshots"
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "own_google: steers our emulator, so it runs with it alone")


def pytest_collection_modifyitems(config, items):
    """Another Google than our emulator cannot be told to fail."""
    if not os.environ.get("CRM_GOOGLE_BASE_URL"):
        return
    own = [item for item in items if item.get_closest_marker("own_google")]
    config.hook.pytest_deselected(items=own)
    items[:] = [item for item in items if item not in own]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.failed = getattr(item, "failed", False) or report.failed
    return report


@pytest.fixture(scope="session")
def chrome():
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=chromium.find())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site():
    """The whole stack; at the end its log must hold no complaint about us."""
    with DemoSite(fresh=True) as running:
        yield running
        lines = running.odoo.log.read_text(errors="replace").splitlines()
    assert [
        line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if COMPLAINT.match(line) and not following.startswith(RETRIED)
    ] == []
    assert [line for line in lines if SECRET.search(line)] == []


@pytest.fixture(scope="session")
def crm(site):
    return Crm(site)


@pytest.fixture(scope="session")
def google(site, chrome):
    side = google_at(site, chrome)
    yield side
    side.close()


@pytest.fixture(scope="session")
def pictures(request):
    aside = Path(tempfile.mkdtemp(prefix="pictures-"))
    wanted = request.config.getoption("--screenshots")
    if wanted:
        print(f"Pictures that are not the README's: {aside}")
    yield Pictures(ROOT / "docs" / "screenshots", aside, wanted)
    if not any(aside.iterdir()):
        aside.rmdir()


@pytest.fixture
def open_page(request, chrome, site, crm, pictures):
    """Opens pages of the CRM, each in a browser of its own: `open_page(DESKTOP, login)`."""
    opened = []

    def open_(screen, login):
        context = chrome.new_context(
            base_url=site.url, locale="en-US", timezone_id=ZONE, reduced_motion="reduce", **screen
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        opened.append(page)
        for cookie in crm.log_in(login).cookies:  # quicker than the form
            context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": site.url}])
        return page

    yield open_
    for number, page in enumerate(opened):
        if getattr(request.node, "failed", False):
            print("The page when the test failed:", pictures.failure(page, f"{number}"))
        page.context.close()
    assert not [problem for page in opened for problem in page.problems]


@pytest.fixture
def desktop(open_page):
    """Opens a page on a large screen: `desktop(login)`."""
    return lambda login: open_page(DESKTOP, login)


@pytest.fixture
def phone(open_page):
    """Opens a page on a phone: `phone(login)`."""
    return lambda login: open_page(PHONE, login)


@pytest.fixture
def salesperson(crm, google):
    """A user of the CRM with a Google account, neither used by another test."""
    person = crm.hire()
    person.address = google.account(person.name)
    return person
