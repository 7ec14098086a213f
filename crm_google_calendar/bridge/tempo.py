"""How fast a slice may send, and how long its run will still take."""

from __future__ import annotations

import time

from ..gcal.pace import Pace

FEW = 20  # calls that are worth a request; what room there is comes back in batches, as it went
NAP = 3.0  # seconds that a slice waits within the worker; for more, others have their turn
EARLY = 1.0  # seconds; the moments at which runs go on are whole seconds


class Tempo:
    """The account's pace as one slice sees it, from the moment that the slice begins."""

    def __init__(self, pace: Pace | None = None):
        self.pace = pace or Pace()
        self._began = time.monotonic()
        self._ready: float | None = None  # when the slice had something to send
        self._napped = 0.0
        self._sent = 0

    def nap_to_read(self) -> None:
        """Wait out the moment until Google takes the calls that read; see `pause`."""
        seconds = self.pace.wait_to_read(time.time())
        if 0 < seconds <= NAP:
            time.sleep(seconds)
            self._began = time.monotonic()

    def room(self, wanted: int) -> int:
        """How many calls may go out now; 0 where the run should rather wait, see `pause`."""
        self._ready = self._ready or time.monotonic()
        seconds = self.pace.wait(time.time(), min(wanted, FEW))
        if seconds > NAP:
            return 0
        if seconds:
            self._napped += seconds
            time.sleep(seconds)
        room = min(wanted, self.pace.room(time.time()))
        self._sent += room
        return room

    def pause(self) -> float:
        """Seconds that the run should wait, so that it is ready again once Google takes more."""
        now, preparing = time.time(), (self._ready or self._began) - self._began
        seconds = max(self.pace.wait_to_read(now), self.pace.wait(now, FEW) - preparing)
        return max(0.0, seconds - EARLY)

    @property
    def has_sent(self) -> bool:
        """Whether the slice has sent anything, so that there is a pace to go by."""
        return bool(self._sent)

    def left(self, entries: int) -> float:
        """Seconds until so many entries are sent, once the first are."""
        busy = time.monotonic() - self._ready - self._napped
        return max(self.pace.seconds(time.time(), entries), busy * entries / self._sent)
