"""One story in a process of its own: python -m benchmarks.measure {"story", "database", ...}.

Its last line of output is a JSON object: what each measured piece of work cost.
"""

import importlib
import json
import os
import sys

from . import crm
from .emulator import Google
from .meter import Meter


def main():
    order = json.loads(sys.argv[1])
    os.environ["CRM_GOOGLE_BASE_URL"] = order["google"]
    os.environ["CRM_GOOGLE_KEY"] = "the benchmark's key"
    crm.configure(order["config"])
    program, name = order["story"].split(".")
    story = getattr(importlib.import_module(f"benchmarks.{program}"), name)
    google = Google(order["google"])
    google.reset("sam@example.com")
    with crm.opened(order["database"]) as env:
        meter = Meter(google, env.cr._cnx.info.backend_pid)
        story(env, meter, order["size"])
        env.cr.rollback()
    print(json.dumps(meter.results))


if __name__ == "__main__":
    main()
