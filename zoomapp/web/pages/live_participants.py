"""The live part of the participants page, which an open window requests again and again.

A request costs Zoom next to nothing: all viewers share one poll of the dashboard, and webhooks arrive by themselves.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from zoomapp.attendance.cohosted import end_cohosted
from zoomapp.attendance.current_meeting import may_read_dashboard, running
from zoomapp.attendance.dashboard import forget_dashboard
from zoomapp.attendance.live import LiveView, live_view
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import NotFound
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.components.notice import LIVE, MEETINGS, Notice
from zoomapp.web.components.section import section
from zoomapp.web.pages.participants import ROWS, live_version, people_context
from zoomapp.web.viewer import now, viewer

bp = Blueprint("live", __name__)

#: An open window makes Zoom list the viewer's running meetings once a minute, to notice the end of this one.
LIST_SECONDS = 60.0
#: The dashboard notices the end as well. While it answers, the list only says under which UUID the meeting runs.
DASHBOARD_LIST_SECONDS = 1200.0
#: A request has this header if its Zoom client reported the end of the meeting. The app then asks Zoom.
ENDED_HEADER, ENDED_LIST_SECONDS = "X-Meeting-Ended", 0.0
#: Data of webhooks are shown within two seconds. A response without news is empty and cheap.
WEBHOOK_SECONDS = 1.2
#: The shortest wait for the next poll of the dashboard.
MIN_SECONDS = 1.0
#: A viewer who chose to refresh less often than this gets their own choice.
FAST_SECONDS = 15
#: The wait while Zoom does not answer and names no time.
PAUSE_SECONDS = 30
#: The wait while Zoom refuses: a permission may be granted again, a plan changed.
REFUSED_SECONDS = 60


@bp.get("/participants/<key>/live")
def show(key: str) -> ResponseReturnValue:
    """200 with the live part, 304 if it is unchanged, 204 if the meeting is over; else a time to wait."""
    sources, instance = attendance_sources(), requested_instance(key)
    if ENDED_HEADER in request.headers:
        # Zoom's API tells a co-host nothing of the meeting: the word of their client ends their own page.
        end_cohosted(sources.client_reports, sources.user_id, instance)
    found = running(_asking_now(sources), instance, _list_seconds(sources))
    if found.value and ENDED_HEADER in request.headers:
        forget_dashboard(sources, found.value)
    view = live_view(sources, found.value) if found.value else None
    if view and view.dashboard.error:
        found = running(sources, instance, LIST_SECONDS)
    elif view and view.began_after(found.at):
        # The host ended the meeting and started it again: it has another UUID since.
        found = running(sources, instance, LIST_SECONDS)
        view = live_view(sources, found.value) if found.value else None
    if view is None or found.value is None:
        return _nothing(section(found, MEETINGS).trouble)
    if view.is_over:
        return _nothing(None)
    if view.dashboard.error and not view.webhooks.records and not view.client_report:
        return _nothing(section(view.dashboard, LIVE).trouble)
    return _live_part(key, view)


def _asking_now(sources: AttendanceSources) -> AttendanceSources:
    """The sources, without saved copies if the Zoom client reported the end: a saved list has this meeting still."""
    has_ended = ENDED_HEADER in request.headers
    return replace(sources, cache=replace(sources.cache, reload=True)) if has_ended else sources


def _list_seconds(sources: AttendanceSources) -> float:
    """How old Zoom's list of running meetings may be, which shows the end of this one."""
    if ENDED_HEADER in request.headers:
        return ENDED_LIST_SECONDS
    return DASHBOARD_LIST_SECONDS if may_read_dashboard(sources) else LIST_SECONDS


def _live_part(key: str, view: LiveView) -> Response:
    """The live part, or 304 if the browser has it already. Nothing is merged for a 304."""
    etag = live_version(view.version)
    response = Response(headers={"Cache-Control": "private, no-cache", **poll_headers(view)})
    response.set_etag(etag)
    response.vary.add("Cookie")
    if request.if_none_match.contains(etag):
        response.status_code = 304
        return response
    context = people_context(key, view.meeting, section(view.table(), LIVE))
    response.mimetype = "text/html"
    response.set_data(render_template("partials/people.html", **{**context, "max_rows": ROWS, "refreshed": True}))
    return response


def _nothing(notice: Notice | None) -> ResponseReturnValue:
    """204 at the end of the meeting, else when to ask again and why Zoom refuses. The page keeps what it shows."""
    if notice is None or notice.status == NotFound.status:
        return "", 204
    if notice.status < 429:
        return f"{notice.title}.", 403, {"Retry-After": str(REFUSED_SECONDS), "Content-Type": "text/plain"}
    wait = notice.retry_after or PAUSE_SECONDS
    return "", 429 if notice.status == 429 else 503, {"Retry-After": str(wait)}


def poll_headers(view: LiveView) -> dict[str, str]:
    """When the window asks again, and how old the data are now."""
    age = max(0.0, (now() - view.at).total_seconds())
    seconds = MIN_SECONDS if ENDED_HEADER in request.headers else poll_seconds(view)
    return {"X-Poll-Interval": f"{seconds:g}", "X-Seen-Age": f"{age:.0f}"}


def poll_seconds(view: LiveView) -> float:
    """The seconds until a window asks again."""
    chosen = viewer().chosen.refresh_seconds or FAST_SECONDS
    if view.webhooks.readable and chosen <= FAST_SECONDS:
        return WEBHOOK_SECONDS
    if chosen > FAST_SECONDS or view.dashboard.value is None:
        return chosen
    # When the next poll is due, which may be soon: another viewer may be polling right now.
    return min(chosen, max(MIN_SECONDS, round(view.dashboard.value.next_at - now().timestamp(), 1)))
