"""Static files at addresses that change with their content, so that browsers may cache them for a year.

The fingerprint is one for the whole folder and stands before the path: modules that import each other by relative
addresses stay together. ``/static/<fingerprint>/js/page.js``
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask, Response, abort, request

YEAR_SECONDS = 31_536_000
#: Too small to gain from compression, or compressed already.
LEAST_BYTES = 500
#: Types that Python's table lacks, or that differ between its versions.
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".map": "application/json",
    ".speculationrules": "application/speculationrules+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
#: Files that travel as one: what every page needs, and what pages of past meetings, registrants and series need more.
BUNDLES = {
    "css/app.css": ("css/tokens.css", "css/base.css", "css/components.css"),
    "css/past.css": ("css/after.css", "css/story.css", "css/series.css", "css/registrants.css"),
}
_STANDARD_TYPES = mimetypes.MimeTypes()


@dataclass(frozen=True)
class Asset:
    body: bytes
    type: str

    @cached_property
    def zipped(self) -> bytes:
        return gzip.compress(self.body, 9, mtime=0)


class Assets:
    """The files of a folder, read once."""

    def __init__(self, folder: Path) -> None:
        found = sorted(path for path in folder.rglob("*") if path.is_file())
        self.files = {path.relative_to(folder).as_posix(): Asset(_body(path), media_type(path)) for path in found}
        #: The parts of bundles. Pages of an earlier release still ask for them.
        self.parts: dict[str, Asset] = {}
        for name, parts in BUNDLES.items():
            if set(parts) <= set(self.files):
                bundled = {part: self.files.pop(part) for part in parts}
                self.parts |= bundled
                body = b"".join(part.body for part in bundled.values())
                self.files[name] = Asset(body, bundled[parts[0]].type)
        together = hashlib.sha256()
        for name, asset in self.files.items():
            together.update(name.encode() + b"\0" + hashlib.sha256(asset.body).digest())
        self.fingerprint = together.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Where the file is. Raises KeyError for one that does not exist."""
        self.files[name]
        return f"/static/{self.fingerprint}/{name}"


def init_app(app: Flask) -> None:
    assets = Assets(Path(str(app.static_folder)))
    app.jinja_env.globals["asset_url"] = assets.url

    @app.get("/static/<string(length=12):fingerprint>/<path:name>")
    def fingerprinted(fingerprint: str, name: str) -> Response:
        """A file by its fingerprinted address. An older address gets the current file, without caching."""
        asset = assets.files.get(name) or assets.parts.get(name)
        if asset is None:
            abort(404)
        return answer(asset, immutable=fingerprint == assets.fingerprint)


def answer(asset: Asset, *, immutable: bool) -> Response:
    """The response with a file, compressed if that saves bytes. ``immutable``: browsers may cache it for a year."""
    response = Response(asset.body, content_type=asset.type)
    if len(asset.body) >= LEAST_BYTES:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"]:
            response.set_data(asset.zipped)
            response.content_encoding = "gzip"
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if immutable else "no-cache"
    return response


def media_type(path: Path) -> str:
    """The file's ``Content-Type``. It is the same on every machine, because no table of the machine is read."""
    kind = TYPES.get(path.suffix) or _STANDARD_TYPES.guess_type(path.name)[0]
    return f"{kind}; charset=utf-8" if kind and kind.startswith("text/") else kind or "application/octet-stream"


def _body(path: Path) -> bytes:
    """The file's content; stylesheets and our own scripts without comments, empty lines and indents."""
    body = path.read_bytes()
    if path.parent.name == "js":
        return re.sub(rb"^[ \t]*((//.*)?\n)?", b"", body, flags=re.MULTILINE)
    return re.sub(rb"/\*.*?\*/\s*|(?<=\n)\s+", b"", body, flags=re.DOTALL) if path.suffix == ".css" else body
