"""Values of fields that our own code alone writes: `readonly` binds forms, not RPC or an import.

Nobody outside this process can make an `Own`, whatever context he sends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from odoo.exceptions import AccessError


@dataclass(frozen=True)
class Own:
    """A value that comes from our own code."""

    value: Any


def plain(value: Any) -> Any:
    """The value itself, whoever it comes from."""
    return value.value if isinstance(value, Own) else value


def to_create(records, names: Iterable[str], vals: dict[str, Any]) -> dict[str, Any]:
    """The values of a new record; one of these fields that nobody sent has no default either,
    since a user may choose defaults, by a context and by settings of theirs."""
    sent = {name: vals.get(name) or False for name in names}
    return {**vals, **_taken(records, sent)}


def to_write(records, names: Iterable[str], vals: dict[str, Any]) -> dict[str, Any]:
    """The values to write; raises AccessError where somebody else wrote one of these fields."""
    sent = {name: vals[name] for name in names if name in vals}
    for name, value in sent.items():
        if not (records.env.su or isinstance(value, Own)):
            _refuse(records, name)
    return {**vals, **_taken(records, sent)} if sent else vals


def _taken(records, sent: dict[str, Any]) -> dict[str, Any]:
    for name, value in sent.items():
        if value and not (records.env.su or isinstance(value, Own)):
            _refuse(records, name)
    return {name: plain(value) for name, value in sent.items()}


def _refuse(records, name: str):
    label = records._fields[name]._description_string(records.env)
    raise AccessError(records.env._("Only a synchronization with Google writes “%s”.", label))
