"""The emulated Google of a measurement: a process of its own, steered over HTTP."""

import contextlib
import json
import urllib.error
import urllib.request

LATENCY = 60  # milliseconds of every HTTP request


class Google:
    """Steers an emulator; see `tests/google_emulator/README.md` for the paths."""

    def __init__(self, url):
        self.url = url

    def reset(self, *emails):
        """Forget everything; these users are there."""
        self.post("reset", users=[{"email": email, "name": email} for email in emails])
        self.post("settings", latency_ms=LATENCY, quota_per_minute=None)

    def grant(self, email, **more):
        """Tokens of a user, without the consent pages."""
        return self.post("grant", email=email, **more)

    def hands(self, email, action, **arguments):
        """Do something as the user in Google's own pages."""
        return self.post("ui", user=email, action=action, **arguments)

    def forget_requests(self):
        """Count from zero."""
        self._ask("DELETE", "requests")

    def requests(self):
        """How many HTTP requests came; a batch is one."""
        return self._ask("GET", "requests?method=none")["http"]

    def calls(self, method):
        """The calls of one method, parts of batches too."""
        return self._ask("GET", f"requests?method={method}")["requests"]

    @contextlib.contextmanager
    def at_once(self):
        """Answer without latency, for what is not measured."""
        self.post("settings", latency_ms=0)
        yield
        self.post("settings", latency_ms=LATENCY)

    def limit(self, calls):
        """Refuse what goes beyond so many calls per user and minute; None: nothing."""
        self.post("settings", quota_per_minute=calls)

    def post(self, path, **given):
        return self._ask("POST", path, given)

    def _ask(self, verb, path, given=None):
        body = None if given is None else json.dumps(given).encode()
        headers = {"Content-Type": "application/json"}
        url = f"{self.url}/emulator/{path}"
        request = urllib.request.Request(url, body, headers, method=verb)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()}") from error
