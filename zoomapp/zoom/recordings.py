"""Cloud recordings and their files, from Zoom's JSON; each file with a label such as Video and a lasting key."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from zoomapp import dates
from zoomapp.zoom.labels import readable
from zoomapp.zoom.models import Json
from zoomapp.zoom.tolerant_reader import JsonObject, Rows, count_unreadable

#: Zoom's file types in the order people look for them.
NAMES = {
    "MP4": "Video",
    "M4A": "Audio",
    "TRANSCRIPT": "Transcript",
    "CHAT": "Chat",
    "CC": "Captions",
    "SUMMARY": "Summary",
    "CSV": "Poll results",
    "TIMELINE": "Timeline",
    "CHAT_MESSAGE": "Chat as data",
    "TB": "Thumbnail",
}
#: Those a page shows at once; the rest is under "More files".
FIRST = frozenset({"MP4", "M4A", "TRANSCRIPT", "CHAT"})
#: The ending of a file's name where Zoom gives none.
EXTENSIONS = {
    "CHAT": "txt",
    "TRANSCRIPT": "vtt",
    "CC": "vtt",
    "TB": "jpg",
    "TIMELINE": "json",
    "SUMMARY": "json",
    "CHAT_MESSAGE": "json",
}
#: Finished files of these types have no size and no status.
WITHOUT_SIZE = frozenset({"CC", "TIMELINE"})
#: What a row describes, in metrics and logs.
KIND = "recording file"
_EXTENSION = re.compile(r"[a-z0-9]{1,10}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class RecordingFile:
    """One file. Captions and timelines come without ``id``, ``size_bytes`` and ``status``; ``key`` always names it.

    ``ready``: whether Zoom has finished it. ``recording``: whether it is still being recorded. ``number``: above 1 if
    Zoom describes earlier files of the recording in the same way.
    """

    key: str
    type: str
    extension: str = ""
    size_bytes: int = 0
    status: str = ""
    recording_type: str = ""
    ready: bool = True
    recording: bool = False
    number: int = 1
    play_url: str = field(default="", repr=False)
    download_url: str = field(default="", repr=False)

    @classmethod
    def from_api(cls, data: Json) -> RecordingFile:
        row = JsonObject(data, KIND)
        named_type = row.text("file_type").upper()
        # A file without an id gets a key from fields that do not change: its type and its start.
        name = row.text("id") or f"{named_type}:{row.text('recording_type')}:{row.text('recording_start')}"
        file_type = named_type or row.text("file_extension").upper()
        return cls(
            key=_digest(name),
            type=file_type,
            extension=_extension(row.text("file_extension"), file_type),
            size_bytes=max(0, row.number("file_size")),
            status=row.text("status"),
            recording_type=row.text("recording_type"),
            ready=_is_ready(row, file_type),
            recording="recording_end" in row and not row.text("recording_end") and not row.text("status"),
            play_url=row.text("play_url"),
            download_url=row.text("download_url"),
        )

    @property
    def name(self) -> str:
        label = NAMES.get(self.type) or readable(self.type) or "File"
        return label if self.number == 1 else f"{label} {self.number}"

    @property
    def first(self) -> bool:
        return self.type in FIRST


def read_files(listed: object) -> Rows[RecordingFile]:
    """The files of a recording, in the order of NAMES. A row that is not an object is unreadable.

    Files with the same key, such as captions in two languages, get keys by their place in Zoom's list.
    """
    files, times_seen = [], Counter[str]()
    rows = listed if isinstance(listed, list) else [] if listed is None else [listed]
    for row in rows:
        if not isinstance(row, dict):
            count_unreadable(KIND, "", row)
            continue
        file = RecordingFile.from_api(row)
        times_seen[file.key] += 1
        if (number_of_key := times_seen[file.key]) > 1:
            file = replace(file, key=_digest(f"{file.key}:{number_of_key}"), number=number_of_key)
        files.append(file)
    order = list(NAMES)
    ordered = sorted(files, key=lambda file: order.index(file.type) if file.type in NAMES else len(order))
    return Rows(tuple(ordered), len(rows) - len(ordered))


def _is_ready(row: JsonObject, file_type: str) -> bool:
    """Whether Zoom has finished the file. One in progress has no type, no end or no bytes yet."""
    status, size, without_size = row.text("status"), row.decimal("file_size"), file_type in WITHOUT_SIZE
    if not file_type or status == "processing" or (size == 0 and not without_size):
        return False
    return status == "completed" or bool(row.text("recording_end") and (size or without_size))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]


def _extension(from_zoom: str, file_type: str) -> str:
    """The ending of the file's name, without the dot: a few letters and digits, or nothing."""
    candidates = (from_zoom, EXTENSIONS.get(file_type, ""), file_type)
    return next((text.lower() for text in candidates if _EXTENSION.fullmatch(text)), "")


@dataclass(frozen=True)
class Recording:
    """The cloud recording of one held meeting.

    ``deleted_on``: the day on which Zoom removes it if it says so. ``trashed_at``: when it went to the trash.
    ``unreadable_files``: how many files are missing here because they could not be read.
    """

    uuid: str
    id: int = 0
    topic: str = ""
    start_at: datetime | None = None
    duration_minutes: int = 0
    size_bytes: int = 0
    share_url: str = ""
    passcode: str = field(default="", repr=False)
    deleted_on: date | None = None
    trashed_at: datetime | None = None
    files: tuple[RecordingFile, ...] = ()
    unreadable_files: int = 0

    @classmethod
    def from_api(cls, data: Json) -> Recording | None:
        """None without a UUID, which identifies it."""
        row = JsonObject(data, "recording")
        listed = row.get("recording_files")
        files = read_files(listed)
        rows = [file for file in listed if isinstance(file, dict)] if isinstance(listed, list) else []
        trashed = [JsonObject(file, KIND).time("deleted_time") for file in rows]
        uuid = row.text("uuid")
        if not uuid:
            return None
        return cls(
            uuid=uuid,
            id=row.number("id"),
            topic=row.text("topic") or "Zoom Meeting",
            start_at=row.time("start_time", dates.find_zone(row.text("timezone")) or UTC),
            duration_minutes=row.number("duration"),
            size_bytes=row.number("total_size") or sum(file.size_bytes for file in files),
            share_url=row.text("share_url"),
            passcode=row.text("recording_play_passcode", "password"),
            deleted_on=row.day("auto_delete_date") if row.flag("auto_delete", default=True) else None,
            trashed_at=max((at for at in trashed if at), default=None),
            files=files.items,
            unreadable_files=files.unreadable,
        )

    @property
    def processing(self) -> bool:
        """Whether Zoom is still at work on it."""
        return not self.files or not all(file.ready for file in self.files)

    @property
    def in_progress(self) -> bool:
        """Whether it is still being recorded."""
        return any(file.recording for file in self.files)

    @property
    def ready_files(self) -> tuple[RecordingFile, ...]:
        """The files that can be downloaded."""
        return tuple(file for file in self.files if file.ready)

    def file(self, key: str) -> RecordingFile | None:
        return next((each for each in self.files if each.key == key), None)
