"""Records become people: one person, one row, by rules a person can be told."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2s
from typing import cast

import msgspec
from msgspec.structs import replace

from zoomapp.attendance import intervals
from zoomapp.attendance.intervals import Interval
from zoomapp.attendance.records import Account, Record, Room, Source

#: A final list replaces everything before it; of the others, the times of the first beat those of the next.
FINAL: tuple[Source, ...] = ("report", "past")
LIVE: tuple[Source, ...] = ("webhook", "metrics", "sdk")
BEST_FIRST = (*FINAL, *LIVE)

#: Two records with the same of these are one person, the first being the strongest.
IDENTITIES = ("user_id", "registrant_id", "customer_key", "email")
KEYS = (*IDENTITIES, "uuid")

#: Who is back within this time never left: it was the network.
REJOIN_SECONDS = 60.0


class Person(msgspec.Struct, frozen=True, dict=True):
    """One person's attendance.

    ``here`` and ``waiting`` are told once each and share no time; an end of None means it goes on.
    ``connections``: those that are this person; ``by_name`` says that they were put together only because of their
    equal display name.
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
        """When they came, be it to the door: being kept there is not the guest's fault."""
        return min(start for start, _ in (*self.here[:1], *self.waiting[:1]))


def merge(records: Iterable[Record], *, ended_at: float | None = None) -> tuple[Person, ...]:
    """The people of one meeting in order of arrival; once it has ended, nobody is still here."""
    every = _connected(set(records))
    groups = _groups(_kept(every))
    for strength, kind in enumerate(KEYS):
        groups = _merged(groups, kind, KEYS[:strength])
    groups = _matched_by_name(groups)
    told: dict[str, list[Record]] = defaultdict(list)
    for record in every:
        told[record.connection].append(record)
    people = [_person(group, told, ended_at) for group in groups]
    return tuple(sorted(people, key=lambda person: (person.arrived_at, person.name, person.key)))


def _kept(records: set[Record]) -> set[Record]:
    """The records that count: those of the final list if there is one."""
    for source in FINAL:
        if final := {record for record in records if record.source == source}:
            return final
    return records


def _connected(records: set[Record]) -> set[Record]:
    """The same, with each stay that the client saw put to the connection that better sources know it by."""
    stays = [record for record in records if record.source == "sdk"]
    if not stays:
        return records
    places = _Places(records.difference(stays))
    # Whom an id places first leaves the others of that name to those who have none.
    stays.sort(key=lambda stay: (stay.uuid not in places.uuids, stay.joined_at or 0.0, stay.connection, stay.room))
    return records.difference(stays) | {places.put(stay) for stay in stays}


class _Places:
    """Which connection a stay belongs to that the client saw: the id tells, or else the name of who was there then.

    Two participants whom the client saw at the same time are never put to one connection.
    """

    def __init__(self, known: set[Record]) -> None:
        told: dict[str, list[Record]] = defaultdict(list)
        for record in known:
            told[record.connection].append(record)
        self._stays = {name: [*_stays(own, "meeting"), *_stays(own, "waiting")] for name, own in told.items()}
        self._taken: dict[str, list[tuple[str, Interval]]] = defaultdict(list)
        self.uuids: dict[str, list[str]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        for connection in sorted(told, key=lambda name: (min((at for at, _ in self._stays[name]), default=0.0), name)):
            for uuid in {record.uuid for record in told[connection] if record.uuid}:
                self.uuids[uuid].append(connection)
            for name in {same_name(record.name) for record in told[connection] if record.name}:
                self._names[name].append(connection)

    def put(self, seen: Record) -> Record:
        """The same at its connection; at its own where nobody else knows it."""
        stay = (seen.joined_at or 0.0, seen.left_at)
        free = self.uuids.get(seen.uuid) or [
            name for name in self._names.get(same_name(seen.name), ()) if self._is_free(name, seen.connection, stay)
        ]
        there = [name for name in free if intervals.overlap(self._stays[name], [stay])]
        place = (there or free or [seen.connection])[-1]
        self._taken[place].append((seen.connection, stay))
        return replace(seen, connection=place)

    def _is_free(self, place: str, who: str, stay: Interval) -> bool:
        return not any(other != who and intervals.overlap([taken], [stay]) for other, taken in self._taken[place])


# --- groups of connections --------------------------------------------------------------------------


@dataclass(eq=False)
class _Group:
    """Connections that are one person, as far as we have come."""

    first: str
    records: list[Record]
    here: list[Interval]
    waiting: list[Interval]
    ids: dict[str, set[str]]
    connections: set[str] = field(default_factory=set)
    by_name: bool = False
    absorbed: bool = False

    @property
    def stays(self) -> list[Interval]:
        return [*self.here, *self.waiting]

    def absorb(self, other: "_Group") -> None:
        other.absorbed = True
        self.records += other.records
        self.here += other.here
        self.waiting += other.waiting
        self.connections |= other.connections
        for kind, values in other.ids.items():
            self.ids[kind] |= values

    def may_be(self, other: "_Group", kinds: Iterable[str]) -> bool:
        """Whether nothing stronger says that these are two people: a forwarded link has one registrant, two users."""
        return all(not (self.ids[kind] and other.ids[kind]) or self.ids[kind] & other.ids[kind] for kind in kinds)


def _groups(records: set[Record]) -> list[_Group]:
    """One group per connection, in order of arrival."""
    connections: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        connections[record.connection].append(record)
    groups = []
    for connection, own in connections.items():
        here, waiting = _stays(own, "meeting"), _stays(own, "waiting")
        if here or waiting:
            ids = {kind: {value for record in own if (value := getattr(record, kind))} for kind in KEYS}
            groups.append(_Group(connection, own, here, waiting, ids, {connection}))
    return sorted(groups, key=lambda group: (min(start for start, _ in group.stays), group.first))


def _stays(records: list[Record], room: Room) -> list[Interval]:
    """When a connection was in a room: each source by itself, then the better over the worse."""
    told: dict[Source, list[Record]] = defaultdict(list)
    for record in records:
        if record.room == room:
            told[record.source].append(record)
    if len(told) < 2:
        return [stay for own in told.values() for stay in _told(own)]
    found: list[Interval] = []
    for source in sorted(told, key=BEST_FIRST.index):
        found = intervals.overlay(found, _told(told[source]))
    return found


def _told(records: list[Record]) -> tuple[Interval, ...]:
    """The stays that one source tells of: rows as they are, events in pairs."""
    if len(records) == 1 and records[0].joined_at is not None:
        return ((records[0].joined_at, records[0].left_at),)
    ends: dict[float, float | None] = {}
    leaves: set[float] = set()
    for record in records:
        if record.joined_at is not None:
            known = ends.get(record.joined_at)
            later = known is None or (record.left_at is not None and record.left_at > known)
            ends[record.joined_at] = record.left_at if later else known
        elif record.left_at is not None:
            leaves.add(record.left_at)
    whole: list[Interval] = [(start, end) for start, end in ends.items() if end is not None]
    joins = {start for start, end in ends.items() if end is None}
    return intervals.union([*whole, *intervals.pair(joins, leaves)])


def _merged(groups: list[_Group], kind: str, stronger: tuple[str, ...]) -> list[_Group]:
    """The groups, those with the same id of this kind put together."""
    owners: dict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        for value in sorted(group.ids[kind]):
            for other in owners[value]:
                if other is not group and not other.absorbed and other.may_be(group, stronger):
                    other.absorb(group)
                    group = other
        for value in group.ids[kind]:
            if group not in owners[value]:
                owners[value].append(group)
    return [group for group in groups if not group.absorbed]


def _matched_by_name(groups: list[_Group]) -> list[_Group]:
    """The groups, those that nothing but an equal name tells apart or together put together if never here at once."""
    rows: dict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        name = same_name(latest(group.records, "name"))
        if not name or any(group.ids[kind] for kind in IDENTITIES):
            continue
        same = rows[name]
        row = next((row for row in same if not intervals.overlap(row.stays, group.stays)), None)
        if row is None:
            same.append(group)
        else:
            row.absorb(group)
            row.by_name = True
    return [group for group in groups if not group.absorbed]


def _person(group: _Group, told: dict[str, list[Record]], ended_at: float | None) -> Person:
    here = intervals.union(group.here, REJOIN_SECONDS)
    # Whoever is in the meeting is no longer at the door, even if nobody told us that they were let in.
    entered = [
        (start, next((begin for begin, _ in here if begin >= start), None) if end is None else end)
        for start, end in group.waiting
    ]
    waiting = intervals.difference(entered, here) if entered else ()
    if ended_at is not None:
        here, waiting = intervals.close(here, ended_at), intervals.close(waiting, ended_at)
    details = [record for connection in group.connections for record in told[connection]]
    return Person(
        key=blake2s(group.first.encode(), digest_size=5).hexdigest(),
        name=latest(group.records, "name"),
        here=here,
        waiting=waiting,
        email=latest(group.records, "email"),
        role=latest(details, "role"),
        account=cast(Account, latest(group.records, "account")),
        devices=tuple(sorted({record.device for record in details if record.device})),
        connections=tuple(sorted(group.connections)),
        by_name=group.by_name,
        sources=tuple(sorted({record.source for record in group.records}, key=BEST_FIRST.index)),
        identities=frozenset([(kind, value) for kind in IDENTITIES for value in group.ids[kind]]),
    )


def latest(records: Sequence[Record], name: str) -> str:
    """The newest of what was said about ``name``."""
    if len(records) == 1:
        return str(getattr(records[0], name))
    told = [(record.seen_at, record.joined_at or 0.0, value) for record in records if (value := getattr(record, name))]
    return max(told)[2] if told else ""


def same_name(name: str) -> str:
    """A display name as it counts for being equal."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def initials(name: str) -> str:
    """At most two letters, of the first and the last word; a name of one or two characters is returned whole."""
    if 0 < len(name) <= 2:
        return name.upper()
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"
