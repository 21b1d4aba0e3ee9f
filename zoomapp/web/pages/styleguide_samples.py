"""Invented data for the style guide, in Zoom's own shapes, so that it passes the same readers as the real thing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from zoomapp.attendance import Frame, Record
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.errors import (
    FileRefused,
    MissingScope,
    NotFound,
    PlanRequired,
    RateLimited,
    UpstreamError,
    ZoomAppError,
    ZoomRefused,
)
from zoomapp.web.components.notice import FILES, LIVE, MEETING, MEETINGS, RECORDINGS, Notice, Permission, notice_for
from zoomapp.zoom.models import Meeting
from zoomapp.zoom.recordings import Recording

JOIN = "https://zoom.us/j/84211773390?pwd=abc"
STORAGE = [("Jun", 3_100_000_000), ("Jul", 0), ("Aug", 2_200_000_000), ("Sep", 5_800_000_000), ("Oct", 6_400_000_000)]


def meetings(now: datetime) -> dict[str, Meeting]:
    """One of each kind: soon, running, a series, in another zone, without a time, somebody else's, with a long name."""

    def made(**more: Any) -> Meeting:
        start = now + timedelta(minutes=18)
        base = {"id": 84211773390, "topic": "Design review", "start_time": start.isoformat(), "duration": 30}
        return Meeting.from_api({**base, "join_url": JOIN, "timezone": "Europe/Berlin", **more})

    return {
        "soon": made(),
        "running": made(topic="Weekly product sync", start_time=(now - timedelta(minutes=45)).isoformat()),
        "series": made(topic="1:1 Maya / Daniel", type=8),
        "abroad": made(topic="Kathmandu call", timezone="Asia/Kathmandu"),
        "untimed": made(topic="Personal room", type=3, start_time=""),
        "foreign": made(topic="All-hands", host_id="somebody else"),
        "long": made(topic="Quarterly planning with everybody who has ever said a word about it " * 2),
        "past": made(topic="Retrospective", uuid="AAAAAAAAAAAAAAAAAAAAAA=="),
    }


def recordings(now: datetime) -> dict[str, Recording]:
    """One of each kind: whole, expiring, still processing, in the trash."""
    kinds = (("MP4", 1_200_000_000), ("M4A", 96_000_000), ("TRANSCRIPT", 412_000), ("CHAT", 6_000), ("TIMELINE", 0))
    files = [{"id": kind, "file_type": kind, "file_size": size, "status": "completed"} for kind, size in kinds]

    def made(letter: str, topic: str, **more: Any) -> Recording:
        start = (now - timedelta(days=3)).isoformat()
        base = {"uuid": letter * 22 + "==", "topic": topic, "start_time": start, "duration": 112, "share_url": JOIN}
        return Recording.from_api({**base, "recording_files": files, "recording_play_passcode": "x", **more})

    trashed = [{**each, "deleted_time": (now - timedelta(days=4)).isoformat()} for each in files]
    return {
        "whole": made("a", "Quarterly planning"),
        "expiring": made("b", "Customer interview", auto_delete_date=(now + timedelta(days=3)).date().isoformat()),
        "processing": made("c", "Design review: billing", recording_files=[]),
        "trashed": made("d", "Deleted by mistake", recording_files=trashed),
    }


def attendance(now: datetime) -> AttendanceTable:
    """Somebody here, somebody late, somebody who rejoined, somebody who left, somebody at the door."""
    end = now.timestamp()
    start = end - 45 * 60

    def stay(name: str, begin: float, until: float | None = None, **more: Any) -> Record:
        left_at = None if until is None else start + until * 60
        return Record("metrics", f"{name} {begin}", joined_at=start + begin * 60, left_at=left_at, name=name, **more)

    told = [
        stay("Maya Lindqvist", -3, role="host"),
        stay("Noor Al-Hassan", -1, 15),
        stay("Noor Al-Hassan", 18),
        stay("Sofía Herrera", 1, 33),
        stay("Late Larry", 13),
        stay("Tom Becker", 42, room="waiting"),
    ]
    frame = Frame(end, starts_at=start, ends_at=end + 900)
    return AttendanceTable.of(told, frame, complete=True, total=len(told))


def troubles(now: datetime) -> list[tuple[str, Notice]]:
    """Each notice a block can show, by the letter of its state."""
    scopes = ("meeting:read:list_meetings", "meeting:read:list_meetings:admin")
    admin = ("dashboard:read:list_meeting_participants:admin",)
    seen = now - timedelta(minutes=2)
    cases: list[tuple[str, ZoomAppError, Permission, datetime | None]] = [
        ("M1", MissingScope(400, 4711, "", scopes), MEETINGS, None),
        ("M1, for an admin", MissingScope(400, 4711, "", admin), LIVE, None),
        ("M2", PlanRequired(400, 200, "Only available for paid account."), RECORDINGS, None),
        ("R", RateLimited(24), MEETINGS, seen),
        ("R, for the day", RateLimited(7200, daily=True), MEETINGS, None),
        ("E, with the last data", UpstreamError("gone"), MEETINGS, seen),
        ("E, with nothing", UpstreamError("gone"), MEETINGS, None),
        ("N", NotFound(), MEETING, None),
        ("N, of a recording", NotFound(), FILES, None),
        ("a file that is not handed out", FileRefused("gone"), FILES, None),
        ("whatever else Zoom says", ZoomRefused(400, 300, "The meeting is locked."), MEETING, None),
    ]
    return [(name, notice_for(error, need, shown_at)) for name, error, need, shown_at in cases]
