"""Generates a meeting, and the rows or events that each source would have for it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import strategies as st

from zoomapp.attendance import merge_client_report

TEN = 1_795_424_400.0
HOUR = 3600


def zoom_time(seconds):
    return datetime.fromtimestamp(TEN + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Visit:
    """One connection: a person arrives, may wait, joins and leaves. Times are seconds after ten o'clock."""

    number: int
    name: str
    user_id: str
    email: str
    came: int
    entered: int
    left: int

    @property
    def who(self):
        uuid = f"UUID-{self.number}"
        person = {"user_id": str(self.number), "participant_uuid": uuid, "id": self.user_id}
        return {**person, "user_name": self.name, "email": self.email}

    def report(self):
        """As rows of the report."""
        row = {**self.who, "name": self.name, "user_email": self.email}
        meeting = row | {"join_time": zoom_time(self.entered), "leave_time": zoom_time(self.left)}
        waiting = row | {"join_time": zoom_time(self.came), "leave_time": zoom_time(self.entered)}
        rows = [meeting | {"status": "in_meeting"}]
        return rows if self.came == self.entered else [*rows, waiting | {"status": "in_waiting_room"}]

    def events(self):
        """As webhook events."""
        sent = [
            event("joined", self.entered, self.who, "join_time"),
            event("left", self.left, self.who, "leave_time"),
        ]
        if self.came < self.entered:
            sent.append(event("joined_waiting_room", self.came, self.who, "date_time"))
            sent.append(event("admitted", self.entered, self.who, "date_time"))
        return sent


def event(kind, seconds, who, field):
    participant = {**who, field: zoom_time(seconds)}
    payload = {"account_id": "a", "object": {"id": "842", "uuid": "x==", "participant": participant}}
    return {"event": f"meeting.participant_{kind}", "event_ts": int((TEN + seconds) * 1000), "payload": payload}


def breakout_event(kind, seconds, who):
    """An event of the breakout room "room-1", with the fields that Zoom requires."""
    body = event(kind, seconds, who, "join_time" if kind == "joined" else "leave_time")
    body["payload"]["object"]["breakout_room_uuid"] = "room-1"
    return body | {"event": f"meeting.participant_{kind}_breakout_room"}


def client_saw(*lists):
    """The stays in the reports of a client that sent these lists, ``(moment, rows)``, one after the other."""
    stays = []
    for at, rows in lists:
        stays = merge_client_report(stays, at, rows)
    return stays


#: Few names and few identities, so that they meet.
PEOPLE = [("Dana", "dana-id", "dana@example.com"), ("Lee", "", ""), ("iPhone", "", ""), ("Ann", "", "ann@example.com")]


@st.composite
def meetings(draw):
    """Up to eight visits within an hour; nobody's, somebody's, the same person's twice."""
    visits = []
    for number in range(draw(st.integers(1, 8))):
        name, user_id, email = draw(st.sampled_from(PEOPLE))
        came, entered, left = sorted(draw(st.lists(st.integers(0, HOUR), min_size=3, max_size=3)))
        came = draw(st.sampled_from([came, entered]))
        visits.append(Visit(number + 1, name, user_id, email, came, entered, left))
    return visits
