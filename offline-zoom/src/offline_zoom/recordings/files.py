"""Creates the recording of a meeting and the content of its files."""

from __future__ import annotations

import json
from collections.abc import Iterator

from offline_zoom.dates import clock_face, iso
from offline_zoom.identifiers import file_id
from offline_zoom.model import Instance, Recording, RecordingFile

BLOCK_BYTES = 65536
KINDS = {"MP4": "video/mp4", "M4A": "audio/mp4", "TXT": "text/plain", "VTT": "text/vtt", "JSON": "application/json"}


def recording_of(instance: Instance, available_at: float = 0.0) -> Recording:
    """The recording of a meeting: video, audio, transcript, chat and timeline."""
    ended_at = instance.ended_at or instance.started_at + 60
    seconds = ended_at - instance.started_at

    def new_file(
        kind: str, extension: str, recording_type: str, size: int, content: bytes | None = None
    ) -> RecordingFile:
        name = file_id(f"{instance.uuid} {recording_type}")
        size = size if content is None else len(content)
        return RecordingFile(
            name, kind, extension, recording_type, instance.started_at + 21, ended_at - 12, size, content
        )

    files = [
        new_file("MP4", "MP4", "shared_screen_with_speaker_view", int(seconds * 19_800) + 4096),
        new_file("M4A", "M4A", "audio_only", int(seconds * 4_000) + 4096),
        new_file("TRANSCRIPT", "VTT", "audio_transcript", 0, transcript(instance)),
        new_file("CHAT", "TXT", "chat_file", 0, chat(instance)),
        new_file("TIMELINE", "JSON", "timeline", 0, timeline(instance)),
    ]
    return Recording(
        instance.uuid,
        instance.meeting_id,
        instance.host_id,
        instance.topic,
        instance.type,
        instance.started_at,
        round(seconds / 60),
        files,
        timezone=instance.timezone,
        available_at=available_at,
    )


def transcript(instance: Instance) -> bytes:
    """A WebVTT file with one sentence per participant."""
    cues = [
        f"{number}\n00:{number:02d}:00.000 --> 00:{number:02d}:20.000\n{join.name}: Item {number}, please.\n"
        for number, join in enumerate(instance.joins[:50], 1)
    ]
    return "\n".join(["WEBVTT\n", *cues]).encode(errors="replace")


def chat(instance: Instance) -> bytes:
    """A chat file with one line per participant."""
    lines = [f"{clock_face(join.join_at - instance.started_at)}\t{join.name}:\tHello!" for join in instance.joins[:50]]
    return "\r\n".join(lines).encode(errors="replace")


def timeline(instance: Instance) -> bytes:
    """A timeline file with one entry per participant."""
    entries = [{"ts": iso(join.join_at), "users": [{"username": join.name}]} for join in instance.joins[:50]]
    return json.dumps({"timeline": entries}).encode()


def filler(size: int) -> Iterator[bytes]:
    """``size`` bytes that a player accepts as an empty MPEG-4 file."""
    head = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + (size - 24).to_bytes(4, "big") + b"free"
    yield head[:size]
    remaining = size - len(head)
    block = bytes(BLOCK_BYTES)
    while remaining > 0:
        yield block[:remaining]
        remaining -= BLOCK_BYTES


def content(file: RecordingFile) -> Iterator[bytes]:
    """The content of a file, ``size_bytes`` long."""
    return iter([file.content]) if file.content is not None else filler(file.size_bytes)
