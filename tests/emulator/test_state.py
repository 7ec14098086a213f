"""What a demo's emulator knows survives its next start."""

from google_emulator import Emulator, state
from google_emulator.__main__ import arguments, build


def test_calendars_entries_and_grants_survive_a_restart(tmp_path):
    file = tmp_path / "google.state"
    with Emulator() as first:
        first.add_user("sam@example.com", "Sam")
        given = first.grant("sam@example.com")
        sam = first.user("sam@example.com")
        calendar = sam.create_calendar("Acme Events")
        sam.add_event(calendar.id, "Lunch", "2026-01-06T12:00", "2026-01-06T13:00")
        sam.add_event(
            calendar.id,
            "Daily",
            "2026-01-06T09:00",
            "2026-01-06T09:30",
            recurrence=["RRULE:FREQ=DAILY;COUNT=3"],
        )
        state.save(first, file)
    second = Emulator()
    state.load(second, file)
    titles = [event["summary"] for event in second.user("sam@example.com").events(calendar.id)]
    assert titles == ["Lunch", "Daily"]
    assert given["refresh_token"] in str(vars(second.grants)["tokens"])


def test_a_file_that_cannot_be_read_is_passed_over(tmp_path):
    (tmp_path / "google.state").write_bytes(b"what is this")
    state.load(Emulator(), tmp_path / "google.state")


def test_a_client_that_is_named_now_goes_before_the_remembered_one(tmp_path):
    file = tmp_path / "google.state"

    def start(redirect):
        client = f"demo:secret:{redirect}"
        return build(arguments(["--port", "0", "--client", client, "--state", str(file)]))

    state.save(start("http://localhost:8069/callback"), file)
    again = start("http://localhost:8070/callback")
    assert again.grants.client("demo").redirects == ("http://localhost:8070/callback",)
    assert again.grants.client("another") is None
