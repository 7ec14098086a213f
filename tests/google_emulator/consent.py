"""Google's consent pages: account chooser, tick boxes per scope, error pages."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode, urlsplit

from . import discovery
from .grants import OPENID, SIGN_IN, Grants, scope_list, scope_text
from .markup import card, initial, page
from .model import Client, Person
from .wire import Call, Reply, html_reply, redirect

PATH = "/o/oauth2/v2/auth"
PROMPTS = {"none", "consent", "select_account"}
TITLES = {
    "redirect_uri_mismatch": "Access blocked: This app’s request is invalid",
    "access_blocked": "Access blocked",
}


class Refused(Exception):
    """Shown on Google's own page; the app never hears of it."""

    def __init__(self, error: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.error = error
        self.text = text
        self.status = status

    def reply(self) -> Reply:
        title = TITLES.get(self.error, "Authorization Error")
        body = f"<h1>{title}</h1><p>{escape(self.text)}</p>"
        body += f'<p class="error">Error {self.status}: {escape(self.error)}</p>'
        return html_reply(page("Error " + self.error, card(body, narrow=True)), self.status)


def authorize(grants: Grants, call: Call) -> Reply:
    """GET shows chooser or consent, POST takes the user's answer; ends in a redirect."""
    try:
        return Consent(grants, call).step()
    except Refused as refused:
        return refused.reply()


class Consent:
    """One authorization request; raises Refused when Google would show an error page."""

    def __init__(self, grants: Grants, call: Call) -> None:
        self.grants = grants
        self.call = call
        self.args = call.args
        self.form = call.form() if call.verb == "POST" else {}
        self.client = self._client()
        self.redirect_uri = self._redirect_uri()
        self.scopes = self._scopes()
        self.prompts = set(self.args.get("prompt", "").split())
        self._check_rest()

    def _client(self) -> Client:
        client = self.grants.client(self.args.get("client_id", ""))
        if client is None:
            raise Refused("invalid_client", "The OAuth client was not found.", 401)
        if client.deleted:
            raise Refused("deleted_client", "The OAuth client was deleted.", 401)
        return client

    def _redirect_uri(self) -> str:
        uri = self.args.get("redirect_uri", "")
        parts = urlsplit(uri)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.fragment:
            raise Refused("invalid_request", "Missing or invalid parameter: redirect_uri")
        if self.client.redirects and uri not in self.client.redirects:
            text = f"The redirect URI {uri} is not registered for this client."
            raise Refused("redirect_uri_mismatch", text)
        return uri

    def _scopes(self) -> frozenset[str]:
        scopes = scope_list(self.args.get("scope", ""))
        if not scopes:
            raise Refused("invalid_request", "Missing required parameter: scope")
        unknown = scopes - discovery.known_scopes() - SIGN_IN
        if unknown:
            text = f"Some requested scopes cannot be shown: {sorted(unknown)}"
            raise Refused("invalid_scope", text)
        return scopes

    def _check_rest(self) -> None:
        if self.args.get("response_type") != "code":
            raise Refused("invalid_request", "Missing or invalid parameter: response_type")
        method = self.args.get("code_challenge_method", "S256")
        if self.args.get("code_challenge") and method != "S256":
            raise Refused("invalid_request", "Use code_challenge_method=S256.")
        if self.args.get("access_type", "online") not in ("online", "offline"):
            raise Refused("invalid_request", "Invalid parameter value for access_type")
        if self.prompts - PROMPTS or ("none" in self.prompts and len(self.prompts) > 1):
            raise Refused("invalid_request", "Invalid parameter value for prompt")

    # -- steps ---------------------------------------------------------------------------

    def step(self) -> Reply:
        person = self._chosen()
        if person is None:
            return self._back(error="interaction_required") if self._silent else self._chooser()
        if self.form.get("action") == "cancel":
            return self._back(error="access_denied")
        if self.form.get("action") == "continue":
            return self._granted(person, self._ticked())
        known = self.scopes <= self.grants.allowed(person, self.client.project)
        if known and "consent" not in self.prompts:
            return self._granted(person, self.scopes)
        return self._back(error="consent_required") if self._silent else self._ask(person)

    @property
    def _silent(self) -> bool:
        return "none" in self.prompts

    def _chosen(self) -> Person | None:
        people = self.grants.store.people
        if "account" in self.args:
            return people.get(self.args["account"])
        if "select_account" in self.prompts:
            return None
        hint = self.args.get("login_hint", "")
        for person in people.values():
            if hint in (person.email, person.sub):
                return person
        return next(iter(people.values())) if len(people) == 1 and not hint else None

    def _chooser(self) -> Reply:
        rows = "".join(self._account(person) for person in self.grants.store.people.values())
        text = f'<p class="muted">to continue to <b>{escape(self._app)}</b></p>'
        body = f"<h1>Choose an account</h1>{text}<div>{rows}</div>"
        return html_reply(page("Choose an account", card(body, narrow=True)))

    def _account(self, person: Person) -> str:
        target = escape(self._here(account=person.email))
        return (
            f'<a class="row" href="{target}" data-account="{escape(person.email)}">'
            f'{initial(person.name)}<span class="grow">{escape(person.name)}<br>'
            f'<span class="muted">{escape(person.email)}</span></span></a>'
        )

    @property
    def _app(self) -> str:
        return urlsplit(self.redirect_uri).netloc

    def _here(self, **more: str) -> str:
        return f"{PATH}?{urlencode(self.args | more)}"

    def _ask(self, person: Person) -> Reply:
        wanted = sorted(self.scopes - SIGN_IN)
        ticks = "".join(self._tick(n, scope) for n, scope in enumerate(wanted))
        app = escape(self._app)
        body = (
            f'<p class="row">{initial(person.name)}<span>{escape(person.email)}</span></p>'
            f"<h1>{app} wants access to your Google Account</h1>"
            f"<p>Select what <b>{app}</b> can access</p>"
            f'<form method="post" action="{escape(self._here(account=person.email))}">'
            '<p class="row">Associate you with your personal info on Google, '
            f"and see your email address</p>{ticks}"
            '<div class="buttons"><button class="plain" name="action" value="cancel">Cancel'
            '</button><button name="action" value="continue">Continue</button></div></form>'
        )
        return html_reply(page("Sign in with Google", card(body, narrow=True)))

    def _tick(self, n: int, scope: str) -> str:
        return (
            f'<label class="tick"><input type="checkbox" name="scope{n}" value="{escape(scope)}" '
            f"checked><span>{escape(discovery.scope_text(scope))}</span></label>"
        )

    def _ticked(self) -> frozenset[str]:
        ticked = {value for name, value in self.form.items() if name.startswith("scope")}
        return self.scopes & (SIGN_IN | ticked)

    # -- the way back --------------------------------------------------------------------

    def _granted(self, person: Person, scopes: frozenset[str]) -> Reply:
        before = self.grants.allowed(person, self.client.project)
        if not scopes:
            return self._back(error="access_denied")
        if self.args.get("include_granted_scopes") == "true":
            scopes |= before
        first = not self.grants.refresh_tokens(person, self.client.id) or not before
        offline = self.args.get("access_type") == "offline"
        offline = offline and (first or "consent" in self.prompts)
        grant = self.grants.grant(person, self.client, scopes, offline)
        grant.nonce = self.args.get("nonce", "") if OPENID in scopes else ""
        challenge = self.args.get("code_challenge", "")
        code = self.grants.add_code(grant, self.redirect_uri, challenge)
        return self._back(code=code, scope=scope_text(scopes), authuser="0")

    def _back(self, **answer: str) -> Reply:
        if "state" in self.args:
            answer = {"state": self.args["state"]} | answer
        mark = "&" if urlsplit(self.redirect_uri).query else "?"
        return redirect(f"{self.redirect_uri}{mark}{urlencode(answer)}")
