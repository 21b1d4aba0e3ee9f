"""Changes the settings of one meeting at Zoom, sending only what differs; and says whether a user is its host."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zoomapp.meetings import daily_changes
from zoomapp.meetings.switches import changed_settings
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.models import Meeting


def is_host(meeting: Meeting, user_id: str) -> bool:
    """Whether this user hosts the meeting. A meeting without a host id is the user's own."""
    return not meeting.host_id or meeting.host_id == user_id


def change(
    user_client: UserClient,
    records: UserRecords,
    now: datetime,
    meeting_id: int,
    before: frozenset[str],
    after: frozenset[str],
) -> dict[str, Any]:
    """Send Zoom the settings that differ between two sets of switches, and return them.

    ``before``: the switches that were on when the page was loaded. Raises ZoomRefused, UpstreamError.
    """
    changes = changed_settings(before, after)
    if changes:
        user_client.update_meeting(meeting_id, {"settings": changes})
        daily_changes.count_change(records, user_client.user_id, now)
    return changes
