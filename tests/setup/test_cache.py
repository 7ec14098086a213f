"""A step of the cache is done once, whole, and again when its inputs change."""

import pytest

from scripts import cache


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CRM_GOOGLE_CACHE", str(tmp_path / "cache"))


def writer(text):
    """A build that leaves one file."""
    return lambda folder: (folder / "file").write_text(text)


def test_a_step_is_done_once():
    cache.step("thing", [1], writer("first"))
    assert (cache.step("thing", [1], writer("second")) / "file").read_text() == "first"


def test_a_step_is_done_again_when_its_inputs_change():
    cache.step("thing", [1], writer("first"))
    assert (cache.step("thing", [2], writer("second")) / "file").read_text() == "second"


def test_a_failed_step_leaves_the_old_result():
    cache.step("thing", [1], writer("first"))

    def fail(folder):
        writer("half")(folder)
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        cache.step("thing", [2], fail)
    assert (cache.root() / "thing" / "file").read_text() == "first"
    assert not list(cache.folder("tmp").iterdir())


def test_a_lock_is_held_once():
    handle = cache.try_lock("server")
    assert cache.try_lock("server") is None
    handle.close()
    assert cache.try_lock("server") is not None
