"""Assigns the stays in a client report to the connections that better sources know.

The client lists no connection ids. The participant's UUID says which connection a stay is of, or else the name of
somebody who was present at that time.
"""

from collections import defaultdict

from msgspec.structs import replace

from zoomapp.attendance import intervals
from zoomapp.attendance.intervals import Interval
from zoomapp.attendance.names import same_name
from zoomapp.attendance.records import Record
from zoomapp.attendance.stays import all_stays


def assign_client_stays(records: set[Record]) -> set[Record]:
    """The records, those of the client with the connections of the better sources."""
    stays = [record for record in records if record.source == "sdk"]
    if not stays:
        return records
    connections = _Connections(records.difference(stays))
    # Stays with a matching UUID come first: the others of that name are then free for stays without one.
    stays.sort(key=lambda stay: (stay.uuid not in connections.uuids, stay.joined_at or 0.0, stay.connection, stay.room))
    return records.difference(stays) | {connections.assign(stay) for stay in stays}


class _Connections:
    """The connections of the better sources. Two participants whom the client listed at once never share one."""

    def __init__(self, records: set[Record]) -> None:
        by_connection: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            by_connection[record.connection].append(record)
        self._stays = {connection: all_stays(own) for connection, own in by_connection.items()}
        self._assigned: dict[str, list[tuple[str, Interval]]] = defaultdict(list)
        self.uuids: dict[str, list[str]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        for connection in sorted(by_connection, key=lambda key: (self._start(key), key)):
            for uuid in {record.uuid for record in by_connection[connection] if record.uuid}:
                self.uuids[uuid].append(connection)
            for name in {same_name(record.name) for record in by_connection[connection] if record.name}:
                self._names[name].append(connection)

    def assign(self, record: Record) -> Record:
        """The record with the connection that it belongs to; unchanged if no better source knows it."""
        stay = (record.joined_at or 0.0, record.left_at)
        same = self._names.get(same_name(record.name), ())
        free = self.uuids.get(record.uuid) or [key for key in same if self._is_free(key, record.connection, stay)]
        present = [connection for connection in free if intervals.overlap(self._stays[connection], [stay])]
        connection = (present or free or [record.connection])[-1]
        self._assigned[connection].append((record.connection, stay))
        return replace(record, connection=connection)

    def _start(self, connection: str) -> float:
        return min((start for start, _ in self._stays[connection]), default=0.0)

    def _is_free(self, connection: str, client_id: str, stay: Interval) -> bool:
        assigned = self._assigned[connection]
        return not any(user != client_id and intervals.overlap([taken], [stay]) for user, taken in assigned)
