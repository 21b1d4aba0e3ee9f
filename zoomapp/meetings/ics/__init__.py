"""A meeting as a calendar file (RFC 5545)."""

from zoomapp.meetings.ics.event import calendar

__all__ = ["calendar"]
