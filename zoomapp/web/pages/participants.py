"""Who is here, from the best source this grant and plan allow; after the meeting, who was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.live import people
from zoomapp.errors import NotFound
from zoomapp.meetings.lists import live_meetings, next_meeting
from zoomapp.store import key_names
from zoomapp.web.components.notice import MEETINGS
from zoomapp.web.components.section import Section, section
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now, user_records, viewer
from zoomapp.zoom.meeting_ids import instance_of
from zoomapp.zoom.models import Meeting

bp = Blueprint("participants", __name__)

#: More only when asked for, and then without being refreshed.
ROWS = 100
MOST_ROWS = 10_000
#: How the address chooses what is shown; those in the second line stay when another filter is chosen.
CHOICES = ("show", "q", "sort", "names")
STAYING = ("sort", "names")
#: Where a person's key goes.
PERSON = "PERSON"


@bp.get("/participants")
def index() -> ResponseReturnValue:
    """The meeting that runs now; a choice where several do."""
    live = section(live_meetings(user_client(), user_records(), now()), MEETINGS)
    if live.value and len(live.value) == 1:
        return redirect(url_for(".show", key=live.value[0].id))
    page = render_template(
        "pages/participants_choice.html", live=live, next_meeting=next_meeting(user_client(), user_records(), now())
    )
    return page, live.status, live.headers


@bp.get("/participants/<key>")
def show(key: str) -> ResponseReturnValue:
    """The people of one meeting: ``key`` is its number for "now", or one held instance's UUID."""
    instance = instance_of(key)
    if instance is None:
        raise NotFound
    meeting, about, seen = people(instance)
    page = render_template(
        "pages/participants.html",
        about=about,
        live_address=live_address(key),
        live_version=version(seen.value.version) if seen.value else "",
        **told(key, meeting, seen),
    )
    return page, seen.status, seen.headers


def choices() -> dict[str, Any]:
    """How this page, and with it its live part, is filtered."""
    return {name: request.args[name] for name in CHOICES if name in request.args}


def version(heard: str) -> str:
    """A name for what the live part says: what was heard, how it is asked for, and the minute it counts in."""
    how = f"{choices()} {viewer().chosen} {viewer().zone_name}"
    return key_names.digest(f"{heard} {how} {int(now().timestamp() // 60)}")


def live_address(key: str) -> str:
    """Where the live part of this page is, as this page is filtered, and sorted at this moment."""
    chosen = choices()
    if "sort" in chosen:
        chosen["at"] = now().timestamp()
    return url_for("live.show", key=key, **chosen)


def told(key: str, meeting: Meeting | None, seen: Section[AttendanceTable]) -> dict[str, Any]:
    """What a page or its live part says of a meeting's people, as its address chooses."""
    query, view = request.args.get("q", "").strip()[:200], request.args.get("show", "")
    sort, sorted_at = request.args.get("sort", ""), request.args.get("at", type=float)
    rows = seen.value.chosen(view, query, sort, sorted_at) if seen.value else []
    most = max(ROWS, min(request.args.get("rows", ROWS, type=int), MOST_ROWS))
    if seen.value and request.args.get("names") == "hide":
        # Found by their names, shown without them.
        seen = replace(seen, value=seen.value.without_names())
        hidden = {row.person.key: row for row in seen.value.rows} if seen.value else {}
        rows = [hidden[row.person.key] for row in rows]
    return {
        "key": key,
        "meeting": meeting,
        "live": meeting is not None,
        "seen": seen,
        "rows": rows,
        "staying": staying(),
        # A thousand rows: the address is made once, and each person's key put into it.
        "person_link": url_for("person.show", key=key, person=PERSON, **staying()).split(PERSON),
        "chips": _chips(key, seen.value, view) if seen.value else (),
        "query": query,
        "view": view,
        "most": most,
        # A browser takes too long to go through more, again and again.
        "lively": meeting is not None and most <= ROWS,
    }


def staying() -> dict[str, Any]:
    """What of the address stays when somebody goes on from this page."""
    return {name: request.args[name] for name in STAYING if request.args.get(name)}


def _chips(key: str, roster: AttendanceTable, view: str) -> list[tuple[str, str, int | None, bool, str]]:
    figures = roster.figures
    chips = [
        ("", "All", len(roster.people), ""),
        ("here", "Here", figures.here, ""),
        # In the panel the strip above says how many wait; five chips would not fit.
        ("waiting", "Waiting", figures.waiting, "wide"),
        ("left", "Left", figures.left, ""),
        ("late", "Late", figures.late, ""),
    ]
    if roster.frame.ended_at is not None:
        chips = [each for each in chips if each[0] in ("", "late")]
    if not roster.frame.tells_late:
        chips = [each for each in chips if each[0] != "late"]
    return [
        (url_for("participants.show", key=key, show=name or None, **staying()), text, n, name == view, k)
        for name, text, n, k in chips
    ]
