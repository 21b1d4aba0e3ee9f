"""Download of one file of a recording, with a check that Zoom sent the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from zoomapp import csv_export, dates
from zoomapp.errors import FileRefused, NotFound, UpstreamError
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.client import Answer
from zoomapp.zoom.recordings import Recording, RecordingFile

FILE_HEADERS = ("Content-Length", "Content-Range", "Accept-Ranges")


@dataclass(frozen=True)
class Download:
    """Zoom's answer with the file as a stream. The answer must be read or closed."""

    recording: Recording
    file: RecordingFile
    answer: Answer

    def headers(self, now: datetime, zone: tzinfo) -> dict[str, str]:
        """The headers for the browser. ``now`` dates a recording without a start; the date is the one in ``zone``."""
        headers = {name: self.answer.headers[name] for name in FILE_HEADERS if name in self.answer.headers}
        day = dates.local(self.recording.start_at or now, zone).date()
        kind = self.file.name.lower().replace(" ", "-")
        file_name = csv_export.disposition(day, self.recording.topic, f".{self.file.extension}", kind=kind)
        return {**headers, "Content-Disposition": file_name}


def find(user_client: UserClient, uuid: str | None, key: str) -> tuple[Recording, RecordingFile]:
    """A recording and one of its files. Raises NotFound, ZoomRefused, UpstreamError."""
    recording = user_client.recording(uuid) if uuid else None
    file = recording.file(key) if recording else None
    if recording is None or file is None or not file.download_url:
        raise NotFound
    return recording, file


def download(user_client: UserClient, recording: Recording, file: RecordingFile, byte_range: str) -> Download:
    """The file, or the bytes of an HTTP ``Range``. Raises NotFound, FileRefused, UpstreamError."""
    answer = user_client.download(file.download_url, byte_range)
    try:
        check_is_file(answer, file)
    except (NotFound, UpstreamError):
        answer.close()
        raise
    return Download(recording, file, answer)


def check_is_file(answer: Answer, file: RecordingFile) -> None:
    """Raise unless the answer is the file: NotFound, FileRefused, UpstreamError.

    Zoom refuses with small JSON bodies and with login pages, sometimes with status 200.
    """
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    is_refusal = media_type == "text/html" or (media_type == "application/json" and file.extension != "json")
    length = answer.headers.get("Content-Length", "")
    wrong_length = answer.status == 200 and file.size_bytes and length.isdigit() and int(length) != file.size_bytes
    if answer.status == 404:
        raise NotFound
    if answer.status in (401, 403) or (is_refusal and answer.status < 300):
        raise FileRefused(f"download answered {answer.status} {media_type}")
    if answer.status not in (200, 206) or wrong_length:
        raise UpstreamError(f"download answered {answer.status} {media_type} {length}")
