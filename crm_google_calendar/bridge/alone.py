"""One process at a time works for an account; the others go on to the next one."""

from __future__ import annotations

from contextlib import contextmanager

from odoo.tools import SQL

OURS = 0x63726D67  # "crmg", which keeps our locks apart from those of other add-ons


@contextmanager
def alone(env, account_id: int):
    """Yield whether this process may work for the account now: nobody else does until the end.

    It is a lock of the session: it outlasts commits, keeps nobody from reading or writing a row,
    and goes with the process, however that ends. Begin a new transaction after it, to see what
    the one before has left.
    """
    cr = env.cr
    cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", OURS, account_id))
    (mine,) = cr.fetchone()
    try:
        yield mine
    except Exception:
        cr.rollback()  # else PostgreSQL might refuse even to unlock
        raise
    finally:
        if mine:
            cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", OURS, account_id))
