"""Many new rows in one of our own tables at once."""

from __future__ import annotations

from typing import Any

from odoo.tools import SQL


def insert(records, rows: list[dict[str, Any]]):
    """Make a record of each row, in their order; returns them. All rows have the same keys.

    A third of what `create` takes, which is felt with thousands: nothing is computed or filled in,
    and nobody's rights are asked.
    """
    if not rows:
        return records
    query = SQL(
        "INSERT INTO %s (%s) VALUES %s RETURNING id",
        SQL.identifier(records._table),
        SQL(", ").join(map(SQL.identifier, rows[0])),
        SQL(", ").join(tuple(map(_column, row.values())) for row in rows),
    )
    return records.browse(id_ for (id_,) in records.env.execute_query(query))


def _column(value):
    return None if value is False else value
