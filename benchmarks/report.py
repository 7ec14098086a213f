"""The table of goals and results, from the medians of what was measured."""

import json
import platform
import statistics
from pathlib import Path

from scripts import cache

KEPT = cache.folder("bench")
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HEAD = (
    "| | work | goal | measured | | Odoo's google_calendar |\n| --- | --- | --- | --- | --- | --- |"
)


def keep(story, found):
    """Keep what a story of full size measured: a table may be put together from several runs."""
    (KEPT / f"{story}.json").write_text(json.dumps(found))


def kept():
    """What the stories measured when they were last told in full size."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(KEPT.glob("*.json"))}


def details(found):
    """Every measurement of a story; for the terminal."""
    return "\n".join(
        f"  {what}: " + "; ".join(_line(numbers) for numbers in many[:3])
        for what, many in found.items()
    )


def _line(numbers):
    return " ".join(f"{key}={_short(value)}" for key, value in numbers.items())


def _short(value):
    return f"{value:.3g}" if isinstance(value, float) else str(value)


class Results:
    """Medians of the measurements."""

    def __init__(self, results, size):
        self.results = results
        self.size = size

    def many(self, story, what, key):
        return [numbers[key] for numbers in self.results[story][what]]

    def get(self, story, what, key):
        return statistics.median(self.many(story, what, key))

    def seconds(self, story, what):
        """The median, and from where to where the measurements went."""
        values = self.many(story, what, "seconds")
        middle = f"{statistics.median(values):.3g} s"
        return f"{middle} ({min(values):.3g}–{max(values):.3g})" if len(values) > 1 else middle

    def cost(self, story, what):
        """Time, requests and queries."""
        requests, queries = (self.get(story, what, key) for key in ("requests", "queries"))
        return f"{self.seconds(story, what)}, {requests:.0f} requests, {queries:,.0f} queries"


def table(results, size):
    """The rows whose stories were told, as Markdown."""
    found, lines = Results(results, size), [HEAD]
    for row in ROWS:
        try:
            work, goal, measured, fine, peer = row(found)
        except KeyError:
            continue  # its story was not told
        mark = "✓" if fine else "✗"
        lines.append(f"| {row.__name__[-1]} | {work} | {goal} | {measured} | {mark} | {peer} |")
    return "\n".join(lines)


def write(text):
    """Put the table into the document, and say where it was measured."""
    old = DOCUMENT.read_text()
    before, _begin, rest = old.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    where = f"Python {platform.python_version()}, {_processors()}."
    DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n\n{where}\n{END}{after}")


def _processors():
    info = Path("/proc/cpuinfo").read_text()
    names = [line.partition(":")[2].strip() for line in info.splitlines() if "model name" in line]
    return f"{len(names)} × {names[0] if names else platform.machine()}"


def _peer(found, story, what, text=""):
    return found.cost(story, what) + text if story in found.results else ""


def row_a(found):
    seconds, requests, queries = (
        found.get("ours.push", "first push", key) for key in ("seconds", "requests", "queries")
    )
    work = f"first push of {found.size['entries']:,} meetings"
    goal = "≤ 25 s, ≤ 105 requests, ≤ 2,500 queries"
    fine = seconds <= 25 and requests <= 105 and queries <= 2500
    peer = _peer(found, "peer.push", "first push", f", for {found.size['peer']:,}")
    return work, goal, found.cost("ours.push", "first push"), fine, peer


def row_b(found):
    name = "quota, each user"
    seconds, throttled, wrong = (
        found.get("quota.push", name, key) for key in ("seconds", "throttled", "wrong")
    )
    most = 1.1 * (found.size["entries"] - 600) / 10
    goal = f"≤ {most:.0f} s, < 1 % throttled, time left right within 15 %"
    measured = f"{found.seconds('quota.push', name)}, {throttled:.2%} throttled, {wrong:.1%} wrong"
    fine = seconds <= most and throttled < 0.01 and wrong <= 0.15
    work = "the same under 600 requests a minute, in real time"
    return work, goal, measured, fine, "gives up: whole runs fail"


def row_c(found):
    bare = found.get("ours.pull", "bare create", "seconds")
    ratio, busy = (_ratio(found, key) for key in ("seconds", "busy"))
    requests = found.get("ours.pull", "first pull", "requests")
    work = f"first pull of {found.size['entries']:,}"
    goal = f"≤ 1.4 × the bare create ({bare:.3g} s), ≤ 4 requests"
    measured = f"{ratio:.2f} × ({busy:.2f} × of a processor's time):"
    measured += f" {found.cost('ours.pull', 'first pull')}"
    peer = _peer(found, "peer.pull", "first pull")
    return work, goal, measured, ratio <= 1.4 and requests <= 4, peer


def _ratio(found, key):
    """The median of the tellings, each of which measures both one after the other."""
    both = [found.many("ours.pull", what, key) for what in ("bare create", "first pull")]
    return statistics.median(ours / bare for bare, ours in zip(*both, strict=True))


def row_d(found):
    both = [("ours.push", "idle"), ("ours.push", "idle, many links")]
    work = f"nothing changed, {found.size['entries']:,} / {found.size['links']:,} links"
    fine = all(
        found.get(*what, "requests") == 2
        and found.get(*what, "queries") <= 25
        and found.get(*what, "seconds") <= 0.2
        for what in both
    )
    measured = " / ".join(found.cost(*what) for what in both)
    peer = _peer(found, "peer.push", "idle", " (one calendar)")
    return work, "2 requests, ≤ 25 queries, ≤ 0.2 s", measured, fine, peer


def row_e(found):
    seconds, again = (
        found.get("ours.push", "echo", "seconds"),
        found.get("ours.push", "idle", "queries"),
    )
    work = f"echo after a push of {found.size['entries']:,}"
    goal = "≤ 2 s, never again"
    peer = _peer(found, "peer.push", "echo", ", after its last 200")
    return work, goal, found.cost("ours.push", "echo"), seconds <= 2 and again <= 25, peer


def row_f(found):
    seconds, requests = (found.get("ours.push", "changes", key) for key in ("seconds", "requests"))
    count = found.size["changes"]
    work, goal = f"{count} changed in Odoo and {count} in Google", "≤ 8 requests, ≤ 3 s"
    peer = _peer(found, "peer.push", "changes")
    return work, goal, found.cost("ours.push", "changes"), requests <= 8 and seconds <= 3, peer


def row_g(found):
    seconds, count = found.get("ours.series", "pull of series", "seconds"), found.size["series"]
    arrived = _exceptions(found, "ours.series")
    work = f"pull of {count} series, 2 exceptions each"
    measured = f"{found.cost('ours.series', 'pull of series')}; {arrived} of {2 * count} exceptions"
    peer = _peer(found, "peer.series", "pull of series")
    if peer:
        peer += f"; {_exceptions(found, 'peer.series')} of {2 * count} exceptions"
    return work, "≤ 3 s, none lost", measured, seconds <= 3 and arrived == 2 * count, peer


def _exceptions(found, story):
    return sum(int(found.get(story, "series found", key)) for key in ("moved", "renamed"))


def row_h(found):
    times, queries = (
        [found.get("save.compare", what, key) for what in ("save", "save without")]
        for key in ("seconds", "queries")
    )
    ratio, extra = times[0] / times[1], queries[0] - queries[1]
    measured = f"{ratio:.2f} × ({times[0] * 1000:.1f} ms), {extra:.0f} more queries"
    work, goal = "a user's save, connected, auto sync on", "≤ 1.05 ×, ≤ 2 more queries"
    return work, goal, measured, ratio <= 1.05 and extra <= 2, "1 request more, in the save"


def row_i(found):
    seconds = found.get("hourly.run", "hourly pass", "seconds")
    growth = found.many("hourly.run", "hourly pass", "megabytes")[-1]
    others = found.get("hourly.run", "all others", "seconds")
    work = f"hourly pass over {found.size['users']:,} users, nothing changed"
    goal = "≤ 25 s, memory flat, nobody delayed by a slow or dead account"
    measured = (
        f"{found.cost('hourly.run', 'hourly pass')}, {growth:+.0f} MB in the third;"
        f" with a slow and a dead one all others within {others:.0f} s"
    )
    return work, goal, measured, seconds <= 25 and others <= 25 and growth < 10, "one by one"


def row_j(found):
    most = [found.get(*what, "megabytes") for what in MOST]
    measured = " / ".join(f"{value:+.0f} MB" for value in most)
    work = f"peak memory of a push / a pull of {found.size['entries']:,}"
    return work, "≤ +60 MB", measured, max(most) <= 60, _peer_memory(found)


MOST = [("ours.push", "first push"), ("ours.pull", "first pull")]


def _peer_memory(found):
    if "peer.pull" not in found.results:
        return ""
    return f"{found.get('peer.pull', 'first pull', 'megabytes'):+.0f} MB (pull)"


ROWS = [row_a, row_b, row_c, row_d, row_e, row_f, row_g, row_h, row_i, row_j]
