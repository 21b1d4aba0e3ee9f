"""Zoom's REST API below ``/v2``: one module per resource."""

from offline_zoom.rest import (
    chat_messages,
    dashboard,
    deeplinks,
    invitations,
    live_control,
    meeting_content,
    meetings,
    past_meetings,
    polls,
    recordings,
    users,
)
from offline_zoom.rest.endpoints import bp, check, with_rate_headers

__all__ = [
    "bp",
    "chat_messages",
    "check",
    "dashboard",
    "deeplinks",
    "invitations",
    "live_control",
    "meeting_content",
    "meetings",
    "past_meetings",
    "polls",
    "recordings",
    "users",
    "with_rate_headers",
]
