"""The REST API below ``/v2``: one module for each kind of thing."""

from offline_zoom.rest import dashboard, live_control, meetings, past_meetings, recordings, users
from offline_zoom.rest.endpoints import bp, check, with_rate_headers

__all__ = [
    "bp",
    "check",
    "dashboard",
    "live_control",
    "meetings",
    "past_meetings",
    "recordings",
    "users",
    "with_rate_headers",
]
