"""Which of a machine's package sources are Debian's own, in both formats."""

import pytest

from scripts.debian_sources import own_entries

ONE_LINE = """
deb [arch=amd64 signed-by=/usr/share/keyrings/own.gpg] http://mirror.test/debian stable main contrib
# deb http://mirror.test/debian sid main
deb-src http://mirror.test/debian stable main
deb http://mirror.test/debian-security stable-security main
deb https://tools.test/linux/debian stable nightly
deb https://tools.test/other stable main
"""
DEB822 = """
Types: deb deb-src
URIs: http://mirror.test/debian
# a remark
Suites: stable stable-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Enabled: no
Types: deb
URIs: http://other.test/debian
Suites: stable
Components: main
"""


@pytest.fixture
def read(tmp_path):
    """Reads a configuration of one file."""
    (tmp_path / "sources.list.d").mkdir()

    def write_and_read(name, text):
        (tmp_path / "sources.list.d" / name).write_text(text)
        return own_entries(tmp_path)

    return write_and_read


def test_only_debians_own_archives_count(read):
    uris = [entry.uri for entry in read("a.list", ONE_LINE)]
    assert uris == ["http://mirror.test/debian", "http://mirror.test/debian-security"]


def test_the_keyring_of_a_line_is_kept(read):
    assert dict(read("a.list", ONE_LINE)[0].options)["Signed-By"] == "/usr/share/keyrings/own.gpg"


def test_a_disabled_source_does_not_count(read):
    assert [entry.uri for entry in read("a.sources", DEB822)] == ["http://mirror.test/debian"]


def test_an_embedded_key_is_written_as_it_was_read(read):
    text = read("a.sources", DEB822)[0].as_text()
    assert "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n" in text


def test_another_suite_comes_from_the_same_mirror(read):
    moved = read("a.sources", DEB822)[0].with_suite("sid")
    assert (moved.uri, moved.suites) == ("http://mirror.test/debian", "sid")


def test_security_updates_alone_are_no_mirror(read):
    assert read("a.list", "deb http://mirror.test/debian-security stable-security main") == []


def test_a_machine_without_debian_has_no_source(read):
    assert read("a.list", "deb http://mirror.test/ubuntu noble main") == []
