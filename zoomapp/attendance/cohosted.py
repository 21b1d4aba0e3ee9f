"""The meeting that a user co-hosts, as their own Zoom client reports it, for their page alone.

Zoom's API tells a co-host nothing of another host's meeting. Their client lists who is in it, but not since when.
"""

from __future__ import annotations

from dataclasses import replace

from zoomapp.attendance.client_reports import ClientReport, ClientReports
from zoomapp.zoom.models import Meeting

#: The name of the record of this meeting among the user's client reports: one person co-hosts one meeting at a time.
COHOSTED = "cohosted"
#: A client that has not reported for this long is not in the meeting any more. It reports at least once a minute.
SILENT_SECONDS = 180.0


def cohosted_report(reports: ClientReports, user_id: str, instance: str) -> ClientReport | None:
    """The report of the meeting with this number or UUID, of any age. Raises StoreUnavailable."""
    report = reports.of(user_id, COHOSTED, "")
    return report if report and instance in (report.uuid, str(report.number)) else None


def cohosted_meeting(reports: ClientReports, user_id: str, instance: str, now: float) -> Meeting | None:
    """The meeting with this number or UUID while the user's client reports it. Any ``instance`` if it is empty."""
    report = reports.of(user_id, COHOSTED, "")
    if report is None or instance not in ("", report.uuid, str(report.number)) or now - report.at > SILENT_SECONDS:
        return None
    return Meeting(report.number, report.uuid, report.topic or "Zoom Meeting")


def end_cohosted(reports: ClientReports, user_id: str, instance: str) -> None:
    """Save that the user's client has left this meeting, or is not co-host any more. Raises StoreUnavailable."""
    report = cohosted_report(reports, user_id, instance)
    if report is None or not report.at:
        return
    reports.add(user_id, COHOSTED, report.uuid, ())
    closed = reports.of(user_id, COHOSTED, report.uuid)
    if closed is not None:
        reports.save(user_id, COHOSTED, replace(closed, at=0.0))
