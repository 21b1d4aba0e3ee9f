"""The meetings that a user hosts, for which pages may read the account's dashboard and reports.

The account's token reads every meeting of the account. So Zoom is asked first, with the user's own grant, whether the
user is host or alternative host of this very meeting. Without a clear yes, the account's credentials are not used.
"""

from __future__ import annotations

from typing import Literal

from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import ZoomRefused
from zoomapp.store.encrypted_records import HOST_CHECK
from zoomapp.user_api.account_client import AccountClient
from zoomapp.zoom.models import Meeting

HostRole = Literal["", "host", "alternative host"]

#: How long Zoom's answer counts.
CHECK_SECONDS = HOST_CHECK.seconds


def account_reports(sources: AttendanceSources, number: int) -> AccountClient | None:
    """The account's dashboard and reports, if the user hosts meeting ``number``; else None. Raises UpstreamError."""
    return sources.account_client if host_role(sources, number) else None


def host_role(sources: AttendanceSources, number: int) -> HostRole:
    """What the user is in meeting ``number``, as Zoom says; "" without credentials of the user's account.

    Raises UpstreamError.
    """
    account = sources.account_client
    if account is None or not number or sources.account_id != account.account_id:
        return ""
    saved = sources.records.load(sources.user_id, HOST_CHECK, str(number))
    if isinstance(saved, list) and 0 <= sources.now.timestamp() - saved[0] < CHECK_SECONDS:
        return "host" if saved[1] == "host" else "alternative host"
    try:
        role = _role(sources, number, sources.user_client.meeting(number))
    except ZoomRefused:
        return ""
    if role:
        check = [sources.now.timestamp(), role]
        sources.records.save(sources.user_id, HOST_CHECK, check, CHECK_SECONDS, str(number))
    return role


def _role(sources: AttendanceSources, number: int, meeting: Meeting) -> HostRole:
    if meeting.id != number:
        return ""
    if meeting.host_id == sources.user_id:
        return "host"
    return "alternative host" if sources.email.lower() in meeting.alternative_hosts else ""
