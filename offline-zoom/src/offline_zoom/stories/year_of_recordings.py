"""Four recordings a week for a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_zoom.identifiers import meeting_uuid
from offline_zoom.model import NO_FIXED_TIME
from offline_zoom.stories.builder import held, on, row, scheduled
from offline_zoom.stories.quiet_day import quiet_day

if TYPE_CHECKING:
    from offline_zoom.world import World

TOPICS = ("Stand-up", "Customer interview", "Research share-out", "Lecture")


def year_of_recordings(world: World) -> None:
    """Two hundred and eight of them; every twentieth lies in the trash."""
    quiet_day(world)
    meetings = [
        scheduled(world, 85900000001 + n, topic, "dana", None, 30, type=NO_FIXED_TIME) for n, topic in enumerate(TOPICS)
    ]
    for number in range(208):
        days, minutes = -(number // 4) * 7 - number % 4 - 1, 20 + number % 50
        begins = on(world, days, 9 + number % 8)
        people = [row(world, "dana", begins, role="host"), row(world, "jonas", begins + 30)]
        uuid = meeting_uuid(f"recorded {number}")
        held(world, meetings[number % 4], uuid, begins, minutes, people, recorded=True)
        if number % 20 == 7:
            world.recordings[uuid].trashed_at = begins + 86400
