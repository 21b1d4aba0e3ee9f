"""The stories ``personal-app`` and ``free-plan``: accounts with fewer scopes and endpoints."""

from __future__ import annotations

from offline_zoom.stories.quiet_day import quiet_day
from offline_zoom.stories.story_data import StoryData


def personal_app(story: StoryData) -> None:
    """Priya's own Pro account. Each user manages the app, which reads only their own data."""
    quiet_day(story)
    story.admin_managed = False
    story.me = "priya"


def free_plan(story: StoryData) -> None:
    """Finn's free account."""
    quiet_day(story)
    story.admin_managed = False
    story.me = "finn"
