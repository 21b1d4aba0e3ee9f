"""What Zoom's lists hold, in our words: aware UTC moments, minutes and bytes, and nothing that is secret to its owner.

Zoom may leave out any field at any time, so every one has a default.
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
    """One page of a list. ``page_token`` leads to the next one and is empty on the last."""

    items: tuple[Item, ...]
    page_token: str = ""
    total: int = 0

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def of(cls, body: Any, name: str, read: Callable[[Json], Item]) -> Page[Item]:
        """The items called ``name`` in Zoom's answer; a row that is no object is left out."""
        data = body if isinstance(body, dict) else {}
        rows = data.get(name)
        items = tuple(read(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
        return cls(items, text(data, "next_page_token"), number(data, "total_records") or len(items))


def text(data: Json, *names: str) -> str:
    """The first of the fields that holds something, as text."""
    return next((str(data[name]) for name in names if data.get(name) not in (None, "")), "")


def number(data: Json, name: str) -> int:
    value = data.get(name)
    return int(value) if isinstance(value, int | float) or (isinstance(value, str) and value.isdigit()) else 0


@dataclass(frozen=True)
class User:
    """Who is signed in. ``zone_name`` is the profile's IANA zone, possibly empty; ``basic``: without a paid licence."""

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
            text(data, "id"),
            name,
            text(data, "email"),
            text(data, "timezone"),
            data.get("type") == 1,
            text(data, "account_id"),
        )


@dataclass(frozen=True)
class Occurrence:
    """One date of a recurring meeting; ``id`` is Zoom's name for it."""

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
    """A scheduled meeting. Lists hold no ``settings`` and no ``status``; ``start_at`` is None without a fixed time.

    ``password`` is the passcode: for the host's eyes, on request. The start link is not here at all.
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
            occurrences=tuple(Occurrence.from_api(each) for each in occurrences)
            if isinstance(occurrences, list)
            else (),
        )

    @property
    def end_at(self) -> datetime | None:
        return self.start_at + timedelta(minutes=self.duration_minutes) if self.start_at else None

    @property
    def planned(self) -> bool:
        """Whether its start was meant to be; an instant meeting's is only when somebody began it."""
        return self.type in (SCHEDULED, FIXED_TIME)

    @property
    def recurring(self) -> bool:
        return self.type in (NO_FIXED_TIME, FIXED_TIME)

    @property
    def running(self) -> bool:
        return self.status == "started"


@dataclass(frozen=True)
class PastMeeting:
    """A held meeting: one instance of a meeting's number."""

    uuid: str
    id: int = 0
    topic: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None
    host: str = ""
    host_id: str = ""

    @classmethod
    def from_api(cls, data: Json) -> PastMeeting:
        begin, end = dates.parse(data.get("start_time")), dates.parse(data.get("end_time"))
        about = (text(data, "uuid"), number(data, "id"), text(data, "topic"))
        return cls(*about, begin, end, text(data, "user_name"), text(data, "host_id"))


def _object(data: Json, name: str) -> Json:
    value = data.get(name)
    return value if isinstance(value, dict) else {}
