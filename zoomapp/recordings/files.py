"""Download of one file of a recording, with a check that Zoom sent the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from zoomapp import csv_export, dates
from zoomapp.errors import FileIncomplete, FileNotReady, FileRefused, NotFound, RateLimited, UpstreamError
from zoomapp.recordings.refusals import is_refusal, words_of
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.client import Answer
from zoomapp.zoom.recordings import Recording, RecordingFile
from zoomapp.zoom.refusals import rate_limit_error

#: The headers that a browser gets as Zoom sent them, if they have this form.
FILE_HEADERS = {
    "Content-Length": re.compile(r"\d{1,18}", re.ASCII),
    "Content-Range": re.compile(r"bytes \d{1,18}-\d{1,18}/(\d{1,18}|\*)", re.ASCII),
    "Content-Encoding": re.compile(r"gzip|deflate|br|zstd", re.ASCII),
    "Accept-Ranges": re.compile(r"bytes|none", re.ASCII),
}
#: One range of bytes. Several would come as parts of one body, which is no part of the file.
RANGE = re.compile(r"bytes=(\d{1,18}-\d{0,18}|-\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class Download:
    """Zoom's answer with the file as a stream. The answer must be read or closed."""

    recording: Recording
    file: RecordingFile
    answer: Answer

    def headers(self, now: datetime, zone: tzinfo) -> dict[str, str]:
        """The headers for the browser. ``now`` dates a recording without a start; the date is the one in ``zone``."""
        day = dates.local(self.recording.start_at or now, zone).date()
        kind = re.sub(r"[^a-z0-9]+", "-", self.file.name.lower()).strip("-") or "file"
        ending = f".{self.file.extension}" if self.file.extension else ""
        return {
            **_file_headers(self.answer),
            "Content-Disposition": csv_export.disposition(day, self.recording.topic, ending, kind=kind),
        }


def find(user_client: UserClient, uuid: str | None, key: str) -> tuple[Recording, RecordingFile]:
    """A recording and one of its files. Raises NotFound, FileNotReady, ZoomRefused, UpstreamError."""
    recording = user_client.recording(uuid) if uuid else None
    file = recording.file(key) if recording else None
    if recording is None or file is None:
        raise NotFound
    if not file.ready:
        raise FileNotReady(f"file with status {file.status[:20]!r}")
    if not file.download_url:
        raise NotFound
    return recording, file


def download(
    user_client: UserClient, recording: Recording, file: RecordingFile, byte_range: str, now: datetime
) -> Download:
    """The file, or the bytes of an HTTP ``Range`` if that is one range.

    Raises NotFound, FileRefused, RateLimited, UpstreamError.
    """
    wanted_range = byte_range if RANGE.fullmatch(byte_range) else ""
    answer = user_client.download(file.download_url, wanted_range)
    try:
        if answer.status == 429:
            raise rate_limit_error(answer, now.timestamp())
        check_is_file(answer, file, partial=bool(wanted_range))
    except (NotFound, RateLimited, UpstreamError):
        answer.close()
        raise
    return Download(recording, file, answer)


def check_is_file(answer: Answer, file: RecordingFile, partial: bool = False) -> None:
    """Raise unless the answer is the file: NotFound, FileRefused, UpstreamError.

    ``partial``: whether a part of the file was asked for. Zoom refuses with small JSON bodies and with login pages,
    sometimes with status 200 and with the media type of the file.
    """
    detail = f"download answered {answer.status} {_media_type(answer)}"
    if answer.status >= 500:
        raise UpstreamError(detail)
    if answer.status not in (200, 206):
        code, reason = words_of(answer)
        if answer.status == 404:
            raise NotFound(404, code, reason)
        raise FileRefused(f"{detail} {code}", reason or _without_words(answer.status))
    if is_refusal(answer, file.extension):
        code, reason = words_of(answer)
        raise FileRefused(f"{detail} {code}", reason)
    _check_size(answer, file, partial)


def _check_size(answer: Answer, file: RecordingFile, partial: bool) -> None:
    """Raise FileIncomplete if the answer is not the whole file, or not a part of it that was asked for."""
    headers = _file_headers(answer)
    unreadable = "Content-Length" in answer.headers and "Content-Length" not in headers
    if unreadable or (answer.status == 206 and not (partial and "Content-Range" in headers)):
        raise FileIncomplete(f"download answered {answer.status} without a usable length or range")
    if answer.status == 206:
        return
    size = int(headers["Content-Length"]) if "Content-Length" in headers else None
    if size is None and (body := answer.whole()) is not None:
        size = len(body)
    expected = file.size_bytes if "Content-Encoding" not in answer.headers else 0
    if size == 0 or (size is not None and expected and size != expected):
        raise FileIncomplete(f"download answered {size} bytes of {file.size_bytes}")


def _file_headers(answer: Answer) -> dict[str, str]:
    """The headers of the answer that are well-formed and of use for a browser."""
    values = {name: answer.headers.get(name, "").strip() for name in FILE_HEADERS}
    return {name: value for name, value in values.items() if FILE_HEADERS[name].fullmatch(value)}


def _media_type(answer: Answer) -> str:
    """The media type in ASCII, without parameters; empty if there is none."""
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return media_type.encode("ascii", "replace").decode()[:100]


def _without_words(status: int) -> str:
    """What the page says if Zoom gave no reason. Empty where a missing permission is the usual reason."""
    return "" if status in (401, 403) else f"The download was refused with status {status}"
