"""Cloud recordings as Zoom lists them, and files named by what they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from zoomapp import dates
from zoomapp.zoom.models import Json, number, text
from zoomapp.zoom.tolerant_reader import JsonObject

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


@dataclass(frozen=True)
class RecordingFile:
    """One file. Captions and timelines come without ``id``, ``size_bytes`` and ``status``; ``key`` always names it."""

    key: str
    type: str
    extension: str = ""
    size_bytes: int = 0
    status: str = ""
    recording_type: str = ""
    play_url: str = field(default="", repr=False)
    download_url: str = field(default="", repr=False)

    @classmethod
    def from_api(cls, data: Json) -> RecordingFile:
        kind = text(data, "file_type").upper()
        # Files without an id are told apart by what does not change: their kind and when they begin.
        named = text(data, "id") or f"{kind}:{text(data, 'recording_type')}:{text(data, 'recording_start')}"
        return cls(
            key=hashlib.sha256(named.encode()).hexdigest()[:16],
            type=kind,
            extension=(text(data, "file_extension") or kind).lower(),
            size_bytes=number(data, "file_size"),
            status=text(data, "status"),
            recording_type=text(data, "recording_type"),
            play_url=text(data, "play_url"),
            download_url=text(data, "download_url"),
        )

    @property
    def name(self) -> str:
        return NAMES.get(self.type, self.type.capitalize() or "File")

    @property
    def first(self) -> bool:
        return self.type in FIRST


@dataclass(frozen=True)
class Recording:
    """The cloud recording of one held meeting.

    ``deleted_on``: the day on which Zoom removes it if it says so. ``trashed_at``: when it went to the trash.
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

    @classmethod
    def from_api(cls, data: Json) -> Recording:
        listed = data.get("recording_files")
        rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
        files = [RecordingFile.from_api(row) for row in rows]
        order = list(NAMES)
        files.sort(key=lambda each: order.index(each.type) if each.type in NAMES else len(order))
        trashed = [dates.parse(row.get("deleted_time")) for row in rows]
        fields = JsonObject(data, "recording")
        return cls(
            uuid=text(data, "uuid"),
            id=number(data, "id"),
            topic=text(data, "topic") or "Zoom Meeting",
            start_at=fields.time("start_time", dates.find_zone(fields.text("timezone")) or UTC),
            duration_minutes=number(data, "duration"),
            size_bytes=number(data, "total_size") or sum(each.size_bytes for each in files),
            share_url=text(data, "share_url"),
            passcode=text(data, "recording_play_passcode", "password"),
            deleted_on=fields.day("auto_delete_date") if fields.flag("auto_delete", default=True) else None,
            trashed_at=max((each for each in trashed if each), default=None),
            files=tuple(files),
        )

    @property
    def processing(self) -> bool:
        """Whether Zoom is still at work on it."""
        return not self.files or any(each.status == "processing" for each in self.files)

    def file(self, key: str) -> RecordingFile | None:
        return next((each for each in self.files if each.key == key), None)
