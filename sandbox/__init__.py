"""An offline Zoom, faithful enough that a program that works here works there."""

from sandbox.app import create_app

__all__ = ["create_app"]
