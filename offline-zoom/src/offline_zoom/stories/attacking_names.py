"""The story ``attacking-names``: names and topics that can break a page, a spreadsheet or a log."""

from __future__ import annotations

from offline_zoom.identifiers import meeting_uuid
from offline_zoom.stories.builder import add_instance, add_meeting, attendance_row, local_time
from offline_zoom.stories.quiet_day import quiet_day
from offline_zoom.stories.story_data import StoryData

NAMES = (
    "<script>alert('name')</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></tr></table><h1>Gone</h1>",
    "{{ 7 * 7 }} ${7*7} <%= 7 %>",
    '=HYPERLINK("http://evil.example","Click")',
    "+491701234567",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "Invoice\u202egpj.exe",
    "\u2066\u2067mixed\u2069\u2069",
    "Zero\u200bWidth\u00a0Space",
    "👩🏽‍🚀🏳️‍🌈 Emoji",
    "مرحبا שלום",
    "Z̷̡̛a̸̢͝l̶̨͠g̴̡͘o̵̧͝",
    "'; DROP TABLE meetings; --",
    "Line one\nLine two",
    "W" * 120,
    " ",
)


def attacking_names(story: StoryData) -> None:
    """Use the names as participants of a running and a past meeting, and as topics."""
    quiet_day(story)
    dana = story.user("dana")
    dana.first_name, dana.last_name = "Dana <b>", 'O\'Koye & "Co"'
    begins = float(int(story.now)) - 900
    meeting = add_meeting(story, 85666000001, NAMES[0], "dana", begins, 120)
    rows = [attendance_row(story, name, begins + 20 * number) for number, name in enumerate(NAMES, 1)]
    add_instance(story, meeting, meeting.uuid, begins, 120, [attendance_row(story, "dana", begins, role="host"), *rows])
    earlier = local_time(story, -2, 12)
    past = [
        attendance_row(story, name, earlier + number, earlier + 1800, leave_reason=f"{name}<br>left")
        for number, name in enumerate(NAMES)
    ]
    add_instance(
        story,
        meeting,
        meeting_uuid("names"),
        earlier,
        30,
        [attendance_row(story, "dana", earlier, role="host"), *past],
        recorded=True,
    )
    for number, name in enumerate(NAMES):
        add_meeting(
            story, 85666000100 + number, name, "dana", local_time(story, number % 5, 9 + number % 8), 30, agenda=name
        )
