"""The connections that were merged into one person, as the person's page lists them."""

from tests.attendance.rows import TEN, breakout_event, event
from zoomapp.attendance import from_event, merge
from zoomapp.attendance.connections import merged_connections


def test_leaving_a_breakout_room_does_not_end_the_connection():
    lee = {"user_id": "1", "user_name": "Lee", "participant_uuid": "U1"}
    phone = {"user_id": "2", "user_name": "Lee", "participant_uuid": "U1"}
    events = [
        event("joined", 0, lee, "join_time"),
        event("joined", 10, phone, "join_time"),
        breakout_event("joined", 60, lee),
        breakout_event("left", 120, lee),
    ]
    records = [record for body in events for record in from_event(body, TEN)]
    [person] = merge(records)

    connections = merged_connections(person, records)

    assert [(connection.start, connection.end) for connection in connections] == [(TEN, None), (TEN + 10, None)]
