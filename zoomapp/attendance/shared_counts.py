"""How many people are in a running meeting, for its participants, if the host shares it with them."""

from __future__ import annotations

from collections.abc import Callable

from zoomapp.attendance import Frame
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.sharing import Audience, SharedMeetings
from zoomapp.attendance.webhook_log import WebhookLog

#: Counting reads all events of a meeting, and all its participants ask: a process counts it at most once in this time.
COUNT_SECONDS = 30.0
MAX_MEETINGS = 1_000


class SharedCounts:
    """The numbers of people in running meetings whose hosts share them with participants."""

    def __init__(self, shared_meetings: SharedMeetings, webhook_log: WebhookLog, clock: Callable[[], float]) -> None:
        self._shared_meetings = shared_meetings
        self._webhook_log = webhook_log
        self._clock = clock
        self._counts: dict[str, tuple[float, int]] = {}

    def people_in(self, uuid: str) -> int | None:
        """How many people are in this meeting; None if the host does not share it. Raises StoreUnavailable."""
        host = self._shared_meetings.host_of(uuid, Audience.PARTICIPANTS)
        if not host:
            return None
        now = self._clock()
        counted_at, count = self._counts.get(uuid, (0.0, 0))
        if now - counted_at >= COUNT_SECONDS:
            count = AttendanceTable.of(self._webhook_log.records(host, uuid), Frame(now)).figures.here
            if len(self._counts) >= MAX_MEETINGS:
                self._counts.clear()
            self._counts[uuid] = now, count
        return count
