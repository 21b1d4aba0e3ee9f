"""A meeting as a calendar file (RFC 5545)."""

from zoomapp.ics.event import calendar, file_name

__all__ = ["calendar", "file_name"]
