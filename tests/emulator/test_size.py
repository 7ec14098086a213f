"""Work does not grow with what did not change."""

import pytest

from google_emulator.expand import Expansion

COUNT = 3000


@pytest.fixture
def looked_at(monkeypatch):
    """Ids of the stored events that listings look at."""
    seen = []
    items = Expansion.items

    def noted(self, event):
        seen.append(event.id)
        return items(self, event)

    monkeypatch.setattr(Expansion, "items", noted)
    return seen


@pytest.fixture
def many(sam, calendar):
    for n in range(COUNT):
        sam.add_event("Acme", f"Call {n}", "2026-01-06", "2026-01-07", id=f"event{n}")


def test_a_full_list_looks_at_each_event_once(events, many, looked_at):
    assert events.token(maxResults=1000)
    assert len(looked_at) == COUNT + 2  # the first of the next page is looked at twice


def test_an_increment_looks_at_what_changed_only(events, many, sam, looked_at):
    token = events.token(maxResults=2500)
    looked_at.clear()
    assert events.since(token) == []
    assert looked_at == []
    sam.edit("Acme", "event7", summary="x")
    sam.edit("Acme", "event7", summary="y")
    assert [item["summary"] for item in events.since(token)] == ["y"]
    assert looked_at == ["event7"]
