"""A meeting that goes on for hours: people come, wait, are let in, leave and come back."""

from __future__ import annotations

import random

from offline_zoom.model import Join
from offline_zoom.stories.builder import FIRST, LAST, add_instance, add_meeting, attendance_row
from offline_zoom.stories.quiet_day import quiet_day
from offline_zoom.stories.story_data import StoryData

LIVE = 85770001234
HOURS = 8


def live_meeting(story: StoryData) -> None:
    """A quiet day, but for the product review that began twenty minutes ago."""
    quiet_day(story)
    begins = float(int(story.now)) - 20 * 60
    review = add_meeting(story, LIVE, "Product review", "dana", begins, HOURS * 60, agenda="Open end.")
    add_instance(story, review, review.uuid, begins, HOURS * 60, comings_and_goings(story, begins), recorded=True)


def comings_and_goings(story: StoryData, begins: float) -> list[Join]:
    """Who is there when; the same for the same beginning."""
    dice = random.Random("product review")
    closes = begins + HOURS * 3600
    rows = [
        attendance_row(story, "dana", begins, None, role="host"),
        attendance_row(story, "jonas", begins + 60, None, role="co-host"),
    ]
    for number in range(12):
        rows += visits(
            story, f"{FIRST[number]} {LAST[number]}", begins + dice.randrange(30, 1500), closes, dice, number % 3 == 0
        )
    return rows


def visits(story: StoryData, name: str, comes: float, closes: float, dice: random.Random, guest: bool) -> list[Join]:
    """One person's stays, one after the other; guests wait at the door first."""
    known = {} if guest else {"person_id": f"{name[:4]:x<4}LiveMeeting0000000", "internal": True, "device": "Windows"}
    rows = []
    while comes < closes - 60:
        if guest:
            waits = comes + dice.randrange(20, 90)
            rows.append(attendance_row(story, name, comes, waits, waiting=True, admitted=True))
            comes = waits
        leaves = comes + dice.randrange(300, 2400)
        rows.append(attendance_row(story, name, comes, min(leaves, closes), **known))
        comes = leaves + dice.randrange(60, 600)
    return rows
