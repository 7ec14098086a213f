"""A stateful emulator of Google's OAuth 2 and Calendar v3, for tests and the demo."""

from .emulator import Emulator
from .faults import OK, Fault
from .times import ManualClock

__all__ = ["OK", "Emulator", "Fault", "ManualClock"]
