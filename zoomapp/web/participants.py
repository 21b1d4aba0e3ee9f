"""Who is here, from the best source this grant and plan allow; after the meeting, who was."""

from __future__ import annotations

from gettext import gettext as _

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.errors import NotFound
from zoomapp.web.lists import live_meetings, next_meeting
from zoomapp.web.roster import Roster
from zoomapp.web.sources import people
from zoomapp.zoom.ids import instance_of

bp = Blueprint("participants", __name__)

ROWS = 100


@bp.get("/participants")
def index() -> ResponseReturnValue:
    """The meeting that runs now; a choice where several do."""
    live = live_meetings()
    if live.value and len(live.value) == 1:
        return redirect(url_for(".show", key=live.value[0].id))
    page = render_template("pages/participants_choice.html", live=live, next_one=next_meeting())
    return page, live.status, live.headers


@bp.get("/participants/<key>")
def show(key: str) -> ResponseReturnValue:
    """The people of one meeting: ``key`` is its number for "now", or one held instance's UUID."""
    instance = instance_of(key)
    if instance is None:
        raise NotFound
    meeting, about, seen = people(instance)
    query, view = request.args.get("q", "").strip()[:200], request.args.get("show", "")
    page = render_template(
        "pages/participants.html",
        key=key,
        meeting=meeting,
        about=about,
        live=meeting is not None,
        seen=seen,
        rows=seen.value.chosen(view, query) if seen.value else (),
        chips=_chips(key, seen.value, view) if seen.value else (),
        query=query,
        view=view,
        most=max(ROWS, request.args.get("rows", ROWS, type=int)),
    )
    return page, seen.status, seen.headers


def _chips(key: str, roster: Roster, view: str) -> list[tuple[str, str, int | None, bool, str]]:
    figures = roster.figures
    chips = [
        ("", _("All"), len(roster.people), ""),
        ("here", _("Here"), figures.here, ""),
        # In the panel the strip above says how many wait; five chips would not fit.
        ("waiting", _("Waiting"), figures.waiting, "wide"),
        ("left", _("Left"), figures.left, ""),
        ("late", _("Late"), figures.late, ""),
    ]
    if roster.frame.ended_at is not None:
        chips = [each for each in chips if each[0] in ("", "late")]
    return [(url_for(".show", key=key, show=name or None), text, n, name == view, k) for name, text, n, k in chips]
