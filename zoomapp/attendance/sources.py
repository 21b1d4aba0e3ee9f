"""What the attendance of a meeting is made from: Zoom's API as one user, and the stores with what reached us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from zoomapp.attendance import Record
from zoomapp.attendance.client_reports import ClientReport, ClientReports
from zoomapp.attendance.cohosted import cohosted_report
from zoomapp.attendance.webhook_log import WebhookLog
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api.account_client import AccountClient
from zoomapp.user_api.page_cache import PageCache
from zoomapp.user_api.shared_poll import SharedPolls
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.tolerant_reader import Rows


@dataclass(frozen=True)
class Reader:
    """The user's account, preference and address: ``late_seconds`` is how much later than planned counts as late."""

    account_id: str = ""
    late_seconds: float = 0.0
    email: str = ""


@dataclass(frozen=True)
class AttendanceSources:
    """The sources of attendance for one user at one moment.

    ``keep_seconds``: how long attendance is saved. ``reader``: called when the account or the preference is needed,
    as Zoom may still be sending the user's profile. ``account_client``: the account's own credentials, if there are
    any; only ``hosted_meetings`` uses them. ``shared_host``: the host who shares the events of the meeting with this
    UUID with the user, as its co-host; else empty.
    """

    user_client: UserClient
    cache: PageCache
    records: UserRecords
    webhook_log: WebhookLog
    client_reports: ClientReports
    shared_polls: SharedPolls
    clock: Callable[[], float]
    now: datetime
    keep_seconds: int
    reader: Callable[[], Reader] = Reader
    account_client: AccountClient | None = None
    shared_host: Callable[[str], str] = lambda _uuid: ""

    @property
    def account_id(self) -> str:
        return self.reader().account_id

    @property
    def late_seconds(self) -> float:
        return self.reader().late_seconds

    @property
    def email(self) -> str:
        return self.reader().email

    @property
    def user_id(self) -> str:
        return self.user_client.user_id

    def client_report(self, number: int, uuid: str) -> ClientReport | None:
        """What the user's client reported of this meeting, which the user hosts or co-hosts."""
        report = self.client_reports.of(self.user_id, number, uuid)
        return report or (cohosted_report(self.client_reports, self.user_id, uuid) if uuid else None)

    def event_host(self, uuid: str) -> str:
        """The host whose events of this meeting the user may read: the user, or a host who shares them."""
        return self.shared_host(uuid) or self.user_id

    def observed(self, uuid: str, report: ClientReport | None) -> Rows[Record]:
        """What webhooks reported of this meeting to its host, and the ``report`` of the user's client.

        The host is the user, or shares names and times with the user: email addresses are left out then.
        """
        host = self.event_host(uuid)
        events = self.webhook_log.records(host, uuid)
        if host != self.user_id:
            events = Rows(tuple(replace(record, email="") for record in events), events.unreadable)
        if report is None:
            return events
        return Rows((*events, *report.stays), events.unreadable + report.unreadable)
