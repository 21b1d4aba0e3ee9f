"""The meetings page: live, upcoming, scheduled and past meetings, with a search; and the link that starts a meeting."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.attendance.live import live_table
from zoomapp.errors import NotFound, UpstreamError, ZoomRefused
from zoomapp.meetings import agenda, lists
from zoomapp.web.components.attendance import attendance_sources
from zoomapp.web.components.filters import link as zoom_link
from zoomapp.web.components.notice import MEETING, MEETINGS, Notice, error_page, unreadable_notice
from zoomapp.web.components.page_context import done
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.section import section
from zoomapp.web.current_user import user_client
from zoomapp.web.errors import prefers_html
from zoomapp.web.viewer import start_viewer, viewer
from zoomapp.zoom.models import Meeting

bp = Blueprint("meetings", __name__)

LABELS = {"upcoming": "Upcoming", "live": "Live", "scheduled": "Scheduled", "past": "Past"}
ROWS, MAX_ROWS = 50, 5000
#: For this many running meetings the page loads the number of people.
MAX_LIVE = 4


@bp.get("/meetings")
def index() -> ResponseReturnValue:
    """One list of meetings by day. ``show`` names the list, ``q`` searches it, ``rows`` limits it."""
    show, query, rows = _arguments()
    cache = page_cache()
    start_viewer(cache.calls)
    result = lists.search(user_client(), cache, show, query)
    sources = attendance_sources()
    tables = {
        meeting.id: cache.calls.start(partial(live_table, sources, meeting)) for meeting in result.running[:MAX_LIVE]
    }
    meeting_list = section(result.loaded, MEETINGS)
    # A list of its own: if the page's list failed as well, one notice is enough.
    live_trouble = None if meeting_list.trouble or show in ("live", "past") else _live_trouble(result)
    page = render_template(
        "pages/meetings.html",
        show=show,
        query=query,
        views=_tabs(show, query, result),
        meeting_list=meeting_list,
        live_trouble=live_trouble,
        not_whole=unreadable_notice(result.unreadable),
        loaded_count=len(meeting_list.value.meetings) if meeting_list.value else 0,
        live=result.running,
        attendance={meeting_id: table.result().value for meeting_id, table in tables.items()},
        days=agenda.by_day(result.found[:rows], viewer().zone),
        found=result.found,
        more=_more_link(show, query, rows, len(result.found)),
        next_meeting=result.next_meeting,
        starts_soon=result.starts_soon,
        done=done(),
    )
    return page, meeting_list.status, meeting_list.headers


@bp.get("/meetings/<int:meeting_id>/start")
def start(meeting_id: int) -> ResponseReturnValue:
    """Redirect to the link that starts the meeting. A script in Zoom's client gets the link as JSON.

    The link is a credential: it is fetched for this request and is never part of a page. Zoom's client refuses a second
    meeting of the same host on some plans, so a page warns first; ``anyway`` skips that page.
    """
    try:
        if "anyway" not in request.args and (blocking := _blocking_meeting(meeting_id)):
            return _start_blocked(meeting_id, blocking)
        link = zoom_link(user_client().start_link(meeting_id))
    except (ZoomRefused, UpstreamError) as error:
        return error_page(error, MEETING, "Start a meeting")
    if not link:
        raise NotFound(404, 3001, "no start link")
    return redirect(link) if prefers_html() else {"url": link}


def _arguments() -> tuple[str, str, int]:
    """The list, the search text and the number of rows that the address asks for."""
    show = request.args.get("show", "upcoming")
    rows = max(ROWS, min(request.args.get("rows", ROWS, type=int), MAX_ROWS))
    return show if show in LABELS else "upcoming", request.args.get("q", "").strip()[:200], rows


def _tabs(show: str, query: str, result: lists.SearchResult) -> list[tuple[str, str, int | None, bool, str]]:
    """The lists as tabs: address, label, number of meetings, whether it is selected, and no CSS class."""
    counts = {"live": len(result.live.value) if result.live.value is not None else None}
    if show == "upcoming" and not query and result.loaded.value is not None:
        counts["upcoming"] = len(result.found)
    return [
        (url_for(".index", show=name, q=query or None), label, counts.get(name), name == show, "")
        for name, label in LABELS.items()
    ]


def _live_trouble(result: lists.SearchResult) -> Notice | None:
    """The notice of a page that shows another list although the one of running meetings failed."""
    live = section(result.live, MEETINGS)
    if live.trouble is None or live.value is not None:
        return live.trouble
    text = f"{live.trouble.title}. {live.trouble.text}".strip()
    return replace(live.trouble, title="We don’t know which meetings are running", text=text)


def _more_link(show: str, query: str, rows: int, total: int) -> str:
    return url_for(".index", show=show, q=query or None, rows=rows + ROWS) if total > rows else ""


def _blocking_meeting(meeting_id: int) -> Meeting | None:
    live = lists.live_meetings(user_client(), replace(page_cache(), reload=True)).value or ()
    return lists.blocking_meeting(live, meeting_id, user_client().user_id)


def _start_blocked(meeting_id: int, blocking: Meeting) -> ResponseReturnValue:
    """The page that says why the meeting does not start, and how to start it anyway."""
    title = "Another meeting of yours is running"
    text = f"“{blocking.topic}” is running. End it first, or join this one as participant."
    join_link = zoom_link(user_client().meeting(meeting_id).join_url)
    if not prefers_html():
        return {"error": "another_running", "message": title}, 409
    actions = (
        (url_for("participants.show", key=blocking.id), "See participants"),
        *([(join_link, "Join")] if join_link else []),
        (url_for(".start", meeting_id=meeting_id, anyway=1), "Start anyway"),
    )
    notice = Notice("warn", "people", title, text, actions=actions)
    return render_template("pages/trouble.html", title="Start a meeting", notice=notice)
