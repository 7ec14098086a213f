"""A change in Google reaches the CRM by itself, over a real message to a real server."""

import pytest

from .crm_pages import TODAY, CalendarPage, soon

SITE = "https://crm.example.com"  # what Google is told; the emulator knows where that is
HEARS = "They arrive within seconds."


@pytest.fixture
def public(site, crm, google):
    """The site has an address in the Internet, and auto sync is on."""
    parameters = "ir.config_parameter"
    before = crm.admin.call(parameters, "get_param", "web.base.url")
    google.deliver({SITE: site.url})

    def publish():
        crm.admin.call(parameters, "set_param", "web.base.url", SITE)
        crm.settings(crm_google_auto_sync=True)

    yield publish
    crm.admin.call(parameters, "set_param", "web.base.url", before)
    crm.settings(crm_google_auto_sync=False)
    google.deliver({})


@pytest.mark.own_google
def test_a_change_in_google_arrives_without_being_asked_for(desktop, salesperson, google, public):
    calendar = CalendarPage(desktop(salesperson.login)).open()
    calendar.connect(google, salesperson.address)
    public()
    mine = [salesperson.id], ["crm_google_push"]
    soon(lambda: salesperson.rpc.call("res.users", "read", *mine)[0]["crm_google_push"] == HEARS)
    there = google.open(calendar.page, salesperson.address)
    there.add(salesperson.calendar("event"), "Lunch at the fair", TODAY)
    soon(lambda: "Lunch at the fair" in salesperson.titles("calendar.event"))
