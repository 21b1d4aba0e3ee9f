"""Dataclasses of the offline Zoom: accounts, users, meetings, attendance, recordings.

Times are epoch seconds (float). ``dates`` converts them to Zoom's strings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Plan = Literal["free", "pro", "business"]

INSTANT, SCHEDULED, NO_FIXED_TIME, FIXED_TIME = 1, 2, 3, 8


@dataclass
class Account:
    """A Zoom account. It has the plan and the rate limits."""

    id: str
    name: str
    plan: Plan
    number: int = 100200300


@dataclass
class AccountApp:
    """A Server-to-Server app of one account, which gets tokens for the whole account and has no user.

    ``account_id``: the only account that it gets tokens for; empty for each account of the world.
    """

    client_id: str = "sandbox-s2s-client-id"
    client_secret: str = "sandbox-s2s-client-secret"
    account_id: str = ""
    scopes: list[str] = field(
        default_factory=lambda: [
            "dashboard:read:list_meeting_participants:admin",
            "report:read:list_meeting_participants:admin",
        ]
    )


@dataclass
class User:
    """A Zoom user. ``key`` is the short name for tests and pages."""

    key: str
    id: str
    account_id: str
    email: str
    first_name: str
    last_name: str
    role_name: str = "Member"
    type: int = 2
    timezone: str = "Europe/Berlin"
    language: str = "en-GB"
    dept: str = ""
    pmi: int = 0
    created_at: float = 1714555800.0
    #: the scopes that the user grants to the app; None for all that the role allows
    scopes: list[str] | None = None

    @property
    def display_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def role_id(self) -> str:
        return {"Owner": "0", "Admin": "1"}.get(self.role_name, "2")

    @property
    def jid(self) -> str:
        return f"{self.id.lower()}@xmpp.zoom.example"


@dataclass
class Occurrence:
    """One occurrence of a recurring meeting."""

    start_at: float
    duration_minutes: int
    deleted: bool = False
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Zoom's id: the start as Unix milliseconds."""
        return str(int(self.start_at * 1000))

    @property
    def current_start_at(self) -> float:
        """The start, after it was moved. The id stays that of the first start."""
        return float(self.changes.get("start_at", self.start_at))

    def is_over(self, now: float) -> bool:
        """Whether the planned time is over."""
        return self.current_start_at + self.duration_minutes * 60 <= now


@dataclass
class Poll:
    """A poll of a meeting. ``questions`` are as Zoom sends them. ``poll_type``: 1 poll, 2 advanced, 3 quiz."""

    id: str
    title: str
    questions: list[dict[str, Any]] = field(default_factory=list)
    anonymous: bool = False
    poll_type: int = 1
    status: str = "ended"


@dataclass
class Registrant:
    """A person who registered for a meeting. ``status``: pending, approved, denied or cancelled.

    ``answers``: other fields as Zoom sends them, such as ``org``. ``occurrence_ids``: empty for every occurrence.
    """

    id: str
    email: str
    first_name: str
    last_name: str = ""
    status: str = "pending"
    created_at: float = 0.0
    answers: dict[str, Any] = field(default_factory=dict)
    occurrence_ids: list[str] = field(default_factory=list)

    def comes_to(self, occurrence_id: str) -> bool:
        """Whether the registration includes this occurrence. An empty id means any."""
        return not (occurrence_id and self.occurrence_ids) or occurrence_id in self.occurrence_ids


@dataclass
class Meeting:
    """A scheduled meeting. ``uuid`` is that of the running instance, else of the next."""

    id: int
    uuid: str
    host_id: str
    topic: str
    type: int
    created_at: float
    start_at: float | None = None
    duration_minutes: int = 60
    timezone: str = "Europe/Berlin"
    agenda: str = ""
    password: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    recurrence: dict[str, Any] | None = None
    occurrences: list[Occurrence] = field(default_factory=list)
    tracking_fields: list[dict[str, Any]] = field(default_factory=list)
    personal: bool = False
    webinar: bool = False
    #: the survey after the meeting, as Zoom sends it
    survey: dict[str, Any] | None = None
    deleted: bool = False
    source: str = "web_portal"
    polls: list[Poll] = field(default_factory=list)
    registrants: list[Registrant] = field(default_factory=list)
    #: the questions of the registration form, as Zoom sends them
    registration_questions: dict[str, Any] = field(default_factory=dict)
    #: edited since the story was loaded, so the data file saves it
    edited: bool = False

    @property
    def has_registration(self) -> bool:
        return self.settings.get("approval_type") in (0, 1)


@dataclass(eq=False)
class Join:
    """One row of attendance: one person joins and leaves once. ``leave_at`` may be in the future."""

    user_id: str
    name: str
    join_at: float
    leave_at: float | None = None
    person_id: str = ""
    email: str = ""
    participant_uuid: str = ""
    registrant_id: str = ""
    internal: bool = False
    role: str = "attendee"
    #: in the waiting room, not in the meeting
    waiting: bool = False
    #: whether the waiting ended because the host let the person in
    admitted: bool = False
    device: str = ""
    network: str = "Wifi"
    address: str = "198.51.100.7"
    location: str = ""
    leave_reason: str = ""

    def present(self, now: float) -> bool:
        return self.join_at <= now and (self.leave_at is None or now < self.leave_at)


@dataclass
class Summary:
    """The AI Companion summary of one meeting. ``content`` is the whole of it in Markdown.

    ``details``: pairs of a label and a text. ``edited``: what an editor made of it, as Zoom sends it, or None.
    """

    content: str
    overview: str = ""
    details: list[tuple[str, str]] = field(default_factory=list)
    next_steps: list[str] = field(default_factory=list)
    title: str = ""
    doc_url: str = ""
    edited: dict[str, Any] | None = None
    created_at: float = 0.0


@dataclass
class Transcript:
    """The AI Companion transcript of one meeting: a file in WebVTT."""

    id: str
    content: bytes
    created_at: float = 0.0


@dataclass
class Statements:
    """The answers or questions of one person. ``details`` are as Zoom sends them, with values of any type."""

    name: Any
    email: Any
    details: Any


@dataclass(eq=False)
class Instance:
    """One instance of a meeting, with its attendance. ``ended_at`` may be in the future or None."""

    uuid: str
    meeting_id: int
    host_id: str
    topic: str
    type: int
    started_at: float
    ended_at: float | None = None
    joins: list[Join] = field(default_factory=list)
    timezone: str = "Europe/Berlin"
    recording: bool = False
    summary: Summary | None = None
    transcript: Transcript | None = None
    poll_answers: list[Statements] = field(default_factory=list)
    questions: list[Statements] = field(default_factory=list)
    survey_answers: list[Statements] = field(default_factory=list)

    def live(self, now: float) -> bool:
        return self.started_at <= now and not self.ended(now)

    def ended(self, now: float) -> bool:
        return self.ended_at is not None and self.ended_at <= now

    def joined(self, now: float) -> list[Join]:
        """The rows of everybody who has joined, including those who left."""
        return [join for join in self.joins if join.join_at <= now]

    def present(self, now: float) -> list[Join]:
        """The rows of everybody in the meeting or its waiting room now."""
        return [join for join in self.joins if join.present(now)] if self.live(now) else []


@dataclass
class RecordingFile:
    """One file of a cloud recording. Without ``content`` it consists of ``size_bytes`` of filler."""

    id: str
    file_type: str
    extension: str
    recording_type: str
    started_at: float
    ended_at: float
    size_bytes: int
    content: bytes | None = None
    trashed_at: float | None = None


@dataclass(frozen=True)
class RecordingView:
    """One person watched or downloaded a recording once."""

    at: float
    name: str
    email: str
    seconds: int
    download: bool = False


@dataclass
class Recording:
    """The cloud recording of one meeting instance."""

    uuid: str
    meeting_id: int
    host_id: str
    topic: str
    type: int
    started_at: float
    duration_minutes: int
    files: list[RecordingFile]
    timezone: str = "Europe/Berlin"
    password: str = "9xK!p2"
    play_passcode: str = "m4QpZ81xv"
    available_at: float = 0.0
    trashed_at: float | None = None
    #: deleted permanently
    deleted: bool = False
    #: who registered to see it on demand, as Zoom sends them
    registrants: list[dict[str, Any]] = field(default_factory=list)
    views: list[RecordingView] = field(default_factory=list)
