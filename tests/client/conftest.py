"""A running emulator of Google for the client's tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from google_emulator.fixtures import clock, emulator  # noqa: F401
