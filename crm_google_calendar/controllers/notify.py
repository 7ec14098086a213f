"""Where Google's push messages arrive: look who it is, leave a hint, answer at once."""

from odoo import http
from odoo.http import request

from ..bridge import channels


class CrmGoogleNotify(http.Controller):
    @http.route(
        "/crm_google_calendar/notify",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def notify(self, **_kwargs):
        """Every message has the same answer: it tells nobody which channels there are."""
        headers = request.httprequest.headers
        channels.receive(
            request.env,
            headers.get("X-Goog-Channel-ID", ""),
            headers.get("X-Goog-Channel-Token", ""),
            headers.get("X-Goog-Resource-State", ""),
        )
        return request.make_response("", status=204)
