"""Serves another frontend, such as Zoom's React sample, at the address that its build expects.

``FRONTEND_DIR`` names the folder of a build, ``FRONTEND_URL`` a development server. With neither, the address redirects
to our own pages. Sign-in and the API proxy are the same for every frontend.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, redirect, request, send_file
from flask.typing import ResponseReturnValue

from zoomapp.config import FRONTEND_PATH
from zoomapp.web.assets import YEAR_SECONDS, Asset, answer, media_type
from zoomapp.web.current_user import services
from zoomapp.web.frontend.dev_server import relay
from zoomapp.web.middleware.security_headers import frontend_policy

bp = Blueprint("frontend", __name__)

INDEX = "index.html"
#: Files below static/ with a hash of their content in their name: main.073c9b0a.css, 453.8beb8d2d.chunk.js
_HASHED = re.compile(r"static/.+[.-][0-9a-f]{8,}\.[^/]+")
#: Files up to here are kept in memory, compressed too; larger ones are streamed.
HELD_BYTES = 2 * 1024 * 1024
CACHED_FILES = 32


@bp.get(FRONTEND_PATH)
@bp.get(f"{FRONTEND_PATH}/")
@bp.get(f"{FRONTEND_PATH}/<path:name>")
def show(name: str = "") -> ResponseReturnValue:
    """A file of the frontend; without a name its page."""
    settings = services().settings
    if settings.frontend_url:
        response = relay(settings.frontend_url, request)
    elif settings.frontend_dir:
        response = _file(Path(settings.frontend_dir), name or INDEX)
    elif name:
        abort(404)
    else:
        return redirect("/")
    response.headers["Content-Security-Policy"] = frontend_policy(settings)
    return response


@bp.get("/hello")
def hello() -> ResponseReturnValue:
    """A greeting, which the React sample shows in a frame of its page."""
    return Response(f"Hello from {services().settings.app_name}!", mimetype="text/plain")


def find(folder: Path, name: str) -> Path | None:
    """The file of that name below the folder. None: there is none, it is hidden, or a link leads elsewhere."""
    if "\0" in name or any(not part or part.startswith(".") for part in re.split(r"[/\\]", name)):
        return None
    path = Path(os.path.realpath(folder / name))
    # os.path: a name too long for the disk is no error there.
    return path if path.is_relative_to(os.path.realpath(folder)) and os.path.isfile(path) else None


def cache_control(name: str) -> str:
    """How long browsers may keep a file of that name: pages never, as they name the hashed files of one build."""
    if name.endswith(".html"):
        return "no-store"
    return f"public, max-age={YEAR_SECONDS}, immutable" if _HASHED.fullmatch(name) else "no-cache"


def _file(folder: Path, name: str) -> Response:
    path = find(folder, name)
    if path is None:
        abort(404)
    found = path.stat()
    if found.st_size > HELD_BYTES:
        response = send_file(path, media_type(path))
    else:
        response = answer(_cached_asset(path, found.st_mtime_ns, found.st_size), immutable=False)
        response.add_etag()
        response.make_conditional(request)
    response.headers["Cache-Control"] = cache_control(name)
    return response


@lru_cache(maxsize=CACHED_FILES)
def _cached_asset(path: Path, changed_ns: int, size: int) -> Asset:
    """The file's content. A file with another time or size is read again, so a new build needs no restart."""
    return Asset(path.read_bytes(), media_type(path))
