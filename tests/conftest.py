"""Lets tests import the add-on's pure parts without Odoo, and the emulator by its name."""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "crm_google_calendar"

sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]


def mount_without_odoo():
    """Register the add-on as a bare package: importable parts, but its __init__ never runs."""
    package = types.ModuleType(NAME)
    package.__path__ = [str(ROOT / NAME)]
    sys.modules[NAME] = package


# with Odoo loaded the add-on is odoo.addons.crm_google_calendar, and a second copy would mislead
if "odoo" not in sys.modules:
    mount_without_odoo()
