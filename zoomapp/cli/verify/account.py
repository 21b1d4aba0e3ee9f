"""The account that `flask verify` checks: Zoom's API as one user, and the meetings that the checks created."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import FrameType
from typing import Any, NamedTuple

from zoomapp.dates import RANGE_DAYS
from zoomapp.errors import MissingScope, NotFound, PlanRequired, UpstreamError, ZoomAppError, ZoomRefused
from zoomapp.services import Services
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom import endpoints
from zoomapp.zoom.client import Answer, Call
from zoomapp.zoom.endpoint_types import Endpoint
from zoomapp.zoom.refusals import rate_limit_error
from zoomapp.zoom.scopes import not_granted
from zoomapp.zoom.tolerant_reader import JsonObject

#: How many past meetings the checks look at.
MAX_PAST = 10
#: How often a call is repeated after a limit per second.
MAX_WAITS = 4
#: Zoom sends no email about a meeting of a check.
SILENT = {
    "registrants_email_notification": False,
    "registrants_confirmation_email": False,
    "email_notification": False,
}


class Refusal(NamedTuple):
    """How Zoom refused a call: HTTP's status and Zoom's code."""

    status: int
    code: int


class PatientClient(UserClient):
    """Repeats a call that Zoom refused because of a limit per second, after a wait."""

    def __init__(self, services: Services, user_id: str, wait: Callable[[float], None]) -> None:
        super().__init__(
            user_id,
            services.tokens,
            services.client,
            answers=services.answers,
            quota_guard=services.quota_guard,
            refused_endpoints=services.refused_endpoints,
        )
        self._clock, self._wait = services.clock, wait

    def send(self, call: Call) -> Answer:
        for _ in range(MAX_WAITS):
            answer = super().send(call)
            if answer.status != 429 or (limit := rate_limit_error(answer, self._clock())).daily:
                return answer
            answer.close()
            self._wait(max(1, limit.retry_after))
        return super().send(call)


class Account:
    """Zoom's API as one user. ``wait`` waits a number of seconds.

    ``user`` is the user as Zoom describes them, ``scopes`` what they granted.
    """

    def __init__(self, services: Services, user_id: str, wait: Callable[[float], None]) -> None:
        """Raises TokenError for a user who is not signed in, ZoomRefused, UpstreamError."""
        self.services = services
        self.user_id = user_id
        self.wait = wait
        self.client = PatientClient(services, user_id, wait)
        self.user = self.client.profile()
        self.scopes = self.client.scopes()
        self._topic = f"Check by {services.settings.app_name} {secrets.token_hex(4)}"
        self._meeting_ids: list[int] = []
        self._creating = False

    @property
    def tomorrow(self) -> datetime:
        """A full hour about a day from now."""
        now = datetime.fromtimestamp(self.services.clock(), UTC)
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)

    def may_call(self, endpoint: Endpoint) -> bool:
        """Whether the user granted a scope of this endpoint."""
        return not not_granted(self.scopes, [endpoint])

    def rows(self, endpoint: Endpoint, name: str, **arguments: Any) -> list[Any]:
        """The list called ``name`` of a response. Raises UpstreamError without one."""
        body = self.client.call(endpoint, **arguments)
        rows = body.get(name) if isinstance(body, dict) else None
        if not isinstance(rows, list):
            raise UpstreamError(f"response without the list {name}")
        return rows

    def objects(self, endpoint: Endpoint, name: str, **arguments: Any) -> list[JsonObject]:
        """The objects of the list called ``name``. Raises UpstreamError without one."""
        return [JsonObject(row, name) for row in self.rows(endpoint, name, **arguments) if isinstance(row, dict)]

    def refusal(self, endpoint: Endpoint, body: Any = None, **arguments: Any) -> Refusal | None:
        """How Zoom refuses a call; None if it accepts the call.

        Raises MissingScope, PlanRequired and UpstreamError: these say nothing about the row.
        """
        try:
            self.client.call(endpoint, body, **arguments)
        except (MissingScope, PlanRequired):
            raise
        except ZoomRefused as error:
            return Refusal(error.zoom_status, error.zoom_code)
        return None

    @cached_property
    def past_meetings(self) -> list[JsonObject]:
        """The user's last meetings, the newest first."""
        past = self.objects(endpoints.LIST_MEETINGS, "meetings", type="previous_meetings", page_size=300)
        past.sort(key=lambda row: row.text("start_time"), reverse=True)
        return past[:MAX_PAST]

    def running_meetings(self) -> list[JsonObject]:
        """The user's meetings that are running now."""
        return self.objects(endpoints.LIST_MEETINGS, "meetings", type="live")

    @cached_property
    def recordings(self) -> list[JsonObject]:
        """The user's recordings of the last month."""
        last = datetime.fromtimestamp(self.services.clock(), UTC).date()
        days = {"from": (last - timedelta(days=RANGE_DAYS)).isoformat(), "to": last.isoformat()}
        return self.objects(endpoints.LIST_RECORDINGS, "meetings", page_size=300, **days)

    def create_meeting(self, **fields: Any) -> JsonObject:
        """Create a meeting that is deleted when the check ends. ``fields`` replace those of a plain meeting."""
        settings = {**SILENT, **fields.pop("settings", {})}
        body = {"topic": self._topic, "type": 2, "start_time": zoom_time(self.tomorrow), "duration": 30, **fields}
        with without_interrupts():
            self._creating = True
            created = JsonObject(self.client.call(endpoints.CREATE_MEETING, {**body, "settings": settings}), "meeting")
            self._meeting_ids.append(created.number("id"))
            self._creating = False
        return created

    def is_own(self, meeting: JsonObject) -> bool:
        """Whether a check of this run created the meeting."""
        return meeting.text("topic") == self._topic

    def delete_meetings(self) -> list[int]:
        """Delete what the check created. Returns the numbers of meetings that could not be deleted."""
        with without_interrupts():
            if self._creating:
                # Zoom may have created a meeting although its response did not arrive.
                with suppress(ZoomAppError):
                    listed = self.objects(endpoints.LIST_MEETINGS, "meetings", type="scheduled", page_size=300)
                    self._meeting_ids += [row.number("id") for row in listed if self.is_own(row)]
            meeting_ids, self._meeting_ids, self._creating = dict.fromkeys(self._meeting_ids), [], False
            return [number for number in meeting_ids if not self._is_deleted(number)]

    def _is_deleted(self, meeting_id: int) -> bool:
        try:
            self.client.delete_meeting(meeting_id)
        except NotFound:
            return True
        except ZoomAppError:
            return False
        return True


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Lets Ctrl-C wait for the end of the block: a meeting that is being created must be known to be deleted."""
    signals: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        signals.append(number)

    handler_before = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler_before)
    if signals:
        raise KeyboardInterrupt


def zoom_time(at: datetime) -> str:
    """A moment as Zoom takes and sends it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
