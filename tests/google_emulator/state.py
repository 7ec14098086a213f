"""Keeps what the emulator knows between two starts of a demo, in one file."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .emulator import Emulator

STORE = ("people", "clients", "calendars", "_key", "_count")
GRANTS = ("codes", "tokens", "consented")


def save(emulator: Emulator, path: Path) -> None:
    """Write people, calendars and grants; the file appears whole or not at all."""
    with emulator.store.lock:
        state = [_values(emulator.store, STORE), _values(emulator.grants, GRANTS)]
        fresh = path.with_suffix(".new")
        fresh.write_bytes(pickle.dumps(state))
    os.replace(fresh, path)


def load(emulator: Emulator, path: Path) -> None:
    """Read what `save` wrote; a file of another version of the emulator is passed over."""
    try:
        store, grants = pickle.loads(path.read_bytes())  # noqa: S301  (our own file)
    except (OSError, pickle.UnpicklingError, AttributeError, ImportError, ValueError, TypeError):
        return
    with emulator.store.lock:
        vars(emulator.store).update(store)
        vars(emulator.grants).update(grants)


def _values(owner: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(owner, name) for name in names}
