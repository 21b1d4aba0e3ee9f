"""Downloads of recording files: a Bearer token, then a redirect to a storage host that must not get the token."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from offline_zoom.errors import current_world
from offline_zoom.model import RecordingFile
from offline_zoom.oauth.grants import InvalidAccessToken, same
from offline_zoom.recordings.files import KINDS, content

bp = Blueprint("downloads", __name__)
LINK_SECONDS = 300
#: The two names of the loopback address serve as two hosts: one for Zoom, one for the files. Zoom has a host for them.
STORAGE_HOST = {"127.0.0.1": "localhost", "localhost": "127.0.0.1", "zoom.us": "ssrweb.zoom.us"}


@bp.get("/rec/download/<file_id>")
def download(file_id: str) -> ResponseReturnValue:
    """Redirect to the file, if the token may read it."""
    host_id, _ = find(file_id)
    if not allowed(host_id):
        return refusal()
    if host_id is None:
        return jsonify(status=False, errorCode=3322, errorMessage="This recording does not exist."), 404
    expires_at = int(current_world().now()) + LINK_SECONDS
    here_url = urlsplit(current_world().base_url)
    host = STORAGE_HOST.get(here_url.hostname or "", "localhost")
    port = f":{here_url.port}" if here_url.port else ""
    signed = f"expires={expires_at}&signature={current_world().seal(f'{file_id} {expires_at}')}"
    return redirect(f"{here_url.scheme}://{host}{port}/storage/{file_id}?{signed}")


@bp.get("/storage/<file_id>")
def storage(file_id: str) -> ResponseReturnValue:
    """The file itself, for a signed address."""
    expires_at, signature = request.args.get("expires", 0, int), request.args.get("signature", "")
    if expires_at < current_world().now() or not same(signature, current_world().seal(f"{file_id} {expires_at}")):
        return "<Error><Code>AccessDenied</Code></Error>", 403, {"Content-Type": "application/xml"}
    _, file = find(file_id)
    if file is None:
        return "<Error><Code>NoSuchKey</Code></Error>", 404, {"Content-Type": "application/xml"}
    name = f"recording_{file_id[:8]}.{file.extension.lower()}"
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": f'attachment; filename="{name}"'}
    begin, end = requested_range(file.size_bytes)
    status = 200 if (begin, end) == (0, file.size_bytes) else 206
    if status == 206:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{file.size_bytes}"
    headers["Content-Length"] = str(end - begin)
    return Response(part(content(file), begin, end), status, headers, content_type=KINDS[file.extension])


def requested_range(size: int) -> tuple[int, int]:
    """The requested range, without its end. The whole file for no range or several (RFC 9110, 14.2)."""
    if request.range is None or request.range.units != "bytes":
        return 0, size
    return request.range.range_for_length(size) or (0, size)


def part(pieces: Iterator[bytes], begin: int, end: int) -> Iterator[bytes]:
    """The bytes from ``begin`` to ``end``, not included, of a file in pieces."""
    at = 0
    for piece in pieces:
        chunk = piece[max(0, begin - at) : max(0, end - at)]
        at += len(piece)
        if chunk:
            yield chunk


@bp.get("/rec/play/<path:_>", endpoint="play")
@bp.get("/rec/share/<path:_>", endpoint="share")
@bp.get("/j/<path:_>", endpoint="join")
@bp.get("/s/<path:_>", endpoint="start")
def elsewhere(_: str) -> str:
    """A page in place of Zoom's player and meeting pages."""
    return render_template("sandbox/elsewhere.html", path=request.path)


def find(file_id: str) -> tuple[str | None, RecordingFile | None]:
    """The id of the host and the file: one of a recording that is not in the trash, or a transcript."""
    for recording in current_world().recordings.values():
        for file in recording.files:
            if file.id == file_id and recording.trashed_at is None and file.trashed_at is None:
                return recording.host_id, file
    for instance in current_world().instances.values():
        found = instance.transcript
        if found and found.id == file_id:
            size, start, end = len(found.content), instance.started_at, instance.ended_at or 0.0
            file = RecordingFile(file_id, "TRANSCRIPT", "VTT", "audio_transcript", start, end, size, found.content)
            return instance.host_id, file
    return None, None


def allowed(owner_id: str | None) -> bool:
    """Whether the Bearer token is a download token of the host, or an access token with access to the host."""
    world = current_world()
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return False
    host_id, _, rest = token.partition(".")
    expires_at, _, mark = rest.partition(".")
    if expires_at.isdigit() and same(mark, world.seal(f"download {host_id} {expires_at}")):
        return int(expires_at) > world.now() and owner_id in (None, host_id)
    try:
        grant = world.grants.access(token)
    except InvalidAccessToken:
        return False
    me = world.users.get(grant.user_id)
    if owner_id is None or me is None:
        return me is not None
    host = world.users[owner_id]
    whole_account = any(
        scope.endswith(":admin") and scope.startswith(("cloud_recording", "recording")) for scope in grant.scopes
    )
    return host.id == me.id or (whole_account and host.account_id == me.account_id)


def refusal() -> ResponseReturnValue:
    """A refused download, in one of the three ways that Zoom does it."""
    kind = current_world().switches.download_refusal
    if kind == "html":
        return render_template("sandbox/error.html", message="Please sign in to see this recording."), 200
    body = jsonify(status=False, errorCode=124, errorMessage="Forbidden")
    return body, 200 if kind == "200" else 401
