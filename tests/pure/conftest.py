"""Profiles of hypothesis: short and repeatable by default, HYPOTHESIS_PROFILE=long to dig."""

import os

from hypothesis import HealthCheck, settings

from .memory import without_odoo

without_odoo()  # before any test module imports the bridge

_SLOW = [HealthCheck.too_slow]
settings.register_profile(
    "short",
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=_SLOW,
)
settings.register_profile(
    "long", max_examples=10000, deadline=None, database=None, suppress_health_check=_SLOW
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))
