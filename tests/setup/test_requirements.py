"""What a machine installs is what was looked at: every version is pinned, with its hashes."""

import re

import pytest

from scripts import lock


@pytest.mark.parametrize("group", [*lock.GROUPS, *lock.ALONE])
def test_every_package_is_pinned_with_the_hashes_of_its_files(group):
    text = (lock.FOLDER / f"{group}.txt").read_text()
    blocks = [block for block in re.split(r"\n(?=\S)", text) if not block.startswith("#")]
    assert blocks
    for block in blocks:
        assert re.match(r"[\w.-]+==\S+", block), block
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block


def test_no_package_is_pinned_twice_in_one_environment():
    names = []
    for group in lock.GROUPS:
        text = (lock.FOLDER / f"{group}.txt").read_text()
        pinned = re.findall(r"^([\w.-]+)==(\S+) ?(;[^\\]*)?", text, re.MULTILINE)
        names += sorted({name for name, _version, _marker in pinned})
    assert len(names) == len(set(names))
