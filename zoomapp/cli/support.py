"""Shared by all commands: the app's services, errors printed as sentences, and moments as text."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

import click
from flask import current_app

from zoomapp import log_setup
from zoomapp.errors import ConfigError, ZoomAppError
from zoomapp.services import Services

P = ParamSpec("P")
R = TypeVar("R")


def current_services() -> Services:
    """Raises ConfigError when the settings did not suffice to build them."""
    if error := current_app.extensions.get("zoomapp.config_error"):
        raise error
    built: Services = current_app.extensions["zoomapp"]
    return built


def report_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Ends a command with the message of a ZoomAppError or ConfigError. The log goes to stderr."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        log_setup.configure("WARNING", sys.stderr)
        try:
            return command(*args, **kwargs)
        except ConfigError as error:
            raise click.ClickException(str(error)) from error
        except ZoomAppError as error:
            raise click.ClickException(
                f"{error.message} ({error.detail})" if error.detail else error.message
            ) from error

    return run


def moment(at: float) -> str:
    """Epoch seconds as a moment to read, in UTC; a dash for none."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M") if at else "-"
