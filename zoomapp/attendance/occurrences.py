"""The occurrences of a meeting, and the comparison of two: who attended both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from zoomapp.attendance import Pair, compare
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.names import initials
from zoomapp.attendance.past import load_past_meeting
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import NotFound, UpstreamError
from zoomapp.user_api.page_cache import Loaded, PageCache
from zoomapp.zoom.meeting_ids import is_number
from zoomapp.zoom.models import Page, PastMeeting
from zoomapp.zoom.tolerant_reader import Rows


@dataclass(frozen=True)
class Occurrence:
    """One occurrence of a meeting; ``previous_uuid`` is the occurrence before, if there is one."""

    start_at: datetime | None
    uuid: str
    previous_uuid: str = ""


@dataclass(frozen=True)
class ComparedPerson:
    """A person of two occurrences: the seconds in each meeting, None for one that they did not attend."""

    name: str
    first: float | None
    second: float | None
    by_name: bool


def list_occurrences(sources: AttendanceSources, instance: str) -> tuple[int, str, Loaded[Rows[Occurrence]]]:
    """The number and topic of a meeting, and its occurrences, newest first.

    Raises NotFound, and UpstreamError during an outage.
    """
    calls = sources.cache.calls
    listed = calls.start(lambda: _load_occurrences(sources, int(instance))) if is_number(instance) else None
    found = load_past_meeting(sources, instance)
    meeting = found.value
    if listed:
        return int(instance), meeting.topic if meeting else "", listed.result()
    number = meeting.id if meeting else 0
    if not number:
        raise found.error if isinstance(found.error, UpstreamError) else NotFound
    return number, meeting.topic if meeting else "", _load_occurrences(sources, number)


def _load_occurrences(sources: AttendanceSources, number: int) -> Loaded[Rows[Occurrence]]:
    return sources.cache.load(_copy_name(number), lambda: sources.user_client.past_instances(number), _newest_first)


def known_occurrences(cache: PageCache, number: int) -> tuple[Occurrence, ...]:
    """The occurrences of a meeting that a page has listed in the last hour, newest first. Does not call Zoom."""
    copy = replace(cache, reload=False).recent(_copy_name(number), _newest_first, float("inf"))
    return tuple(copy.value) if copy and copy.value else ()


def compare_tables(
    first: AttendanceTable, second: AttendanceTable, *, hide_names: bool = False
) -> tuple[tuple[str, list[ComparedPerson]], ...]:
    """The people who attended both occurrences, the first only, the second only. Each person is in one group.

    A person who never left the waiting room of an occurrence did not attend it.
    """
    in_first, in_second = ({row.person.key: row.seconds for row in table.rows} for table in (first, second))
    attended = [[person for person in table.people if person.here] for table in (first, second)]
    pairs = compare(*attended)
    people = [_compared(pair, in_first, in_second, hide_names=hide_names) for pair in pairs]
    return (
        ("both", [person for person in people if person.first is not None and person.second is not None]),
        ("first", [person for person in people if person.second is None]),
        ("second", [person for person in people if person.first is None]),
    )


def _compared(pair: Pair, first: dict[str, float], second: dict[str, float], *, hide_names: bool) -> ComparedPerson:
    person: Any = pair.first or pair.second
    return ComparedPerson(
        # People are matched by their names before these are hidden.
        initials(person.name) if hide_names else person.name,
        first[pair.first.key] if pair.first else None,
        second[pair.second.key] if pair.second else None,
        pair.by_name,
    )


def _copy_name(number: int) -> str:
    return f"times {number}"


def _newest_first(body: Any) -> Rows[Occurrence]:
    """The occurrences. One without its UUID or its start is unreadable."""
    meetings = Page.of(body, "meetings", PastMeeting.from_api)
    dated = sorted((each for each in meetings if each.uuid and each.start_at), key=lambda each: str(each.start_at))
    previous = {later.uuid: earlier.uuid for earlier, later in pairwise(dated)}
    newest_first = (Occurrence(each.start_at, each.uuid, previous.get(each.uuid, "")) for each in reversed(dated))
    return Rows(tuple(newest_first), meetings.unreadable + len(meetings) - len(dated))
