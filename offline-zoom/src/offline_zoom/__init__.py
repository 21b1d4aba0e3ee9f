"""An offline Zoom for development and tests. A program that works with it works with Zoom."""

from offline_zoom.app import create_app
from offline_zoom.serving.server import Server, serve
from offline_zoom.world import World

__all__ = ["Server", "World", "create_app", "serve"]
