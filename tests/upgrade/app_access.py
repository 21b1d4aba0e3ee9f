"""The only module of this folder that imports the app: everything else uses HTTP and Redis."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from flask import Flask

from zoomapp import create_app, services
from zoomapp.config import Settings


def build_app(environ: Mapping[str, str], transport: Any, clock: Callable[[], float]) -> Flask:
    """The app with these settings, whose calls to Zoom go to ``transport``."""
    return create_app(services.build(Settings.from_env(environ), transport=transport, clock=clock))


def close_app(app: Flask) -> None:
    """Write what is pending, start no timer, close the connections to Redis."""
    parts = app.extensions["zoomapp"]
    parts.call_log.stop()
    parts.redis.connection_pool.disconnect()


def setting_names() -> list[str]:
    """The environment variables that the app reads."""
    return [field.name.upper() for field in fields(Settings)]
