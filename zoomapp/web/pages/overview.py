"""The start page: sign-in by app context, the page to connect, or the overview of meetings and recordings."""

from __future__ import annotations

from datetime import UTC

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from zoomapp.attendance.activity import latest
from zoomapp.attendance.live import expect_running, live_table
from zoomapp.meetings import agenda
from zoomapp.meetings.lists import live_meetings, upcoming_meetings
from zoomapp.meetings.quick_schedule import default_topic, proposed_starts
from zoomapp.store import idempotency
from zoomapp.web.auth import CONTEXT_HEADER, sign_in_with_context
from zoomapp.web.components import form_drafts, prefetch
from zoomapp.web.components.attendance import attendance_sources
from zoomapp.web.components.notice import LIVE, MEETINGS, RECORDINGS, unreadable_notice
from zoomapp.web.components.page_context import done
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.section import section
from zoomapp.web.current_user import user_client, user_id
from zoomapp.web.pages.recordings import library
from zoomapp.web.viewer import now, viewer

bp = Blueprint("overview", __name__)

MAX_UPCOMING = 3


@bp.get("/")
def show() -> ResponseReturnValue:
    """The overview, or the page to connect. ``/`` can be the Home URL, so it accepts Zoom's app context, too."""
    if CONTEXT_HEADER in request.headers:
        first_page = sign_in_with_context(request.headers[CONTEXT_HEADER])
        if first_page != request.path:
            return redirect(first_page)
    if user_id() is None:
        return render_template("pages/connect.html")
    return _overview()


def _overview() -> str:
    client, cache = user_client(), page_cache()
    sources = attendance_sources()
    expected = expect_running(sources)
    pending_upcoming = cache.calls.start(lambda: upcoming_meetings(client, cache))
    pending_recordings = cache.calls.start(library(UTC).latest)
    live = section(live_meetings(client, cache), MEETINGS)
    attendance = section(live_table(sources, live.value[0], expected), LIVE) if live.value else None
    upcoming = section(pending_upcoming.result(), MEETINGS)
    recordings = section(pending_recordings.result(), RECORDINGS)
    prefetch.after_overview(has_recordings=bool(recordings.value))
    next_meetings = agenda.upcoming(upcoming.value or (), now(), live.value or ())
    return render_template(
        "pages/overview.html",
        live=live,
        not_whole=unreadable_notice(
            sum(part.value.unreadable for part in (live, upcoming, recordings) if part.value is not None)
        ),
        attendance=attendance,
        activity=latest(attendance.value.people) if attendance and attendance.value else (),
        upcoming=upcoming,
        next_meetings=[meeting for meeting in next_meetings if meeting.start_at][:MAX_UPCOMING],
        recordings=recordings,
        starts_soon=agenda.starts_soon(agenda.first_with_start(next_meetings), now()),
        draft=form_drafts.pending_path(),
        done=done(),
        quick=proposed_starts(now(), viewer().zone_name),
        quick_topic=default_topic(viewer().name),
        quick_key=idempotency.new_key(),
    )
