"""What Google cannot hold of a description survives an edit there, or the edit is noted."""

from .common import GoogleCase

RICH = (
    '<h1>Plan</h1><p>Hello <b>you</b></p><table class="table"><tbody><tr><td>A</td><td>B</td></tr>'
    '</tbody></table><p><img src="/web/image/5" class="img-fluid"></p>'
    '<ul class="o_checklist"><li id="checkId-1" class="o_checked">milk</li><li>eggs</li></ul>'
    '<p style="color: red;">red</p><pre>code\n  more</pre><ol><li>a<ul><li>b</li></ul></li></ol>'
    "<p>end</p>"
)


class TestRichTexts(GoogleCase):
    def setUp(self):
        super().setUp()
        self.account = self.connected()

    def _edit(self, link, old, new, calendar="Events"):
        """Change words of the description in Google, and synchronize."""
        words = self.google.event(calendar, link.event_id)["description"]
        self.assertIn(old, words)
        self.google.edit(calendar, link.event_id, description=words.replace(old, new, 1))
        return self.sync(self.account, "save")

    def _is_silent(self):
        patches = self.emulator.count("events.patch")
        run = self.sync(self.account)
        self.assertEqual(self.emulator.count("events.patch"), patches)
        self.assertFalse(run.line_ids)

    def test_a_line_added_in_google_leaves_the_rest_of_a_description_as_it_is(self):
        meeting = self.meeting(description=RICH)
        self.sync(self.account)
        before = str(meeting.description)
        self._edit(self.link(meeting), "red<br>code", "one more<br>red<br>code")
        self.assertEqual(
            meeting.description,
            before.replace('<p style="color', '<p>one more</p><p style="color'),
        )
        self._is_silent()

    def test_a_line_added_in_google_leaves_the_rest_of_a_note_as_it_is(self):
        task = self.task(note=RICH)
        self.sync(self.account)
        before = str(task.note)
        self._edit(self.link(task), "eggs</li>", "eggs</li><li>ham</li>", "Tasks")
        self.assertEqual(task.note, before.replace("eggs</li>", "eggs</li><li>ham</li>"))
        self._is_silent()

    def test_an_edit_within_a_table_is_noted_and_the_crm_has_its_way(self):
        for calendar, record in (
            ("Events", self.meeting(description=RICH)),
            ("Tasks", self.task(note=RICH)),
        ):
            with self.subTest(calendar):
                self.sync(self.account)
                link = self.link(record)
                text = "description" if calendar == "Events" else "note"
                before, there = record[text], self.google.event(calendar, link.event_id)
                run = self._edit(link, "A B", "A C", calendar)
                self.assertEqual(record[text], before)
                self.assertIn("A C", "".join(run.line_ids.filtered("lost").mapped("lost")))
                now = self.google.event(calendar, link.event_id)
                self.assertEqual(now["description"], there["description"])
                self._is_silent()

    def test_an_edit_that_is_not_certain_takes_no_other_field_with_it(self):
        meeting = self.meeting(description=RICH)
        self.sync(self.account)
        self.google.edit("Events", self.link(meeting).event_id, location="Room 2")
        self._edit(self.link(meeting), "A B", "A C")
        self.assertEqual(meeting.location, "Room 2")
        self.assertEqual(self.events()["Demo"]["location"], "Room 2")
        self._is_silent()

    def test_a_plain_description_takes_any_edit(self):
        meeting = self.meeting(description='<p style="margin-bottom:0px">a</p><p>b <i>c</i></p>')
        self.sync(self.account)
        self._edit(self.link(meeting), "a", "x")
        self.assertIn("x<br>b <i>c</i>", meeting.description)
        self._is_silent()

    def test_where_google_wins_a_clash_the_rich_text_survives_too(self):
        self.env["ir.config_parameter"].set_param("crm_google_calendar.clash_winner", "google")
        meeting = self.meeting(description=RICH)
        self.sync(self.account)
        meeting.description = meeting.description.replace("end", "ended")
        self._edit(self.link(meeting), "red<br>code", "one more<br>red<br>code")
        self.assertIn("<table", meeting.description)
        self.assertIn("<p>one more</p>", meeting.description)
        self._is_silent()

    def _series(self):
        daily = {"recurrency": True, "rrule": "FREQ=DAILY;COUNT=3", "event_tz": "UTC"}
        return self.meeting(description=RICH, **daily).recurrence_id

    def test_a_line_added_to_a_series_leaves_the_rest_of_each_description_as_it_is(self):
        series = self._series()
        rows = series.calendar_event_ids.sorted("start")
        rows[1].description = RICH.replace("you", "all")
        self.sync(self.account)
        before = rows.mapped("description")
        self._edit(self.link(series), "red<br>code", "one more<br>red<br>code")
        for row, old in zip(rows, before, strict=True):
            self.assertIn("<table", row.description)
            if row != rows[1]:
                more = str(old).replace('<p style="color', '<p>one more</p><p style="color')
                self.assertEqual(row.description, more)
        self._is_silent()

    def test_an_edit_within_a_table_of_a_series_is_noted_and_the_crm_has_its_way(self):
        series = self._series()
        rows = series.calendar_event_ids
        self.sync(self.account)
        before, there = rows.mapped("description"), self.events()["Demo"]["description"]
        run = self._edit(self.link(series), "A B", "A C")
        self.assertEqual(rows.mapped("description"), before)
        self.assertIn("A C", "".join(run.line_ids.filtered("lost").mapped("lost")))
        self.assertEqual(self.events()["Demo"]["description"], there)
        self._is_silent()
