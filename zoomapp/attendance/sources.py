"""What the attendance of a meeting is made from: Zoom's API as one user, and the stores with what reached us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from zoomapp.attendance.client_reports import ClientReports
from zoomapp.attendance.webhook_log import WebhookLog
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api import last_seen
from zoomapp.user_api.last_seen import LAST_SEEN_SECONDS, Loaded
from zoomapp.user_api.long_lists import load_in_steps
from zoomapp.user_api.shared_poll import SharedPolls
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.pagination import Collected, collect

Value = TypeVar("Value")


@dataclass(frozen=True)
class AttendanceSources:
    """The sources of attendance for one user at one moment.

    ``late_seconds``: how much later than planned counts as late. ``keep_seconds``: how long attendance is saved.
    ``in_steps``: a long list may raise ListIncomplete and continue with the next request.
    """

    user_client: UserClient
    records: UserRecords
    webhook_log: WebhookLog
    client_reports: ClientReports
    shared_polls: SharedPolls
    clock: Callable[[], float]
    now: datetime
    keep_seconds: int
    account_id: str = ""
    late_seconds: float = 0.0
    in_steps: bool = False

    @property
    def user_id(self) -> str:
        return self.user_client.user_id

    def load(
        self, name: str, fetch: Callable[[], Any], read: Callable[[Any], Value], seconds: int = LAST_SEEN_SECONDS
    ) -> Loaded[Value]:
        """What ``fetch`` gets from Zoom, else what the user saw last. See ``last_seen.load``."""
        return last_seen.load(self.records, self.user_id, self.now, name, fetch, read, seconds)

    def recent(self, name: str, read: Callable[[Any], Value], seconds: float) -> Loaded[Value] | None:
        """What the user saw at most ``seconds`` ago. See ``last_seen.recent``."""
        return last_seen.recent(self.records, self.user_id, self.now, name, read, seconds)

    def collect(self, name: str, fetch: Callable[[str], Any], rows: str) -> Collected:
        """The list ``rows`` of all pages that ``fetch`` gets. Raises ListIncomplete if ``in_steps``."""
        if not self.in_steps:
            return collect(fetch, rows)
        return load_in_steps(self.records, self.user_id, self.clock, name, fetch, rows)
