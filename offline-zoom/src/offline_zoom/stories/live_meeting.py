"""The story ``live-meeting``: a meeting of eight hours with joins, waiting, leaves and rejoins."""

from __future__ import annotations

import random

from offline_zoom.model import Join
from offline_zoom.stories.builder import FIRST, LAST, add_instance, add_meeting, attendance_row
from offline_zoom.stories.quiet_day import quiet_day
from offline_zoom.stories.story_data import StoryData

LIVE = 85770001234
HOURS = 8


def live_meeting(story: StoryData) -> None:
    """A quiet day with a product review that started twenty minutes ago."""
    quiet_day(story)
    begins = float(int(story.now)) - 20 * 60
    review = add_meeting(story, LIVE, "Product review", "dana", begins, HOURS * 60, agenda="Open end.")
    add_instance(story, review, review.uuid, begins, HOURS * 60, attendance(story, begins), recorded=True)


def attendance(story: StoryData, begins: float) -> list[Join]:
    """The attendance rows. The same start gives the same rows."""
    rng = random.Random("product review")
    closes = begins + HOURS * 3600
    rows = [
        attendance_row(story, "dana", begins, None, role="host"),
        attendance_row(story, "jonas", begins + 60, None, role="co-host"),
    ]
    for number in range(12):
        rows += visits(
            story, f"{FIRST[number]} {LAST[number]}", begins + rng.randrange(30, 1500), closes, rng, number % 3 == 0
        )
    return rows


def visits(story: StoryData, name: str, join_at: float, closes: float, rng: random.Random, guest: bool) -> list[Join]:
    """One person's attendance rows. Guests are in the waiting room first."""
    fields = {} if guest else {"person_id": f"{name[:4]:x<4}LiveMeeting0000000", "internal": True, "device": "Windows"}
    rows = []
    while join_at < closes - 60:
        if guest:
            admitted_at = join_at + rng.randrange(20, 90)
            rows.append(attendance_row(story, name, join_at, admitted_at, waiting=True, admitted=True))
            join_at = admitted_at
        leave_at = join_at + rng.randrange(300, 2400)
        rows.append(attendance_row(story, name, join_at, min(leave_at, closes), **fields))
        join_at = leave_at + rng.randrange(60, 600)
    return rows
