"""Zoom's way to say no: a code of its own and a message; and who asks in this request."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from flask import current_app

from offline_zoom.world import World


class ZoomError(Exception):
    """An answer with a code and a message, and perhaps which fields are wrong."""

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
    """Answer with this refusal."""
    raise ZoomError(status, code, message, errors)


def current_world() -> World:
    """The world this app serves."""
    return cast(World, current_app.extensions["sandbox"])
