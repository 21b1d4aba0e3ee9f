"""The stories: named sets of data for a world. Times are relative to the start, so today always has meetings."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from offline_zoom.stories.all_hands import all_hands
from offline_zoom.stories.attacking_names import attacking_names
from offline_zoom.stories.live_meeting import live_meeting
from offline_zoom.stories.odd_data import odd_data
from offline_zoom.stories.quiet_day import quiet_day
from offline_zoom.stories.small_plans import free_plan, personal_app
from offline_zoom.stories.story_data import StoryData
from offline_zoom.stories.year_of_recordings import year_of_recordings


class Story(NamedTuple):
    """A story for the start page. ``add_to`` adds its data to empty ``StoryData``."""

    title: str
    summary: str
    add_to: Callable[[StoryData], None]


STORIES = {
    "quiet-day": Story("A quiet day", "Nobody is in a meeting. Past and coming ones, a few recordings.", quiet_day),
    "live-meeting": Story(
        "A live meeting", "People come, wait at the door, leave and come back while you watch.", live_meeting
    ),
    "all-hands": Story("An all-hands of 1,000", "A thousand people are in one meeting.", all_hands),
    "personal-app": Story("A personal app", "A Pro account, and the app has no admin scopes.", personal_app),
    "free-plan": Story("A free plan", "A Basic user: no reports, no dashboard, no cloud recordings.", free_plan),
    "attacking-names": Story(
        "Names that attack", "HTML, formulas, bidi and emoji in names and topics.", attacking_names
    ),
    "odd-data": Story("Odd data", "Values and rows that Zoom was seen to send, and no program expects.", odd_data),
    "year-of-recordings": Story(
        "A year of recordings", "Four a week, for a year, and some in the trash.", year_of_recordings
    ),
}


def build_story(name: str, now: float, last_user_id: int) -> StoryData:
    """The data of a story that starts at ``now``. Raises ValueError for an unknown name."""
    if name not in STORIES:
        raise ValueError(f"there is no story named {name}; there are {', '.join(STORIES)}")
    data = StoryData(now, last_user_id)
    STORIES[name].add_to(data)
    return data
