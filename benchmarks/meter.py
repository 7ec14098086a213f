"""What a piece of work costs: seconds, SQL queries, HTTP requests, memory."""

import gc
import time
from pathlib import Path

import odoo.init
import odoo.sql_db

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


class Meter:
    """Measures pieces of work; `results` holds a list of measurements under each name."""

    def __init__(self, google):
        self.google = google
        self.results = {}

    def measure(self, name, work):
        """Do the work and keep what it cost; returns the work's result."""
        gc.collect()
        self.google.forget_requests()
        CLEAR.write_text("5")  # forgets the peak of memory
        idle, queries = memory("VmRSS"), odoo.sql_db.sql_counter
        start, cpu = time.monotonic(), time.process_time()
        result = work()
        self.note(
            name,
            seconds=time.monotonic() - start,
            cpu=time.process_time() - cpu,
            queries=odoo.sql_db.sql_counter - queries,
            megabytes=memory("VmHWM") - idle,
            requests=self.google.requests(),
        )
        return result

    def note(self, name, **numbers):
        """Keep a measurement that was made otherwise."""
        self.results.setdefault(name, []).append(numbers)


def memory(line):
    """Megabytes of this process: VmRSS is now, VmHWM the most there was."""
    for text in STATUS.read_text().splitlines():
        if text.startswith(line + ":"):
            return int(text.split()[1]) / 1024
    raise LookupError(line)
