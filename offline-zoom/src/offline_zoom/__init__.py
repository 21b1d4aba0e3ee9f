"""An offline Zoom for development and tests. A program that works with it works with Zoom."""

from offline_zoom.app import create_app

__all__ = ["create_app"]
