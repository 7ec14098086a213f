"""Lives that leave no trace, and workers that die in the middle."""

import os
import pickle
from contextlib import contextmanager, suppress
from unittest.mock import patch

from odoo.addons.crm_google_calendar.bridge import worker

from google_emulator.state import GRANTS, STORE

from .common import SAM


def seeds(name, default):
    """The seeds that an environment variable names: "1,2,3", or a range, "1-300"."""
    first, _dash, last = os.environ.get(name, default).partition("-")
    if last:
        return range(int(first), int(last) + 1)
    return [int(seed) for seed in first.split(",")]


class Killed(BaseException):
    """The worker's process died."""


class Back(Exception):
    """Takes back what was done in one life."""


class LivesMixin:
    """For a GoogleCase."""

    @contextmanager
    def one_life(self):
        """What happens within leaves no trace, neither here nor in Google."""
        emulator = self.emulator
        parts = ((emulator.store, STORE), (emulator.grants, GRANTS))
        kept = pickle.dumps([{name: vars(part)[name] for name in names} for part, names in parts])
        try:
            with suppress(Back), self.env.cr.savepoint():
                yield
                self.env.flush_all()
                raise Back
        finally:
            self.env.invalidate_all(flush=False)
            for (part, _names), values in zip(parts, pickle.loads(kept), strict=True):  # noqa: S301
                vars(part).update(values)
            self.google = emulator.user(SAM)
            emulator.faults.clear()
            emulator.log.clear()
            emulator.configure(page_size=2500)

    def die(self, point):
        """Let the worker work until that checkpoint; what was not made to last is gone."""
        left = [point]

        def checkpoint_of(env):
            def checkpoint():
                env.flush_all()
                self.saved.close(rollback=False)
                self.saved = env.cr.savepoint()
                self.watch.commit()
                left[0] -= 1
                if left[0] == 0:
                    raise Killed

            return checkpoint

        self.env.cr.flush()
        self.env.flush_all()
        self.saved = self.env.cr.savepoint()
        with patch.object(worker, "checkpoint_of", checkpoint_of):
            try:
                with self.watch.working():
                    self.env["crm.google.account"]._cron_work()
            except Killed:
                self.env.invalidate_all(flush=False)
                self.env.cr.clear()
        self.saved.close(rollback=True)
        self.env.invalidate_all(flush=False)
