"""Who is worked for: not a user who has left, whether archived or turned into a portal user."""

from __future__ import annotations

from odoo.fields import Domain

MODELS = ("calendar.event", "mail.activity")


def works_here(path: str = "user_id") -> Domain:
    """The rows whose user, by that path, has not left."""
    return Domain(f"{path}.active", "=", True) & Domain(f"{path}.share", "=", False)


def is_here(user) -> bool:
    """Whether a user has not left, and may still read what is synchronized."""
    if not user.active or user.share:
        return False
    # sudo is left: it would see what the user does not
    return all(user.env[model].with_user(user).has_access("read") for model in MODELS)
