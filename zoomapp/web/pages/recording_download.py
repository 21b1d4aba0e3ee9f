"""Download of one file of a recording, streamed through this app with the user's access token."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from zoomapp import deadline
from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.recordings import files
from zoomapp.web.components.notice import FILES, error_page
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.meeting_ids import instance_of

bp = Blueprint("download", __name__)

DOWNLOAD_SECONDS = 4 * 3600.0


@bp.get("/recordings/<key>/<file>")
def send(key: str, file: str) -> ResponseReturnValue:
    """The file as a stream, or a page that says why there is none."""
    try:
        recording, recording_file = files.find(user_client(), instance_of(key), file)
        # A file can take longer than a page. Each piece has a time limit of its own.
        deadline.start(DOWNLOAD_SECONDS)
        byte_range = request.headers.get("Range", "")
        download = files.download(user_client(), recording, recording_file, byte_range, now())
    except (ZoomRefused, UpstreamError) as error:
        return error_page(error, FILES, "Recording")
    answer = download.answer
    headers = download.headers(now(), viewer().zone)
    response = Response(answer.chunks(), answer.status, headers, mimetype="application/octet-stream")
    response.call_on_close(answer.close)
    return response
