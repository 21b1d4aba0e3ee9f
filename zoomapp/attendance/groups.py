"""Groups of connections that are one person, found by ids, by breakout rooms, and by equal names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from zoomapp.attendance import intervals
from zoomapp.attendance.intervals import Interval
from zoomapp.attendance.names import same_name
from zoomapp.attendance.records import Record
from zoomapp.attendance.stays import breakout_stays, room_stays

#: Two records with the same of these are one person, the first being the strongest.
IDENTITIES = ("user_id", "registrant_id", "customer_key", "email")
KEYS = (*IDENTITIES, "uuid")


@dataclass(eq=False)
class Group:
    """Connections that are one person, as far as the steps before have found out.

    ``absorbed``: whether another group holds its connections now.
    """

    first: str
    records: list[Record]
    in_meeting: list[Interval]
    in_breakout_rooms: list[Interval]
    waiting: list[Interval]
    ids: dict[str, set[str]]
    connections: set[str] = field(default_factory=set)
    by_name: bool = False
    absorbed: bool = False

    @property
    def here(self) -> list[Interval]:
        """The stays in the meeting, those in breakout rooms included."""
        if not self.in_breakout_rooms:
            return self.in_meeting
        return [*self.in_meeting, *intervals.close_breakout_stays(self.in_breakout_rooms, self.in_meeting)]

    @property
    def stays(self) -> list[Interval]:
        return [*self.here, *self.waiting]

    @property
    def has_identity(self) -> bool:
        return any(self.ids[kind] for kind in IDENTITIES)

    @property
    def name(self) -> str:
        """The display name in the form in which equal names are equal."""
        return same_name(latest(self.records, "name"))

    def absorb(self, group: "Group") -> None:
        """Take over the connections of another group."""
        group.absorbed = True
        self.records += group.records
        self.in_meeting += group.in_meeting
        self.in_breakout_rooms += group.in_breakout_rooms
        self.waiting += group.waiting
        self.connections |= group.connections
        self.by_name = self.by_name or group.by_name
        for kind, values in group.ids.items():
            self.ids[kind] |= values

    def may_be(self, group: "Group", kinds: Iterable[str]) -> bool:
        """Whether nothing stronger says that these are two people: a forwarded link has one registrant, two users."""
        return all(not (self.ids[kind] and group.ids[kind]) or self.ids[kind] & group.ids[kind] for kind in kinds)


def find_groups(records: Iterable[Record]) -> list[Group]:
    """One group per person, in order of arrival."""
    groups = merge_by_parent(_connection_groups(records))
    for strength, kind in enumerate(KEYS):
        groups = merge_by_id(groups, kind, KEYS[:strength])
    return groups


def latest(records: Sequence[Record], name: str) -> str:
    """The newest value of the field ``name``."""
    if len(records) == 1:
        return str(getattr(records[0], name))
    values = [(record.seen_at, record.joined_at or 0.0, text) for record in records if (text := getattr(record, name))]
    return max(values)[2] if values else ""


def _connection_groups(records: Iterable[Record]) -> list[Group]:
    """One group per connection, in order of arrival."""
    connections: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        connections[record.connection].append(record)
    groups = []
    for connection, own in connections.items():
        in_meeting, waiting, in_rooms = room_stays(own, "meeting"), room_stays(own, "waiting"), breakout_stays(own)
        if in_meeting or waiting or in_rooms:
            ids = {kind: {value for record in own if (value := getattr(record, kind))} for kind in KEYS}
            groups.append(Group(connection, own, in_meeting, in_rooms, waiting, ids, {connection}))
    return sorted(groups, key=lambda group: (min(start for start, _ in group.stays), group.first))


def merge_by_parent(groups: list[Group]) -> list[Group]:
    """The groups, those of breakout rooms merged with the connection to the meeting that Zoom names for them."""
    owners = {group.first: group for group in groups}
    for group in groups:
        parents = {record.parent_connection for record in group.records} - {"", group.first}
        owner = owners.get(min(parents)) if parents else None
        if owner is not None and not owner.absorbed:
            owner.absorb(group)
    return [group for group in groups if not group.absorbed]


def merge_by_id(groups: list[Group], kind: str, stronger: tuple[str, ...]) -> list[Group]:
    """The groups, those with the same id of this kind merged."""
    owners: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        for value in sorted(group.ids[kind]):
            for owner in owners[value]:
                if owner is not group and not owner.absorbed and owner.may_be(group, stronger):
                    owner.absorb(group)
                    group = owner
        for value in group.ids[kind]:
            if group not in owners[value]:
                owners[value].append(group)
    return [group for group in groups if not group.absorbed]
