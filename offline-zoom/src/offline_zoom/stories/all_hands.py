"""The story ``all-hands``: a thousand people in one meeting."""

from __future__ import annotations

from offline_zoom.identifiers import meeting_uuid
from offline_zoom.stories.builder import add_instance, add_meeting, attendance_row, crowd_rows, local_time
from offline_zoom.stories.quiet_day import quiet_day
from offline_zoom.stories.story_data import StoryData

ALL_HANDS = 86100010000


def all_hands(story: StoryData) -> None:
    """An all-hands that started half an hour ago, and last month's."""
    quiet_day(story)
    begins = float(int(story.now)) - 1800
    meeting = add_meeting(story, ALL_HANDS, "All-hands", "dana", begins, 120)
    host = attendance_row(story, "dana", begins, None, role="host")
    add_instance(
        story, meeting, meeting.uuid, begins, 120, [host, *crowd_rows(story, 999, begins, begins + 7200, "allhands")]
    )
    opens, closes = local_time(story, -28, 15), local_time(story, -28, 16)
    people = [
        attendance_row(story, "dana", opens, closes, role="host"),
        *crowd_rows(story, 999, opens, closes, "lastmonth"),
    ]
    add_instance(story, meeting, meeting_uuid("last all-hands"), opens, 60, people, recorded=True)
