"""The way to Google's consent page and back. Both answer at once; the worker does the rest."""

import hmac
import logging
import time

from odoo import http
from odoo.http import request

from ..bridge import settings
from ..bridge.sentences import cause_text
from ..bridge.status import safe_path
from ..gcal import oauth
from ..gcal.errors import Cause, from_code

_logger = logging.getLogger(__name__)
SESSION_KEY = "crm_google_calendar_consent"
VALID_FOR = 15 * 60  # seconds


class CrmGoogleOauth(http.Controller):
    @http.route("/crm_google_calendar/connect", type="http", auth="user", methods=["GET"])
    def connect(self, return_path="", **_kwargs):
        """Send the browser to Google's consent page."""
        client = settings.client(request.env)
        if client is None:
            return request.redirect(safe_path(return_path))
        account = request.env["crm.google.account"]._of_user(request.env.user)
        consent = oauth.consent(client, settings.redirect_uri(request.env), account.email or None)
        request.session[SESSION_KEY] = {
            "state": consent.state,
            "verifier": consent.verifier,
            "uid": request.env.uid,
            "return_path": safe_path(return_path),
            "until": time.time() + VALID_FOR,
        }
        return request.redirect(consent.url, local=False)

    @http.route("/crm_google_calendar/callback", type="http", auth="user", methods=["GET"])
    def callback(self, state="", code="", error="", **_kwargs):
        """Take what Google's consent page sent, once, and only in the session that asked for it."""
        kept = request.session.pop(SESSION_KEY, None)
        account = request.env["crm.google.account"]._of_user(request.env.user)
        if not _is_ours(kept, state):
            _logger.info("user %s: an answer of the consent page without its session", account.id)
            return self._back(account, Cause.CODE_REFUSED, kept)
        if error or not code:
            return self._back(account, from_code(error or "invalid_request").cause, kept)
        account._receive_code(code, kept["verifier"])
        return request.redirect(kept["return_path"])

    def _back(self, account, cause, kept):
        account._consent_failed(cause.value, cause_text(request.env, cause))
        return request.redirect(kept["return_path"] if kept else "/odoo/calendar")


def _is_ours(kept, state):
    return (
        bool(kept)
        and hmac.compare_digest(kept["state"].encode(), state.encode())
        and kept["uid"] == request.env.uid
        and kept["until"] > time.time()
    )
