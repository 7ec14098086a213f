"""A database in memory, with as much of Odoo's record sets as the bridge needs to run on it.

So the laws hold for the bridge itself and not for a copy of it. It has transactions, savepoints
and unique keys; `reads` of fields that no row has are False, as in Odoo.
"""

import contextlib
import sys
import types

# model -> {field: model it leads to}
MANY2ONE = {
    "crm.google.account": {"user_id": "res.users"},
    "crm.google.calendar": {"account_id": "crm.google.account"},
    "crm.google.link": {"calendar_id": "crm.google.calendar", "account_id": "crm.google.account"},
    "crm.google.run": {"account_id": "crm.google.account", "user_id": "res.users"},
    "crm.google.hint": {"account_id": "crm.google.account"},
    "calendar.event": {"user_id": "res.users", "partner_ids": "res.users"},
    "res.users": {"user_ids": "res.users"},  # a partner is its own user here
}
ONE2MANY = {("crm.google.account", "calendar_ids"): ("crm.google.calendar", "account_id")}
UNIQUE = {
    "crm.google.link": (("calendar_id", "event_id"), ("calendar_id", "model", "res_id")),
}


def without_odoo():
    """Let the bridge be imported where there is no Odoo: the few names it imports mean nothing."""
    if "odoo" in sys.modules:
        return
    names = ("odoo", "odoo.exceptions", "odoo.fields", "odoo.tools", "odoo.tools.misc")
    odoo, exceptions, fields, tools, misc = (types.ModuleType(name) for name in names)
    exceptions.AccessError = type("AccessError", (Exception,), {})
    odoo.fields, odoo.tools, tools.misc, tools.config = fields, tools, misc, {}
    fields.__getattr__ = tools.__getattr__ = misc.__getattr__ = _nothing
    tools.groupby = _groupby
    sys.modules.update(zip(names, (odoo, exceptions, fields, tools, misc), strict=True))
    rows = types.ModuleType("crm_google_calendar.bridge.rows")  # the one that writes SQL itself
    rows.insert = lambda records, values: records.create(values)
    rows.drop_repeated = _drop_repeated
    rows.put = lambda records, column, values: None
    sys.modules[rows.__name__] = rows


def _nothing(name):
    if name.startswith("_"):
        raise AttributeError(name)
    return object


def _drop_repeated(hints):
    new = {(hint.account_id.id, hint.model, hint.res_id): hint.id for hint in hints}
    for hint in hints.search([]):
        if hint.id < new.get((hint.account_id.id, hint.model, hint.res_id), 0):
            hint.unlink()


def _groupby(values, key):
    """What Odoo's own does, which does not ask for sorted values."""
    groups = {}
    for value in values:
        groups.setdefault(key(value), []).append(value)
    return groups.items()


class Violation(BaseException):
    """A law was broken; no `except Exception` of the bridge may swallow it."""


class Database:
    """Rows by model and id; what was not committed can be taken back."""

    def __init__(self):
        self.tables = {
            name: {} for name in (*MANY2ONE, "crm.google.run.line", "ir.config_parameter")
        }
        self.kept = self._copy()
        self.last_id = 0
        self.before_write = lambda: None  # where somebody else may be faster

    @property
    def dirty(self):
        """Whether the transaction has written anything, and so holds locks."""
        return any(table != self.kept[name] for name, table in self.tables.items())

    def commit(self):
        self.kept = self._copy()

    def rollback(self):
        self.tables = {name: dict(table) for name, table in self.kept.items()}

    @contextlib.contextmanager
    def savepoint(self):
        before = self._copy()
        try:
            yield
        except Exception:
            self.tables = before
            raise

    def insert(self, name, values):
        self.last_id += 1
        self.put(name, self.last_id, values)
        return self.last_id

    def put(self, name, row_id, values):
        table = self.tables[name]
        row = table[row_id] = {**table.get(row_id, {}), **values}
        for key in UNIQUE.get(name, ()):
            mine = [row.get(column) for column in key]
            if all(mine) and any(
                [other.get(column) for column in key] == mine
                for number, other in table.items()
                if number != row_id
            ):
                raise Violation(f"{name}: {key} is not unique")

    def _copy(self):
        return {name: dict(table) for name, table in self.tables.items()}


class Cursor:
    def __init__(self, database):
        self.database = database

    def savepoint(self):
        self.database.before_write()
        return self.database.savepoint()

    def flush(self):
        """Nothing is ever waiting to be written here."""


class Env:
    """What the bridge gets as `env`."""

    def __init__(self, database, methods=None):
        self.database = database
        self.cr = Cursor(database)
        self.methods = methods or {}

    def __getitem__(self, name):
        return Records(self, name, ())

    def _(self, text, *values):
        return text % values if values else text

    def flush_all(self):
        pass

    invalidate_all = flush_all


class Records:
    """A record set: ids of one model, and the operations on them that the bridge uses."""

    __slots__ = ("_name", "env", "ids")

    def __init__(self, env, name, ids):
        for key, value in (("env", env), ("_name", name), ("ids", tuple(ids))):
            object.__setattr__(self, key, value)

    # -- as a collection -------------------------------------------------------------------

    def __iter__(self):
        return (self.browse(number) for number in self.ids)

    def __len__(self):
        return len(self.ids)

    def __bool__(self):
        return bool(self.ids)

    def __eq__(self, other):
        return isinstance(other, Records) and self._key() == other._key()

    def __hash__(self):
        return hash(self._key())

    def _key(self):
        return self._name, frozenset(self.ids)

    def __contains__(self, record):
        return record.id in self.ids

    def __or__(self, other):
        return self.browse(dict.fromkeys(self.ids + other.ids))

    def __sub__(self, other):
        return self.browse(number for number in self.ids if number not in other.ids)

    def __getitem__(self, key):
        return self.browse(self.ids[key]) if isinstance(key, slice) else getattr(self, key)

    def browse(self, ids=()):
        return Records(self.env, self._name, (ids,) if isinstance(ids, int) else ids)

    def concat(self, *others):
        return self.browse(dict.fromkeys([*self.ids, *(n for other in others for n in other.ids)]))

    def exists(self):
        return self.browse(number for number in self.ids if number in self._table)

    def filtered(self, test):
        if isinstance(test, str):
            return self.browse(record.id for record in self if record[test])
        return self.browse(record.id for record in self if test(record))

    def grouped(self, name):
        groups = {}
        for record in self:
            groups.setdefault(record[name], []).append(record.id)
        return {value: self.browse(ids) for value, ids in groups.items()}

    def mapped(self, name):
        values = [record[name] for record in self]
        if values and isinstance(values[0], Records):
            return values[0].browse().concat(*values)
        return values

    def with_prefetch(self, _ids):
        return self

    def sudo(self):
        return self

    def invalidate_recordset(self):
        """Nothing is cached here."""

    def with_context(self, **_context):
        return self

    def ensure_one(self):
        assert len(self.ids) == 1

    # -- values ------------------------------------------------------------------------------

    @property
    def _table(self):
        return self.env.database.tables[self._name]

    @property
    def id(self):
        return self.ids[0] if self.ids else False

    @property
    def _fields(self):
        return ()

    def __getattr__(self, name):
        method = self.env.methods.get((self._name, name))
        if method:
            return lambda *args, **more: method(self, *args, **more)
        if (self._name, name) in ONE2MANY:
            model, column = ONE2MANY[self._name, name]
            return self.env[model].search([(column, "in", self.ids)])
        values = [self._table[number].get(name, False) for number in self.ids]
        model = MANY2ONE.get(self._name, {}).get(name)
        if model:
            ids = [i for v in values if v for i in (v if isinstance(v, tuple) else (v,))]
            return Records(self.env, model, dict.fromkeys(ids))
        return values[0] if values else False

    def __setattr__(self, name, value):
        self.write({name: value})

    def write(self, values):
        values = {key: _plain(value) for key, value in values.items()}
        for number in self.ids:
            self.env.database.put(self._name, number, values)

    def create(self, values):
        rows = values if isinstance(values, list) else [values]
        ids = [self.env.database.insert(self._name, self._complete(row)) for row in rows]
        return self.browse(ids)

    def _complete(self, row):
        row = {key: _plain(value) for key, value in row.items()}
        if self._name == "crm.google.link":
            calendar = self.env["crm.google.calendar"].browse(row["calendar_id"])
            row = {"state": "linked", "account_id": calendar.account_id.id, **row}
        return row

    def unlink(self):
        for number in self.ids:
            self._table.pop(number, None)

    # -- searching -----------------------------------------------------------------------------

    def search(self, domain, order="id", limit=None):
        found = [number for number, row in self._table.items() if _matches(number, row, domain)]
        found.sort(reverse=order.endswith("desc"))
        return self.browse(found[:limit])

    def search_fetch(self, domain, _names):
        return self.search(domain)

    def search_count(self, domain, limit=None):
        return len(self.search(domain, limit=limit))


def _plain(value):
    return value.id if isinstance(value, Records) else value


def _matches(number, row, domain):
    """Whether a row fits a domain in Odoo's prefix notation."""
    stack = []
    for term in reversed(domain):
        if isinstance(term, str):
            first, second = stack.pop(), stack.pop()
            stack.append(first or second if term == "|" else first and second)
        else:
            column, operator, value = term
            held = number if column == "id" else row.get(column) or False
            stack.append(_TESTS[operator](held, _plain(value)))
    return all(stack)


_TESTS = {
    "=": lambda held, value: held == (value or False),
    "!=": lambda held, value: held != (value or False),
    "in": lambda held, value: held in tuple(value),
    "not in": lambda held, value: held not in tuple(value),
    ">": lambda held, value: held > value,
    "<": lambda held, value: held < value,
}
