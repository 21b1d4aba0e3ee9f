"""One file of a recording, streamed through us with the server's token."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from zoomapp import csv_export, deadline
from zoomapp.errors import FileRefused, NotFound, UpstreamError, ZoomRefused
from zoomapp.web.components.notice import FILES, error_page
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now
from zoomapp.zoom.client import Answer
from zoomapp.zoom.meeting_ids import instance_of
from zoomapp.zoom.recordings import RecordingFile

bp = Blueprint("download", __name__)

DOWNLOAD_SECONDS = 4 * 3600.0
FILE_HEADERS = ("Content-Length", "Content-Range", "Accept-Ranges")


@bp.get("/recordings/<key>/<file>")
def one_file(key: str, file: str) -> ResponseReturnValue:
    """The file; what is not the file is never passed off as it."""
    try:
        return _stream(key, file)
    except (ZoomRefused, UpstreamError) as error:
        return error_page(error, FILES, "Recording")


def _stream(key: str, file: str) -> Response:
    uuid = instance_of(key)
    recording = user_client().recording(uuid) if uuid else None
    found = recording.file(file) if recording else None
    if recording is None or found is None or not found.download_url:
        raise NotFound
    # A file may take longer than a page: each piece has its own time to come.
    deadline.start(DOWNLOAD_SECONDS)
    answer = user_client().download(found.download_url, request.headers.get("Range", ""))
    try:
        _check_file(answer, found)
    except (NotFound, UpstreamError):
        answer.close()
        raise
    headers = {name: answer.headers[name] for name in FILE_HEADERS if name in answer.headers}
    day, kind = (recording.start_at or now()).date(), found.name.lower().replace(" ", "-")
    headers["Content-Disposition"] = csv_export.disposition(day, recording.topic, f".{found.extension}", kind=kind)
    response = Response(answer.chunks(), answer.status, headers, mimetype="application/octet-stream")
    response.call_on_close(answer.close)
    return response


def _check_file(answer: Answer, file: RecordingFile) -> None:
    """Zoom refuses with small JSON bodies and login pages, at times with status 200. Raises UpstreamError, NotFound."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    page = kind == "text/html" or (kind == "application/json" and file.extension != "json")
    length = answer.headers.get("Content-Length", "")
    short = answer.status == 200 and file.size_bytes and length.isdigit() and int(length) != file.size_bytes
    if answer.status == 404:
        raise NotFound
    if answer.status in (401, 403) or (page and answer.status < 300):
        raise FileRefused(f"download answered {answer.status} {kind}")
    if answer.status not in (200, 206) or short:
        raise UpstreamError(f"download answered {answer.status} {kind} {length}")
