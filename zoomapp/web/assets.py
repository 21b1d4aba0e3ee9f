"""Static files under an address that changes with them, so that browsers may keep them for a year.

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
#: What Python's own table lacks, or had otherwise in some version.
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".map": "application/json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
#: Files that travel as one, because every page needs all of them: one request instead of three.
BUNDLES = {"css/app.css": ("css/tokens.css", "css/base.css", "css/components.css")}
_KNOWN = mimetypes.MimeTypes()


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
        """A file by its fingerprinted address; an address of an older start gets today's file, unkept."""
        asset = assets.files.get(name) or assets.parts.get(name)
        if asset is None:
            abort(404)
        return answer(asset, immutable=fingerprint == assets.fingerprint)


def answer(asset: Asset, *, immutable: bool) -> Response:
    """A file, compressed where that pays; ``immutable``: for a year, as its address changes with it."""
    response = Response(asset.body, content_type=asset.type)
    if len(asset.body) >= LEAST_BYTES:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"]:
            response.set_data(asset.zipped)
            response.content_encoding = "gzip"
    kept = f"public, max-age={YEAR_SECONDS}, immutable" if immutable else "no-cache"
    response.headers["Cache-Control"] = kept
    return response


def media_type(path: Path) -> str:
    """What a browser is told the file is. It believes nothing else, so no machine's own table may decide."""
    kind = TYPES.get(path.suffix) or _KNOWN.guess_type(path.name)[0]
    return f"{kind}; charset=utf-8" if kind and kind.startswith("text/") else kind or "application/octet-stream"


def _body(path: Path) -> bytes:
    """What travels: of a stylesheet, and of a script of ours, all but the comments, empty lines and indents."""
    body = path.read_bytes()
    if path.parent.name == "js":
        return re.sub(rb"^[ \t]*((//.*)?\n)?", b"", body, flags=re.MULTILINE)
    return re.sub(rb"/\*.*?\*/\s*", b"", body, flags=re.DOTALL) if path.suffix == ".css" else body
