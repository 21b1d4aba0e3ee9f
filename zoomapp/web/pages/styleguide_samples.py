"""Sample data for the style guide: meetings, recordings, an attendance table, and each notice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from markupsafe import Markup

from zoomapp.attendance import Frame, Record
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.errors import (
    FileRefused,
    MissingScope,
    NotFound,
    PlanRequired,
    RateLimited,
    Redirected,
    UpstreamError,
    ZoomAppError,
    ZoomRefused,
)
from zoomapp.web.components.notice import FILES, LIVE, MEETING, MEETINGS, RECORDINGS, Notice, Permission, notice_for
from zoomapp.web.components.tally import TallyCell
from zoomapp.zoom.models import Meeting
from zoomapp.zoom.recordings import Recording
from zoomapp.zoom.tolerant_reader import JsonObject

SENTENCE = "8 of 17 people missed no session. 3 missed the last two."
JOIN_LINK = "https://zoom.us/j/84211773390?pwd=abc"
STORAGE = [("Jun", 3_100_000_000), ("Jul", 0), ("Aug", 2_200_000_000), ("Sep", 5_800_000_000), ("Oct", 6_400_000_000)]


def filters() -> list[TallyCell]:
    """The filters of a series: one is chosen, one counts no one."""
    cells = (("Everyone", 17, True), ("Missed none", 8, False), ("Came once", 0, False))
    return [TallyCell("#tally", Markup(), count, label, is_current) for label, count, is_current in cells]


def meetings(now: datetime) -> dict[str, Meeting]:
    """Meetings by name of their kind."""

    def meeting(**fields: Any) -> Meeting:
        start = now + timedelta(minutes=18)
        defaults = {"id": 84211773390, "topic": "Design review", "start_time": start.isoformat(), "duration": 30}
        all_fields = {**defaults, "join_url": JOIN_LINK, "timezone": "Europe/Berlin", **fields}
        sample = Meeting.from_api(JsonObject(all_fields, "sample"))
        assert sample is not None  # it has an id
        return sample

    return {
        "soon": meeting(),
        "running": meeting(topic="Weekly product sync", start_time=(now - timedelta(minutes=45)).isoformat()),
        "series": meeting(topic="1:1 Maya / Daniel", type=8),
        "abroad": meeting(topic="Kathmandu call", timezone="Asia/Kathmandu"),
        "untimed": meeting(topic="Personal room", type=3, start_time=""),
        "foreign": meeting(topic="All-hands", host_id="somebody else"),
        "long": meeting(topic="Quarterly planning with everybody who has ever said a word about it " * 2),
        "past": meeting(topic="Retrospective", uuid="AAAAAAAAAAAAAAAAAAAAAA=="),
    }


def recordings(now: datetime) -> dict[str, Recording]:
    """Recordings by name of their kind."""
    kinds = (("MP4", 1_200_000_000), ("M4A", 96_000_000), ("TRANSCRIPT", 412_000), ("CHAT", 6_000), ("TIMELINE", 0))
    files = [{"id": kind, "file_type": kind, "file_size": size, "status": "completed"} for kind, size in kinds]

    def recording(letter: str, topic: str, **fields: Any) -> Recording:
        start = (now - timedelta(days=3)).isoformat()
        defaults = {"uuid": letter * 22 + "==", "topic": topic, "start_time": start, "duration": 112}
        secrets = {"share_url": JOIN_LINK, "recording_play_passcode": "x"}
        return cast(Recording, Recording.from_api({**defaults, **secrets, "recording_files": files, **fields}))

    trashed_files = [{**file, "deleted_time": (now - timedelta(days=4)).isoformat()} for file in files]
    return {
        "complete": recording("a", "Quarterly planning"),
        "expiring": recording("b", "Customer interview", auto_delete_date=(now + timedelta(days=3)).date().isoformat()),
        "processing": recording("c", "Design review: billing", recording_files=[]),
        "trashed": recording("d", "Deleted by mistake", recording_files=trashed_files),
    }


def attendance(now: datetime) -> AttendanceTable:
    """A meeting with people who are there, late, back again, gone, or in the waiting room."""
    end = now.timestamp()
    start = end - 45 * 60

    def stay(name: str, joined_minute: float, left_minute: float | None = None, **fields: Any) -> Record:
        left_at = None if left_minute is None else start + left_minute * 60
        joined_at = start + joined_minute * 60
        return Record("metrics", f"{name} {joined_minute}", joined_at=joined_at, left_at=left_at, name=name, **fields)

    records = [
        stay("Maya Lindqvist", -3, role="host"),
        stay("Noor Al-Hassan", -1, 15),
        stay("Noor Al-Hassan", 18),
        stay("Sofía Herrera", 1, 33),
        stay("Late Larry", 13),
        stay("Tom Becker", 42, room="waiting"),
    ]
    frame = Frame(end, starts_at=start, ends_at=end + 900)
    return AttendanceTable.of(records, frame, complete=True, total=len(records))


def notices(now: datetime) -> list[tuple[str, Notice]]:
    """Each notice that a section can show, with the name of its state."""
    scopes = ("meeting:read:list_meetings", "meeting:read:list_meetings:admin")
    admin = ("dashboard:read:list_meeting_participants:admin",)
    shown_at = now - timedelta(minutes=2)
    cases: list[tuple[str, ZoomAppError, Permission, datetime | None]] = [
        ("M1", MissingScope(400, 4711, "", scopes), MEETINGS, None),
        ("M1, for an admin", MissingScope(400, 4711, "", admin), LIVE, None),
        ("M2", PlanRequired(400, 200, "Only available for paid account."), RECORDINGS, None),
        ("redirect", Redirected(), MEETINGS, None),
        ("R", RateLimited(24), MEETINGS, shown_at),
        ("R, for the day", RateLimited(7200, daily=True), MEETINGS, None),
        ("E, with the last data", UpstreamError("gone"), MEETINGS, shown_at),
        ("E, with nothing", UpstreamError("gone"), MEETINGS, None),
        ("N", NotFound(), MEETING, None),
        ("N, of a recording", NotFound(), FILES, None),
        ("a file that Zoom refuses", FileRefused("gone"), FILES, None),
        ("any other refusal", ZoomRefused(400, 300, "The meeting is locked."), MEETING, None),
    ]
    return [(name, notice_for(error, permission, at)) for name, error, permission, at in cases]
