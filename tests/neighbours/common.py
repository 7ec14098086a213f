"""A salesperson who also uses Odoo's own synchronizations, which reach nobody but this file."""

import itertools
import json
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.google_account.models.google_service import GoogleService
from odoo.addons.google_calendar.utils.google_calendar import GoogleCalendarService
from odoo.addons.microsoft_account.models.microsoft_service import MicrosoftService

from with_odoo.common import GoogleCase

NOTHING_NEW = {
    "items": [],
    "nextSyncToken": "token",
    "value": [],
    "@odata.deltaLink": "https://graph.microsoft.com/v1.0/delta?$deltatoken=token",
}


class NeighbourCase(GoogleCase):
    """`sent`: titles that Odoo's own modules have sent; `asked`: their requests for tokens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"]
        for service in ("google", "microsoft"):
            parameters.set_param(f"{service}_calendar_client_id", "a client")
            parameters.set_param(f"{service}_calendar_client_secret", "a secret")
        cls.connect_neighbours(cls.user)

    @classmethod
    def connect_neighbours(cls, user, valid=True):
        """Let Odoo's own modules be active for a user; valid: of the access tokens."""
        until = fields.Datetime.now() + timedelta(hours=1 if valid else -1)
        tokens = {"rtoken": "r", "token": "t", "token_validity": until}
        settings = cls.env["res.users.settings"]._find_or_create_for_user(user)
        settings.write({f"google_calendar_{name}": value for name, value in tokens.items()})
        user.write({f"microsoft_calendar_{name}": value for name, value in tokens.items()})

    def setUp(self):
        super().setUp()
        self.sent, self.asked = [], []
        self.numbers = itertools.count()
        for service in (GoogleService, MicrosoftService):
            self.startPatcher(patch.object(service, "_do_request", self._answer))
        self.account = self.connected()

    def _answer(self, uri, params=None, headers=None, method="POST", **_more):
        """Stands for Google's and Microsoft's servers."""
        if "token" in uri.rsplit("/", 1)[-1]:
            self.asked.append(uri)
            return 200, {"access_token": "t", "expires_in": 3600}, fields.Datetime.now()
        values = json.loads(params) if isinstance(params, str) else params
        if method != "GET":
            self.sent.append(values.get("summary") or values.get("subject") or method)
        return 200, self.answer_to(uri, method, values), fields.Datetime.now()

    def answer_to(self, _uri, method, values):
        if method == "GET":
            return NOTHING_NEW
        number = f"their{next(self.numbers)}"
        return {"id": values.get("id") or number, "iCalUId": number}

    @contextmanager
    def committed(self):
        """What Odoo's own modules do after a commit is done here."""
        with self.enter_registry_test_mode():
            yield
            self.env.flush_all()
            self.env.cr.postcommit.run()
        self.env.invalidate_all()

    def let_them_sync(self, user=None):
        """What their scheduled actions and pages do for one user."""
        user = (user or self.user).with_user(user or self.user).sudo()
        with self.committed():
            user._sync_google_calendar(GoogleCalendarService(self.env["google.service"]))
            user._sync_microsoft_calendar()

    def add_in_google(self, title, **fields_):
        start = self.soon()
        stop = start + timedelta(hours=1)
        return self.google.add_event(
            "Events", title, f"{start.isoformat()}Z", f"{stop.isoformat()}Z", **fields_
        )
