"""A thousand people in one meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_zoom.identifiers import meeting_uuid
from offline_zoom.stories.builder import crowd, held, on, row, scheduled
from offline_zoom.stories.quiet_day import quiet_day

if TYPE_CHECKING:
    from offline_zoom.world import World

ALL_HANDS = 86100010000


def all_hands(world: World) -> None:
    """The all-hands began half an hour ago; last month's was as large."""
    quiet_day(world)
    begins = float(int(world.now())) - 1800
    meeting = scheduled(world, ALL_HANDS, "All-hands", "dana", begins, 120)
    host = row(world, "dana", begins, None, role="host")
    held(world, meeting, meeting.uuid, begins, 120, [host, *crowd(world, 999, begins, begins + 7200, "allhands")])
    opens, closes = on(world, -28, 15), on(world, -28, 16)
    people = [row(world, "dana", opens, closes, role="host"), *crowd(world, 999, opens, closes, "lastmonth")]
    held(world, meeting, meeting_uuid("last all-hands"), opens, 60, people, recorded=True)
