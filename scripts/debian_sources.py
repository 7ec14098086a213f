"""Reads which Debian mirror this machine uses, from both formats of /etc/apt."""

import dataclasses
from pathlib import Path
from urllib.parse import urlsplit

ETC = Path("/etc/apt")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One source of Debian packages."""

    uri: str
    suites: str
    components: str
    options: tuple = ()  # (field, value) as deb822 writes them

    @property
    def main(self):
        """Whether this is the archive itself and not its security updates."""
        return "debian" in _segments(self.uri)

    def with_suite(self, suite, keyring=None):
        """The same mirror, another suite; `keyring` replaces the keys the machine trusts for it."""
        options = dict(self.options)
        if keyring:
            options["Signed-By"] = str(keyring)
        return dataclasses.replace(
            self, suites=suite, components="main", options=tuple(options.items())
        )

    def as_text(self):
        """The entry as a deb822 paragraph."""
        lines = ["Types: deb", f"URIs: {self.uri}", f"Suites: {self.suites}"]
        lines += [f"Components: {self.components}"]
        lines += [f"{field}: {value}" for field, value in self.options]
        return "\n".join(lines) + "\n"


def own_entries(etc=ETC):
    """The machine's sources of Debian's own packages, the archive's before others."""
    entries = []
    for path in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        if not path.is_file():
            continue
        text = path.read_text(errors="replace")
        if path.suffix == ".sources":
            entries += _read_deb822(text)
        elif path.suffix == ".list":
            entries += _read_one_line(text)
    entries = [entry for entry in dict.fromkeys(entries) if _is_debian(entry)]
    if not any(entry.main for entry in entries):
        return []
    return sorted(entries, key=lambda entry: not entry.main)


def _is_debian(entry):
    segments = _segments(entry.uri)
    ours = "debian" in segments or "debian-security" in segments
    return ours and "main" in entry.components.split()


def _segments(uri):
    return urlsplit(uri).path.replace(".list", "").split("/")


def _read_one_line(text):
    for line in text.splitlines():
        words, options = _without_options(line.split("#")[0].split())
        if len(words) >= 4 and words[0] == "deb":
            yield Entry(words[1], words[2], " ".join(words[3:]), options)


def _without_options(words):
    """Split off `[signed-by=... arch=...]`, which may hold blanks."""
    if len(words) < 2 or not words[1].startswith("["):
        return words, ()
    end = next((i for i, word in enumerate(words) if word.endswith("]")), len(words) - 1)
    options = " ".join(words[1 : end + 1]).strip("[] ").split()
    pairs = dict(option.split("=", 1) for option in options if "=" in option)
    kept = {"signed-by": "Signed-By", "trusted": "Trusted"}
    found = tuple((kept[name], value) for name, value in pairs.items() if name in kept)
    return [words[0], *words[end + 1 :]], found


def _read_deb822(text):
    for paragraph in text.split("\n\n"):
        fields = _fields(paragraph)
        enabled = fields.get("enabled", "yes").lower() not in ("no", "false", "0")
        if not enabled or "deb" not in fields.get("types", "").split():
            continue
        options = [("Signed-By", fields["signed-by"])] if "signed-by" in fields else []
        options += [("Trusted", fields["trusted"])] if "trusted" in fields else []
        for uri in fields.get("uris", "").split():
            suites, components = fields.get("suites", ""), fields.get("components", "")
            yield Entry(uri, suites, components, tuple(options))


def _fields(paragraph):
    fields, name = {}, None
    for line in paragraph.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] in (" ", "\t") and name:
            fields[name] += "\n" + line  # as in an embedded key
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields
