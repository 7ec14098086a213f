"""pytest fixtures; import them in a conftest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .emulator import Emulator
from .times import ManualClock

SAM = "sam@example.com"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "mails: the test lets Google send mail")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def emulator(request: pytest.FixtureRequest, clock: ManualClock) -> Iterator[Emulator]:
    """A running emulator with one user, sam@example.com, and a clock that stands still.

    Complains at the end about faults that no call used up, and about mails that Google would
    have sent (unless the test is marked `mails`).
    """
    with Emulator(clock) as running:
        running.add_user(SAM, "Sam Sales")
        yield running
    assert running.faults.left() == []
    if not request.node.get_closest_marker("mails"):
        assert running.mails == []
