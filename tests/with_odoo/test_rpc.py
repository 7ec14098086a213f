"""Every public method of every model of ours, called by those whom a connection is none of."""

import warnings
from inspect import signature

from odoo.service.model import call_kw, get_public_method
from odoo.tests import HttpCase, JsonRpcException
from odoo.tools import mute_logger

from .common import GoogleCase
from .test_security import SEALED

PREFIX = "crm.google."
ADDON = "odoo.addons.crm_google_calendar."
TITLE = "Secret plan"


class EverybodyCase(GoogleCase, HttpCase):
    """Sam has rows of every kind; Eve, Pat of the portal, and the administrator call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        eve = cls.new_user("eve", "eve@example.com")
        portal = [(6, 0, cls.env.ref("base.group_portal").ids)]
        values = {"name": "Pat", "login": "pat", "password": "pat", "group_ids": portal}
        pat = cls.env["res.users"].create(values)
        cls.others = {"eve": eve, "pat": pat, "admin": cls.env.ref("base.user_admin")}

    def setUp(self):
        super().setUp()
        self.account = self.connected()
        self.record, self.todo = self.meeting(TITLE, privacy="private"), self.task("Hush")
        self.sync(self.account)
        self.env["crm.google.hint"].create({"model": "calendar.event", "res_id": self.record.id})
        self.account.calendar_ids.state = "uncertain"  # so that there is something to answer
        self.mine("calendar.wizard", answer="make")
        self.mine("switch.wizard", choice="keep")
        self.mine("sync.wizard", scope="all")
        self.env.flush_all()

    def mine(self, name, **values):
        self.env[PREFIX + name].with_user(self.user).create(values)

    def models(self):
        return [name for name in sorted(self.env) if name.startswith(PREFIX)]

    def ids(self, model):
        """Sam's rows; of Odoo's own models, those that our methods are about."""
        known = {"calendar.event": self.record, "mail.activity": self.todo, "res.users": self.user}
        if model in known:
            return known[model].ids
        return [] if self.env[model]._abstract else self.env[model].sudo().search([]).ids

    def rows(self):
        """All that stands in our tables."""
        self.env.flush_all()
        tables = [self.env[name]._table for name in self.models() if not self.env[name]._abstract]
        each = (f"SELECT '{table}', id, t::text FROM {table} t" for table in tables)  # noqa: S608
        self.env.cr.execute(" UNION ALL ".join(each))
        return {(table, row_id): text for table, row_id, text in self.env.cr.fetchall()}

    def words(self, login):
        """What nobody gets, an administrator neither; what only Sam gets."""
        kept = [self.account[name] for name in SEALED if name != "access_expires"]
        nobody = [TITLE, "test-secret", *self.emulator.grants.tokens, *filter(None, kept)]
        if login == "admin":
            return nobody
        links = self.env["crm.google.link"].search([("user_id", "=", self.user.id)])
        his = links.mapped("event_id") + self.account.calendar_ids.mapped("google_id")
        return nobody + his

    def assertNothingIn(self, answer, words, what):
        text = str(answer)
        self.assertEqual([word for word in words if word in text], [], what)

    def assertUntouched(self, before, what):
        now = self.rows()
        changed = [key for key, text in before.items() if now.get(key) != text]
        self.assertEqual(changed, [], what)


class TestOverHttp(EverybodyCase):
    """What this add-on has written itself, as a browser or a script would call it."""

    def methods(self):
        found = set()
        for model in [*self.models(), *("res.users", "calendar.event", "mail.activity")]:
            for base in type(self.env[model]).__mro__:
                if base.__module__.startswith(ADDON):
                    found |= {(model, name) for name, each in vars(base).items() if callable(each)}
        of_odoo = ("create", "write", "unlink")
        return sorted(
            (model, name)
            for model, name in found
            if not name.startswith("_") and (model.startswith(PREFIX) or name not in of_odoo)
        )

    def call(self, model, method, arguments):
        params = {"model": model, "method": method, "args": arguments, "kwargs": {}}
        with mute_logger("odoo.http"):
            try:
                url = f"/web/dataset/call_kw/{model}/{method}"
                return self.make_jsonrpc_request(url, params)
            except JsonRpcException as refusal:
                return refusal

    def test_nobody_gets_or_changes_anything_of_anothers(self):
        methods, before = self.methods(), self.rows()
        self.assertGreater(len(methods), 30)
        for login in self.others:
            self.authenticate(login, login)
            words = self.words(login)
            for model, method in methods:
                for arguments in ([self.ids(model)], []):
                    answer = self.call(model, method, arguments)
                    self.assertNothingIn(answer, words, (login, model, method))
                    if login != "admin":  # who may stop and undo the runs of all
                        self.assertUntouched(before, (login, model, method))
            self.env.invalidate_all()


class TestEverything(EverybodyCase):
    """What Odoo offers on every model, too: called as its controllers do it."""

    def arguments(self, model, method):
        """A value for each parameter that has a name which we know."""
        fields = list(model._fields)
        values = {"user_id": self.others["eve"].id}
        known = {
            "fields fnames field_names allfields fields_to_export fields_list": fields,
            "domain args search_domain": [],
            "vals values default": values,
            "vals_list": [values],
            "specification fields_spec": {name: {} for name in fields},
            "groupby": fields[:3],
            "aggregates": [f"{name}:array_agg" for name in SEALED if name in fields],
            "name": TITLE,
        }
        by_name = {name: value for names, value in known.items() for name in names.split()}
        return {name: by_name[name] for name in signature(method).parameters if name in by_name}

    def tries(self, model, name):
        """Ways to call a method: (arguments, keywords)."""
        method = get_public_method(model, name)
        ids = [] if getattr(method, "_api_model", False) else [self.ids(model._name)]
        keywords = self.arguments(model, method)
        return [(ids, keywords), (ids, {})] if keywords else [(ids, {})]

    def public(self, model):
        for name in dir(type(model)):
            try:
                if callable(get_public_method(model, name)):
                    yield name
            except Exception:  # noqa: S112, BLE001 - private, or no method
                continue

    def call(self, model, name, arguments, keywords):
        """The answer, or the refusal; nothing that was written lasts."""
        self.env.invalidate_all(flush=False)  # a request begins with nothing that others have read
        with self.env.cr.savepoint(flush=False) as savepoint:
            try:
                answer = str(call_kw(model, name, list(arguments), dict(keywords)))
            except Exception as refusal:  # noqa: BLE001 - of whatever kind
                savepoint.rollback()
                return str(refusal)
            if not model.env.is_admin():  # who may stop and undo the runs of all
                self.assertUntouched(self.before, (model.env.user.login, model._name, name))
            savepoint.rollback()
        return answer

    def test_nobody_gets_or_changes_anything_of_anothers(self):
        warnings.simplefilter("ignore")  # what Odoo will take away one day is public until then
        self.before, number = self.rows(), 0
        for login, user in self.others.items():
            words = self.words(login)
            for name in self.models():
                model = self.env(user=user.id, su=False)[name]
                for method in self.public(model):
                    for arguments, keywords in self.tries(model, method):
                        answer = self.call(model, method, arguments, keywords)
                        self.assertNothingIn(answer, words, (login, name, method, keywords))
                        number += 1
        self.assertGreater(number, 2000)
