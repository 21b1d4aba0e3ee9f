"""The list of meetings: live, upcoming, scheduled, past; found by topic or id."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import agenda
from zoomapp.errors import NotFound
from zoomapp.paging import Collected, collect
from zoomapp.web.block import Block, block
from zoomapp.web.current import gateway, services
from zoomapp.web.frame import done
from zoomapp.web.lists import live_meetings
from zoomapp.web.trouble import MEETINGS
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.models import Meeting

bp = Blueprint("meetings", __name__)

#: What the page calls its views, and what Zoom calls those lists.
VIEWS = {"upcoming": "upcoming", "live": "live", "scheduled": "scheduled", "past": "previous_meetings"}
ROWS = 50


@bp.get("/meetings")
def index() -> ResponseReturnValue:
    """One view of the list, by day; ``q`` searches it, ``rows`` says how many are shown."""
    show = request.args.get("show", "upcoming")
    show = show if show in VIEWS else "upcoming"
    query = request.args.get("q", "").strip()[:200]
    live = live_meetings()
    listed = live if show == "live" else _listed(show)
    found = [each for each in _in_order(show, listed, live) if agenda.matches(query, each.topic, each.id)]
    rows = max(ROWS, min(request.args.get("rows", ROWS, type=int), 5000))
    running = [each for each in live.value or () if show != "past" and agenda.matches(query, each.topic, each.id)]
    counts = {"live": len(live.value) if live.value is not None else None}
    if show == "upcoming" and not query and listed.value is not None:
        counts["upcoming"] = len(found)
    page = render_template(
        "pages/meetings.html",
        show=show,
        query=query,
        views=_chips(show, counts),
        listed=listed,
        live=running,
        days=agenda.by_day(found[:rows], viewer().zone),
        found=found,
        more=url_for(".index", show=show, q=query or None, rows=rows + ROWS) if len(found) > rows else "",
        next_one=agenda.next_one(found),
        starts_soon=agenda.starts_soon(agenda.next_one(found), now()),
        done=done(),
    )
    return page, listed.status, listed.headers


@bp.get("/meetings/<int:meeting_id>/start")
def start(meeting_id: int) -> ResponseReturnValue:
    """To Zoom, by a link that was made just now: it is a credential and never part of a page."""
    link = gateway().start_link(meeting_id)
    if not services().client.is_zoom(link):
        raise NotFound(404, 3001, "no start link")
    return redirect(link)


def _listed(show: str) -> Block[tuple[Meeting, ...]]:
    def fetch() -> dict[str, Any]:
        found: Collected = collect(lambda token: gateway().meetings(VIEWS[show], token), "meetings")
        return {"rows": found.rows, "total": found.total, "complete": found.complete}

    def read(body: Any) -> tuple[Meeting, ...]:
        return tuple(Meeting.from_api(row) for row in body["rows"])

    return block(show, MEETINGS, fetch, read)


def _in_order(show: str, listed: Block[tuple[Meeting, ...]], live: Block[tuple[Meeting, ...]]) -> Sequence[Meeting]:
    meetings = listed.value or ()
    if show == "live":
        return ()
    if show == "past":
        return agenda.latest_first(meetings)
    if show == "scheduled":
        return sorted(agenda.unique(meetings), key=lambda each: (each.start_at is None, each.start_at or now()))
    return agenda.coming(meetings, now(), live.value or ())


def _chips(show: str, counts: dict[str, int | None]) -> list[tuple[str, str, int | None, bool, str]]:
    words = {"upcoming": _("Upcoming"), "live": _("Live"), "scheduled": _("Scheduled"), "past": _("Past")}
    return [(url_for(".index", show=name), words[name], counts.get(name), name == show, "") for name in VIEWS]
