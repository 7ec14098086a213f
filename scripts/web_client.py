"""Speaks to a running Odoo as its web client does."""

import http.cookiejar
import json
import urllib.request

from scripts.errors import SetupError


class WebClient:
    """A session of one user."""

    def __init__(self, url, database, login, password):
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        keep = urllib.request.HTTPCookieProcessor(self.cookies)
        self.opener = urllib.request.build_opener(keep)
        who = {"db": database, "login": login, "password": password}
        self._post("/web/session/authenticate", who)

    def call(self, model, method, *args, **kwargs):
        """The result of a model's method."""
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def _post(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers)
        with self.opener.open(request, timeout=120) as answer:
            result = json.load(answer)
        if "error" in result:
            data = result["error"].get("data", {})
            raise SetupError(f"Odoo refused {path}: {data.get('message', result['error'])}")
        return result.get("result")


def configure(url, database, base_url, client_id, client_secret):
    """Do what an administrator does first: the site's address, then the Google client."""
    admin = WebClient(url, database, "admin", "admin")
    for key, value in (("web.base.url", base_url), ("web.base.url.freeze", "True")):
        admin.call("ir.config_parameter", "set_param", key, value)
    values = {"crm_google_client_id": client_id, "crm_google_client_secret": client_secret}
    settings = admin.call("res.config.settings", "create", values)
    admin.call("res.config.settings", "execute", [settings])
