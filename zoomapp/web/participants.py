"""Who is here, from the best source this grant and plan allow; after the meeting, who was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from gettext import gettext as _
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import agenda
from zoomapp.attendance import Figures, Frame, Person, Record, count, from_metrics, from_past, late_by, merge
from zoomapp.charts import Axis
from zoomapp.errors import NotFound
from zoomapp.paging import collect
from zoomapp.web.block import Block, block
from zoomapp.web.current import gateway
from zoomapp.web.overview import live_meetings
from zoomapp.web.trouble import LIVE, PAST, Need
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.ids import instance_of
from zoomapp.zoom.models import Meeting

bp = Blueprint("participants", __name__)

ROWS = 100


@dataclass(frozen=True)
class Attendance:
    """Everything the page says about one meeting's people."""

    people: tuple[Person, ...]
    figures: Figures
    frame: Frame
    complete: bool
    total: int

    @cached_property
    def axis(self) -> Axis:
        first = min((each.arrived_at for each in self.people), default=self.frame.now)
        live, chosen = self.frame.ended_at is None, viewer().chosen
        scheduled = self.frame.starts_at
        return Axis.around(first, self.frame.end, viewer().zone, live=live, scheduled=scheduled, hour12=chosen.hour12)

    def state(self, person: Person) -> str:
        """here, waiting or gone."""
        if person.key in self.figures.here:
            return "here"
        return "waiting" if person.key in self.figures.waiting else "gone"

    def late_minutes(self, person: Person) -> int:
        return int(late_by(person, self.frame) // 60)

    def seconds(self, person: Person) -> float:
        return sum((self.frame.end if end is None else end) - start for start, end in person.here)

    def rejoins(self, person: Person) -> int:
        return max(0, len(person.here) - 1)


@bp.get("/participants")
def index() -> ResponseReturnValue:
    """The meeting that runs now; a choice where several do."""
    live = live_meetings()
    if live.value and len(live.value) == 1:
        return redirect(url_for(".show", key=live.value[0].id))
    page = render_template("pages/participants_choice.html", live=live)
    return page, live.status, live.headers


@bp.get("/participants/<key>")
def show(key: str) -> ResponseReturnValue:
    """The people of one meeting: ``key`` is its number for "now", or one held instance's UUID."""
    instance = instance_of(key)
    if instance is None:
        raise NotFound
    meeting = _running(instance)
    live = meeting is not None
    seen = _live(instance, meeting) if live else _past(instance)
    page = render_template(
        "pages/participants.html",
        key=key,
        meeting=meeting,
        live=live,
        seen=seen,
        shown=_chosen(seen.value) if seen.value else (),
        chips=_chips(key, seen.value) if seen.value else (),
        query=request.args.get("q", "").strip()[:200],
        rows=request.args.get("rows", ROWS, type=int),
    )
    return page, seen.status, seen.headers


def _running(instance: str) -> Meeting | None:
    """The user's own meeting that runs under this number or UUID."""
    return next((each for each in live_meetings().value or () if instance in (str(each.id), each.uuid)), None)


def _live(instance: str, meeting: Meeting | None) -> Block[Attendance]:
    starts_at = meeting.start_at.timestamp() if meeting and meeting.start_at else None
    frame = Frame(now().timestamp(), starts_at, late_seconds=60.0 * viewer().chosen.late_minutes)
    return _listed(
        f"live {instance}", LIVE, lambda token: gateway().live_participants(instance, token), from_metrics, frame
    )


def _past(instance: str) -> Block[Attendance]:
    """The final list. Zoom's dashboard keeps past meetings, too, but not everybody may read it."""
    frame = Frame(now().timestamp(), ended_at=now().timestamp())
    return _listed(
        f"past {instance}", PAST, lambda token: gateway().past_participants(instance, token), from_past, frame
    )


def _listed(
    name: str, need: Need, fetch: Callable[[str], Any], record: Callable[[Any], Record], frame: Frame
) -> Block[Attendance]:
    def all_pages() -> dict[str, Any]:
        found = collect(fetch, "participants")
        return {"rows": found.rows, "total": found.total, "complete": found.complete}

    def read(body: Any) -> Attendance:
        records = [record(row) for row in body["rows"]]
        ended = max((each.left_at or 0.0 for each in records), default=frame.now) if frame.ended_at else None
        measured = Frame(frame.now, frame.starts_at, ended, frame.late_seconds)
        people = merge(records, ended_at=ended)
        return Attendance(people, count(people, measured), measured, body["complete"], body["total"])

    return block(name, need, all_pages, read)


def _chosen(seen: Attendance) -> Sequence[Person]:
    """Those the filter and the search leave, in order of arrival."""
    wanted = {
        "here": seen.figures.here,
        "waiting": seen.figures.waiting,
        "left": seen.figures.left,
        "late": seen.figures.late,
    }
    keys = wanted.get(request.args.get("only", ""))
    query = request.args.get("q", "").strip()
    return [each for each in seen.people if (keys is None or each.key in keys) and agenda.matches(query, each.name, 0)]


def _chips(key: str, seen: Attendance) -> list[tuple[str, str, int | None, bool]]:
    only, figures = request.args.get("only", ""), seen.figures
    words = [
        ("", _("All"), len(seen.people)),
        ("here", _("Here"), len(figures.here)),
        ("waiting", _("Waiting"), len(figures.waiting)),
        ("left", _("Left"), len(figures.left)),
        ("late", _("Late"), len(figures.late)),
    ]
    return [(url_for(".show", key=key, only=name or None), text, number, name == only) for name, text, number in words]
