"""The lists of meetings that several pages look at."""

from __future__ import annotations

from typing import Any

from zoomapp.meetings import agenda
from zoomapp.web.components.notice import MEETINGS
from zoomapp.web.components.section import Section, load_section
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now
from zoomapp.zoom.models import Meeting, Page

#: The name under which a user's running meetings are remembered.
LIVE_LIST = "live"


def live_meetings() -> Section[tuple[Meeting, ...]]:
    """The meetings of the user that are running."""
    return load_section(LIVE_LIST, MEETINGS, lambda: user_client().meetings("live"), read_meetings)


def coming_meetings() -> Section[tuple[Meeting, ...]]:
    """The first page of what lies ahead."""
    return load_section("upcoming", MEETINGS, lambda: user_client().meetings("upcoming"), read_meetings)


def next_meeting() -> Meeting | None:
    """The soonest meeting with a time."""
    return agenda.next_one(agenda.coming(coming_meetings().value or (), now()))


def read_meetings(body: Any) -> tuple[Meeting, ...]:
    return Page.of(body, "meetings", Meeting.from_api).items
