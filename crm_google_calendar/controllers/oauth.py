"""The way to Google's consent page and back. Both answer at once; the worker does the rest."""

import logging
import time

from markupsafe import Markup

from odoo import http
from odoo.http import request

from ..bridge import settings
from ..bridge.discretion import WithoutAnswer
from ..bridge.status import safe_path
from ..gcal import oauth
from ..gcal.errors import Cause, GoogleError, from_code

_logger = logging.getLogger(__name__)
logging.getLogger("werkzeug").addFilter(WithoutAnswer())
NOT_OURS = "/crm_google_calendar/not_ours"
SESSION_KEY = "crm_google_calendar_consent"
VALID_FOR = 15 * 60  # seconds
MOST = 5  # ways to Google's page that one session may have open, say in several tabs


class CrmGoogleOauth(http.Controller):
    @http.route("/crm_google_calendar/connect", type="http", auth="user", methods=["GET"])
    def connect(self, return_path="", another="", **_kwargs):
        """Send the browser to Google's consent page; another: to choose another account there."""
        account = request.env["crm.google.account"]._mine()
        another = bool(another) and account.state == "connected"
        is_busy = account.state in ("connected", "revoking") and not another
        if settings.problem(request.env) or is_busy:
            return request.redirect(safe_path(return_path))
        client, address = settings.client(request.env), settings.redirect_uri(request.env)
        hint = not another and account.email
        consent = oauth.consent(client, address, hint or None)
        _remember(consent, safe_path(return_path), another)
        return request.redirect(consent.url, local=False)

    @http.route("/crm_google_calendar/callback", type="http", auth="user", methods=["GET"])
    def callback(self, state="", code="", error="", **_kwargs):
        """Take what Google's consent page sent, once, and only in the session that asked for it."""
        account = request.env["crm.google.account"]._mine()
        kept = _recall(state)
        if kept is None:
            # whoever sent it may be anybody: the account, and what its user reads, stay as they are
            _logger.info("account %s: an answer of Google's page without its session", account.id)
            return request.redirect(NOT_OURS)
        if kept["until"] < time.time():
            account._consent_failed(GoogleError(Cause.CODE_REFUSED, reason="no_session"))
        elif error or not code:
            account._consent_failed(from_code(error or "invalid_request"))
        else:
            account._receive_code(code, kept["verifier"], kept["another"])
        return request.redirect(kept["return_path"])

    @http.route(NOT_OURS, type="http", auth="user", methods=["GET"])
    def not_ours(self, **_kwargs):
        """Tell whoever sees it, and nobody else, that an answer led to nothing."""
        env = request.env
        page = Markup('<!DOCTYPE html><p>%s</p><p><a href="%s">%s</a></p>') % (
            env._("This answer did not belong to your session, or was used already."),
            safe_path(""),
            env._("Back to the calendar"),
        )
        return request.make_response(page, [("Content-Type", "text/html; charset=utf-8")])


def _remember(consent, return_path, another):
    """Bind what Google must send back to this session and user, for a while."""
    kept = dict(list(request.session.get(SESSION_KEY, {}).items())[1 - MOST :])
    kept[consent.state] = {
        "verifier": consent.verifier,
        "uid": request.env.uid,
        "return_path": return_path,
        "another": another,
        "until": time.time() + VALID_FOR,
    }
    request.session[SESSION_KEY] = kept


def _recall(state):
    """What was remembered under this state, for once; None where it is not this session's."""
    kept = dict(request.session.get(SESSION_KEY, {}))
    found = kept.pop(state, None)
    request.session[SESSION_KEY] = kept
    return found if found and found["uid"] == request.env.uid else None
