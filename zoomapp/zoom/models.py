"""Zoom's JSON as dataclasses: users, meetings, past meetings and pages of lists, with aware UTC times.

Zoom may leave out any field at any time, or send another type: every field has a default. Only a value without what
identifies it is no value (``from_api`` returns None). Secrets such as start links are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from zoomapp import dates
from zoomapp.zoom.tolerant_reader import JsonObject, read_rows

Item = TypeVar("Item")
Json = Mapping[str, Any] | JsonObject

#: No meeting is planned for longer than a year.
MAX_MINUTES = 366 * 24 * 60

INSTANT, SCHEDULED, NO_FIXED_TIME, FIXED_TIME = 1, 2, 3, 8


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list. ``page_token`` is the token of the next page; empty on the last one.

    ``unreadable``: the number of rows that are missing here because they could not be read.
    """

    items: tuple[Item, ...]
    page_token: str = ""
    total: int = 0
    unreadable: int = 0

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Item:
        return self.items[index]

    @classmethod
    def of(cls, body: object, name: str, read: Callable[[JsonObject], Item | None], kind: str = "") -> Page[Item]:
        """The items called ``name`` in a response. ``kind``: what a row describes; ``name`` by default.

        Raises UpstreamError if the response has no such list.
        """
        rows, fields = read_rows(body, name, read, kind or name), JsonObject(body, f"page of {kind or name}")
        total = fields.number("total_records") or len(rows)
        return cls(rows.items, fields.text("next_page_token"), total, rows.unreadable)


@dataclass(frozen=True)
class User:
    """A user. ``zone_name``: the IANA zone of the profile, or empty. ``basic``: the user has no paid license.

    ``language``: the profile's language tag, such as "en-US" or "jp-JP".
    """

    id: str
    name: str = ""
    email: str = ""
    zone_name: str = ""
    basic: bool = False
    account_id: str = ""
    language: str = ""

    @classmethod
    def from_api(cls, data: JsonObject) -> User | None:
        """None for a user without an id."""
        user_id = data.text("id")
        name = data.text("display_name") or f"{data.text('first_name')} {data.text('last_name')}".strip()
        if not user_id:
            return None
        return cls(
            id=user_id,
            name=name,
            email=data.text("email"),
            zone_name=data.text("timezone"),
            basic=data.number("type") == 1,
            account_id=data.text("account_id"),
            language=data.text("language"),
        )


@dataclass(frozen=True)
class Occurrence:
    """One occurrence of a recurring meeting. ``id``: Zoom's occurrence id."""

    id: str
    start_at: datetime | None
    duration_minutes: int = 0
    deleted: bool = False

    @classmethod
    def from_api(cls, data: JsonObject) -> Occurrence:
        deleted = data.text("status") == "deleted"
        return cls(data.text("occurrence_id"), data.time("start_time"), _minutes(data), deleted)


@dataclass(frozen=True)
class Meeting:
    """A scheduled meeting. In a list, ``settings`` and ``status`` are empty. ``start_at``: None without a fixed time.

    ``password``: the passcode, shown to the host on request. The start link is left out.
    """

    id: int
    uuid: str = ""
    topic: str = ""
    type: int = SCHEDULED
    host_id: str = ""
    start_at: datetime | None = None
    duration_minutes: int = 0
    zone_name: str = ""
    agenda: str = ""
    join_url: str = ""
    registration_url: str = ""
    status: str = ""
    password: str = field(default="", repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)
    recurrence: Mapping[str, Any] = field(default_factory=dict)
    occurrences: tuple[Occurrence, ...] = ()

    @classmethod
    def from_api(cls, data: JsonObject) -> Meeting | None:
        """None for a meeting without a number."""
        number, zone_name = data.number("id"), data.text("timezone")
        if number <= 0:
            return None
        return cls(
            id=number,
            uuid=data.text("uuid"),
            topic=data.text("topic") or "Zoom Meeting",
            type=data.number("type") or SCHEDULED,
            host_id=data.text("host_id"),
            start_at=data.time("start_time", dates.find_zone(zone_name) or UTC),
            duration_minutes=_minutes(data),
            zone_name=zone_name,
            agenda=data.text("agenda"),
            join_url=data.text("join_url"),
            registration_url=data.text("registration_url"),
            status=data.text("status"),
            password=data.text("password"),
            settings=data.mapping("settings"),
            recurrence=data.mapping("recurrence"),
            occurrences=tuple(map(Occurrence.from_api, data.rows("occurrences", "occurrence"))),
        )

    @property
    def end_at(self) -> datetime | None:
        return self.start_at + timedelta(minutes=self.duration_minutes) if self.start_at else None

    @property
    def alternative_hosts(self) -> frozenset[str]:
        """The email addresses of the alternative hosts, in lower case."""
        addresses = JsonObject(self.settings, "settings").text("alternative_hosts").replace(",", ";").split(";")
        return frozenset(address.strip().lower() for address in addresses) - {""}

    @property
    def planned(self) -> bool:
        """Whether ``start_at`` was planned; that of an instant meeting is when somebody started it."""
        return self.type in (SCHEDULED, FIXED_TIME)

    @property
    def recurring(self) -> bool:
        return self.type in (NO_FIXED_TIME, FIXED_TIME)

    @property
    def running(self) -> bool:
        return self.status == "started"

    @property
    def has_registration(self) -> bool:
        """Whether people register for it. False in a list, which has no settings."""
        kind = self.settings.get("approval_type")
        return kind in (0, 1, "0", "1") and not isinstance(kind, bool)

    @property
    def registers_by_session(self) -> bool:
        """Whether people register for single sessions of a series, not once for all of them."""
        return str(self.settings.get("registration_type")) in ("2", "3")


@dataclass(frozen=True)
class PastMeeting:
    """A past meeting: one instance of a meeting's number."""

    uuid: str
    id: int = 0
    topic: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None
    host: str = ""
    host_id: str = ""
    has_summary: bool = False

    @classmethod
    def from_api(cls, data: Json) -> PastMeeting:
        fields = JsonObject(data, "past meeting")
        return cls(
            uuid=fields.text("uuid"),
            id=max(0, fields.number("id")),
            topic=fields.text("topic"),
            start_at=fields.time("start_time"),
            end_at=fields.time("end_time"),
            host=fields.text("user_name"),
            host_id=fields.text("host_id"),
            has_summary=fields.flag("has_meeting_summary"),
        )

    def may_have_content(self, user_id: str) -> bool:
        """Whether this user may find a summary or a transcript: Zoom shows them to the host and whom the host chose."""
        return bool(self.uuid) and (self.has_summary or self.host_id in ("", user_id))


def _minutes(data: JsonObject) -> int:
    """A duration in minutes; 0 if it is missing or impossible."""
    minutes = data.number("duration")
    return minutes if 0 <= minutes <= MAX_MINUTES else 0
