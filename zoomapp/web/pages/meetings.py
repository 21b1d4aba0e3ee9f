"""The list of meetings: live, upcoming, scheduled, past; found by topic or id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.attendance.sources import live_table
from zoomapp.errors import NotFound, UpstreamError, ZoomRefused
from zoomapp.meetings import agenda
from zoomapp.meetings.lists import live_meetings, next_meeting
from zoomapp.web.components.filters import link as link_of
from zoomapp.web.components.notice import MEETING, MEETINGS, Notice, error_page
from zoomapp.web.components.page_context import done
from zoomapp.web.components.progressive_list import load_all_rows
from zoomapp.web.components.section import Section, load_section
from zoomapp.web.current_user import user_client
from zoomapp.web.errors import prefers_html
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.models import Meeting

bp = Blueprint("meetings", __name__)


@dataclass(frozen=True)
class Listed:
    """What Zoom listed. ``total``: how many there are, if Zoom stopped before the end of the list; else 0."""

    meetings: tuple[Meeting, ...]
    total: int = 0


#: What the page calls its views, and what Zoom calls those lists.
VIEWS = {"upcoming": "upcoming", "live": "live", "scheduled": "scheduled", "past": "previous_meetings"}
ROWS = 50
#: Of so many running meetings the list says how many are there; nobody hosts more at once.
MOST_LIVE = 4


@bp.get("/meetings")
def index() -> ResponseReturnValue:
    """One view of the list, by day; ``q`` searches it, ``rows`` says how many are shown."""
    show = request.args.get("show", "upcoming")
    show = show if show in VIEWS else "upcoming"
    query = request.args.get("q", "").strip()[:200]
    live = live_meetings()
    listed: Section[Any] = live if show == "live" else _listed(show)
    all_of_it = listed.value.meetings if isinstance(listed.value, Listed) else ()
    found = [each for each in _in_order(show, all_of_it, live) if agenda.matches(query, each.topic, each.id)]
    rows = max(ROWS, min(request.args.get("rows", ROWS, type=int), 5000))
    running = [each for each in live.value or () if show != "past" and agenda.matches(query, each.topic, each.id)]
    seen = {each.id: live_table(each).value for each in running[:MOST_LIVE]}
    counts = {"live": len(live.value) if live.value is not None else None}
    if show == "upcoming" and not query and listed.value is not None:
        counts["upcoming"] = len(found)
    page = render_template(
        "pages/meetings.html",
        show=show,
        query=query,
        views=_chips(show, counts),
        listed=listed,
        loaded=len(all_of_it),
        live=running,
        seen=seen,
        days=agenda.by_day(found[:rows], viewer().zone),
        found=found,
        more=url_for(".index", show=show, q=query or None, rows=rows + ROWS) if len(found) > rows else "",
        next_one=next_meeting() if show == "live" and not running else agenda.next_one(found),
        starts_soon=agenda.starts_soon(agenda.next_one(found), now()),
        done=done(),
    )
    return page, listed.status, listed.headers


@bp.get("/meetings/<int:meeting_id>/start")
def start(meeting_id: int) -> ResponseReturnValue:
    """To Zoom, by a link that was made just now: it is a credential and never part of a page.

    Zoom's client refuses a second one beside another of the same host, where the plan does not allow it; so that is
    said before, with the choice to try.

    A script in Zoom's client, which shows no other host, gets the link itself, for the system browser.
    """
    title = "Start a meeting"
    try:
        if "anyway" not in request.args and (other := _another_running(meeting_id)):
            notice = _one_at_a_time(meeting_id, other)
            if not prefers_html():
                return {"error": "another_running", "message": notice.title}, 409
            return render_template("pages/trouble.html", title=title, notice=notice)
        link = link_of(user_client().start_link(meeting_id))
    except (ZoomRefused, UpstreamError) as error:
        return error_page(error, MEETING, title)
    if not link:
        raise NotFound(404, 3001, "no start link")
    return redirect(link) if prefers_html() else {"url": link}


def _another_running(meeting_id: int) -> Meeting | None:
    """Another meeting that this person hosts now; None if the one they start is running already."""
    live = live_meetings().value or ()
    mine = [each for each in live if not each.host_id or each.host_id == user_client().user_id]
    return None if meeting_id in {each.id for each in mine} else next(iter(mine), None)


def _one_at_a_time(meeting_id: int, other: Meeting) -> Notice:
    text = f"“{other.topic}” is running. End it first, or join this one as participant."
    join = link_of(user_client().meeting(meeting_id).join_url)
    actions = (
        (url_for("participants.show", key=other.id), "See participants"),
        *([(join, "Join")] if join else []),
        (url_for(".start", meeting_id=meeting_id, anyway=1), "Start anyway"),
    )
    return Notice("warn", "people", "Another meeting of yours is running", text, actions=actions)


def _listed(show: str) -> Section[Listed]:
    def fetch() -> dict[str, Any]:
        found = load_all_rows(f"meetings {show}", lambda token: user_client().meetings(VIEWS[show], token), "meetings")
        return {"rows": found.rows, "total": found.total, "complete": found.complete}

    def read(body: Any) -> Listed:
        meetings = tuple(Meeting.from_api(row) for row in body["rows"])
        return Listed(meetings, 0 if body["complete"] else body["total"])

    return load_section(f"all {show}", MEETINGS, fetch, read)


def _in_order(show: str, meetings: Sequence[Meeting], live: Section[tuple[Meeting, ...]]) -> Sequence[Meeting]:
    if show == "past":
        return agenda.latest_first(meetings)
    if show == "scheduled":
        return sorted(agenda.unique(meetings), key=lambda each: (each.start_at is None, each.start_at or now()))
    return agenda.coming(meetings, now(), live.value or ())


def _chips(show: str, counts: dict[str, int | None]) -> list[tuple[str, str, int | None, bool, str]]:
    words = {"upcoming": "Upcoming", "live": "Live", "scheduled": "Scheduled", "past": "Past"}
    return [(url_for(".index", show=name), words[name], counts.get(name), name == show, "") for name in VIEWS]
