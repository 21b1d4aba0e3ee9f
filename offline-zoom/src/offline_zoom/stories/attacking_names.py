"""Names and topics that a page, a spreadsheet or a log may swallow the wrong way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_zoom.identifiers import meeting_uuid
from offline_zoom.stories.builder import held, on, row, scheduled
from offline_zoom.stories.quiet_day import quiet_day

if TYPE_CHECKING:
    from offline_zoom.world import World

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


def attacking_names(world: World) -> None:
    """All of them are in one running meeting, were in a past one, and are topics too."""
    quiet_day(world)
    dana = world.user("dana")
    dana.first_name, dana.last_name = "Dana <b>", 'O\'Koye & "Co"'
    begins = float(int(world.now())) - 900
    meeting = scheduled(world, 85666000001, NAMES[0], "dana", begins, 120)
    rows = [row(world, name, begins + 20 * number) for number, name in enumerate(NAMES, 1)]
    held(world, meeting, meeting.uuid, begins, 120, [row(world, "dana", begins, role="host"), *rows])
    earlier = on(world, -2, 12)
    past = [
        row(world, name, earlier + number, earlier + 1800, leave_reason=f"{name}<br>left")
        for number, name in enumerate(NAMES)
    ]
    held(
        world,
        meeting,
        meeting_uuid("names"),
        earlier,
        30,
        [row(world, "dana", earlier, role="host"), *past],
        recorded=True,
    )
    for number, name in enumerate(NAMES):
        scheduled(world, 85666000100 + number, name, "dana", on(world, number % 5, 9 + number % 8), 30, agenda=name)
