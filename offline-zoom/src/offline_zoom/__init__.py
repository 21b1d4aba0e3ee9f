"""An offline Zoom, faithful enough that a program that works here works there."""

from offline_zoom.app import create_app

__all__ = ["create_app"]
