"""The story ``year-of-recordings``: four recordings a week for a year."""

from __future__ import annotations

from offline_zoom.identifiers import meeting_uuid
from offline_zoom.model import NO_FIXED_TIME
from offline_zoom.stories.builder import add_instance, add_meeting, attendance_row, local_time
from offline_zoom.stories.quiet_day import quiet_day
from offline_zoom.stories.story_data import StoryData

TOPICS = ("Stand-up", "Customer interview", "Research share-out", "Lecture")


def year_of_recordings(story: StoryData) -> None:
    """208 recordings. Every twentieth is in the trash."""
    quiet_day(story)
    meetings = [
        add_meeting(story, 85900000001 + n, topic, "dana", None, 30, type=NO_FIXED_TIME)
        for n, topic in enumerate(TOPICS)
    ]
    for number in range(208):
        days, minutes = -(number // 4) * 7 - number % 4 - 1, 20 + number % 50
        begins = local_time(story, days, 9 + number % 8)
        people = [attendance_row(story, "dana", begins, role="host"), attendance_row(story, "jonas", begins + 30)]
        uuid = meeting_uuid(f"recorded {number}")
        add_instance(story, meetings[number % 4], uuid, begins, minutes, people, recorded=True)
        if number % 20 == 7:
            story.recordings[uuid].trashed_at = begins + 86400
