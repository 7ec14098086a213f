"""What the demo puts into Google once its visitor has connected."""

from scripts import demo_data


def test_the_demos_google_is_filled_once_both_calendars_stand(emulator):
    sam = emulator.user("sam@example.com")
    assert not demo_data.fill_google(emulator.url)
    sam.create_calendar("YourCompany Events (created: 2026-11-28)")
    assert not demo_data.fill_google(emulator.url)
    sam.create_calendar("YourCompany Tasks (created: 2026-11-28)")
    assert demo_data.fill_google(emulator.url)
    events = {event["summary"]: event for event in sam.events("Events")}
    assert events.keys() == {title for _day, _hour, title, _rule in demo_data.IN_GOOGLE}
    assert "recurrence" in events["English lesson"]
    tasks = {event["summary"]: event for event in sam.events("Tasks")}
    assert tasks.keys() == {title for _day, title in demo_data.TASKS_IN_GOOGLE}
    assert all("date" in event["start"] for event in tasks.values())


def test_its_days_are_those_of_the_week_that_the_calendar_shows():
    days = [demo_data.day_of_week(number) for number in range(7)]
    assert [day.isoweekday() % 7 for day in days] == list(range(7))
    assert demo_data.date.today() in days
