"""How fast one account may call Google: at full speed until Google says no, then as it allowed.

Nobody tells us an account's quota, and projects differ. So the first calls beyond the usual limit
are few, and only their refusal teaches that the limit holds. Source of limit and window: Google,
"Manage quotas" of the Calendar API (600 calls in any minute for each user).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

WINDOW = 60.0  # seconds; it slides
USUAL = 600
PROBE = 5  # calls of the first batch beyond the usual limit: all that a refusal costs
SPARE = 10  # of a learnt limit, kept for the calls that read
LEAST = 60  # no limit below this is believed: others of the project use it up for a moment
BELIEVED = 3600.0  # seconds for which a limit holds; it was perhaps the project's, not the user's
UNLIMITED = 1_000_000


@dataclass
class Pace:
    """What one account called within the window, and what it learnt. Moments: seconds of `time`.

    calls: moment and number, oldest first; refused ones too, since Google counts them. limit: as
    learnt at the moment `learnt`; None while Google never refused.
    """

    calls: list[tuple[float, int]] = field(default_factory=list)
    limit: int | None = None
    learnt: float = 0.0

    @staticmethod
    def from_json(text: str | None) -> Pace:
        """Read what `to_json` wrote; empty is a new one."""
        if not text:
            return Pace()
        values = json.loads(text)
        calls = [(moment, number) for moment, number in values["calls"]]
        return Pace(calls, values["limit"], values["learnt"])

    def to_json(self) -> str:
        """As text, for the next slice, which may be another process's."""
        return json.dumps({"calls": self.calls, "limit": self.limit, "learnt": self.learnt})

    def count(self, now: float, calls: int, refused: int = 0) -> None:
        """Take note of calls that Google has answered, and how many of them it refused."""
        self._forget(now)
        if refused:
            accepted = self.used(now) + calls - refused
            self.limit, self.learnt = max(LEAST, accepted), now
        self.calls.append((now, calls))

    def used(self, now: float) -> int:
        """Calls within the window."""
        return sum(number for moment, number in self.calls if moment > now - WINDOW)

    def room(self, now: float) -> int:
        """How many writes may follow at once; at least one where no limit is known."""
        self._forget(now)
        used = self.used(now)
        if self.limit is not None:
            return max(0, self._most(self.limit) - used)
        if used < USUAL:
            return USUAL - used
        return PROBE if used < USUAL + PROBE else UNLIMITED

    def wait(self, now: float, calls: int) -> float:
        """Seconds until so many writes may follow at once."""
        self._forget(now)
        if self.limit is None:
            return 0.0
        most = self._most(self.limit)
        return self._seconds(now, min(calls, most), most)

    def wait_to_read(self, now: float) -> float:
        """Seconds until the calls that read may follow."""
        self._forget(now)
        return self._seconds(now, SPARE // 2, self.limit) if self.limit else 0.0

    def seconds(self, now: float, calls: int) -> float:
        """Seconds until the last of so many writes may go out, if Google holds to its limit.

        The usual limit is expected until calls beyond it have passed.
        """
        self._forget(now)
        if self.limit is None and self.used(now) > USUAL:
            return 0.0
        return self._seconds(now, calls, self._most(self.limit or USUAL))

    @staticmethod
    def _most(limit: int) -> int:
        return limit - min(SPARE, limit // 10)

    def _seconds(self, now: float, calls: int, limit: int) -> float:
        """When the last of these calls may go: each waits until the one `limit` before it left."""
        if calls <= 0:
            return 0.0
        windows, rest = divmod(calls - 1, limit)
        return windows * WINDOW + self._leaving(now, self.used(now) + rest + 1 - limit)

    def _leaving(self, now: float, number: int) -> float:
        """Seconds until so many of the calls in the window have left it."""
        if number <= 0:
            return 0.0
        for moment, calls in self.calls:
            number -= calls
            if number <= 0:
                return max(0.0, moment + WINDOW - now)
        return WINDOW

    def _forget(self, now: float) -> None:
        self.calls = [call for call in self.calls if call[0] > now - WINDOW]
        if self.limit is not None and now - self.learnt > BELIEVED:
            self.limit = None
