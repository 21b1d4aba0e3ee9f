"""Cloud recordings of held meetings, with files that can really be fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator

from offline_zoom.dates import clock_face, iso
from offline_zoom.identifiers import file_id
from offline_zoom.model import Instance, Recording, RecordingFile

BLOCK_BYTES = 65536
KINDS = {"MP4": "video/mp4", "M4A": "audio/mp4", "TXT": "text/plain", "VTT": "text/vtt", "JSON": "application/json"}


def recording_of(instance: Instance, available_at: float = 0.0) -> Recording:
    """Video, sound, transcript, chat and time stamps of one meeting."""
    ended_at = instance.ended_at or instance.started_at + 60
    seconds = ended_at - instance.started_at

    def made(kind: str, extension: str, recording_type: str, size: int, content: bytes | None = None) -> RecordingFile:
        name = file_id(f"{instance.uuid} {recording_type}")
        size = size if content is None else len(content)
        return RecordingFile(
            name, kind, extension, recording_type, instance.started_at + 21, ended_at - 12, size, content
        )

    files = [
        made("MP4", "MP4", "shared_screen_with_speaker_view", int(seconds * 19_800) + 4096),
        made("M4A", "M4A", "audio_only", int(seconds * 4_000) + 4096),
        made("TRANSCRIPT", "VTT", "audio_transcript", 0, transcript(instance)),
        made("CHAT", "TXT", "chat_file", 0, chat(instance)),
        made("TIMELINE", "JSON", "timeline", 0, timeline(instance)),
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
    """A WebVTT file in which everybody says one thing."""
    said = [
        f"{number}\n00:{number:02d}:00.000 --> 00:{number:02d}:20.000\n{join.name}: Item {number}, please.\n"
        for number, join in enumerate(instance.joins[:50], 1)
    ]
    return "\n".join(["WEBVTT\n", *said]).encode()


def chat(instance: Instance) -> bytes:
    """Who greeted when, one a line."""
    lines = [f"{clock_face(join.join_at - instance.started_at)}\t{join.name}:\tHello!" for join in instance.joins[:50]]
    return "\r\n".join(lines).encode()


def timeline(instance: Instance) -> bytes:
    """Who spoke when."""
    told = [{"ts": iso(join.join_at), "users": [{"username": join.name}]} for join in instance.joins[:50]]
    return json.dumps({"timeline": told}).encode()


def filler(size: int) -> Iterator[bytes]:
    """A file of that many bytes that any player takes for an (empty) MPEG-4 file."""
    head = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + (size - 24).to_bytes(4, "big") + b"free"
    yield head[:size]
    left = size - len(head)
    block = bytes(BLOCK_BYTES)
    while left > 0:
        yield block[:left]
        left -= BLOCK_BYTES


def content(file: RecordingFile) -> Iterator[bytes]:
    """The bytes of a file, ``size_bytes`` in all."""
    return iter([file.content]) if file.content is not None else filler(file.size_bytes)
