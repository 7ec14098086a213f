"""Which stories there are, and the database each begins with."""

from dataclasses import dataclass

OURS, PEER, NONE = "crm_google_calendar", "google_calendar", ""

# the peer's first push is measured with fewer: each of its entries is a request of its own
FULL = {
    "entries": 5000,
    "links": 50_000,
    "changes": 100,
    "users": 1000,
    "told": 200,
    "series": 100,
    "peer": 1000,
    "patched": 900,
    "watched": 1,
}
QUICK = {
    **FULL,
    "entries": 600,
    "links": 6000,
    "changes": 50,
    "users": 50,
    "told": 20,
    "series": 20,
    "peer": 200,
    "patched": 210,
}


@dataclass(frozen=True)
class Story:
    """module: the add-on of its database. meetings, users: names of sizes, of what stands there.
    times: how often it is told; a story that measures several times by itself once. without: next
    to a database without the add-on."""

    module: str
    meetings: str = ""
    users: str = ""
    times: int = 3
    without: bool = False


STORIES = {
    "ours.push": Story(OURS, meetings="entries"),
    "peer.push": Story(PEER, meetings="peer"),
    "ours.pull": Story(OURS),
    "peer.pull": Story(PEER),
    "ours.series": Story(OURS),
    "peer.series": Story(PEER),
    "save.compare": Story(OURS, meetings="changes", times=1, without=True),
    "hourly.run": Story(OURS, users="users", times=1),
    "messages.run": Story(OURS, users="told", times=1),
    "quota.push": Story(OURS, users="watched", times=1),
    "quota.changes": Story(OURS, users="watched", times=1),
}
