"""Zoom's JSON errors (a status, a code, a message), and the world of the current request."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from flask import current_app

from offline_zoom.world import World


class ZoomError(Exception):
    """An error response with Zoom's code and message. ``errors`` names invalid fields."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        self.body: dict[str, Any] = {"code": code, "message": message}
        if errors:
            self.body["errors"] = errors


def refuse(status: int, code: int, message: str, errors: list[dict[str, str]] | None = None) -> NoReturn:
    """Raise a ZoomError."""
    raise ZoomError(status, code, message, errors)


def current_world() -> World:
    """The world that the current app serves."""
    return cast(World, current_app.extensions["world"])
