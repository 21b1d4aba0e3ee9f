"""Health checks for a router: ``/healthz`` answers while the process lives, ``/readyz`` if Redis can be reached."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from zoomapp.store.redis_client import store_errors
from zoomapp.web.current_user import services

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while the process lives; touches neither Redis nor Zoom."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 if Redis can be reached, else 503. An outage of Zoom does not make the app unready."""
    with store_errors():
        services().redis.ping()
    return {"status": "ok"}
