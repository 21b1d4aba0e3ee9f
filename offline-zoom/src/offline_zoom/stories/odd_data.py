"""The story ``odd-data``: values and rows that Zoom was seen to send, and no program expects."""

from __future__ import annotations

from offline_zoom.fault import Fault
from offline_zoom.identifiers import meeting_uuid
from offline_zoom.model import NO_FIXED_TIME
from offline_zoom.stories.builder import add_instance, add_meeting, attendance_row, local_time
from offline_zoom.stories.quiet_day import quiet_day
from offline_zoom.stories.story_data import StoryData

ODD_MEETING = 85333000001
ROWS = [
    "wrong-types",
    "not-objects",
    "text-as-numbers",
    "impossible-dates",
    "not-utf8",
    "lone-surrogate",
    "unknown-enums",
]
#: the oddities of each list and object
ODDITIES = {
    "GET /v2/users/*/meetings": [*ROWS, "no-start-time"],
    "GET /v2/users/*/upcoming_meetings": ROWS,
    "GET /v2/users/*/recordings": [*ROWS, "odd-files", "date-only"],
    "GET /v2/meetings/*": ["list-of-days"],
    "GET /v2/meetings/*/recordings": ["odd-files", "date-only"],
    "GET /v2/past_meetings/*/participants": [*ROWS, "breakout-rows"],
    "GET /v2/report/meetings/*/participants": [*ROWS, "breakout-rows"],
    "GET /v2/metrics/meetings": ROWS,
    "GET /v2/metrics/meetings/*/participants": [*ROWS, "breakout-rows", "empty-leave-time", "hash-for-comma"],
}


def odd_data(story: StoryData) -> None:
    """A quiet day, a running meeting with odd names, and odd rows in every list."""
    quiet_day(story)
    begins = float(int(story.now)) - 900
    meeting = add_meeting(story, ODD_MEETING, "Odd \ud83d names", "dana", begins, 120)
    names = ("Doe, Jane", "Half an emoji \ud83d", "Null \x00 byte", "")
    rows = [attendance_row(story, name, begins + 20 * number) for number, name in enumerate(names, 1)]
    add_instance(story, meeting, meeting.uuid, begins, 120, [attendance_row(story, "dana", begins, role="host"), *rows])
    earlier = local_time(story, -2, 12)
    past = [attendance_row(story, name, earlier + number, earlier + 1800) for number, name in enumerate(names)]
    host = attendance_row(story, "dana", earlier, role="host")
    add_instance(story, meeting, meeting_uuid("odd names"), earlier, 30, [host, *past], recorded=True)
    add_meeting(story, ODD_MEETING + 1, "Of an unknown type", "dana", local_time(story, 0, 17), 30, type=99)
    add_meeting(story, ODD_MEETING + 2, "Whenever", "dana", None, 30, type=NO_FIXED_TIME)
    story.faults = [Fault(route, mutate=names) for route, names in ODDITIES.items()]
