"""Worlds in which less is allowed."""

from __future__ import annotations

from offline_zoom.stories.quiet_day import quiet_day
from offline_zoom.stories.story_data import StoryData


def personal_app(story: StoryData) -> None:
    """Priya's own Pro account; the app is managed by each user and reads only what is theirs."""
    quiet_day(story)
    story.admin_managed = False
    story.me = "priya"


def free_plan(story: StoryData) -> None:
    """Finn's free account."""
    quiet_day(story)
    story.admin_managed = False
    story.me = "finn"
