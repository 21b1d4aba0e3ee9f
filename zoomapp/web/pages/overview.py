"""The first page: what runs now, what comes next, what was recorded last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from zoomapp.attendance.activity import latest
from zoomapp.attendance.sources import live_table
from zoomapp.meetings import agenda
from zoomapp.meetings.lists import coming_meetings, live_meetings
from zoomapp.web.auth import CONTEXT_HEADER, enter
from zoomapp.web.components import form_drafts
from zoomapp.web.components.notice import RECORDINGS
from zoomapp.web.components.page_context import done
from zoomapp.web.components.section import Section, load_section
from zoomapp.web.current_user import user_client, user_id
from zoomapp.web.viewer import now
from zoomapp.zoom.models import Page
from zoomapp.zoom.recordings import Recording

bp = Blueprint("overview", __name__)

RECENT_DAYS = 30
NEXT, LATEST = 3, 3


@bp.get("/")
def show() -> ResponseReturnValue:
    """The overview, or the way in. ``/`` may be the Home URL, so the client's header is taken here, too."""
    if CONTEXT_HEADER in request.headers:
        place = enter(request.headers[CONTEXT_HEADER])
        if place != request.path:
            return redirect(place)
    if user_id() is None:
        return render_template("pages/connect.html")
    live, coming = live_meetings(), coming_meetings()
    ahead = agenda.coming(coming.value or (), now(), live.value or ())
    running = live.value[0] if live.value else None
    seen = live_table(running) if running else None
    return render_template(
        "pages/overview.html",
        live=live,
        seen=seen,
        activity=latest(seen.value.people) if seen and seen.value else (),
        coming=coming,
        ahead=[each for each in ahead if each.start_at][:NEXT],
        recordings=_latest_recordings(),
        starts_soon=agenda.starts_soon(agenda.next_one(ahead), now()),
        draft=form_drafts.waiting(),
        done=done(),
    )


def _latest_recordings() -> Section[tuple[Recording, ...]]:
    last = now().date()
    first = last - timedelta(days=RECENT_DAYS - 1)

    def read(body: Any) -> tuple[Recording, ...]:
        found = [each for each in Page.of(body, "meetings", Recording.from_api) if each.start_at]
        return tuple(sorted(found, key=lambda each: each.start_at or now(), reverse=True)[:LATEST])

    return load_section(f"recordings {first} {last}", RECORDINGS, lambda: user_client().recordings(first, last), read)
