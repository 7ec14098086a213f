"""What a piece of work costs: seconds, SQL queries, HTTP requests, memory."""

import gc
import os
import time
from pathlib import Path

import odoo.init
import odoo.sql_db

TICKS = os.sysconf("SC_CLK_TCK")
STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


class Meter:
    """Measures pieces of work; `results` holds a list of measurements under each name.

    backend: the process id of PostgreSQL's side of the connection.
    """

    def __init__(self, google, backend):
        self.google = google
        self.backend = backend
        self.results = {}

    def measure(self, name, work):
        """Do the work and keep what it cost; returns the work's result."""
        gc.collect()
        self.google.forget_requests()
        CLEAR.write_text("5")  # forgets the peak of memory
        idle, queries = memory("VmRSS"), odoo.sql_db.sql_counter
        start, busy = time.monotonic(), self.busy()
        result = work()
        self.note(
            name,
            seconds=time.monotonic() - start,
            busy=self.busy() - busy,
            queries=odoo.sql_db.sql_counter - queries,
            megabytes=memory("VmHWM") - idle,
            requests=self.google.requests(),
        )
        return result

    def busy(self):
        """Seconds of a processor that Odoo and PostgreSQL have used for this connection: unlike the
        time on the clock, they hardly depend on what else the machine does."""
        try:
            fields = Path(f"/proc/{self.backend}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # another machine's, or another user's
            return time.process_time()
        return time.process_time() + sum(map(int, fields[11:13])) / TICKS

    def note(self, name, **numbers):
        """Keep a measurement that was made otherwise."""
        self.results.setdefault(name, []).append(numbers)


def memory(line):
    """Megabytes of this process: VmRSS is now, VmHWM the most there was."""
    for text in STATUS.read_text().splitlines():
        if text.startswith(line + ":"):
            return int(text.split()[1]) / 1024
    raise LookupError(line)
