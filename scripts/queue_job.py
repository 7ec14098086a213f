"""OCA's add-on queue_job, from the Python package index."""

import sys

from scripts import cache, run, venv


def folder(python):
    """A folder for PYTHONPATH; the add-on is in its `odoo/addons`."""
    requirements = cache.CHECKOUT / "requirements" / "queue.txt"

    def build(target):
        run.say("Fetching OCA's queue_job ...")
        options = ["--quiet", "--no-deps", "--target", target, "--requirement", requirements]
        command = [python, "-m", "pip", "install", *options]
        run.quiet(command, venv.PIP_HINT, env=venv.pip_environment())

    return cache.step("queue_job", [requirements.read_text(), sys.version], build)
