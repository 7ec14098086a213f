"""The same as in `processes`, on a database with OCA's queue_job."""

from processes.conftest import emulator, world  # noqa: F401
