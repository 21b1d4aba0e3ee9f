"""Merges the records of a meeting into people: one person, one row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from hashlib import blake2s
from typing import cast

import msgspec

from zoomapp.attendance import intervals
from zoomapp.attendance.client_stays import assign_client_stays
from zoomapp.attendance.groups import IDENTITIES, Group, find_groups, latest
from zoomapp.attendance.intervals import Interval
from zoomapp.attendance.name_matching import merge_by_name
from zoomapp.attendance.names import same_name
from zoomapp.attendance.records import Account, Record, Source
from zoomapp.attendance.stays import BEST_FIRST, FINAL

#: A person who is back within this time never left: it was the network.
REJOIN_SECONDS = 60.0


class Person(msgspec.Struct, frozen=True, dict=True):
    """One person's attendance.

    ``here`` and ``waiting`` are in order and share no time; an end of None means that the stay lasts. Breakout rooms
    are part of the meeting. ``by_name``: whether some ``connections`` were merged only because of an equal name.
    """

    key: str
    name: str
    here: tuple[Interval, ...]
    waiting: tuple[Interval, ...]
    email: str = ""
    role: str = ""
    account: Account = ""
    devices: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    by_name: bool = False
    sources: tuple[Source, ...] = ()
    identities: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def arrived_at(self) -> float:
        """When the person came to the meeting or to its waiting room: the guest does not decide how long it takes."""
        return min(start for start, _ in (*self.here[:1], *self.waiting[:1]))


def merge(records: Iterable[Record], *, ended_at: float | None = None) -> tuple[Person, ...]:
    """The people of one meeting in order of arrival. All stays end with the meeting."""
    all_records = assign_client_stays(set(records))
    by_connection: dict[str, list[Record]] = defaultdict(list)
    for record in all_records:
        by_connection[record.connection].append(record)
    groups = merge_by_name(find_groups(_final_records(all_records)))
    people = [_person(group, by_connection, ended_at) for group in groups]
    return tuple(sorted(people, key=lambda person: (person.arrived_at, person.name, person.key)))


def _final_records(records: set[Record]) -> set[Record]:
    """The records that decide who was there: those of the final list if there is one."""
    for source in FINAL:
        if final := {record for record in records if record.source == source}:
            return final
    return records


def _person(group: Group, by_connection: dict[str, list[Record]], ended_at: float | None) -> Person:
    here = intervals.union(group.here, REJOIN_SECONDS)
    # People in the meeting are not in the waiting room any more, even if no source reported their admission.
    entered = [
        (start, next((begin for begin, _ in here if begin >= start), None) if end is None else end)
        for start, end in group.waiting
    ]
    waiting = intervals.difference(entered, here) if entered else ()
    if ended_at is not None:
        here, waiting = intervals.close(here, ended_at), intervals.close(waiting, ended_at)
    details = [record for connection in group.connections for record in by_connection[connection]]
    # In breakout rooms Zoom leaves out the ids, so that everybody looks like a guest.
    outside = [record for record in group.records if not record.breakout_room] or group.records
    return Person(
        key=blake2s(group.first.encode(), digest_size=5).hexdigest(),
        name=display_name(group.records),
        here=here,
        waiting=waiting,
        email=latest(group.records, "email"),
        role=latest(details, "role"),
        account=cast(Account, latest(outside, "account")),
        devices=tuple(sorted({record.device for record in details if record.device})),
        connections=tuple(sorted(group.connections)),
        by_name=group.by_name,
        sources=tuple(sorted({record.source for record in group.records}, key=BEST_FIRST.index)),
        identities=frozenset([(kind, value) for kind in IDENTITIES for value in group.ids[kind]]),
    )


def display_name(records: Sequence[Record]) -> str:
    """The newest name. The dashboard writes "#" for a comma: another source's spelling of that name is better."""
    name = latest(records, "name")
    if "#" not in name:
        return name
    spelled = [record for record in records if record.source != "metrics" and same_name(record.name) == same_name(name)]
    return latest(spelled, "name") or name
