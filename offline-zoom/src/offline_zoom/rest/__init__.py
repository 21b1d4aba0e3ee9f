"""The REST API below ``/v2``: one module for each kind of thing."""

from offline_zoom.rest import meetings, metrics, others, past, recordings, users
from offline_zoom.rest.gate import bp, check, with_rate_headers

__all__ = ["bp", "check", "meetings", "metrics", "others", "past", "recordings", "users", "with_rate_headers"]
