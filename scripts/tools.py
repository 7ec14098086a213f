"""What the other commands work with: Python packages and Odoo, both fetched at the first use."""

import dataclasses
import os
import sys
from pathlib import Path

from scripts import cache, fetch_odoo
from scripts.fetch_odoo import Odoo

# what a person's shell may hold and a test must not see
PERSONAL = ("CRM_GOOGLE_CLIENT_ID", "CRM_GOOGLE_CLIENT_SECRET", "CRM_GOOGLE_KEY", "ODOO_RC")


@dataclasses.dataclass(frozen=True)
class Tools:
    """The environment's Python and the Odoo source."""

    python: Path
    odoo: Odoo

    def environment(self, **more):
        """Variables for a program of ours: its temporary and personal files stay in the cache."""
        kept = {name: value for name, value in os.environ.items() if name not in PERSONAL}
        for name in ("PYTHONPATH", "CRM_GOOGLE_BASE_URL"):
            kept.pop(name, None)
        own = {"HOME": cache.folder("home"), "TMPDIR": cache.folder("tmp"), **more}
        kept.update({name: str(value) for name, value in own.items()})
        # Odoo restarts itself as plain `python`, which must be the environment's
        kept["PATH"] = os.pathsep.join([str(self.python.parent), kept.get("PATH", "")])
        return kept


def prepare():
    """The tools, ready to use (we already run in the environment's Python)."""
    python = Path(sys.prefix) / "bin" / "python"
    return Tools(python, fetch_odoo.find(python))
