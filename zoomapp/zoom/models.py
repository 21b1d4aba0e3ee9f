"""Zoom's JSON as dataclasses: users, meetings, past meetings and pages of lists, with aware UTC times.

Zoom may leave out any field at any time: every field has a default. Secrets such as start links are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from zoomapp import dates

Item = TypeVar("Item")
Json = Mapping[str, Any]

INSTANT, SCHEDULED, NO_FIXED_TIME, FIXED_TIME = 1, 2, 3, 8


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list. ``page_token`` is the token of the next page; empty on the last one."""

    items: tuple[Item, ...]
    page_token: str = ""
    total: int = 0

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def of(cls, body: Any, name: str, read: Callable[[Json], Item]) -> Page[Item]:
        """The items called ``name`` in a response. A row that is not an object is left out."""
        data = body if isinstance(body, dict) else {}
        rows = data.get(name)
        items = tuple(read(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
        return cls(items, text(data, "next_page_token"), number(data, "total_records") or len(items))


def text(data: Json, *names: str) -> str:
    """The first of these fields that has a value, as text; empty if none has."""
    return next((str(data[name]) for name in names if data.get(name) not in (None, "")), "")


def number(data: Json, name: str) -> int:
    """A field as a whole number; 0 if it is none."""
    value = data.get(name)
    return int(value) if isinstance(value, int | float) or (isinstance(value, str) and value.isdigit()) else 0


@dataclass(frozen=True)
class User:
    """A user. ``zone_name``: the IANA zone of the profile, or empty. ``basic``: the user has no paid license."""

    id: str
    name: str = ""
    email: str = ""
    zone_name: str = ""
    basic: bool = False
    account_id: str = ""

    @classmethod
    def from_api(cls, data: Json) -> User:
        name = text(data, "display_name") or f"{text(data, 'first_name')} {text(data, 'last_name')}".strip()
        return cls(
            id=text(data, "id"),
            name=name,
            email=text(data, "email"),
            zone_name=text(data, "timezone"),
            basic=data.get("type") == 1,
            account_id=text(data, "account_id"),
        )


@dataclass(frozen=True)
class Occurrence:
    """One occurrence of a recurring meeting. ``id``: Zoom's occurrence id."""

    id: str
    start_at: datetime | None
    duration_minutes: int = 0
    deleted: bool = False

    @classmethod
    def from_api(cls, data: Json) -> Occurrence:
        start_at = dates.parse(data.get("start_time"))
        deleted = data.get("status") == "deleted"
        return cls(text(data, "occurrence_id"), start_at, number(data, "duration"), deleted)


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
    status: str = ""
    password: str = field(default="", repr=False)
    settings: Json = field(default_factory=dict)
    recurrence: Json = field(default_factory=dict)
    occurrences: tuple[Occurrence, ...] = ()

    @classmethod
    def from_api(cls, data: Json) -> Meeting:
        zone_name = text(data, "timezone")
        occurrences = data.get("occurrences")
        return cls(
            id=number(data, "id"),
            uuid=text(data, "uuid"),
            topic=text(data, "topic") or "Zoom Meeting",
            type=number(data, "type") or SCHEDULED,
            host_id=text(data, "host_id"),
            start_at=dates.parse(data.get("start_time"), dates.find_zone(zone_name) or UTC),
            duration_minutes=number(data, "duration"),
            zone_name=zone_name,
            agenda=text(data, "agenda"),
            join_url=text(data, "join_url"),
            status=text(data, "status"),
            password=text(data, "password"),
            settings=_object(data, "settings"),
            recurrence=_object(data, "recurrence"),
            occurrences=tuple(Occurrence.from_api(row) for row in occurrences) if isinstance(occurrences, list) else (),
        )

    @property
    def end_at(self) -> datetime | None:
        return self.start_at + timedelta(minutes=self.duration_minutes) if self.start_at else None

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

    @classmethod
    def from_api(cls, data: Json) -> PastMeeting:
        return cls(
            uuid=text(data, "uuid"),
            id=number(data, "id"),
            topic=text(data, "topic"),
            start_at=dates.parse(data.get("start_time")),
            end_at=dates.parse(data.get("end_time")),
            host=text(data, "user_name"),
            host_id=text(data, "host_id"),
        )


def _object(data: Json, name: str) -> Json:
    value = data.get(name)
    return value if isinstance(value, dict) else {}
