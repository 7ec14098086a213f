"""The way to Google's consent page and back, through real requests."""

import re
import time
from html import unescape
from unittest.mock import patch
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from odoo.http import root
from odoo.tests import HttpCase

from odoo.addons.crm_google_calendar.bridge import settings, status, vault
from odoo.addons.crm_google_calendar.controllers.oauth import SESSION_KEY

from .common import SAM
from .connecting import ConnectCase

CALLBACK = "/crm_google_calendar/callback"


class HttpConnectCase(ConnectCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("web.base.url", cls.base_url())

    def setUp(self):
        super().setUp()
        self.authenticate("sam", "sam")

    def get(self, path):
        return self.url_open(path, allow_redirects=False)

    def to_google(self, return_path="/odoo/crm"):
        """Follow the link; returns the address of Google's consent page."""
        answer = self.get(status.connect_path(return_path))
        self.assertEqual(answer.status_code, 303)
        return answer.headers["Location"]

    def consent_page(self, url, answer="continue"):
        """Play the user in his browser: choose the account, answer; returns where Google leads."""
        page = requests.get(url, timeout=5).text
        account = re.search(rf'href="([^"]+)" data-account="{SAM}"', page)[1]
        page = requests.get(urljoin(url, unescape(account)), timeout=5).text
        form = unescape(re.search(r'<form method="post" action="([^"]+)"', page)[1])
        ticks = re.findall(r'type="checkbox" name="([^"]+)" value="([^"]+)"', page)
        data = {**dict(ticks), "action": answer}
        reply = requests.post(urljoin(url, form), data, timeout=5, allow_redirects=False)
        return reply.headers["Location"]

    def state_of(self, url):
        return parse_qs(urlsplit(url).query)["state"][0]

    def came_back(self, location):
        """Let the browser come back from Google; returns where Odoo leads it."""
        answer = self.get(location)
        self.assertEqual(answer.status_code, 303)
        self.env.invalidate_all()
        return urlsplit(answer.headers["Location"]).path


class TestTheWholeWay(HttpConnectCase):
    def test_consent_leads_back_and_two_calendars_stand_in_google(self):
        url = self.to_google()
        self.assertEqual(self.came_back(self.consent_page(url)), "/odoo/crm")
        self.assertEqual(self.account.state, "connecting")
        self.work()
        self.assertConnected()

    def test_no_request_of_the_user_waits_for_google(self):
        self.came_back(self.consent_page(self.to_google()))
        self.assertEqual(self.emulator.methods(), ["consent"] * 3)

    def test_googles_page_is_asked_for_no_more_than_our_own_calendars(self):
        query = parse_qs(urlsplit(self.to_google()).query)
        self.assertEqual(
            set(query["scope"][0].split()),
            {
                "openid",
                "https://www.googleapis.com/auth/userinfo.email",
                "https://www.googleapis.com/auth/calendar.app.created",
            },
        )
        self.assertEqual(query["redirect_uri"], [self.base_url() + CALLBACK])
        self.assertEqual(query["access_type"], ["offline"])
        self.assertEqual(query["prompt"], ["consent select_account"])
        self.assertEqual(query["code_challenge_method"], ["S256"])

    def test_the_verifier_is_really_used(self):
        location = self.consent_page(self.to_google())
        self.came_back(location)
        self.account.write(vault.sealed(self.account, verifier="another" * 8))
        self.work()
        self.assertState("disconnected", "did not accept the sign-in")

    def test_a_refused_consent_is_told(self):
        self.assertEqual(self.came_back(self.consent_page(self.to_google(), "cancel")), "/odoo/crm")
        self.assertState("disconnected", "You did not allow access")
        self.came_back(self.consent_page(self.to_google()))
        self.work()
        self.assertConnected()

    def test_a_site_that_is_not_set_up_leads_back(self):
        settings.put(self.env, "client_id", "")
        self.env.flush_all()
        self.assertTrue(self.to_google().endswith("/odoo/crm"))

    def test_who_is_connected_is_not_sent_to_google(self):
        self.consent()
        self.assertTrue(self.to_google().endswith("/odoo/crm"))

    def test_who_is_connected_may_choose_another_account_there(self):
        self.consent()
        answer = self.get(status.connect_path("/odoo/crm", another=True))
        url = answer.headers["Location"]
        self.assertNotIn("login_hint", url)
        self.assertEqual(self.came_back(self.consent_page(url)), "/odoo/crm")
        self.assertEqual((self.account.state, self.account.check_for), ("connected", "another"))
        self.work()
        self.assertConnected()

    def test_a_redirect_address_that_google_does_not_know_changes_nothing(self):
        self.emulator.register_client("test-client", "test-secret", "https://elsewhere.example")
        page = requests.get(self.to_google(), timeout=5)
        self.assertIn("redirect_uri_mismatch", page.text)
        self.assertState("disconnected")

    def test_a_portal_user_is_turned_away(self):
        portal = self.env["res.users"].create(
            {
                "name": "Pat",
                "login": "pat",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self.authenticate("pat", "pat")
        answer = self.get(status.connect_path(""))
        self.assertIn(answer.status_code, (303, 403))
        self.assertNotIn(self.emulator.url, answer.headers.get("Location", ""))
        accounts = self.env["crm.google.account"]
        self.assertFalse(accounts.search([("user_id", "=", portal.id)]))


class TestState(HttpConnectCase):
    def refused(self, location, words):
        path = self.came_back(location)
        self.assertState("disconnected", words)
        self.assertFalse(self.account.code)
        return path

    def not_ours(self, location):
        """Nothing of the account changes, not even what its user reads."""
        before = self.account.read()
        self.assertEqual(self.came_back(location), "/crm_google_calendar/not_ours")
        self.assertIn("did not belong to your session", self.url_open(location).text)
        self.env.invalidate_all()
        self.assertEqual(self.account.read(), before)

    def test_it_is_good_for_one_time(self):
        location = self.consent_page(self.to_google())
        self.came_back(location)
        self.account.write({"state": "disconnected", "code": False})
        self.env.flush_all()
        self.not_ours(location)

    def test_a_forged_one_is_refused(self):
        url = self.to_google()
        self.not_ours(f"{CALLBACK}?state=forged&code=4/0")
        self.not_ours(f"{CALLBACK}?code=4/0")
        for error in ("access_denied", "admin_policy_enforced", "x"):
            self.not_ours(f"{CALLBACK}?error={error}")
            self.not_ours(f"{CALLBACK}?state=forged&error={error}")
        self.not_ours(CALLBACK)
        self.came_back(self.consent_page(url))  # and leaves the real one alone
        self.assertEqual(self.account.state, "connecting")

    def test_it_belongs_to_one_session(self):
        location = self.consent_page(self.to_google())
        self.authenticate("sam", "sam")
        self.not_ours(location)
        self.not_ours(f"{CALLBACK}?state={self.state_of(location)}&error=access_denied")

    def test_a_forged_one_changes_nothing_in_any_state(self):
        for state in ("disconnected", "incomplete", "reconnect", "connected", "choosing"):
            self.account.write({"state": state, "message": "What was said", "cause": "lapsed"})
            self.env.flush_all()
            for answer in ("error=access_denied", "state=forged&code=4/0", "state=&error=x"):
                self.not_ours(f"{CALLBACK}?{answer}")

    def test_it_belongs_to_one_user(self):
        location = self.consent_page(self.to_google())
        eve = self.new_user("eve", "eve@example.com")
        kept = root.session_store.get(self.session.sid)[SESSION_KEY]
        self.assertIn(self.state_of(location), kept)
        self.authenticate("eve", "eve", session_extra={SESSION_KEY: kept})
        self.came_back(location)
        account = self.env["crm.google.account"]._of_user(eve)
        self.assertFalse(account.message or self.account.message)
        self.assertFalse(account.code or self.account.code)

    def test_it_expires(self):
        location = self.consent_page(self.to_google())
        later = time.time() + 16 * 60
        with patch("odoo.addons.crm_google_calendar.controllers.oauth.time.time", lambda: later):
            self.refused(location, "came too late")

    def test_two_tabs_do_not_disturb_each_other(self):
        first, second = self.to_google("/odoo/crm"), self.to_google("/odoo/calendar")
        self.assertEqual(self.came_back(self.consent_page(first)), "/odoo/crm")
        self.assertEqual(self.account.state, "connecting")
        self.assertEqual(self.came_back(self.consent_page(second)), "/odoo/calendar")
        self.work()
        self.assertConnected()

    def test_a_session_does_not_grow_without_end(self):
        urls = [self.to_google() for _click in range(7)]
        self.not_ours(f"{CALLBACK}?state={self.state_of(urls[0])}&code=4/0")
        self.came_back(f"{CALLBACK}?state={self.state_of(urls[2])}&code=4/0")
        self.assertEqual(self.account.state, "connecting")

    def test_an_error_code_of_google_is_read(self):
        state = self.state_of(self.to_google())
        self.refused(f"{CALLBACK}?state={state}&error=admin_policy_enforced", "organization")

    def test_an_answer_without_anything_is_refused(self):
        state = self.state_of(self.to_google())
        self.came_back(f"{CALLBACK}?state={state}")
        self.assertEqual(self.account.state, "disconnected")
        self.assertTrue(self.account.message)


class TestReturnPath(HttpConnectCase):
    def test_it_is_a_page_of_this_site(self):
        for path in (
            "/odoo/crm",
            "/odoo",
            "/odoo/calendar?view_type=month",
            "/odoo/action-12/3#x",
            "/web#action=1",
        ):
            self.assertEqual(status.safe_path(path), path)

    def test_any_other_leads_to_the_calendar(self):
        for path in (
            None,
            "",
            "https://evil.example/odoo",
            "//evil.example/odoo",
            "/\\evil.example",
            "/\t/evil.example",
            "/odoo\\..\\x",
            "\\\\evil.example",
            "odoo/crm",
            "/odoo@evil.example",
            "/odoo.evil.example",
            "/web/session/logout",
            "/odoo/../web/session/logout",
            "/odoo/%2e%2e/web/session/logout",
            "/odoo/crm\nSet-Cookie: a=b",
            "javascript:alert(1)",
        ):
            self.assertEqual(status.safe_path(path), "/odoo/calendar", path)

    def test_the_browser_never_leaves_the_site(self):
        answer = self.get("/crm_google_calendar/connect?return_path=//evil.example")
        location = self.consent_page(answer.headers["Location"])
        answer = self.get(location)
        self.assertEqual(urlsplit(answer.headers["Location"]).netloc, "")
        self.assertEqual(urlsplit(answer.headers["Location"]).path, "/odoo/calendar")
